"""Finds a row in a table, and the lineage of its features."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feature_extractor.cli.failures import DataError, require_file, unknown_feature
from feature_extractor.cli.programs import known_registry
from feature_extractor.cli.tables.declared import NESTED, Declarations
from feature_extractor.cli.tables.formats import STANDARD_STREAM
from feature_extractor.cli.tables.read import Request, is_nested, open_source
from feature_extractor.errors import EngineError
from feature_extractor.extraction import Extraction, Ids
from feature_extractor.lineage import FeatureLineage, lineage, open_traced, tree_text
from feature_extractor.plan.steps import used_inputs

_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class ExplainedRow:
    """The lineages of some features on a row of a table."""

    table: str
    row: int
    features: tuple[FeatureLineage, ...]
    is_plain: bool

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "table": self.table,
            "row": self.row,
            "optimised": not self.is_plain,
            "features": [feature.as_json() for feature in self.features],
        }

    def text(self) -> str:
        """Return a tree per feature."""
        head = f"row {self.row} of {self.table}\n"
        if not self.is_plain:
            head += (
                "The source in the package cannot be checked here; these are the steps that run.\n"
            )
        trees = [tree_text(one, _shown(one.result)) for one in self.features]
        return "\n".join([head, *trees])


def explain_row(
    table: str, form: str, program: Path, row: int, names: Sequence[str]
) -> ExplainedRow:
    """Return the lineage of features on a row of the results; 0 is the first.

    Raises CommandError for a feature that is not there, and DataError for a table that does not fit or is shorter.
    """
    registry = known_registry()
    opened = open_traced(program, registry)
    known = [feature.name for feature in opened.extractor.features]
    for name in names:
        if name not in known:
            raise unknown_feature(name, known)
    chosen = list(dict.fromkeys(names)) or known
    inputs = opened.extractor.inputs
    used = used_inputs(opened.package.plan)
    shown = "standard input" if table == STANDARD_STREAM else table
    batch, within = _row(table, form, shown, Declarations(inputs, used), row)
    try:
        extraction = opened.extractor.extract(batch)
        trace = opened.tracer(chosen).trace(batch)
    except EngineError as error:
        if error.code == "invalid_argument":
            raise DataError(f"{shown}: {error.message}") from None
        raise
    found = tuple(
        lineage(
            opened.plan,
            registry,
            opened.sources,
            trace,
            within,
            name,
            result_of(extraction, name, within),
        )
        for name in chosen
    )
    return ExplainedRow(shown, row, found, opened.is_plain)


def result_of(extraction: Extraction, name: str, row: int) -> Any:
    """Return what a feature gives on a row, in Python's values; weighted ids are pairs."""
    column = extraction[name]
    if isinstance(column, Ids):
        ids = column[row].tolist()
        if column.weights is None:
            return ids
        start = int(column.offsets[row])
        return list(zip(ids, column.weights[start : start + len(ids)].tolist(), strict=True))
    value = column[row]
    return value if isinstance(value, str) else value.tolist()


def _row(path: str, form: str, shown: str, declarations: Declarations, row: int) -> tuple[Any, int]:
    """Return a batch with a row of the results, and its number there.

    The candidates of a request that come in one row are taken together, since they may look at each other.
    """
    if path != STANDARD_STREAM:
        require_file(path)
    left = row
    with ExitStack() as stack:
        source = open_source(path, form, Request(declarations, (), _BATCH_ROWS), stack)
        for batch in source.batches():
            if not is_nested(batch.schema, declarations):
                if left < batch.num_rows:
                    return batch.slice(left, 1), 0
                left -= batch.num_rows
                continue
            for position, size in enumerate(batch.column(NESTED).value_lengths().to_pylist()):
                if left < (size or 0):
                    return batch.slice(position, 1), left
                left -= size or 0
    raise DataError(f"{shown}: there is no row {row}; the results have {row - left:,} rows")


def _shown(value: Any) -> str:
    return repr(value) if not isinstance(value, str) else f'"{value}"'
