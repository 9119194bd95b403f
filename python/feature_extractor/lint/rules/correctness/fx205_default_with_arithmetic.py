"""FX205: arithmetic behind `??` belongs to the default, and was meant for the value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Applicability, Edit, Fix, Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import below
from feature_extractor.syntax import tree

_ARITHMETIC: Final = ("+", "-", "*", "/", "//", "%")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for defaults that begin with a number and go on with arithmetic, as in `x ?? 0 + 1`."""
    for node in program.written.of(tree.Binary):
        if node.operator != "??":
            continue
        default = node.right
        if not isinstance(default, tree.Binary) or default.operator not in _ARITHMETIC:
            continue
        first = _first(default)
        if first is None or not _is_doubtful(default, first):
            continue
        start, end = node.left.span.start, first.span.end
        source = node.span.source
        yield Finding(
            default.span,
            f"the default is `{default.span.text}`, all of it",
            caption="nothing of this is done to a value that is there",
            notes=(f"`??` binds less tightly than `{default.operator}`",),
            help=f"write `({source.text[start:end]})` in parentheses, or the default as one number",
            fix=Fix(
                "put the default in parentheses",
                (
                    Edit(Span(source, start, start), "("),
                    Edit(Span(source, end, end), ")"),
                ),
                Applicability.UNSAFE,
            ),
        )


def _first(node: tree.Expression) -> tree.Expression | None:
    """Return the number with which arithmetic begins, with its sign, or None."""
    while isinstance(node, tree.Binary):
        node = node.left
    inner = node.operand if isinstance(node, tree.Unary) and node.operator == "-" else node
    is_number = isinstance(inner, tree.Literal) and inner.kind in ("int", "float")
    return node if is_number else None


def _is_doubtful(default: tree.Binary, first: tree.Expression) -> bool:
    """Return whether no one would write such a default: `0 * x`, `-1 + 1`; but `24 * 60` and `1.0 / n` are fine."""
    if isinstance(first, tree.Literal) and first.value == 0:
        return True
    parts = list(below(default))
    return all(
        isinstance(part, tree.Literal)
        or (isinstance(part, tree.Binary) and part.operator in ("+", "-"))
        or (isinstance(part, tree.Unary) and part is first)
        for part in parts
    )


RULE: Final = Rule(
    code="FX205",
    name="default-with-arithmetic",
    severity=Severity.ERROR,
    summary="Arithmetic behind `??` is done to the default only.",
    check=check,
)
