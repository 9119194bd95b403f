"""FX804: reading a column changes values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.drift import drift_findings
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.rules.schema import fx801_missing_column


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for types that a program reads with a loss."""
    return drift_findings(
        program,
        fx801_missing_column.RULE,
        "lossy",
        "write the data in a type that keeps what is meant",
    )


RULE: Final = Rule(
    code="FX804",
    name="column-loses-values",
    severity=Severity.WARNING,
    summary="Reading a column changes some of its values.",
    check=check,
)
