"""Groups operands and operators by precedence.

This is the shunting-yard algorithm (E. W. Dijkstra, 1961): it needs no recursion, however long the
row of operators is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from feature_extractor.diagnostics import Diagnostic, Source, Span
from feature_extractor.syntax.lexer import Token, token_text
from feature_extractor.syntax.tree import Binary, Expression, Unary

LEVELS: Final = {
    "??": 1,
    "or": 2,
    "and": 3,
    "==": 5,
    "!=": 5,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "in": 5,
    "not in": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "//": 7,
    "%": 7,
    "**": 9,
}
"""How tight each operator between two operands binds; 9 is the tightest."""
_PREFIX_LEVELS: Final = {"not": 4, "-": 8}
_COMPARISON: Final = 5
_POWER: Final = 9

_Pending = tuple[int, str, Span, bool]
"""An operator whose right operand is not complete: level, text, place, and whether it is a prefix."""


def group(
    source: Source,
    parts: list[Any],
    place: Callable[[Token], Span],
    findings: list[Diagnostic],
) -> Expression:
    """Return the tree of ``operand operator operand ...``; mistakes are added to ``findings``."""
    operands: list[Expression] = []
    pending: list[_Pending] = []
    position = 0
    while True:
        operand: Expression = parts[position]
        # A sign or a ``not`` was put onto its operand alone; what follows may bind tighter.
        while isinstance(operand, Unary):
            level = _PREFIX_LEVELS[operand.operator]
            if operand.operator == "not" and pending and pending[-1][0] > level:
                findings.append(misplaced_not(operand.operator_span))
            pending.append((level, operand.operator, operand.operator_span, True))
            operand = operand.operand
        operands.append(operand)
        position += 1
        if position == len(parts):
            break
        token = parts[position]
        text = token_text(token)
        span = place(token)
        position += 1
        if text == "not":
            text = "not in"
            span = Span(source, span.start, place(parts[position]).end)
            position += 1
        level = LEVELS[text]
        while pending and (pending[-1][0] > level or (pending[-1][0] == level and level != _POWER)):
            if level == _COMPARISON == pending[-1][0]:
                findings.append(_chained(span))
            _reduce(source, operands, pending.pop())
        pending.append((level, text, span, False))
    while pending:
        _reduce(source, operands, pending.pop())
    return operands[0]


def _reduce(source: Source, operands: list[Expression], operator: _Pending) -> None:
    _, text, place, prefix = operator
    right = operands.pop()
    if prefix:
        span = Span(source, place.start, right.span.end)
        operands.append(Unary(span, text, place, right))
        return
    left = operands.pop()
    span = Span(source, left.span.start, right.span.end)
    operands.append(Binary(span, text, place, left, right))


def misplaced_not(span: Span) -> Diagnostic:
    """Return the finding for a ``not`` behind an operator that binds tighter."""
    return Diagnostic(
        "FX001",
        "`not` cannot stand behind this operator",
        span,
        help="put it into parentheses: `(not x)`",
    )


def _chained(span: Span) -> Diagnostic:
    return Diagnostic(
        "FX001",
        f"comparisons cannot be chained: `{span.text}`",
        span,
        help="write `a < b and b < c`, or use parentheses",
    )
