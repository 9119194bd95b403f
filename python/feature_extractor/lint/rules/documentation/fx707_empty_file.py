"""FX707: a file declares nothing that anybody can use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_USEFUL: Final = tree.FeatureDeclaration | tree.LetDeclaration | tree.ResourceDeclaration


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for a feature, a let or a resource."""
    statements = program.file.statements
    if any(isinstance(statement, _USEFUL) for statement in statements):
        return
    if statements:
        span = statements[-1].span
    elif program.file.comments:
        span = program.file.comments[0].span
    else:
        span = Span(program.source, 0, 0)
    yield Finding(
        span,
        "this file has no feature, no let and no resource",
        caption="inputs of a module are not imported"
        if any(isinstance(statement, tree.InputDeclaration) for statement in statements)
        else "",
        help="remove the file, or write what is missing",
    )


RULE: Final = Rule(
    code="FX707",
    name="empty-file",
    severity=Severity.WARNING,
    summary="A file has no feature, no let and no resource.",
    check=check,
)
