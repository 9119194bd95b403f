"""FX603: no feature needs a resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Fix, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.removal import remove_statement
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at each resource of a program with features."""
    if not program.features:
        return
    for resource in program.names.resources:
        if resource.name.text not in program.names.used:
            yield Finding(
                resource.name.span,
                f"no feature needs the resource `{resource.name.text}`",
                help="remove it, and its file where nothing else reads it",
                fix=Fix("remove the resource", (remove_statement(program.source, resource),)),
            )


RULE: Final = Rule(
    code="FX603",
    name="unused-resource",
    severity=Severity.WARNING,
    summary="No feature needs a resource.",
    check=check,
)
