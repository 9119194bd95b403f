"""FX602: no feature needs an input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Applicability, Fix, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.removal import remove_input
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at each declared input of a program with features."""
    if not program.features:
        return
    for statement in program.file.statements:
        if not isinstance(statement, tree.InputDeclaration):
            continue
        for field in statement.fields:
            for name in field.names:
                if name.text not in program.names.used:
                    edit = remove_input(program.file, statement, name)
                    yield Finding(
                        name.span,
                        f"no feature needs the input `{name.text}`",
                        caption="whoever goes by the declaration fetches and sends it for nothing",
                        help="remove it",
                        fix=Fix("remove the input", (edit,), Applicability.UNSAFE)
                        if edit is not None
                        else None,
                    )


RULE: Final = Rule(
    code="FX602",
    name="unused-input",
    severity=Severity.WARNING,
    summary="No feature needs an input.",
    check=check,
)
