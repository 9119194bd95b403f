"""FX301: a feature reads what the label is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from feature_extractor.check.typed import Call, Expression
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.expressions import inputs
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import TIMESTAMP

_ASKING: Final = ("is_null", "is_not_null")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for inputs that a label reads and another feature too, through any chain of lets."""
    outcomes: dict[str, DeclaredFeature] = {}
    for feature in program.features:
        if feature.checked.kind == "label":
            for name, read in inputs(feature.value).items():
                # Times are read by labels to measure delays, and known to features all the same: but not one of which
                # the label asks whether there is any.
                if read.type.with_nullable(False) != TIMESTAMP or _asks_for(feature.parts, read):
                    outcomes.setdefault(name, feature)
    if not outcomes:
        return
    for feature in program.features:
        if feature.checked.kind == "label":
            continue
        for name in inputs(feature.value).keys() & outcomes.keys():
            way = program.names.way(feature.declaration, name)
            span, path = way or (feature.declaration.value.span, [name])
            label = outcomes[name]
            chain = " -> ".join(f"`{step}`" for step in [feature.name, *path])
            yield Finding(
                span,
                f"the feature `{feature.name}` reads `{name}`, of which the label `{label.name}` is made",
                caption="known only after the outcome",
                labels=(Label(label.span, "the label"),),
                notes=(f"by way of {chain}",) if len(path) > 1 else (),
                help="leave it out of the feature; where it is known before the outcome, say so with "
                "`# fx: ignore[FX301] reason`",
            )


def _asks_for(parts: Sequence[Expression], read: Expression) -> bool:
    """Return whether a value asks if a moment is null, as a label does that is about a click with its time."""
    return any(
        isinstance(part, Call) and part.operator in _ASKING and part.arguments[0] is read
        for part in parts
    )


RULE: Final = Rule(
    code="FX301",
    name="label-leak",
    severity=Severity.ERROR,
    summary="A feature reads an input that a label is made of.",
    check=check,
)
