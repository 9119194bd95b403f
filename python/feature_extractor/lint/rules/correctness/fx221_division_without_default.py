"""FX221: a division that may have no result, without a word about that case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, Lambda, Literal, children
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.types import FLOAT, INT

_DIVIDING: Final = {"divide", "floor_divide", "modulo"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Follow features down through operators that hand null on; behind a `??` the case was thought of."""
    for feature in program.features:
        if feature.checked.kind not in ("dense", "id") or feature.checked.default is not None:
            continue
        default = "0.0" if feature.checked.kind == "dense" else "0"
        seen: set[int] = set()
        waiting: list[Expression] = [feature.value]
        while waiting:
            part = waiting.pop()
            if id(part) in seen or not isinstance(part, Call | Field):
                continue
            seen.add(id(part))
            if isinstance(part, Call):
                if program.operator(part.operator).nulls or part.operator.startswith("is_"):
                    continue
                if part.operator in _DIVIDING:
                    program.look_closer()
                if part.operator in _DIVIDING and _may_be_zero(program, part.arguments[1]):
                    yield Finding(
                        program.place(part, feature),
                        f"where the divisor is 0, `{feature.name}` is {default}",
                        caption="null, and then the default of the feature",
                        help="say what it shall be: `ratio(a, b) ?? 0.5`, or smooth it: `(a + 1.0) / (b + 2.0)`",
                    )
            waiting.extend(p for p in reversed(children(part)) if not isinstance(p, Lambda))


def _may_be_zero(program: LintedProgram, divisor: Expression) -> bool:
    """Return whether nothing keeps a number away from 0."""
    if isinstance(divisor, Literal) or divisor.type.with_nullable(False) not in (INT, FLOAT):
        return False
    known = program.ranges.of(divisor)
    above = known.low is not None and known.low > 0
    below = known.high is not None and known.high < 0
    # A sum with a constant was smoothed, whatever its range.
    inner = divisor
    while isinstance(inner, Call) and inner.operator == "to_float":
        inner = inner.arguments[0]
    smoothed = (
        isinstance(inner, Call)
        and inner.operator == "add"
        and any(isinstance(part, Literal) for part in inner.arguments)
    )
    return not (above or below or smoothed)


RULE: Final = Rule(
    code="FX221",
    name="division-without-default",
    severity=Severity.WARNING,
    status=Status.OPTIONAL,
    summary="A division by a number that may be 0 has no default.",
    check=check,
    by_feature=True,
)
