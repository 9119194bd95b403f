"""FX608: an operation that always gives its operand, or always the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_NEUTRAL: Final = {"+": 0, "-": 0, "*": 1, "**": 1}
"""The int on the right that leaves a number as it is. Division is not here: `x / 1` makes an int a float."""
_COMMUTATIVE: Final = ("+", "*")
_ALIKE: Final = ("-", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "??")
"""Operators that say nothing about two operands that are written alike."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at what is written; a let function that is called with a 0 or 1 is no mistake."""
    waiting: list[tree.Node] = list(program.file.statements)
    while waiting:
        node = waiting.pop()
        waiting.extend(tree.children(node))
        reason = ""
        match node:
            case tree.Binary():
                reason = _binary(node)
            case tree.Unary(operator="not", operand=operand):
                inner = _bare(operand)
                if isinstance(inner, tree.Unary) and inner.operator == "not":
                    reason = "`not not x` is `x`"
            case tree.Conditional() if _alike(node.consequence, node.alternative):
                reason = "both branches are the same"
        if reason:
            yield Finding(
                node.span,
                "this has no effect",
                caption=reason,
                help="write what was meant, or what it comes to",
            )


def _binary(node: tree.Binary) -> str:
    """Return why a binary operation has no effect, or an empty string."""
    neutral = _NEUTRAL.get(node.operator)
    if neutral is not None and _is_int(node.right, neutral):
        return f"`x {node.operator} {neutral}` is `x`"
    if node.operator in _COMMUTATIVE and neutral is not None and _is_int(node.left, neutral):
        return f"`{neutral} {node.operator} x` is `x`"
    is_constant = isinstance(_bare(node.left), tree.Literal)
    if node.operator in _ALIKE and not is_constant and _alike(node.left, node.right):
        return "both sides are the same"
    return ""


def _is_int(node: tree.Expression, value: int) -> bool:
    bare = _bare(node)
    return isinstance(bare, tree.Literal) and bare.kind == "int" and bare.value == value


def _alike(left: tree.Expression, right: tree.Expression) -> bool:
    """Return whether two expressions are written alike."""
    return _bare(left).span.text == _bare(right).span.text


def _bare(node: tree.Expression) -> tree.Expression:
    while isinstance(node, tree.Parenthesised):
        node = node.inner
    return node


RULE: Final = Rule(
    code="FX608",
    name="no-effect",
    severity=Severity.WARNING,
    summary="An operation always gives its operand, or the same whatever its operands are.",
    check=check,
)
