"""FX306: a value depends on the order of a map, which nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import ListType, MapType

_LISTING: Final = {"keys", "values", "entries"}
_KEEPING: Final = {
    "filter",
    "map",
    "reverse",
    "distinct",
    "distinct_by",
    "remove_nulls",
    "or_empty",
    "hash_bucket",
    "hash",
    "modulo_bucket",
    "coalesce",
    "select_keys",
    "drop_keys",
    "append",
    "prepend",
}
"""Operators whose result is in the order of their first argument."""
_ORDERED: Final = {
    "first",
    "last",
    "get",
    "take_first",
    "take_last",
    "drop_first",
    "drop_last",
    "slice",
    "find_first",
    "find_last",
    "take_while",
    "drop_while",
    "index_of",
    "join",
    "shift",
    "differences",
    "cumulative_sum",
    "cumulative_max",
    "cumulative_min",
    "moving_average",
    "exponential_average",
    "deduplicate_consecutive",
    "run_lengths",
    "take_sample",
    "shuffle",
    "slope",
    "autocorrelation",
    "ngrams",
}
"""Operators whose result depends on the order of their first argument."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for lists made of a map of the input from which something is taken by its place."""
    for call, feature in program.calls(*sorted(_ORDERED)):
        if not isinstance(call.arguments[0].type, ListType):
            continue
        source = _source(call.arguments[0])
        if source is not None:
            yield Finding(
                program.place(call, feature),
                f"`{call.operator}` depends on the order of the map `{source}`",
                caption="whoever sends the map chooses what this is",
                help=f"sort first, as in `{source}.entries().sort_by(e -> e.value, descending = true)`",
            )
    for feature in program.features:
        if feature.checked.maximum is None:
            continue
        source = _source(feature.value)
        if source is not None:
            yield Finding(
                feature.declaration.kind.span,
                f"`max` keeps what comes first in the map `{source}`",
                caption="whoever sends the map chooses what that is",
                help=f"choose what to keep: `{source}.top_n({feature.checked.maximum})` keeps the greatest values",
            )


def _source(value: Expression) -> str | None:
    """Return the map of the input whose order a list or a map has, or None."""
    while isinstance(value, Call):
        if value.operator == "lookup":
            value = value.arguments[1]
        elif value.operator in _KEEPING or value.operator in _LISTING:
            value = value.arguments[0]
        else:
            return None
    is_input = isinstance(value, InputReference | Field) and isinstance(value.type, MapType)
    return value.name if is_input and isinstance(value, InputReference | Field) else None


RULE: Final = Rule(
    code="FX306",
    name="order-of-map",
    severity=Severity.WARNING,
    summary="A value depends on the order of the entries of a map.",
    check=check,
    by_feature=True,
)
