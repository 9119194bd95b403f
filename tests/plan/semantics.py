"""Plain Python functions for the operators of this folder's registry, and how a call applies one.

A kernel-like function gets Python values: None for null, a list for a list, a list of pairs for a
map, a tuple for a vector. A selection returns positions, a span ``(begin, size)``, an element a
position or None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from feature_extractor.plan.operators import Operators, Overload

Functions = Mapping[str, Callable[..., Any]]


def apply(
    operators: Operators, functions: Functions, name: str, overload: int, values: Sequence[Any]
) -> Any:
    """Return what an operator gives for values; a null in a strict parameter gives null."""
    chosen: Overload = operators[name].overloads[overload]
    for index, value in enumerate(values):
        parameter = chosen.signature.parameter(index)
        if value is None and not parameter.pattern.nullable and not parameter.variadic:
            return None
    return functions[name](*values)


def _and(x: bool | None, y: bool | None) -> bool | None:
    if x is False or y is False:
        return False
    return None if x is None or y is None else True


def _get(entries: list[tuple[Any, Any]], key: Any) -> int | None:
    return next((i for i, (k, _) in enumerate(entries) if k == key), None)


def _filter(xs: list[Any], kept: list[bool | None]) -> list[int]:
    return [i for i, keep in enumerate(kept) if keep]


def _sort_by(xs: list[Any], keys: list[Any]) -> list[int]:
    return sorted(range(len(xs)), key=lambda i: (keys[i] is None, keys[i] or 0))


def _divide(x: float, y: float) -> float | None:
    return None if y == 0 else x / y


FUNCTIONS: Functions = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": _divide,
    "equal": lambda x, y: x == y,
    "less": lambda x, y: x < y,
    "and": _and,
    "to_float": float,
    "log1p": lambda x: math.log1p(x) if x > -1 else None,
    "coalesce": lambda x, otherwise: otherwise if x is None else x,
    "list": lambda *values: list(values),
    "contains": lambda xs, value: value in xs,
    "filter": _filter,
    "sort_by": _sort_by,
    "take_last": lambda xs, n: (max(0, len(xs) - max(0, n)), min(len(xs), max(0, n))),
    "first": lambda xs: 0 if xs else None,
    "get": _get,
    "filter_equal": lambda xs, keys, value: [
        i for i, key in enumerate(keys) if key is not None and key == value
    ],
    "none": lambda xs, kept: not any(kept),
    "not": lambda x: not x,
    "is_in": lambda x, values: x in values,
    "length": len,
    "count": lambda xs, kept: sum(1 for keep in kept if keep),
    "any": lambda xs, kept: any(kept),
    "count_value": lambda xs, value: sum(1 for x in xs if x is not None and x == value),
    "count_values": lambda xs, values: sum(1 for x in xs if x is not None and x in (values or ())),
    "sum": lambda xs: sum(x for x in xs if x is not None),
    "concat": lambda xs, ys: [*xs, *ys],
    "split": lambda x, separator: x.split(separator),
    "hash_bucket": lambda x, size: sum(x.encode()) % size,
    "hour": lambda at, zone: at // 3_600_000_000 % 24 + len(zone),
    "lookup": lambda resource, key: resource.get(key),
    "table_field": lambda table, row, field: table.rows[row][field],
    "cosine": lambda x, y: sum(a * b for a, b in zip(x, y, strict=True)),
}


class Table:
    """A table as the lookups of this folder see it."""

    def __init__(self, rows: dict[Any, dict[str, Any]]) -> None:
        self.rows = list(rows.values())
        self._index = {key: i for i, key in enumerate(rows)}

    def get(self, key: Any) -> int | None:
        """Return the number of the key's row, or None."""
        return self._index.get(key)
