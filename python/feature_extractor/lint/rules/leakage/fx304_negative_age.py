"""FX304: an age that is counted the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Applicability, Edit, Fix, Severity
from feature_extractor.lint.expressions import number
from feature_extractor.lint.moments import Moments, difference, shifted
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, is_plain
from feature_extractor.syntax import tree

_AGES: Final = {
    "decay": "weights above 1, the more the older it is",
    "logarithmic_decay": "always 1",
    "log1p": "null from one unit on",
    "log": "always null",
    "log2": "always null",
    "log10": "always null",
    "sqrt": "always null",
    "bucketize": "always the first bucket",
    "bucketize_log": "always the first bucket",
    "maximum": "never above the other values",
    "clip": "always the lower end",
}
"""Operators that have a meaning for ages only, and what they give for negative ones."""
_CALENDAR: Final = {"date_diff", "months_between"}
"""Operators that count from their first argument to the second."""
_SIMPLE: Final = (tree.Name, tree.FieldAccess)
"""What may stand on either side of a sign, and before a point."""
_PASSING: Final = {
    "total_days",
    "total_hours",
    "total_seconds",
    "to_float",
    "round",
    "floor",
    "to_int",
}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for a moment before the request from which the time of the request is taken away."""
    moments = program.moments
    for call, feature in program.calls(*sorted(_AGES)):
        age, units = _age(call)
        found = None if age is None else difference(age)
        if age is None or found is None:
            continue
        program.look_closer()
        if not _is_positive(call, units) or not _is_reversed(moments, *found):
            continue
        yield Finding(
            program.place(age, feature),
            f"this age is negative, and `{call.operator}` asks for a positive one",
            caption=_AGES[call.operator],
            help="take the earlier moment from the later one: `now - e.at`",
            fix=_swapped(program, age),
        )
    for call, feature in program.calls(*sorted(_CALENDAR)):
        program.look_closer()
        first, second = call.arguments[:2]
        if _is_reversed(moments, second, first):
            yield Finding(
                program.place(call, feature),
                f"`{call.operator}` counts from its first argument to the second one, which is earlier",
                caption="0 or negative",
                help="the earlier moment comes first, other than in SQL's `datediff`",
                fix=_swapped(program, call),
            )


def _is_reversed(moments: Moments, left: Expression, right: Expression) -> bool:
    """Return whether a difference takes the time of the request from a moment before it."""
    (earlier, plus), (later, minus) = shifted(left), shifted(right)
    return moments.is_now(later) and moments.is_past(earlier) and plus <= minus


def _age(call: Call) -> tuple[Expression | None, list[Expression]]:
    """Return the duration that an operator is given, and the units that it is divided by on the way."""
    units: list[Expression] = []
    value = next((part for part in call.arguments if not isinstance(part, Literal)), None)
    while isinstance(value, Call):
        if value.operator in ("divide", "floor_divide"):
            units.append(value.arguments[1])
        elif value.operator not in _PASSING:
            break
        value = value.arguments[0]
    return value, units


def _is_positive(call: Call, units: list[Expression]) -> bool:
    """Return whether an operator asks for a positive age, and the units of the age are positive too."""
    if call.operator == "maximum" and not any(_is_zero(part) for part in call.arguments):
        return False
    if call.operator == "clip" and not _is_zero(call.arguments[1]):
        return False
    numbers = [number(unit) for unit in units]
    return all(found is not None and found > 0 for found in numbers)


def _is_zero(value: Expression) -> bool:
    return isinstance(value, Literal) and value.value == 0


def _swapped(program: LintedProgram, call: Expression) -> Fix | None:
    """Return the fix that exchanges the two moments where they stand."""
    node = own_node(program, call)
    pair: list[tree.Expression] = []
    if isinstance(node, tree.Binary) and node.operator == "-":
        pair = [node.left, node.right]
    elif isinstance(node, tree.Call) and is_plain(node):
        pair = arguments(node)[:2]
    texts = [part.span.text for part in pair]
    if len(pair) != 2 or not all(isinstance(part, _SIMPLE) for part in map(bare, pair)):
        return None
    edits = (Edit(pair[0].span, texts[1]), Edit(pair[1].span, texts[0]))
    return Fix("exchange the two moments", edits, Applicability.UNSAFE)


RULE: Final = Rule(
    code="FX304",
    name="negative-age",
    severity=Severity.ERROR,
    summary="An age is counted from the request to the event, and is negative.",
    check=check,
    by_feature=True,
)
