"""FX220: an unknown value is not different from anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status

_KEEPING: Final = {"filter", "count", "any", "find_first", "find_last", "take_while"}
"""Operators that leave out what their condition is null for."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for `x != constant` where x may be null and null counts as false."""
    for call, feature in program.calls("if", *sorted(_KEEPING)):
        if call.operator == "if":
            conditions = [call.arguments[0]]
        else:
            conditions = [a.body for a in call.arguments if isinstance(a, Lambda)]
        for condition in conditions:
            asked = {
                id(part.arguments[0])
                for part in walk(condition)
                if isinstance(part, Call) and part.operator in ("is_null", "is_not_null")
            }
            for part in _conjuncts(condition):
                value = _unequal(part)
                if value is None or id(value) in asked:
                    continue
                yield Finding(
                    program.place(part, feature),
                    "a null is not different from anything: the condition is null, which counts as false",
                    caption="left out where it is null"
                    if call.operator != "if"
                    else "the branch after `else` where it is null",
                    help='say what a null is: `(x ?? "") != "a"`, or ask for it: `x.is_not_null() and x != "a"`',
                )


def _conjuncts(condition: Expression) -> Iterator[Expression]:
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Call) and part.operator == "and":
            waiting.extend(reversed(part.arguments))
        else:
            yield part


def _unequal(condition: Expression) -> Expression | None:
    """Return what is asked to differ from a constant, if it may be null."""
    if not isinstance(condition, Call):
        return None
    if condition.operator == "not_equal":
        left, right = condition.arguments
        value = right if isinstance(left, Literal) else left
        is_constant = isinstance(left, Literal) or isinstance(right, Literal)
        return value if is_constant and value.type.nullable else None
    if condition.operator == "not":
        inner = condition.arguments[0]
        if isinstance(inner, Call) and inner.operator in ("equal", "contains"):
            items, value = inner.arguments
            return value if isinstance(items, Literal) and value.type.nullable else None
    return None


RULE: Final = Rule(
    code="FX220",
    name="null-not-different",
    severity=Severity.WARNING,
    status=Status.OPTIONAL,
    summary="A comparison by `!=` or `not in` leaves nulls out.",
    check=check,
    by_feature=True,
)
