"""Computes constant subexpressions when the program is compiled.

The core computes them, in one batch, so that a folded constant has the very bits that the
unfolded expression would have had.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from feature_extractor.check.typed import (
    Call,
    Constant,
    Expression,
    Field,
    Literal,
    children,
    with_children,
)
from feature_extractor.errors import EngineError
from feature_extractor.plan.dependencies import Dependencies
from feature_extractor.types import ListType, ScalarType, Type

Fold: TypeAlias = "Callable[[dict[str, Any]], list[Any]]"
"""Runs a plan without features and returns its ``constants`` as JSON values.

A ValueError means that it cannot.
"""

LONGEST_LIST = 65_536
"""A longer list is computed at load, so that a plan stays small."""


def constant_subexpressions(
    roots: Iterable[Expression], dependencies: Dependencies
) -> list[Expression]:
    """Return the largest expressions that read nothing, in the order in which they are met."""
    found: dict[Expression, None] = {}
    seen: set[Expression] = set()
    pending = list(reversed(list(roots)))
    while pending:
        expression = pending.pop()
        if expression in seen:
            continue
        seen.add(expression)
        if (
            isinstance(expression, Call | Field)
            and not dependencies.of(expression)
            and _foldable(expression.type)
        ):
            found[expression] = None
            continue
        pending.extend(reversed(children(expression)))
    return list(found)


def _foldable(type_: Type) -> bool:
    if isinstance(type_, ListType):
        return isinstance(type_.element, ScalarType)
    return isinstance(type_, ScalarType)


def literals(expressions: list[Expression], values: list[Any]) -> dict[Expression, Literal]:
    """Return the literal that takes each expression's place; ``values`` are JSON values."""
    if len(expressions) != len(values):
        raise ValueError(f"{len(expressions)} constants were asked for, {len(values)} came back")
    return {
        expression: Literal(
            expression.type, expression.site, constant_from_json(value, expression.type)
        )
        for expression, value in zip(expressions, values, strict=True)
        if not (isinstance(value, list) and len(value) > LONGEST_LIST)
    }


def constant_from_json(value: Any, type_: Type) -> Constant:
    """Return a constant of ``type_`` from its JSON form.

    One that does not fit raises ValueError.
    """
    if value is None:
        return None
    if isinstance(type_, ListType):
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is not a list")
        return tuple(constant_from_json(item, type_.element) for item in value)
    name = type_.name if isinstance(type_, ScalarType) else ""
    if name in ("bytes", "string") and isinstance(value, dict):
        # The core keeps both in one storage type and gives the bytes of either.
        data = bytes.fromhex(value["bytes"])
        return data if name == "bytes" else data.decode()
    if name == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if name == "bool" and isinstance(value, bool):
        return value
    if name == "string" and isinstance(value, str):
        return value
    if (
        name in ("int", "timestamp", "duration")
        and isinstance(value, int)
        and not isinstance(value, bool)
    ):
        return value
    raise ValueError(f"{value!r} is not a constant of type {type_}")


def native_fold(evaluate: Callable[[str], str]) -> Fold:
    """Return the fold that the native module's ``evaluate_constants`` offers."""

    def fold(plan: dict[str, Any]) -> list[Any]:
        try:
            text = evaluate(json.dumps(plan, ensure_ascii=False, separators=(",", ":")))
        except EngineError as error:
            raise ValueError(str(error)) from None
        result = json.loads(text)
        if not isinstance(result, list):
            raise ValueError("the core returned no list of constants")
        return result

    return fold


class Replacement:
    """Puts other expressions in the place of some, everywhere."""

    def __init__(self, replaced: dict[Expression, Literal]) -> None:
        self._done: dict[Expression, Expression] = dict(replaced)

    def apply(self, expression: Expression) -> Expression:
        """Return the expression with the replacements made."""
        known = self._done.get(expression)
        if known is None:
            known = self._done[expression] = self._apply(expression)
        return known

    def _apply(self, expression: Expression) -> Expression:
        parts = children(expression)
        new = tuple(map(self.apply, parts))
        # Expressions are equal only if they are the same.
        return expression if new == parts else with_children(expression, new)
