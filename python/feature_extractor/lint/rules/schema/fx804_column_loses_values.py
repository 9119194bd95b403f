"""FX804: reading a column changes values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.columns import SchemaError
from feature_extractor.lint.drift import drifts, schemas
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.rules.schema import fx801_missing_column


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for types that a program reads with a loss."""
    try:
        found = schemas(program, fx801_missing_column.RULE)
    except SchemaError:
        # FX801 tells of a schema that cannot be read.
        return
    for drift in drifts(program, found):
        if drift.problem.kind == "lossy":
            yield Finding(
                drift.span,
                drift.problem.message,
                caption=f"by {drift.schema}",
                help="write the data in a type that keeps what is meant",
            )


RULE: Final = Rule(
    code="FX804",
    name="column-loses-values",
    severity=Severity.WARNING,
    summary="Reading a column changes some of its values.",
    check=check,
)
