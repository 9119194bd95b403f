"""FX217: an element behind the end of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import ListType, VectorType

_CUT: Final = {
    "take_first": 1,
    "take_last": 1,
    "take_sample": 1,
    "top": 1,
    "slice": 2,
    "top_by": 2,
    "multi_hash": 1,
    "minhash": 1,
    "range": 0,
    "top_similarities": 2,
}
"""Operators whose result has at most so many elements, with the position of that number."""
_NO_LONGER: Final = {
    "filter",
    "sort",
    "sort_by",
    "reverse",
    "distinct",
    "distinct_by",
    "remove_nulls",
    "drop_first",
    "drop_last",
    "take_while",
    "drop_while",
    "or_empty",
    "shuffle",
    "hash_bucket",
    "hash",
    "modulo_bucket",
    "cumulative_sum",
    "positions",
    "ranks",
    "map",
    "mask",
}
"""Operators whose result is no longer than their first argument."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare constant positions with the greatest length, where that is known."""
    for call, feature in program.calls("get"):
        program.look_closer()
        items, position = call.arguments
        if _is_own_length(items, position):
            yield Finding(
                program.place(call, feature),
                "the position is the length of the list, and the first one is 0",
                caption="always null",
                help="write `xs.last()` or `xs[-1]` for the last element",
            )
            continue
        place = integer(position)
        longest = _longest(items)
        if place is None or longest is None or -longest <= place < longest:
            continue
        yield Finding(
            program.place(call, feature),
            f"there is no element {place:,} in {longest:,} element{'s' if longest != 1 else ''}",
            caption="always null",
            help=f"positions are 0 to {longest - 1:,}, or -1 to -{longest:,} from the end"
            if longest
            else "the list is always empty",
        )


def _is_own_length(items: Expression, position: Expression) -> bool:
    is_length = isinstance(position, Call) and position.operator == "length"
    return is_length and isinstance(position, Call) and position.arguments[0] is items


def _longest(value: Expression) -> int | None:
    """Return how many elements a list or a vector has at most."""
    if isinstance(value.type, VectorType):
        return value.type.size
    if not isinstance(value.type, ListType):
        return None
    while isinstance(value, Call):
        if value.operator in _CUT:
            count = integer(value.arguments[_CUT[value.operator]])
            return None if count is None else max(count, 0)
        if value.operator == "histogram":
            boundaries = value.arguments[1]
            items = boundaries.value if isinstance(boundaries, Literal) else None
            return len(items) + 1 if isinstance(items, tuple) else None
        if value.operator == "list_of":
            return len(value.arguments)
        if value.operator not in _NO_LONGER or isinstance(value.arguments[0], Lambda):
            return None
        value = value.arguments[0]
    items = value.value if isinstance(value, Literal) else None
    return len(items) if isinstance(items, tuple) else None


RULE: Final = Rule(
    code="FX217",
    name="index-past-end",
    severity=Severity.ERROR,
    summary="An element is asked for that lies behind the end of the list.",
    check=check,
    by_feature=True,
)
