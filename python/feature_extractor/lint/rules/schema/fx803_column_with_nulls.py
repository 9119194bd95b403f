"""FX803: a column may be null, and its input may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.drift import drift_findings
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.lint.rules.schema import fx801_missing_column


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what may be null."""
    return drift_findings(
        program,
        fx801_missing_column.RULE,
        "null",
        "write `?` behind the type, and say what counts where there is no value",
    )


RULE: Final = Rule(
    code="FX803",
    name="column-with-nulls",
    severity=Severity.WARNING,
    summary="A column of the data may be null, and the input may not.",
    status=Status.OPTIONAL,
    check=check,
)
