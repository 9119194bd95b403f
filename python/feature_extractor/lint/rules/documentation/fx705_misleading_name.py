"""FX705: a feature is called like an input that it does not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import InputReference
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the names of features with those of inputs."""
    for feature in program.features:
        declared = program.inputs.get(feature.name)
        if declared is None:
            continue
        reads = {part.name for part in feature.parts if isinstance(part, InputReference)}
        if feature.name not in reads:
            yield Finding(
                feature.span,
                f"`{feature.name}` does not read the input of this name",
                caption=f"it reads {_listed(reads)}",
                labels=(Label(declared[0], "the input"),),
                help="call it after what it reads, or read the input",
            )


def _listed(names: set[str]) -> str:
    shown = sorted(names)[:3]
    more = ", ..." if len(names) > len(shown) else ""
    return ", ".join(f"`{name}`" for name in shown) + more if shown else "no input"


RULE: Final = Rule(
    code="FX705",
    name="misleading-name",
    severity=Severity.WARNING,
    summary="A feature is called like an input that it does not read.",
    check=check,
)
