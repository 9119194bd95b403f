"""Compares what a service logged with what a package computes of the same requests."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from feature_extractor.digest import numbered_digests
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extractor import Extractor
from feature_extractor.input_tables import NESTED, InputTables, tables_of_table
from feature_extractor.serving.log import DIGEST, FEATURES, PACKAGE, TIME

if TYPE_CHECKING:
    from feature_extractor.verification.parting import Parting

_KEPT_REQUESTS = 3
"""Of so many differing requests of a feature the inputs are kept."""


class VerificationError(FeatureExtractorError):
    """A table is no log of requests; the text says why."""


@dataclass(frozen=True)
class Example:
    """A row on which a feature differs.

    ``request`` is the row of the log, and ``row`` that of its results, where the log has the values. ``logged`` is then
    what the service gave, else None; ``computed`` is what the package gives: of ``row``, or of all rows of the request.
    ``candidate`` and ``inputs`` are the inputs of both.
    """

    table: str
    request: int
    time: str
    row: int | None
    logged: Any
    computed: Any
    inputs: dict[str, Any]
    candidate: dict[str, Any] | None


@dataclass
class FeatureComparison:
    """How a feature of the log compares with that of the package.

    ``requests`` were compared, of which ``differing`` have other bits. Where the log has the values, ``rows`` is their
    number and ``differing_rows`` how many have other bits; else both are None.
    """

    name: str
    requests: int = 0
    differing: int = 0
    rows: int | None = None
    differing_rows: int | None = None
    examples: list[Example] = field(default_factory=list)
    parting: Parting | None = None


@dataclass
class Verification:
    """What was found. ``logged_by`` counts the requests by the digest of the package that served them."""

    package: str
    digest: str
    requests: int = 0
    rows: int = 0
    features: dict[str, FeatureComparison] = field(default_factory=dict)
    logged_by: dict[str, int] = field(default_factory=dict)
    only_logged: list[str] = field(default_factory=list)
    not_logged: list[str] = field(default_factory=list)
    against: str = ""

    @property
    def differing(self) -> list[FeatureComparison]:
        """The features that differ."""
        return [feature for feature in self.features.values() if feature.differing]

    @property
    def same(self) -> bool:
        """Whether all that was logged is computed again to the bit."""
        return not self.differing and not self.only_logged

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "package": self.package,
            "digest": self.digest,
            "same": self.same,
            "requests": self.requests,
            "rows": self.rows,
            "logged_by": self.logged_by,
            "only_logged": self.only_logged,
            "not_logged": self.not_logged,
            **({"against": self.against} if self.against else {}),
            "features": [asdict(feature) for feature in self.features.values()],
        }


class Verifier:
    """Takes a log batch by batch; :attr:`found` grows with it."""

    def __init__(self, extractor: Extractor, package: str) -> None:
        self._extractor = extractor
        self.found = Verification(package, extractor.digest)
        self.kept: dict[str, InputTables] = {}
        """For each differing feature, the first request on which it differs."""

    def add(self, table: str, first: int, batch: Any) -> None:
        """Compare the requests of a batch; ``first`` is the number of its first row in the table.

        Raises VerificationError for rows that no log has, EngineError where the package cannot compute them.
        """
        for column in (TIME, PACKAGE, DIGEST):
            if column not in batch.schema.names:
                raise VerificationError(
                    f"{table}: there is no column `{column}`, so this is no log of `Service(log=...)`"
                )
        tables = tables_of_table(self._extractor.inputs, batch)
        if tables.request_count != batch.num_rows:
            raise VerificationError(f"{table}: a row is no request: there is no column `{NESTED}`")
        bounds = tables.offsets if tables.offsets is not None else range(batch.num_rows + 1)
        result = self._extractor.extract(batch).to_arrow()
        logged = batch.column(FEATURES) if FEATURES in batch.schema.names else None
        for request in range(batch.num_rows):
            part = result.slice(bounds[request], bounds[request + 1] - bounds[request])
            digests = _digests(table, first + request, batch.column(DIGEST)[request].as_py())
            values = None if logged is None else _structs(logged, request)
            place = _Place(table, first + request, batch, request, tables)
            self._compare(place, digests, values, part)

    def _compare(self, place: _Place, digests: dict[str, str], values: Any, part: Any) -> None:
        found = self.found
        found.requests += 1
        found.rows += part.num_rows
        by = str(place.batch.column(PACKAGE)[place.position].as_py())
        found.logged_by[by] = found.logged_by.get(by, 0) + 1
        own = numbered_digests(part)
        for name in digests:
            if name not in own and name not in found.only_logged:
                found.only_logged.append(name)
        for name, digest in own.items():
            if name not in digests:
                if name not in found.not_logged:
                    found.not_logged.append(name)
                continue
            feature = found.features.setdefault(name, FeatureComparison(name))
            feature.requests += 1
            has_values = values is not None and name in values
            if has_values:
                feature.rows = (feature.rows or 0) + part.num_rows
                feature.differing_rows = feature.differing_rows or 0
            if digest == digests[name]:
                continue
            feature.differing += 1
            self.kept.setdefault(name, place.request_tables())
            computed = part.column(name).to_pylist()
            rows: list[int | None] = [None]
            if has_values:
                rows = [
                    row
                    for row, pair in enumerate(zip(values[name], computed, strict=False))
                    if repr(pair[0]) != repr(pair[1])
                ]
                feature.differing_rows = (feature.differing_rows or 0) + len(rows)
            if len(feature.examples) < _KEPT_REQUESTS and rows:
                row = rows[0]
                feature.examples.append(
                    place.example(
                        row,
                        None if row is None else values[name][row],
                        computed if row is None else computed[row],
                    )
                )


@dataclass(frozen=True)
class _Place:
    """A request in a batch of a log."""

    table: str
    number: int
    batch: Any
    position: int
    tables: InputTables

    def request_tables(self) -> InputTables:
        return self.tables.slice(self.position)

    def example(self, row: int | None, logged: Any, computed: Any) -> Example:
        one = self.request_tables()
        time = self.batch.column(TIME)[self.position].as_py()
        candidate = None
        if row is not None and one.candidates is not None and one.candidates.num_columns:
            candidate = _plain(one.candidates.slice(row, 1).to_pylist()[0])
        requests = one.requests.to_pylist()
        return Example(
            self.table,
            self.number,
            time.isoformat() if time is not None else "",
            row,
            _plain(logged),
            _plain(computed),
            _plain(requests[0]) if requests else {},
            candidate,
        )


def _digests(table: str, number: int, text: Any) -> dict[str, str]:
    try:
        found = json.loads(text)
        if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
            return found
    except (TypeError, ValueError):
        pass
    raise VerificationError(f"{table}: row {number}: the column `{DIGEST}` holds no digests")


def _structs(column: Any, request: int) -> dict[str, list[Any]] | None:
    """Return the logged features of a request by name; None where they were not logged."""
    rows = column[request].as_py()
    if rows is None:
        return None
    names: Sequence[str] = [field.name for field in column.type.value_type]
    return {name: [row[name] for row in rows] for name in names}


def _plain(value: Any) -> Any:
    """Return a value of Arrow as JSON has it: instants as text, durations in microseconds, bytes as hex."""
    match value:
        case dict():
            return {key: _plain(held) for key, held in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case bytes():
            return {"bytes": value.hex()}
        case datetime.datetime():
            return value.isoformat()
        case datetime.timedelta():
            return value // datetime.timedelta(microseconds=1)
    return value
