"""FX213: a feature is given ids that it has no room for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.ranges import BUCKETS, Range
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what is known about the size of ids with the size of the feature.

    What hash and bucket operators give directly is the subject of FX202.
    """
    for feature in program.features:
        if feature.checked.kind not in ("id", "ids"):
            continue
        found = program.ranges.of(feature.value)
        size = feature.checked.size
        if found.low is not None and found.low < 0 and found.low_met:
            yield _finding(program, feature, found, found.low)
        elif found.high is not None and size is not None and found.high >= size and found.high_met:
            origin = _origin(program, feature.value, found.high)
            is_known = isinstance(origin, Call) and origin.operator in {*BUCKETS, "bucketize"}
            if not is_known:
                yield _finding(program, feature, found, found.high)


def _finding(
    program: LintedProgram, feature: DeclaredFeature, found: Range, end: int | float
) -> Finding:
    origin = _origin(program, feature.value, end) or feature.value
    # A constant may have been written elsewhere first; the place of the feature is always the right one.
    is_constant = isinstance(origin, Literal)
    size = feature.checked.size
    room = f"0 to {size - 1:,}" if size is not None else "ids from 0 on"
    what = "dropped" if feature.checked.kind == "ids" else "replaced by the default"
    if end < 0:
        advice = (
            "give missing values an id of their own, such as 0, and the others the ids behind it"
        )
    else:
        advice = f"write `{feature.checked.kind}({int(end) + 1})`, or make the ids begin at 0"
    return Finding(
        feature.declaration.value.span if is_constant else program.place(origin, feature),
        f"`{feature.name}` is given {end:,}, and has room for {room}",
        caption=f"{'this is ' + found.text() if found.high is not None else 'it gives such ids'}; "
        f"what does not fit is {what}",
        help=advice,
    )


def _origin(program: LintedProgram, value: Expression, end: int | float) -> Expression | None:
    """Return the expression that an id comes from which lies at an end of the range."""
    waiting = [value]
    while waiting:
        for origin in origins(waiting.pop()):
            bodies = (
                [part.body for part in origin.arguments if isinstance(part, Lambda)]
                if isinstance(origin, Call) and program.operator(origin.operator).mapping
                else []
            )
            waiting.extend(bodies)
            known = program.ranges.of(origin)
            if not bodies and end in (known.low, known.high):
                return origin
    return None


RULE: Final = Rule(
    code="FX213",
    name="id-out-of-range",
    severity=Severity.ERROR,
    summary="A feature is given ids below 0, or ids that are not below its size.",
    check=check,
)
