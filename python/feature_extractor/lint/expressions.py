"""Walks through typed expressions. They are graphs: a part that is used twice is visited once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from feature_extractor.check.typed import (
    Call,
    Expression,
    InputReference,
    Literal,
    children,
)

TOGETHER: Final = {
    "add": "added to",
    "subtract": "subtracted from",
    "less": "compared with",
    "less_equal": "compared with",
    "greater": "compared with",
    "greater_equal": "compared with",
    "equal": "compared with",
    "not_equal": "compared with",
    "coalesce": "the default of",
    "minimum": "compared with",
    "maximum": "compared with",
}
"""Operators whose two operands have one unit, and what a message says that the left one is to the right one."""


def walk(*roots: Expression) -> Iterator[Expression]:
    """Yield every expression below the roots, the roots too, each once and outer ones first."""
    # Expressions are equal only if they are the same, and most of them are calls or leaves.
    seen: set[Expression] = set()
    waiting = list(reversed(roots))
    while waiting:
        expression = waiting.pop()
        if expression in seen:
            continue
        seen.add(expression)
        yield expression
        below = expression.arguments if type(expression) is Call else children(expression)
        if below:
            waiting += below[::-1]


def outer_first(root: Expression) -> tuple[list[Expression], dict[str, list[Call]]]:
    """Return the same as :func:`walk` below one root, and the calls among it by the names of their operators.

    All at once: a generator takes longer for what is kept.
    """
    found: dict[Expression, None] = {}
    calls: dict[str, list[Call]] = {}
    waiting = [root]
    while waiting:
        expression = waiting.pop()
        if expression in found:
            continue
        found[expression] = None
        if type(expression) is Call:
            known = calls.get(expression.operator)
            if known is None:
                calls[expression.operator] = [expression]
            else:
                known.append(expression)
            waiting += expression.arguments[::-1]
        else:
            below = children(expression)
            if below:
                waiting += below[::-1]
    return [*found], calls


def inner_first(roots: Iterable[Expression]) -> list[Expression]:
    """Return every expression below the roots, each once and behind its parts."""
    seen: set[Expression] = set()
    found: list[Expression] = []
    # None stands before an expression whose parts are done.
    waiting: list[Expression | None] = [*roots]
    while waiting:
        value = waiting.pop()
        if value is None:
            done = waiting.pop()
            assert done is not None
            found.append(done)
        elif value not in seen:
            seen.add(value)
            below = value.arguments if type(value) is Call else children(value)
            if below:
                waiting += (value, None)
                waiting += below[::-1]
            else:
                found.append(value)
    return found


def inputs(expression: Expression) -> dict[str, InputReference]:
    """Return the inputs that an expression reads, by name. No two inputs of a program share a name."""
    return {part.name: part for part in walk(expression) if isinstance(part, InputReference)}


def conjuncts(condition: Expression) -> list[Expression]:
    """Return the parts of a condition that have to hold all; they may be many, by a chain of lets."""
    found: list[Expression] = []
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Call) and part.operator == "and":
            waiting.extend(reversed(part.arguments))
        else:
            found.append(part)
    return found


def integer(expression: Expression) -> int | None:
    """Return the value of an int constant, or None for anything else."""
    if isinstance(expression, Literal) and type(expression.value) is int:
        return expression.value
    return None


def number(expression: Expression) -> int | float | None:
    """Return the value of a constant number, of an instant or a duration in microseconds; None for anything else."""
    value = expression.value if isinstance(expression, Literal) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


PASSING = {"to_float": (0,), "coalesce": (0, 1), "if": (1, 2)}
"""Operators that hand a value on as it is, with the positions of the arguments that it may come from."""


def origins(expression: Expression) -> Iterator[Expression]:
    """Yield where a value may come from, unchanged: through defaults, branches and conversions to float."""
    seen: set[int] = set()
    waiting = [expression]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Call) and value.operator in PASSING:
            waiting.extend(value.arguments[i] for i in reversed(PASSING[value.operator]))
        else:
            yield value
