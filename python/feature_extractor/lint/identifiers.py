"""Where the ids of a feature come from: the value itself, its elements, or the ids of weighted elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Struct
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.program import DeclaredFeature
from feature_extractor.types import StructType

WHOLE: Final = {
    "sort",
    "sort_by",
    "reverse",
    "distinct",
    "distinct_by",
    "remove_nulls",
    "deduplicate_consecutive",
    "take_first",
    "take_last",
    "take_sample",
    "drop_first",
    "drop_last",
    "slice",
    "shuffle",
    "top_by",
    "or_empty",
}
"""Operators whose result has elements of their first argument, whatever these are."""


def id_values(feature: DeclaredFeature) -> Iterator[Expression]:
    """Yield the expressions that give a feature's ids: an int, or a list of ints; none for other kinds."""
    kind = feature.checked.kind
    if kind in ("id", "ids"):
        yield feature.value
    elif kind == "weighted":
        for made in lists(feature.value):
            function = made.arguments[1] if len(made.arguments) == 2 else None
            body = function.body if isinstance(function, Lambda) else None
            if made.operator == "map" and isinstance(body, Struct):
                names = (
                    [name for name, _ in body.type.fields]
                    if isinstance(body.type, StructType)
                    else []
                )
                yield from (v for n, v in zip(names, body.values, strict=True) if n == "id")


def lists(value: Expression) -> Iterator[Call]:
    """Yield the calls that make the list whose elements a value has, some of them or all."""
    waiting = [value]
    seen: set[int] = set()
    while waiting:
        for origin in origins(waiting.pop()):
            if not isinstance(origin, Call) or id(origin) in seen:
                continue
            seen.add(id(origin))
            if origin.operator in WHOLE:
                waiting.append(origin.arguments[0])
            else:
                yield origin
