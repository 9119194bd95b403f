"""FX701: a feature has no description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the text above each feature."""
    for feature in program.features:
        if not feature.checked.description.strip():
            yield Finding(
                feature.span,
                f"`{feature.name}` has no description",
                help="write a string on the line above: what it means, and in which unit",
            )


RULE: Final = Rule(
    code="FX701",
    name="missing-description",
    severity=Severity.INFORMATION,
    summary="A feature has no description.",
    status=Status.OPTIONAL,
    check=check,
)
