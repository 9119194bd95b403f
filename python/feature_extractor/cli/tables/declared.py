"""What a program declares its inputs to be: the Arrow types of their columns, and their values in
text.

A cell in JSON or CSV is read as its declared type and never guessed:

============  ===================================================================================
type          JSON (in CSV: the same as text, and JSON for lists, maps, structs and vectors)
============  ===================================================================================
bool          ``true`` or ``false``
int           a number without a fraction
float         a number
string        a string
bytes         a string in base64 (RFC 4648)
timestamp     an ISO 8601 string, UTC where it names no offset; or an integer: microseconds since 1970
duration      a string as in programs (``"1d12h"``); or an integer: microseconds
list, vector  an array
map           an object, or an array of ``{"key": k, "value": v}``
struct        an object; a field that may be null may be left out, other fields are ignored
============  ===================================================================================
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.extractor import InputDescription
from feature_extractor.input_tables import NESTED as NESTED
from feature_extractor.input_tables import arrow_type
from feature_extractor.registry import (
    ListPattern,
    MapPattern,
    Pattern,
    ScalarPattern,
    StructPattern,
    VectorPattern,
    parse_signature,
)
from feature_extractor.syntax.literals import LiteralError, decode_duration

Convert = Callable[[Any], Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_FLOAT: Final = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|inf|infinity)",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(r"([+-]?)((?:[0-9]+(?:us|ms|w|d|h|m|s))+)")
_LARGEST_EXACT: Final = 2**53


class BadCellError(Exception):
    """A value is not of its declared type; ``place`` is the way to it within its cell."""

    def __init__(self, expected: str, given: object, place: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.given = given
        self.place = place

    def within(self, step: str) -> BadCellError:
        """Return the same error, one step further from the value."""
        return BadCellError(self.expected, self.given, step + self.place)

    def text(self) -> str:
        """Return what was expected and what was found."""
        try:
            shown = json.dumps(self.given, ensure_ascii=False)
        except (TypeError, ValueError):
            shown = repr(self.given)
        return (
            f"expected {self.expected}, found {shown if len(shown) <= 60 else shown[:57] + '...'}"
        )


class MissingFieldError(BadCellError):
    """A struct has no such field, though it may not be null."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(expected, None)
        self.name = name

    def within(self, step: str) -> BadCellError:
        moved = MissingFieldError(self.name, self.expected)
        moved.place = step + self.place
        return moved

    def text(self) -> str:
        return f"the field `{self.name}` of type {self.expected} is missing"


@dataclass(frozen=True)
class Declared:
    """A declared input, or all candidate inputs in one nested column."""

    name: str
    text: str
    pattern: Pattern
    required: bool

    @cached_property
    def arrow_type(self) -> Any:
        """The Arrow type of its column."""
        return arrow_type(self.pattern)

    @cached_property
    def from_json(self) -> Convert:
        """Converts a JSON value to what pyarrow takes; raises BadCellError."""
        return json_converter(self.pattern, self.text)

    @cached_property
    def from_text(self) -> Convert:
        """Converts the text of a CSV cell; raises BadCellError."""
        return text_converter(self.pattern, self.text)

    def column(self, values: list[Any]) -> Any:
        """Return the column of converted values."""
        return pyarrow().array(values, self.arrow_type)


class Declarations:
    """The inputs of a program by column; those in ``used`` must be there."""

    def __init__(
        self, inputs: tuple[InputDescription, ...], used: set[tuple[str, str]] | None = None
    ) -> None:
        self.by_name: dict[str, Declared] = {}
        self.used: list[str] = []
        fields: list[tuple[str, Pattern]] = []
        for declared in inputs:
            pattern = parse_signature(f"() -> {declared.type}").result
            needed = used is None or (declared.domain, declared.name) in used
            if needed:
                self.used.append(declared.name)
            required = needed and not pattern.nullable
            if not needed:
                pattern = type(pattern)(**{**pattern.__dict__, "nullable": True})
            self.by_name[declared.name] = Declared(declared.name, declared.type, pattern, required)
            if declared.domain == "candidate":
                fields.append((declared.name, pattern))
        self.request = {d.name for d in inputs if d.domain == "request"}
        self.nested: Declared | None = None
        if fields and NESTED not in self.by_name:
            candidates = ListPattern(element=StructPattern(fields=tuple(fields)))
            self.nested = Declared(NESTED, "list of candidates", candidates, False)

    @property
    def columns(self) -> set[str]:
        """The names of all columns that may be read."""
        return set(self.by_name) | ({NESTED} if self.nested else set())


def type_text(pattern: Pattern) -> str:
    """Return a declared type as programs write it."""
    match pattern:
        case ScalarPattern(name=name):
            text = name
        case VectorPattern(size=size):
            text = f"vector<{size}>"
        case ListPattern(element=element):
            text = f"list<{type_text(element)}>"
        case MapPattern(key=key, value=value):
            text = f"map<{type_text(key)}, {type_text(value)}>"
        case StructPattern(fields=fields):
            text = "{" + ", ".join(f"{name}: {type_text(field)}" for name, field in fields) + "}"
        case _:
            text = "value"
    return text + ("?" if pattern.nullable else "")


# ---- values in JSON ------------------------------------------------------------------------------


def json_converter(pattern: Pattern, text: str | None = None) -> Convert:
    """Return what makes a value for pyarrow of a JSON value; null stays None."""
    shown = (text or type_text(pattern)).removesuffix("?")
    match pattern:
        case ScalarPattern(name=name):
            return _scalar_converter(name)
        case VectorPattern():
            return _list_converter(_scalar_converter("float"), shown)
        case ListPattern(element=element):
            return _list_converter(json_converter(element), shown)
        case MapPattern(key=key, value=value):
            return _map_converter(key, json_converter(value), shown)
        case StructPattern(fields=fields):
            return _struct_converter(fields, shown)
    raise ValueError(f"no column has the type {pattern}")


def _scalar_converter(name: str) -> Convert:
    check = {
        "bool": _json_bool,
        "int": _json_int,
        "float": _json_float,
        "string": _json_string,
        "bytes": _bytes,
        "timestamp": _timestamp,
        "duration": _duration,
    }[name]
    return lambda value: None if value is None else check(value)


def _json_bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise BadCellError("bool", value)


def _json_int(value: Any) -> int:
    if type(value) is float and value.is_integer() and abs(value) < _LARGEST_EXACT:
        # Some writers, say of a column with nulls in pandas, write 3 as 3.0.
        return int(value)
    if type(value) is int:
        return _in_range(value, "int")
    raise BadCellError("int", value)


def _in_range(value: int, expected: str) -> int:
    if -(2**63) <= value < 2**63:
        return value
    raise BadCellError(f"{expected} of 64 bits", value)


def _json_float(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            # As 1e999, which the reader of JSON gives as infinity: null, and counted.
            return math.inf if value > 0 else -math.inf
    raise BadCellError("float", value)


def _json_string(value: Any) -> str | None:
    if type(value) is not str:
        raise BadCellError("string", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            # A lone surrogate, written as an escape: not Unicode text, so there is no value.
            return None
    return value


def _bytes(value: Any) -> bytes:
    if type(value) is str:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise BadCellError("bytes in base64", value)


def _timestamp(value: Any) -> int:
    if type(value) is int:
        return _in_range(value, "timestamp")
    if type(value) is str:
        try:
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                instant = instant.replace(tzinfo=UTC)
            return (instant - _EPOCH) // _MICROSECOND
        except (ValueError, OverflowError):
            pass
    raise BadCellError("timestamp (ISO 8601, or microseconds since 1970)", value)


def _duration(value: Any) -> int:
    if type(value) is int:
        return _in_range(value, "duration")
    if type(value) is str and (match := _DURATION.fullmatch(value)):
        try:
            size = decode_duration(match[2])
            return _in_range(-size if match[1] == "-" else size, "duration")
        except (LiteralError, BadCellError):
            pass
    raise BadCellError('duration (such as "1d12h", or microseconds)', value)


def _list_converter(element: Convert, shown: str) -> Convert:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not list:
            raise BadCellError(shown, value)
        index = 0
        try:
            result = []
            for item in value:
                result.append(element(item))
                index += 1
            return result
        except BadCellError as error:
            raise error.within(f"[{index}]") from None

    return convert


def _map_converter(key: Pattern, value: Convert, shown: str) -> Convert:
    from_text = text_converter(key)
    from_json = json_converter(key)

    def convert(given: Any) -> Any:
        if given is None:
            return None
        pairs: list[tuple[Any, Any]] = []
        try:
            if type(given) is dict:
                for name, item in given.items():
                    pairs.append((from_text(name), _at(value, item, f"[{json.dumps(name)}]")))
                return pairs
            if type(given) is list and all(
                type(e) is dict and e.get("key") is not None for e in given
            ):
                for entry in given:
                    item = _at(value, entry.get("value"), f"[{json.dumps(entry['key'])}]")
                    pairs.append((from_json(entry["key"]), item))
                return pairs
        except BadCellError as error:
            if error.place:
                raise
            raise BadCellError(f"a key of {shown}", error.given) from None
        raise BadCellError(shown, given)

    return convert


def _at(convert: Convert, value: Any, step: str) -> Any:
    try:
        return convert(value)
    except BadCellError as error:
        raise error.within(step) from None


def _struct_converter(fields: tuple[tuple[str, Pattern], ...], shown: str) -> Convert:
    members = [(name, json_converter(f), f.nullable, type_text(f)) for name, f in fields]

    def convert(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not dict:
            raise BadCellError(shown, value)
        result = {}
        for name, field, nullable, text in members:
            if name in value:
                try:
                    result[name] = field(value[name])
                except BadCellError as error:
                    raise error.within(f".{name}") from None
            elif not nullable:
                raise MissingFieldError(name, text)
        return result

    return convert


# ---- values as text ------------------------------------------------------------------------------


def text_converter(pattern: Pattern, text: str | None = None) -> Convert:
    """Return what makes a value for pyarrow of a text: of a cell in CSV, or of a key in JSON."""
    if not isinstance(pattern, ScalarPattern):
        convert_json = json_converter(pattern, text)
        shown = (text or type_text(pattern)).removesuffix("?")

        def from_json_text(cell: Any) -> Any:
            if cell is None:
                return None
            try:
                value = json.loads(cell)
            except ValueError:
                raise BadCellError(f"{shown} as JSON", cell) from None
            except RecursionError:
                raise BadCellError(f"{shown}, not nested so deeply", "...") from None
            return convert_json(value)

        return from_json_text
    check: dict[str, Convert] = {
        "bool": _text_bool,
        "int": _text_int,
        "float": _text_float,
        "string": _json_string,
        "bytes": _bytes,
        "timestamp": lambda cell: _timestamp(int(cell) if _INTEGER.fullmatch(cell) else cell),
        "duration": lambda cell: _duration(int(cell) if _INTEGER.fullmatch(cell) else cell),
    }
    convert = check[pattern.name]
    return lambda cell: None if cell is None else convert(cell)


def _text_bool(cell: str) -> bool:
    word = cell.lower()
    if word in ("true", "1"):
        return True
    if word in ("false", "0"):
        return False
    raise BadCellError("bool (true or false)", cell)


def _text_int(cell: str) -> int:
    if _INTEGER.fullmatch(cell) and len(cell) < 100:
        return _in_range(int(cell), "int")
    raise BadCellError("int", cell)


def _text_float(cell: str) -> float:
    if _FLOAT.fullmatch(cell):
        return float(cell)
    raise BadCellError("float", cell)
