"""FX308: the oldest events are taken for the newest ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, Input, InputReference
from feature_extractor.diagnostics import Label, Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import TIMESTAMP, ListType, StructType, Type

_OLDEST_FIRST: Final = re.compile(
    r"\b(?:oldest|earliest) (?:comes? |is |are )?first|\bnewest last|\bchronological|\bascending",
    re.I,
)
_NEWEST_FIRST: Final = re.compile(
    r"\b(?:newest|latest|most recent) (?:comes? |is |are )?first|\boldest last|\breverse[- ]chronological|\bdescending",
    re.I,
)
_KEEPING: Final = {
    "filter",
    "map",
    "distinct",
    "distinct_by",
    "remove_nulls",
    "or_empty",
    "hash_bucket",
    "hash",
    "modulo_bucket",
    "deduplicate_consecutive",
}
"""Operators whose result is in the order of their first argument."""
_OLD_END: Final = {"take_first"}
_NEW_END: Final = {"take_last"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what descriptions and comments say of the order of a list with the end that is kept."""
    orders = _orders(program)
    if not orders:
        return
    for feature in program.features:
        if feature.checked.maximum is not None:
            found = _source(feature.value, is_reversed=False)
            if found is not None and _keeps_old(orders, *found):
                yield _finding(
                    program,
                    feature.declaration.kind.span,
                    f"`max` keeps the oldest events of `{found[0]}`",
                    found[0],
                )
    for call, feature in program.calls("take_first", "take_last"):
        found = _source(call.arguments[0], is_reversed=call.operator == "take_last")
        if found is not None and _keeps_old(orders, *found):
            yield _finding(
                program,
                program.place(call, feature),
                f"`{call.operator}` keeps the oldest events of `{found[0]}`",
                found[0],
            )


def _keeps_old(orders: Mapping[str, str], name: str, is_reversed: bool) -> bool:
    """Return whether the first elements of a list, maybe reversed, are the old ones."""
    return orders.get(name) == ("newest" if is_reversed else "oldest")


def _finding(program: LintedProgram, span: Span, message: str, name: str) -> Finding:
    place, _ = program.inputs[name]
    return Finding(
        span,
        message,
        caption="what the user did lately is cut off",
        labels=(Label(place, "its order is told here"),),
        help="take the other end: `take_last` where the oldest come first, `take_first` where the newest do",
    )


def _source(value: Expression, *, is_reversed: bool) -> tuple[str, bool] | None:
    """Return the input that a list has its events and their order from, and whether it was turned round."""
    while isinstance(value, Call):
        if value.operator == "reverse":
            is_reversed = not is_reversed
            value = value.arguments[0]
        elif value.operator == "lookup":
            value = value.arguments[1]
        elif value.operator in _KEEPING:
            value = value.arguments[0]
        else:
            return None
    if isinstance(value, Field):
        return None
    return (value.name, is_reversed) if isinstance(value, InputReference) else None


def _orders(program: LintedProgram) -> dict[str, str]:
    """Return which events come first in an input, `oldest` or `newest`, for the inputs of which somebody says it."""
    return {
        declared.name: order
        for declared in program.program.inputs
        if _has_times(declared.type) and (order := _order(program, declared))
    }


def _has_times(type_: Type) -> bool:
    element = type_.element if isinstance(type_, ListType) else None
    if isinstance(element, StructType):
        return any(t.with_nullable(False) == TIMESTAMP for _, t in element.fields)
    return element is not None and element.with_nullable(False) == TIMESTAMP


def _order(program: LintedProgram, declared: Input) -> str:
    """Return what a description or a comment says of the order of an input, or an empty text."""
    span, _ = program.inputs[declared.name]
    above = program.source.line_text(span.line - 1) if span.line > 1 else ""
    comments = [program.source.line_text(span.line).partition("#")[2]]
    if above.lstrip().startswith("#"):
        comments.append(above)
    said = " ".join([declared.description, *comments])
    if _NEWEST_FIRST.search(said):
        return "newest"
    return "oldest" if _OLDEST_FIRST.search(said) else ""


RULE: Final = Rule(
    code="FX308",
    name="wrong-end",
    severity=Severity.WARNING,
    summary="A list of events is cut so that the oldest ones stay, against what its description says.",
    check=check,
)
