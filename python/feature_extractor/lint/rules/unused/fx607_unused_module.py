"""FX607: nothing of a module is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Fix, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.removal import remove_statement
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for names that were given to modules and are mentioned nowhere."""
    named = [
        (statement, statement.alias)
        for statement in program.file.statements
        if isinstance(statement, tree.UseDeclaration) and statement.alias is not None
    ]
    if not named:
        return
    missing = {alias.text for _, alias in named}
    for statement in program.file.statements:
        # Most modules are used soon.
        missing -= program.names.read(statement)
        if not missing:
            return
    for statement, alias in named:
        if alias.text in missing:
            yield Finding(
                alias.span,
                f"nothing of the module `{alias.text}` is used",
                help="remove the `use`",
                fix=Fix("remove the `use`", (remove_statement(program.source, statement),)),
            )


RULE: Final = Rule(
    code="FX607",
    name="unused-module",
    severity=Severity.WARNING,
    summary="A module is given a name, and nothing of it is used.",
    check=check,
)
