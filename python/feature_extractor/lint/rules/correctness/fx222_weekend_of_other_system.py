"""FX222: days of the week that are the weekend where they are counted otherwise."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Applicability, Fix, Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, called, is_plain, within
from feature_extractor.syntax import tree
from feature_extractor.types import ScalarType

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ALL: Final = frozenset(range(1, 8))
_SPARK: Final = frozenset({1, 7})
"""The weekend where 1 is Sunday. Here no calendar has these two as its days of rest."""
_PANDAS: Final = frozenset({5, 6, 7})
"""The weekend of `>= 5`, where 0 is Monday. Here these are three days, which may be meant: the name decides."""
_NAMED: Final = re.compile(
    r"(?:^|_)(?:weekends?|weekdays?|workdays?|(?:working|business)_days?)(?:_|$)"
)
_OPERATORS: Final[dict[str, Callable[..., Any]]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "and": lambda left, right: left and right,
    "or": lambda left, right: left or right,
    "not": operator.not_,
    "contains": lambda items, item: item in items,
    "to_float": float,
    "coalesce": lambda value, _: value,
}


class _Unknown(Exception):
    """The value does not follow from the day of the week alone."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the conditions that decide by the day of the week alone, and for which days they hold."""
    calls = [call for call, _ in program.calls("day_of_week")]
    if not calls:
        return
    program.look_further()
    told: set[Expression] = set()
    for feature in program.features:
        for call in calls:
            for condition in _conditions(call, feature):
                held = frozenset(day for day in _ALL if _value(condition, call, day))
                finding = _finding(program, call, feature, condition, held)
                if finding is not None and condition not in told:
                    told.add(condition)
                    yield finding


def _conditions(call: Call, feature: DeclaredFeature) -> Iterator[Expression]:
    """Yield the largest conditions of a feature that follow from a day of the week."""
    inside: set[Expression] = set()
    for part in feature.parts:
        if part in inside or not isinstance(part, Call):
            continue
        if isinstance(part.type, ScalarType) and part.type.name == "bool":
            below = set(walk(part))
            if call in below and _is_known(part, call):
                inside |= below
                yield part


def _is_known(condition: Expression, call: Call) -> bool:
    try:
        _value(condition, call, 1)
    except _Unknown:
        return False
    return True


def _value(expression: Expression, call: Call, day: int) -> Any:
    """Return the value of an expression on a day. Raises _Unknown."""
    if expression is call:
        return day
    if isinstance(expression, Literal):
        if expression.value is None:
            raise _Unknown
        return expression.value
    compute = _OPERATORS.get(expression.operator) if isinstance(expression, Call) else None
    if compute is None or not isinstance(expression, Call):
        raise _Unknown
    return compute(*(_value(part, call, day) for part in expression.arguments))


def _finding(
    program: LintedProgram,
    call: Call,
    feature: DeclaredFeature,
    condition: Expression,
    held: frozenset[int],
) -> Finding | None:
    resting = held if len(held) <= 3 else _ALL - held
    if resting == _SPARK:
        elsewhere = "1 is Sunday and 7 is Saturday in Spark and SQL, 1 is Monday here"
    elif resting == _PANDAS and _is_named(program, feature, condition):
        elsewhere = "5 is Saturday in pandas, where Monday is 0, and Friday here"
    else:
        return None
    days = [_DAYS[day - 1] for day in sorted(held)]
    shown = f"{', '.join(days[:-1])} and {days[-1]}"
    rest = "" if held == resting else "not "
    return Finding(
        program.place(condition, feature),
        f"this holds on {shown}",
        caption=elsewhere,
        help=f"write `{rest}t.is_weekend(zone)` for the weekend of Saturday and Sunday",
        fix=_fix(program, call, condition, rest),
    )


def _is_named(program: LintedProgram, feature: DeclaredFeature, condition: Expression) -> bool:
    """Return whether the feature, or the let that the condition stands in, is called after the weekend."""
    names = [feature.name]
    node = program.written.at(condition)
    if node is not None:
        names += [
            let.name.text
            for let in program.file.statements
            if isinstance(let, tree.LetDeclaration) and within(node.span, let.span)
        ]
    return any(_NAMED.search(name) for name in names)


def _fix(program: LintedProgram, call: Call, condition: Expression, rest: str) -> Fix | None:
    node = own_node(program, condition)
    written = program.written.call(call, "day_of_week")
    if node is None or written is None or not is_plain(written):
        return None
    text = rest + called(written, "is_weekend", arguments(written))
    message = "ask for Saturday and Sunday"
    return program.written.replacing(node, text, message, Applicability.UNSAFE, tight=not rest)


RULE: Final = Rule(
    code="FX222",
    name="weekend-of-other-system",
    severity=Severity.WARNING,
    summary="A condition holds on days that are the weekend only where days of the week are counted otherwise.",
    check=check,
    by_feature=True,
)
