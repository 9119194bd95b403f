"""FX303: a window that lies after the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.moments import Bound, duration_text
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for conditions that let in events after the time of the request. Labels may."""
    moments = program.moments
    for feature in program.features:
        if feature.checked.kind == "label":
            continue
        for _, bounds in moments.conditions(feature):
            found = _future(bounds)
            if found is None:
                continue
            bound, caption = found
            now = sorted(moments.now)[0]
            yield Finding(
                program.place(bound.condition, feature),
                f"`{feature.name}` asks for events after the request",
                caption=caption,
                notes=(
                    "in serving there are none: what the model learns from them is missing then",
                ),
                help=f"write a window that ends at the request: `e.at >= {now} - 7d and e.at < {now}`; "
                "what happens afterwards belongs into a label",
            )


def _future(bounds: list[Bound]) -> tuple[Bound, str] | None:
    """Return the condition by which a window lies after the request, in part or as a whole, and what it says."""
    for bound in bounds:
        if not bound.is_upper and bound.microseconds >= 0:
            return bound, "only events after the request fulfil this"
    uppers = [bound for bound in bounds if bound.is_upper]
    if not uppers:
        return None
    least = min(uppers, key=lambda bound: bound.microseconds)
    if least.microseconds <= 0:
        return None
    return (
        least,
        f"events of up to {duration_text(least.microseconds)} after the request fulfil this",
    )


RULE: Final = Rule(
    code="FX303",
    name="future-window",
    severity=Severity.ERROR,
    summary="A feature asks for events after the time of the request.",
    check=check,
    by_feature=True,
)
