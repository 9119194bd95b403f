"""FX608: an operation that always gives its operand, or always the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from feature_extractor.check.typed import Call
from feature_extractor.diagnostics import Applicability, Edit, Fix, Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree
from feature_extractor.types import INT

_NEUTRAL: Final = {"+": 0, "-": 0, "*": 1, "**": 1}
"""The int on the right that leaves a number as it is. Division is not here: `x / 1` makes an int a float."""
_COMMUTATIVE: Final = ("+", "*")
_ALIKE: Final = ("-", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "??")
"""Operators that say nothing about two operands that are written alike."""

_GIVING: Final = ("and", "or", "??")
"""Those of them that give one operand or the other."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at what is written; a let function that is called with a 0 or 1 is no mistake."""
    for node in program.written.of(tree.Binary, tree.Unary, tree.Conditional):
        found: _Superfluous | None = None
        match node:
            case tree.Binary():
                found = _binary(node)
            case tree.Unary(operator="not", operand=operand):
                inner = _bare(operand)
                if isinstance(inner, tree.Unary) and inner.operator == "not":
                    found = _Superfluous(
                        "`not not` changes nothing", "`not not x` is `x`", inner.operand
                    )
            case tree.Conditional() if _alike(node.consequence, node.alternative):
                found = _Superfluous(
                    "both branches of this `if` are the same",
                    "the condition decides nothing",
                    node.consequence,
                )
        if found is not None:
            yield Finding(
                node.span,
                found.message,
                caption=found.reason,
                help="write what was meant, or what it comes to",
                fix=_fix(program, node, found.kept) if found.kept is not None else None,
            )


class _Superfluous(NamedTuple):
    """What is said of an operation without effect, and the operand that it gives, if it is one of them."""

    message: str
    reason: str
    kept: tree.Expression | None = None


def _binary(node: tree.Binary) -> _Superfluous | None:
    """Return what is superfluous about a binary operation."""
    operator = node.operator
    neutral = _NEUTRAL.get(operator)
    if neutral is not None and _is_int(node.right, neutral):
        written = f"{operator} {neutral}"
        return _Superfluous(f"`{written}` changes nothing", f"`x {written}` is `x`", node.left)
    if operator in _COMMUTATIVE and neutral is not None and _is_int(node.left, neutral):
        written = f"{neutral} {operator}"
        return _Superfluous(f"`{written}` changes nothing", f"`{written} x` is `x`", node.right)
    is_constant = isinstance(_bare(node.left), tree.Literal)
    if operator in _ALIKE and not is_constant and _alike(node.left, node.right):
        reason = "it gives its operand" if operator in _GIVING else "always the same result"
        return _Superfluous(f"both sides of `{operator}` are the same", reason)
    return None


def _fix(program: LintedProgram, node: tree.Node, kept: tree.Expression) -> Fix | None:
    """Return the fix that leaves one operand; None where a comment would be lost."""
    around, inner = node.span, kept.span
    for comment in program.file.comments:
        start = comment.span.start
        if around.start <= start < around.end and not inner.start <= start < inner.end:
            return None
    certain = not isinstance(node, tree.Conditional) and (
        not isinstance(node, tree.Binary) or node.operator != "+" or _adds_ints(program, node)
    )
    return Fix(
        f"leave only `{inner.text}`",
        (Edit(around, inner.text),),
        Applicability.SAFE if certain else Applicability.UNSAFE,
    )


def _adds_ints(program: LintedProgram, node: tree.Binary) -> bool:
    """Return whether a sum is one of ints: for floats, -0.0 + 0 is 0.0, and other bits."""
    place = (node.span.line, node.span.column, node.span.end_line, node.span.end_column)
    sums = [
        part
        for part in walk(*(feature.value for feature in program.features))
        if isinstance(part, Call)
        and part.site.path == program.path
        and place == (part.site.line, part.site.column, part.site.end_line, part.site.end_column)
    ]
    return bool(sums) and all(part.type.with_nullable(False) == INT for part in sums)


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
