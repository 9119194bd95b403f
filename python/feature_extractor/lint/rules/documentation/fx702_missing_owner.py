"""FX702: nobody answers for a feature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the annotations of each feature."""
    for feature in program.features:
        if not feature.checked.owner.strip():
            yield Finding(
                feature.span,
                f"`{feature.name}` has no owner",
                help='write `@owner("team")` on the line above',
            )


RULE: Final = Rule(
    code="FX702",
    name="missing-owner",
    severity=Severity.INFORMATION,
    summary="A feature has no owner.",
    status=Status.OPTIONAL,
    check=check,
)
