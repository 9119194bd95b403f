"""FX705: a feature is called like an input that it does not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import InputReference
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import ListType

_WINDOW: Final = re.compile(r"_\d+(?:[smhdw]|min|hours?|days?|weeks?)$")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the names of features with those of inputs."""
    for feature in program.features:
        # What `comments_7d` counts are comments, where there is a list of these.
        name = _WINDOW.sub("", feature.name)
        declared = program.inputs.get(feature.name) or program.inputs.get(name)
        if declared is None:
            continue
        found = [part for part in feature.parts if isinstance(part, InputReference)]
        reads = {part.name for part in found}
        is_of_lists = isinstance(declared[1], ListType) and any(
            isinstance(part.type, ListType) for part in found
        )
        if not reads & {feature.name, name} and (feature.name in program.inputs or is_of_lists):
            yield Finding(
                feature.span,
                f"`{feature.name}` does not read the input of this name"
                if feature.name in program.inputs
                else f"`{feature.name}` does not read the input `{name}`",
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
