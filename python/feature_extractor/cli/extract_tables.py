"""Takes tables through an extractor, batch by batch, into one output table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from feature_extractor.cli.counts import Counts
from feature_extractor.cli.failures import CommandError, DataError, require_file, unknown_feature
from feature_extractor.cli.programs import OpenedProgram
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.declared import NESTED, Declarations
from feature_extractor.cli.tables.formats import STANDARD_STREAM
from feature_extractor.cli.tables.read import Request, Source, is_nested, open_source
from feature_extractor.cli.tables.write import Table
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.errors import EngineError
from feature_extractor.extraction import Extraction
from feature_extractor.extractor import Extractor

if TYPE_CHECKING:
    from feature_extractor.samples import Form


@dataclass(frozen=True)
class Job:
    """What is extracted from which tables."""

    paths: Sequence[str]
    forms: Sequence[str]
    select: Sequence[str]
    keep: tuple[str, ...]
    limit: int | None
    threads: int
    batch_rows: int


@dataclass(frozen=True)
class Target:
    """Where ``fx run`` writes to: one path, or several that share the rows."""

    paths: Sequence[str]
    form: str
    sample_form: Form = "example"


class Watcher(Protocol):
    """Is told how far a run is."""

    def update(self, rows: int, fraction: float | None) -> None:
        """Tell how many rows are done, and which part of the input that is, if known."""


@dataclass
class Run:
    """The rows of a job, computed batch by batch; ``counts`` grows with them."""

    schema: Any
    batches: Iterator[Any]
    counts: Counts


def run_job(opened: OpenedProgram, job: Job, target: Target, watcher: Watcher) -> Counts:
    """Run a job and return what was counted. The output files are there only where all went well."""
    with ExitStack() as stack:
        run = start_job(opened, job, watcher, stack)
        table = Table(target.paths, target.form, target.sample_form, run.schema, stack)
        for batch in run.batches:
            table.write(batch)
        table.commit()
    return run.counts


def start_job(opened: OpenedProgram, job: Job, watcher: Watcher, stack: ExitStack) -> Run:
    """Open the tables of a job; its rows are computed as the batches are taken."""
    extractor = opened.extractor
    selected = _selected(extractor, job.select)
    if not selected:
        raise DataError("the program has no features, so there is nothing to compute")
    for path in job.paths:
        if path != STANDARD_STREAM:
            require_file(path)
    for column in job.keep:
        if column in selected:
            raise CommandError(
                f"`{column}` is a column to keep and a feature; a table has each name once",
                "Rename the feature, or leave the column or the feature out.",
            )
    declarations = Declarations(extractor.inputs, opened.used_inputs())
    request = Request(declarations, job.keep, job.batch_rows)
    first = open_source(job.paths[0], job.forms[0], request, stack)
    kept = _kept_fields(job.paths[0], first.schema, declarations, job.keep)
    features = pyarrow().schema(extractor)
    schema = pyarrow().schema([*kept, *(features.field(name) for name in selected)])

    counts = Counts()

    def batches() -> Iterator[Any]:
        for batch, name, fraction in _batches(job, request, first, kept):
            try:
                extraction = extractor.extract(batch, threads=job.threads)
            except EngineError as error:
                if error.code == "invalid_argument":
                    raise DataError(f"{name}: {error.message}") from None
                raise
            if batch.num_rows == 0:
                continue
            counts.add(extraction)
            columns = [*_kept_columns(batch, declarations, kept, extraction)]
            table = extraction.to_arrow()
            columns += [table.column(feature) for feature in selected]
            yield pyarrow().record_batch(columns, schema=schema)
            watcher.update(counts.rows, fraction)

    return Run(schema, batches(), counts)


def _selected(extractor: Extractor, names: Sequence[str]) -> list[str]:
    known = [feature.name for feature in extractor.features]
    for name in names:
        if name not in known:
            raise unknown_feature(name, known)
    return list(names) or known


def _batches(
    job: Job, request: Request, first: Source, kept: Sequence[Any]
) -> Iterator[tuple[Any, str, float | None]]:
    """Yield each batch with the name of its table and the part of all tables that is done."""
    left = job.limit
    sizes = [os.path.getsize(p) if p != STANDARD_STREAM else 0 for p in job.paths]
    total = sum(sizes)
    before = 0
    for index, (path, form) in enumerate(zip(job.paths, job.forms, strict=True)):
        if left == 0:
            return
        name = "standard input" if path == STANDARD_STREAM else path
        with ExitStack() as stack:
            source = first if index == 0 else open_source(path, form, request, stack)
            rows = 0
            for batch in source.batches():
                rows += batch.num_rows
                if left is not None:
                    batch = batch.slice(0, left)
                    left -= batch.num_rows
                if batch.num_rows:
                    here = source.fraction()
                    known = here is not None and total > 0
                    yield (
                        _unified(batch, request.declarations, kept, name),
                        name,
                        (before + (here or 0.0) * sizes[index]) / total if known else None,
                    )
                if left == 0:
                    return
            if rows == 0:
                # A table without rows must have the columns all the same.
                yield pyarrow().RecordBatch.from_pylist([], source.schema), name, None
        before += sizes[index]


# ---- columns of the input that are passed on -----------------------------------------------------


def _kept_fields(
    path: str, schema: Any, declarations: Declarations, names: Sequence[str]
) -> list[Any]:
    """Return the fields to pass on; in a nested table a name may be one of the candidates'."""
    arrow = pyarrow()
    inner = schema.field(NESTED).type.value_type if is_nested(schema, declarations) else None
    fields = []
    for name in names:
        if schema.names.count(name) > 1:
            raise DataError(f"{path}: the column `{name}` comes twice")
        if schema.get_field_index(name) >= 0:
            fields.append(schema.field(name).with_nullable(True))
        elif inner is not None and inner.get_field_index(name) >= 0:
            found = inner.field(inner.get_field_index(name))
            fields.append(arrow.field(name, found.type))
        else:
            inside = [field.name for field in inner] if inner is not None else []
            meant = closest(name, schema.names, inside)
            raise DataError(
                f"{path}: there is no column `{name}` to keep",
                f"Did you mean `{meant}`?"
                if meant
                else f"The table has {', '.join([*schema.names, *inside])}.",
            )
    return fields


def _unified(batch: Any, declarations: Declarations, kept: Sequence[Any], name: str) -> Any:
    """Return a batch whose kept columns have the types that they had in the first table."""
    arrow = pyarrow()
    for field in kept:
        index = batch.schema.get_field_index(field.name)
        if index < 0:
            if is_nested(batch.schema, declarations):
                continue
            raise DataError(f"{name}: there is no column `{field.name}` to keep")
        if batch.schema.field(index).type == field.type:
            continue
        try:
            cast = batch.column(index).cast(field.type)
        except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError):
            raise DataError(
                f"{name}: the column `{field.name}` is {batch.schema.field(index).type}, but "
                f"{field.type} in the first table"
            ) from None
        batch = batch.set_column(index, field, cast)
    return batch


def _kept_columns(
    batch: Any, declarations: Declarations, kept: Sequence[Any], extraction: Extraction
) -> Iterator[Any]:
    if not kept:
        return
    if not is_nested(batch.schema, declarations):
        for field in kept:
            yield batch.column(field.name)
        return
    import numpy as np

    arrow = pyarrow()
    candidates = batch.column(NESTED)
    sizes = candidates.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    owners = arrow.array(np.repeat(np.arange(batch.num_rows), sizes))
    rows = candidates.flatten()
    if len(rows) != extraction.rows:
        raise DataError("a list of candidates that is null has elements")
    parts = dict(zip((field.name for field in rows.type), rows.flatten(), strict=True))
    for field in kept:
        if batch.schema.get_field_index(field.name) >= 0:
            yield batch.column(field.name).take(owners)
        else:
            yield parts[field.name].cast(field.type)
