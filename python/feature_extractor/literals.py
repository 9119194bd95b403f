"""Shows values as programs write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from feature_extractor.types import (
    ListType,
    MapType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

_UNITS: Final = (("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000))
_SMALL_UNITS: Final = (("ms", 1_000), ("us", 1))
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LONGEST: Final = 20
"""Elements of a list that are shown."""


def literal(value: Any, type_: Type) -> str:
    """Return a value as a program would write it; of a long list only the first elements.

    A value is what ``testing.values.decode`` gives: microseconds are int, a struct is a tuple of its flat columns.
    """
    if value is None:
        return "null"
    match type_:
        case ScalarType():
            return _scalar(value, type_.name)
        case VectorType():
            return f"[{_joined(f'{item:.6g}' for item in value)}]"
        case ListType():
            return (
                f"[{_joined(literal(_item(item, type_.element), type_.element) for item in value)}]"
            )
        case MapType():
            entries = (
                f"{literal(pair[0], type_.key)}: {literal(_item(pair[1:], type_.value), type_.value)}"
                for pair in value
            )
            return f"{{{_joined(entries)}}}"
        case StructType():
            if type_.nullable and all(part is None for part in value):
                # The columns of a null struct are all null; nothing else tells it.
                return "null"
            fields = _fields(value, type_)
            shown = (f"{name}: {literal(held, inner)}" for name, inner, held in fields)
            return f"{{{', '.join(shown)}}}"
        case _:
            return str(value)


def _item(item: Any, type_: Type) -> Any:
    """Return an element: one flat column comes bare, several as a tuple."""
    if isinstance(type_, StructType):
        return item if isinstance(item, tuple) else (item,)
    return item[0] if isinstance(item, tuple) else item


def _fields(value: Sequence[Any], type_: StructType) -> Iterator[tuple[str, Type, Any]]:
    at = 0
    for name, inner in type_.fields:
        width = _width(inner)
        part = tuple(value[at : at + width])
        yield name, inner, part if isinstance(inner, StructType) else part[0]
        at += width


def _width(type_: Type) -> int:
    return sum(_width(inner) for _, inner in type_.fields) if isinstance(type_, StructType) else 1


def _joined(items: Iterator[str]) -> str:
    shown = list(items)
    more = [f"... {len(shown) - _LONGEST:,} more"] if len(shown) > _LONGEST else []
    return ", ".join(shown[:_LONGEST] + more)


def _scalar(value: Any, name: str) -> str:
    if name == "bool":
        return "true" if value else "false"
    if name == "string":
        return f'"{"".join(map(_escaped, value))}"'
    if name == "bytes":
        return (
            'b"'
            + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02X}" for b in value)
            + '"'
        )
    if name == "timestamp":
        return _timestamp(value)
    if name == "duration":
        return _duration(value)
    return repr(value)


def _escaped(character: str) -> str:
    """Return a character as it stands in a string of a program."""
    if character.isprintable():
        return _ESCAPES.get(character, character)
    return _ESCAPES.get(character) or f"\\u{{{ord(character):X}}}"


def _timestamp(microseconds: int) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds since 1970"
    return f't"{moment.isoformat().replace("+00:00", "Z")}"'


def _duration(microseconds: int) -> str:
    left = abs(microseconds)
    parts = []
    for unit, size in (*_UNITS, *_SMALL_UNITS):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if microseconds < 0 else "") + ("".join(parts) or "0s")
