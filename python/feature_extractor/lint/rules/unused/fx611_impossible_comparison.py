"""FX611: a comparison that no value of its operator can change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.ranges import Number, Range
from feature_extractor.lint.rule import Finding, Rule

COMPARING: Final = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")

_ANY: Final = (InputReference, Field)
"""What may be any number."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what both sides can give."""
    for call, _ in program.calls(*COMPARING):
        left, right = map(_written, call.arguments)
        if isinstance(left, _ANY) or isinstance(right, _ANY):
            continue
        if isinstance(left, Literal) and isinstance(right, Literal):
            continue
        program.look_closer()
        ranges = program.ranges.of(left), program.ranges.of(right)
        result = _outcome(call.operator, *ranges)
        node = program.written.own(call) if result is not None else None
        if node is None:
            continue
        yield Finding(
            node.span,
            f"this is always {str(result).lower()}, where it is not null",
            caption=" and ".join(
                _said(value, found)
                for value, found in zip((left, right), ranges, strict=True)
                if not isinstance(value, Literal)
            ),
            notes=_advice(left) or _advice(right),
            help="write the comparison that was meant, or remove it",
        )
    for call, _ in program.calls("contains"):
        items, value = call.arguments
        value = _written(value)
        if not isinstance(items, Literal) or isinstance(value, _ANY):
            continue
        program.look_closer()
        if not isinstance(items.value, tuple):
            continue
        found = program.ranges.of(value)
        strange = [
            item
            for item in items.value
            if isinstance(item, int | float)
            and not isinstance(item, bool)
            and _outcome("equal", found, Range(item, item)) is False
        ]
        node = program.written.own(call) if strange else None
        if node is not None:
            listed = ", ".join(f"`{item}`" for item in strange)
            yield Finding(
                node.span,
                f"the list has {listed}, which the value never is",
                caption=_said(value, found),
                notes=_advice(value),
                help="write the numbers that were meant",
            )


def _written(value: Expression) -> Expression:
    """Return a value without the conversion to float that the compiler writes."""
    while isinstance(value, Call) and value.operator == "to_float":
        value = value.arguments[0]
    return value


def _outcome(operator: str, left: Range, right: Range) -> bool | None:
    """Return what a comparison always gives where it is not null, or None where that depends."""
    match operator:
        case "less":
            if _less(left.high, right.low):
                return True
            return False if _less_equal(right.high, left.low) else None
        case "greater":
            return _outcome("less", right, left)
        case "less_equal":
            if _less_equal(left.high, right.low):
                return True
            return False if _less(right.high, left.low) else None
        case "greater_equal":
            return _outcome("less_equal", right, left)
        case _:
            if _less(left.high, right.low) or _less(right.high, left.low):
                return operator == "not_equal"
            return None


def _less(high: Number | None, low: Number | None) -> bool:
    return high is not None and low is not None and high < low


def _less_equal(high: Number | None, low: Number | None) -> bool:
    return high is not None and low is not None and high <= low


def _said(value: Expression, found: Range) -> str:
    name = f"`{value.operator}`" if isinstance(value, Call) else "the value"
    return f"{name} is {found.text()}"


def _advice(value: Expression) -> tuple[str, ...]:
    """Return what is different elsewhere, where that is the likely reason."""
    if not isinstance(value, Call):
        return ()
    match value.operator:
        case "day_of_week":
            return ("1 is Monday and 7 is Sunday; pandas has 0 for Monday, Spark 1 for Sunday",)
        case "index_of" | "phrase_index" | "argmin" | "argmax":
            return ("where nothing is found it is null, not -1: ask with `.is_null()`",)
        case _:
            return ()


RULE: Final = Rule(
    code="FX611",
    name="impossible-comparison",
    severity=Severity.ERROR,
    summary="A comparison is always true or always false, whatever the inputs are.",
    check=check,
    by_feature=True,
)
