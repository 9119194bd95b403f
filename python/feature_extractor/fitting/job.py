"""One pass over the data: the expressions of a program's fitted resources, computed by the core, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from feature_extractor.check.fits import FitRequest
from feature_extractor.check.fitted_files import FittedFile
from feature_extractor.check.typed import CheckedProgram, Expression, Feature
from feature_extractor.extractor import Extractor, InputDescription, load
from feature_extractor.fitting.columns import Column, read_column
from feature_extractor.fitting.states import FitError, State, new_state
from feature_extractor.types import Type

BLOCK_ROWS: Final = 16_384
"""Rows of a block of a table with a row per candidate."""
BLOCK_REQUESTS: Final = 256
"""Rows of a block of a table with a row per request."""
NESTED: Final = "candidates"
_TIME: Final = "time"


@dataclass(frozen=True)
class Role:
    """An expression of a job: whose it is, what it is for, and its type. ``feature`` is its name in the package."""

    feature: str
    resource: str
    role: str
    type: Type


@dataclass(frozen=True)
class FitJob:
    """What a pass computes: a package with the expressions, and what is done with each.

    It is made of plain values, so that it can be sent to other processes.
    """

    package: bytes
    requests: tuple[FitRequest, ...]
    roles: tuple[Role, ...]

    def extractor(self) -> Extractor:
        """Return the extractor that computes the expressions."""
        return load(self.package)


@dataclass
class Progress:
    """What a pass, or a part of one, has found: a state per resource, the rows, and their time."""

    states: dict[str, State]
    rows: int = 0
    first: int | None = None
    last: int | None = None

    def merge(self, other: Progress) -> None:
        """Add what another part has found. Parts are merged in their order."""
        self.rows += other.rows
        for name, state in self.states.items():
            state.merge(other.states[name])
        for moment in (other.first, other.last):
            if moment is not None:
                self.see(moment, moment)

    def see(self, first: int, last: int) -> None:
        """Widen the range of time, in microseconds since 1970."""
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)


def make_job(
    program: CheckedProgram, requests: Iterable[FitRequest], moment: Expression | None
) -> FitJob:
    """Compile the expressions of some resources into one package."""
    from feature_extractor import _native
    from feature_extractor.errors import CompileError
    from feature_extractor.plan.errors import PlanError
    from feature_extractor.plan.fold import native_fold
    from feature_extractor.plan.package import build_package
    from feature_extractor.registry import load_registry

    chosen = tuple(requests)
    roles: list[Role] = []
    features: list[Feature] = []

    def add(resource: str, role: str, value: Expression, site: Any) -> None:
        name = f"v{len(roles)}"
        roles.append(Role(name, resource, role, value.type))
        features.append(Feature(name, "value", value, site))

    for request in chosen:
        for role, value in request.expressions.items():
            add(request.name, role, value, request.site)
    if moment is not None:
        add("", _TIME, moment, moment.site)
    whole = CheckedProgram(
        path=program.path,
        inputs=program.inputs,
        resources=program.resources,
        features=tuple(features),
        sources=program.sources,
    )
    fold = native_fold(_native.evaluate_constants)
    try:
        package = build_package(whole, load_registry(), _native, fold=fold).to_bytes()
    except PlanError as error:
        raise CompileError(error.diagnostics) from None
    return FitJob(package, tuple(map(_without_expressions, chosen)), tuple(roles))


def _without_expressions(request: FitRequest) -> FitRequest:
    """Return a request that can be sent to other processes: what is computed is in the package."""
    return FitRequest(
        request.name,
        request.fit,
        request.of,
        request.site,
        {},
        request.parameters,
        request.fingerprint,
    )


class Pass:
    """Takes tables, cuts them into blocks of a fixed size, and adds each to the states."""

    def __init__(self, job: FitJob, threads: int = 1) -> None:
        self._job = job
        self._threads = threads
        self._extractor = job.extractor()
        self.found = Progress({r.name: new_state(r.fit, r.parameters) for r in job.requests})

    @property
    def inputs(self) -> tuple[InputDescription, ...]:
        """The declared inputs of the program."""
        return self._extractor.inputs

    def run(self, batches: Iterable[Any]) -> Iterator[int]:
        """Add all rows; yields the number of rows so far after each block."""
        for block in blocks(batches):
            self._add(block)
            yield self.found.rows

    def _add(self, block: Any) -> None:
        extraction = self._extractor.extract(block, threads=self._threads)
        self.found.rows += extraction.rows
        columns: dict[str, dict[str, Column]] = {}
        for index, role in enumerate(self._job.roles):
            data, offsets = extraction._native.arrays(index)
            column = read_column(data, offsets, role.type)
            if role.role == _TIME:
                if len(column):
                    moments = np.asarray(column.values, np.int64)
                    self.found.see(int(moments.min()), int(moments.max()))
            else:
                columns.setdefault(role.resource, {})[role.role] = column
        for name, given in columns.items():
            try:
                self.found.states[name].add(given)
            except FitError as error:
                raise FitError(f"`{name}`: {error}") from None


def blocks(batches: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows of Arrow batches or tables in blocks of a fixed size.

    A result that depends on the order of the data (quantiles of very many values) must not depend on how the data
    happened to be cut.
    """
    import pyarrow as pa

    waiting: list[Any] = []
    rows = 0
    limit = 0
    for given in batches:
        table = given if isinstance(given, pa.Table) else pa.table(given)
        limit = limit or _block_size(table.schema)
        waiting.append(table)
        rows += table.num_rows
        if rows < limit:
            continue
        whole = _joined(waiting)
        start = 0
        while rows - start >= limit:
            yield _one_batch(whole.slice(start, limit))
            start += limit
        waiting, rows = [whole.slice(start)], rows - start
    if rows:
        yield _one_batch(_joined(waiting))


def _joined(tables: list[Any]) -> Any:
    import pyarrow as pa

    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise FitError(f"the tables do not go together: {reason}") from None


def _one_batch(table: Any) -> Any:
    return table.combine_chunks().to_batches()[0]


def _block_size(schema: Any) -> int:
    import pyarrow as pa

    index = schema.get_field_index(NESTED)
    nested = index >= 0 and (
        pa.types.is_list(schema.field(index).type)
        or pa.types.is_large_list(schema.field(index).type)
    )
    return BLOCK_REQUESTS if nested else BLOCK_ROWS


def finish(job: FitJob, found: Progress) -> dict[str, FittedFile]:
    """Return the fitted files of a pass, by name; raises FitError."""
    files: dict[str, FittedFile] = {}
    for request in job.requests:
        try:
            outcome = found.states[request.name].finish(request.parameters)
        except FitError as error:
            raise FitError(f"`{request.name}` cannot be fitted: {error}") from None
        except OverflowError:
            raise FitError(
                f"`{request.name}` cannot be fitted: a result is larger than any float"
            ) from None
        if not all(map(_is_finite, _numbers(outcome.result, outcome.rows))):
            raise FitError(f"`{request.name}` cannot be fitted: a result is larger than any float")
        data: dict[str, Any] = {
            "rows": found.rows,
            "values": outcome.values,
            "nulls": outcome.nulls,
        }
        if found.first is not None and found.last is not None:
            data |= {"from": _instant(found.first), "to": _instant(found.last)}
        files[request.name] = FittedFile(
            request.name,
            request.fit,
            request.of,
            request.fingerprint,
            data,
            outcome.method,
            outcome.result,
            outcome.columns,
            outcome.rows,
        ).sealed()
    return files


def _numbers(result: Mapping[str, Any], rows: Iterable[list[Any]]) -> Iterator[Any]:
    for value in result.values():
        yield from value if isinstance(value, list) else [value]
    for row in rows:
        yield from row[1:]


def _is_finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _instant(microseconds: int) -> str:
    """Return an instant as ISO 8601 in UTC; one beyond the years that have four digits as its microseconds."""
    from datetime import UTC, datetime, timedelta

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        return str(microseconds)
    return moment.isoformat().replace("+00:00", "Z")
