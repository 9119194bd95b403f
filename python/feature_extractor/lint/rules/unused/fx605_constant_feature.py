"""FX605: a feature reads no input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Collect, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for features whose value is the same for every request and candidate."""
    for feature in program.features:
        # The length of `collect(1)` is the number of candidates, which is not constant.
        if not any(isinstance(part, InputReference | Collect) for part in feature.parts):
            yield Finding(
                feature.declaration.value.span,
                f"`{feature.name}` reads no input",
                caption="the same value for everything",
                help="remove it: a model learns nothing from a constant",
            )


RULE: Final = Rule(
    code="FX605",
    name="constant-feature",
    severity=Severity.WARNING,
    summary="A feature reads no input, so that its value is always the same.",
    check=check,
    by_feature=True,
)
