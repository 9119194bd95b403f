"""FX507: each element of a list is compared with all elements of the same list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import (
    Call,
    Collect,
    Expression,
    InputReference,
    Lambda,
    LambdaVariable,
    children,
)
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import conjuncts, walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import ListType

KEEPING: Final = {
    "filter",
    "map",
    "sort",
    "sort_by",
    "reverse",
    "distinct",
    "distinct_by",
    "remove_nulls",
    "drop_first",
    "drop_last",
    "positions",
}
"""Operators whose result is about as long as their list."""
ORDERED: Final = {"less", "less_equal", "greater", "greater_equal"}
INDEXED: Final = {"equal", "contains"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at lambdas over a list that read an element of the same list, or a candidate among all candidates."""
    for part, feature in program.calls_with_lambdas:
        function = _lambda(part)
        if function is None or _is_indexed(function.body):
            continue
        source = _source(part.arguments[0])
        if isinstance(source, Collect) and _reads_candidate(function.body):
            yield Finding(
                program.place(part, feature),
                "each candidate is compared with all candidates",
                caption="1,000 candidates are a million pairs",
                help=_advice(function.body),
            )
        elif source is not None:
            for inner in _of_the_same_list(function, source):
                yield Finding(
                    program.place(inner, feature),
                    "each element of the list is compared with all elements of the list",
                    caption="200 elements are 40,000 pairs, for each row",
                    help="`ranks`, `occurrence_numbers`, `group_sum`, `successors` and the like go through "
                    "the list once",
                )


def _lambda(call: Call) -> Lambda | None:
    """Return the lambda of a call that runs over its first argument."""
    if not call.arguments or not isinstance(call.arguments[0].type, ListType):
        return None
    return next((part for part in call.arguments if isinstance(part, Lambda)), None)


def _source(value: Expression) -> Expression | None:
    """Return the list that something is about as long as, or None for a constant or a short list."""
    while isinstance(value, Call) and value.operator in KEEPING:
        value = value.arguments[0]
    return value if isinstance(value, Collect | InputReference) else None


def _is_indexed(condition: Expression) -> bool:
    """Return whether a part of a condition is an equality, which the planner answers by an index."""
    return any(isinstance(part, Call) and part.operator in INDEXED for part in conjuncts(condition))


def _reads_candidate(value: Expression) -> bool:
    """Return whether a value reads the candidate itself, and not all of them by `collect`."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Collect) or id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, InputReference) and part.domain == "candidate":
            return True
        waiting.extend(children(part))
    return False


def _of_the_same_list(outer: Lambda, source: Expression) -> Iterator[Call]:
    for part in walk(outer.body):
        if not isinstance(part, Call):
            continue
        function = _lambda(part)
        if (
            function is not None
            and _source(part.arguments[0]) is source
            and not _is_indexed(function.body)
            and _reads(function.body, outer.variable)
        ):
            yield part


def _reads(value: Expression, variable: LambdaVariable) -> bool:
    return any(part is variable for part in walk(value))


def _advice(condition: Expression) -> str:
    if isinstance(condition, Call) and condition.operator in ORDERED:
        return (
            "`rank_of` and `cumulative_share` sort the list once for all: `collect(x).rank_of(x)`"
        )
    return "compare with a statistic of all: `x - collect(x).mean()`"


RULE: Final = Rule(
    code="FX507",
    name="all-pairs",
    severity=Severity.WARNING,
    summary="Each element of a list is compared with all elements of the same list.",
    check=check,
    by_feature=True,
)
