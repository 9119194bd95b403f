"""The file of a fitted resource: what `fx fit` found in data, as text that can be compared and reviewed.

docs/fit.md describes the form. The file says which expression it was fitted for, so that a program whose
expression has changed since does not take it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, Final, Protocol

import xxhash

FORMAT: Final = 1
SUFFIX: Final = ".fitted"
"""The folder of ``ranking.fx`` is ``ranking.fitted``, beside it."""

_TEXTS: Final = ("name", "fit", "of", "expression", "digest")
_OBJECTS: Final = ("data", "method", "result")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class FittedFileError(Exception):
    """A file is not a fitted resource, or it is damaged; the text says how."""


@dataclass(frozen=True)
class FittedFile:
    """A fitted resource.

    ``of`` is the call as it was written and ``expression`` the fingerprint of what it means. ``data`` says
    what was counted: ``rows``, ``values``, ``nulls``, and ``from`` and ``to`` where the time is known.
    ``method`` says how exact the result is. ``result`` has numbers by name (and lists of numbers);
    ``rows`` are those of a vocabulary or a table, with the names in ``columns``.
    """

    name: str
    fit: str
    of: str
    expression: str
    data: dict[str, Any]
    method: dict[str, Any]
    result: dict[str, Any]
    columns: tuple[str, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)
    digest: str = ""

    def serialise(self) -> str:
        """Return the text of the file: a member per line, and a line per row."""
        head = self._head()
        body = _body(head, self.columns, self.rows)
        return "{\n" + body + f',\n "digest": {json.dumps(_digest(body))}\n}}\n'

    def sealed(self) -> FittedFile:
        """Return the same with its digest filled in."""
        return replace(self, digest=_digest(_body(self._head(), self.columns, self.rows)))

    def summary(self) -> dict[str, Any]:
        """Return what a package says about it: everything but the rows."""
        shown = self._head()
        if self.columns:
            shown["entries"] = len(self.rows)
        return {**shown, "digest": self.digest}

    def _head(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "name": self.name,
            "fit": self.fit,
            "of": self.of,
            "expression": self.expression,
            "data": self.data,
            "method": self.method,
            "result": self.result,
        }


def _body(head: Mapping[str, Any], columns: tuple[str, ...], rows: list[list[Any]]) -> str:
    dumps = _ENCODER.encode
    lines = [f" {dumps(key)}: {_member(value)}" for key, value in head.items()]
    if columns:
        lines.append(f' "columns": {dumps(list(columns))}')
        inner = ",\n".join(f"  [{', '.join(map(_cell, row))}]" for row in rows)
        lines.append(f' "rows": [\n{inner}\n ]' if rows else ' "rows": []')
    return ",\n".join(lines)


def _member(value: Any) -> str:
    """Return a value; an object has a line per member."""
    if not isinstance(value, dict) or not value:
        return _ENCODER.encode(value)
    inner = ",\n".join(f"  {_ENCODER.encode(k)}: {_ENCODER.encode(v)}" for k, v in value.items())
    return f"{{\n{inner}\n }}"


def _cell(value: Any) -> str:
    """Return a value of a row; the usual ones without the cost of an encoder."""
    if isinstance(value, str):
        return str(encode_basestring(value))
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return repr(value)
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _digest(body: str) -> str:
    return str(xxhash.xxh3_128_hexdigest(body.encode()))


def read_fitted(text: str) -> FittedFile:
    """Read the text of a fitted resource; anything amiss raises FittedFileError."""
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FittedFileError(f"it is not JSON: {str(error)[:120]}") from None
    if not isinstance(content, dict):
        raise FittedFileError("it is not a JSON object")
    if content.get("format") != FORMAT:
        raise FittedFileError(f"its format is {content.get('format')!r}, not {FORMAT}")
    texts: list[Any] = [content.get(key) for key in _TEXTS]
    objects: list[Any] = [content.get(key) for key in _OBJECTS]
    columns = content.get("columns", [])
    rows = content.get("rows", [])
    if (
        not all(isinstance(value, str) for value in texts)
        or not all(isinstance(value, dict) for value in objects)
        or not isinstance(columns, list)
        or not all(isinstance(name, str) for name in columns)
        or not isinstance(rows, list)
        or not all(isinstance(row, list) and len(row) == len(columns) for row in rows)
    ):
        raise FittedFileError("a member is missing or not of its kind")
    name, fit, of, expression, digest = texts
    data, method, result = objects
    found = FittedFile(
        name, fit, of, expression, data, method, result, tuple(columns), rows, digest
    )
    try:
        body = _body(found._head(), found.columns, rows)
        encoded = body.encode()
    except (ValueError, RecursionError) as error:
        raise FittedFileError(f"a value cannot be written: {error}") from None
    if str(xxhash.xxh3_128_hexdigest(encoded)) != digest:
        raise FittedFileError("its digest does not fit its content: it was changed by hand or cut")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number that a program can hold")


class FittedStore(Protocol):
    """Where a program's fitted resources are."""

    def find(self, name: str) -> FittedFile | None:
        """Return a fitted resource, None where there is none; raises FittedFileError."""

    def place(self, name: str) -> str:
        """Return where the resource is, as it is shown in messages."""


class FittedFolder:
    """The folder of fitted resources beside a program; ``shown`` is its path as the user wrote it."""

    def __init__(self, folder: Path | None, shown: str) -> None:
        self._folder = folder
        self._shown = shown

    def find(self, name: str) -> FittedFile | None:
        if self._folder is None:
            return None
        path = self._folder / f"{name}.json"
        try:
            text = path.read_bytes().decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise FittedFileError("it is not UTF-8") from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise FittedFileError(f"it cannot be read: {reason}") from None
        found = read_fitted(text)
        if found.name != name:
            raise FittedFileError(f"it holds the resource `{found.name[:80]}`")
        return found

    def place(self, name: str) -> str:
        return f"{self._shown}/{name}.json"


def is_number(value: Any) -> bool:
    """Return whether a JSON value is a number that a float can hold exactly enough: no boolean."""
    return isinstance(value, float) or is_int(value)


def is_int(value: Any) -> bool:
    """Return whether a JSON value is an integer of 64 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and _SMALLEST <= value <= _LARGEST
