"""FX802: a column has a type that its input cannot be read from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.drift import drift_findings
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.rules.schema import fx801_missing_column


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the types as the core does when it reads a table."""
    return drift_findings(
        program, fx801_missing_column.RULE, "type", "cast the column, or change the declaration"
    )


RULE: Final = Rule(
    code="FX802",
    name="column-of-other-type",
    severity=Severity.ERROR,
    summary="A column of the data has a type that the input cannot be read from.",
    check=check,
)
