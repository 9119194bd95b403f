"""FX601: no feature needs a let."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Fix, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.removal import remove_statement
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at each let of a program; a file without features is a module, whose lets others use."""
    if not program.features:
        return
    for let in program.names.lets:
        if let.name.text not in program.names.used:
            yield Finding(
                let.name.span,
                f"no feature needs the let `{let.name.text}`",
                help="remove it, or move it to a module where others can use it",
                fix=Fix("remove the let", (remove_statement(program.source, let),)),
            )


RULE: Final = Rule(
    code="FX601",
    name="unused-let",
    severity=Severity.WARNING,
    summary="No feature needs a let.",
    check=check,
)
