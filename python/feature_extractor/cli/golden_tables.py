"""Reads the first requests of a table, to keep them in a package."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from feature_extractor.cli.failures import DataError
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.declared import Declarations
from feature_extractor.cli.tables.formats import input_format
from feature_extractor.cli.tables.read import Request, is_nested, open_source
from feature_extractor.errors import EngineError
from feature_extractor.plan.steps import used_inputs

if TYPE_CHECKING:
    from feature_extractor.program import Program

_BATCH_ROWS = 1024
_MOST_ROWS = 1_000_000
"""Rows of a flat table that are looked at to find the end of the last request."""


def program_with_golden_rows(program: Program, path: str, requests: int) -> Program:
    """Return a program with the first requests of a file in its package; raises DataError where they do not fit."""
    from feature_extractor.golden import GoldenRowsError
    from feature_extractor.input_tables import InputTableError

    plan = program.package.plan
    inputs = program.extractor().inputs
    table = _first_rows(path, Declarations(inputs, used_inputs(plan)), requests)
    try:
        return program.with_golden_rows(table, requests=requests)
    except (InputTableError, GoldenRowsError) as error:
        raise DataError(f"{path}: {error}") from None
    except EngineError as error:
        if error.code != "invalid_argument":
            raise
        raise DataError(f"{path}: {error.message}") from None


def _first_rows(path: str, declarations: Declarations, requests: int) -> Any:
    """Return enough rows of a table for so many requests."""
    arrow = pyarrow()
    with ExitStack() as stack:
        request = Request(declarations, (), _BATCH_ROWS)
        source = open_source(path, input_format(path, None), request, stack)
        batches: list[Any] = []
        found = 0
        for batch in source.batches():
            batches.append(batch)
            if is_nested(batch.schema, declarations) or not declarations.nested:
                found += batch.num_rows
            else:
                found += _changes(batch, declarations)
            if found > requests or sum(one.num_rows for one in batches) > _MOST_ROWS:
                break
        schema = batches[0].schema if batches else source.schema
        table = arrow.Table.from_batches(batches, schema=schema).combine_chunks()
    parts = table.to_batches()
    return parts[0] if parts else arrow.RecordBatch.from_pylist([], schema)


def _changes(batch: Any, declarations: Declarations) -> int:
    """Return how many requests begin in a batch of a flat table after its first row."""
    own = batch.select([name for name in batch.schema.names if name in declarations.request])
    rows = [repr(row) for row in own.to_pylist()]
    return sum(before != after for before, after in pairwise(rows))
