"""A request as a host gives it, in parts that fetches can look at and add to: dicts, columns, Arrow, JSON."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Protocol

from feature_extractor.registry import (
    ListPattern,
    MapPattern,
    Pattern,
    ScalarPattern,
    StructPattern,
    VectorPattern,
)

_MICROSECOND = datetime.timedelta(microseconds=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class MissingKeyError(Exception):
    """No row has a field."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Part(Protocol):
    """The requests of a call, or its candidates; ``content`` is what the core takes."""

    @property
    def content(self) -> Any:
        """The rows, columns or table."""
        ...

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    def has(self, name: str) -> bool:
        """Whether each row has a field, be it null."""
        ...

    def values(self, name: str) -> list[Any]:
        """Return a field of all rows; raises MissingKeyError where no row has it."""
        ...

    def fill(self, name: str, column: Any, pattern: Pattern) -> None:
        """Give the rows that lack a field what an Arrow array holds for them."""
        ...


class Rows:
    """Rows as dicts. Those that are given are not changed."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], in_json: bool = False) -> None:
        self.content: list[Mapping[str, Any]] = list(rows)
        self._in_json = in_json

    @property
    def rows(self) -> int:
        return len(self.content)

    def has(self, name: str) -> bool:
        return all(name in row for row in self.content)

    def values(self, name: str) -> list[Any]:
        if self.content and not any(name in row for row in self.content):
            raise MissingKeyError(name)
        return [row.get(name) for row in self.content]

    def fill(self, name: str, column: Any, pattern: Pattern) -> None:
        form = json_value if self._in_json else plain_value
        values = (form(value, pattern) for value in column.to_pylist())
        self.content = [
            row if name in row else {**row, name: value}
            for row, value in zip(self.content, values, strict=True)
        ]


class Columns:
    """Columns in a dict. The dict that is given is not changed."""

    def __init__(self, columns: Mapping[str, Any], in_json: bool = False) -> None:
        self.content: dict[str, Any] = dict(columns)
        self._in_json = in_json

    @property
    def rows(self) -> int:
        # What has no length is no column, which the core will tell.
        return next((len(one) for one in self.content.values() if hasattr(one, "__len__")), 0)

    def has(self, name: str) -> bool:
        return name in self.content

    def values(self, name: str) -> list[Any]:
        if name not in self.content:
            raise MissingKeyError(name)
        return list_of(self.content[name])

    def fill(self, name: str, column: Any, pattern: Pattern) -> None:
        if self._in_json:
            column = [json_value(value, pattern) for value in column.to_pylist()]
        self.content[name] = column


class Batch:
    """A record batch of Arrow."""

    def __init__(self, batch: Any) -> None:
        self.content = batch

    @property
    def rows(self) -> int:
        return int(self.content.num_rows)

    def has(self, name: str) -> bool:
        return name in self.content.schema.names

    def values(self, name: str) -> list[Any]:
        if self.content.schema.names.count(name) != 1:
            raise MissingKeyError(name)
        return list_of(self.content.column(name))

    def fill(self, name: str, column: Any, pattern: Pattern) -> None:
        import pyarrow

        names = [*self.content.schema.names, name]
        columns = [*self.content.columns, column]
        self.content = pyarrow.RecordBatch.from_arrays(columns, names=names)


class Joined:
    """Several parts, one after the other, as one."""

    def __init__(self, parts: Sequence[Rows | Columns]) -> None:
        self.parts = parts

    @property
    def content(self) -> list[Any]:
        return [part.content for part in self.parts]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    def has(self, name: str) -> bool:
        return all(part.has(name) or not part.rows for part in self.parts)

    def values(self, name: str) -> list[Any]:
        found: list[Any] = []
        known = False
        for part in self.parts:
            try:
                found += part.values(name)
                known = known or bool(part.rows)
            except MissingKeyError:
                found += [None] * part.rows
        if found and not known:
            raise MissingKeyError(name)
        return found

    def fill(self, name: str, column: Any, pattern: Pattern) -> None:
        first = 0
        for part in self.parts:
            if not part.has(name):
                part.fill(name, column.slice(first, part.rows), pattern)
            first += part.rows


@dataclass
class RequestParts:
    """The requests of a call and their candidates; request r has the candidates ``bounds[r]:bounds[r + 1]``."""

    request: Part | None
    candidates: Part | None
    bounds: Sequence[int]

    def part(self, domain: str) -> Part | None:
        """Return the part of a domain."""
        return self.request if domain == "request" else self.candidates

    def values(self, domain: str, key: str) -> list[Any]:
        """Return the values of a key for each row of a domain; raises MissingKeyError where neither part has it."""
        if domain == "request":
            if self.request is None:
                raise MissingKeyError(key)
            return self.request.values(key)
        assert self.candidates is not None
        try:
            return self.candidates.values(key)
        except MissingKeyError:
            if self.request is None:
                raise
        owners = self.request.values(key)
        counts = (end - start for start, end in pairwise(self.bounds))
        return list(
            chain.from_iterable([value] * n for value, n in zip(owners, counts, strict=True))
        )


def parts_of(request: Any, candidates: Any, offsets: Any) -> RequestParts:
    """Return what :meth:`Extractor.extract_request` takes as parts."""
    count = 1 if offsets is None else max(0, len(offsets) - 1)
    first: Part | None
    if request is None:
        first = Rows([{}] * count)
    elif offsets is None and isinstance(request, Mapping):
        first = Rows([request])
    else:
        first = part_of(request)
    second = None if candidates is None else part_of(candidates)
    own = [0, 0 if second is None else second.rows]
    return RequestParts(first, second, own if offsets is None else [int(o) for o in offsets])


def part_of(given: Any) -> Rows | Columns | Batch | None:
    """Return what a host gave for one domain as a part; None where it is nothing that the core would take."""
    from feature_extractor.input_tables import batch_of

    if isinstance(given, Mapping):
        return Columns(given)
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return Rows(given) if all(isinstance(row, Mapping) for row in given) else None
    batch = batch_of(given)
    return None if batch is None else Batch(batch)


def list_of(column: Any) -> list[Any]:
    """Return a column as a list of Python's values."""
    for name in ("to_pylist", "tolist", "to_list"):
        convert = getattr(column, name, None)
        if callable(convert):
            return list(convert())
    return list(column)


def plain_value(value: Any, pattern: Pattern) -> Any:
    """Return a value of Arrow as the core takes it in a dict: maps as dicts."""
    if value is None:
        return None
    match pattern:
        case MapPattern(value=inner):
            return {key: plain_value(held, inner) for key, held in value}
        case ListPattern(element=element):
            return [plain_value(item, element) for item in value]
        case StructPattern(fields=fields):
            return {name: plain_value(value.get(name), field) for name, field in fields}
    return value


def json_value(value: Any, pattern: Pattern) -> Any:
    """Return a value of Arrow as requests in JSON have it: instants and durations in microseconds, bytes in base64."""
    if value is None:
        return None
    match pattern:
        case MapPattern(key=key_pattern, value=inner):
            return [
                {"key": json_value(key, key_pattern), "value": json_value(held, inner)}
                for key, held in value
            ]
        case ListPattern(element=element):
            return [json_value(item, element) for item in value]
        case VectorPattern():
            return list(value)
        case StructPattern(fields=fields):
            return {name: json_value(value.get(name), field) for name, field in fields}
        case ScalarPattern(name="timestamp"):
            return (value - _EPOCH) // _MICROSECOND
        case ScalarPattern(name="duration"):
            return value // _MICROSECOND
        case ScalarPattern(name="bytes"):
            return base64.b64encode(value).decode()
    return value
