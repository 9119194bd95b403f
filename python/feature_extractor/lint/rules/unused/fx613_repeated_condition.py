"""FX613: the same question is asked again where its answer is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Edit, Fix, Label, Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import bare, same
from feature_extractor.syntax import tree

LISTED: Final = ("in", "not in")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at chains of `else if`, at chains of `and` and `or`, and at lists behind `in`."""
    inner: set[tree.Expression] = set()
    for node in program.written.of(tree.Conditional, tree.Binary):
        match node:
            case tree.Conditional() if node not in inner:
                yield from _cases(node, inner)
            case tree.Binary(operator="and" | "or") if node not in inner:
                yield from _operands(node, inner)
            case tree.Binary(operator=operator, right=right) if operator in LISTED:
                yield from _items(right)
            case _:
                pass


def _cases(first: tree.Conditional, inner: set[tree.Expression]) -> Iterator[Finding]:
    """Look at the conditions of one chain of cases."""
    known: list[tree.Expression] = []
    node: tree.Expression = first
    while isinstance(node, tree.Conditional):
        inner.add(node)
        earlier = next((other for other in known if same(other, node.condition)), None)
        if earlier is not None:
            yield Finding(
                node.condition.span,
                "this case is never reached",
                caption="the condition was asked before",
                labels=(Label(earlier.span, "here"),),
                help="write the condition that was meant, or remove the case",
            )
        known.append(node.condition)
        node = bare(node.alternative)


def _operands(first: tree.Binary, inner: set[tree.Expression]) -> Iterator[Finding]:
    """Look at the operands of one chain of `and` or `or`."""
    operands: list[tree.Expression] = []
    waiting: list[tree.Expression] = [first]
    while waiting:
        node = bare(waiting.pop())
        if isinstance(node, tree.Binary) and node.operator == first.operator:
            inner.add(node)
            waiting += [node.right, node.left]
        else:
            operands.append(node)
    if len(operands) == 2:
        # Two alike are what FX608 is about.
        return
    for position, operand in enumerate(operands):
        earlier = next((other for other in operands[:position] if same(other, operand)), None)
        if earlier is not None:
            yield Finding(
                operand.span,
                f"this is already an operand of the same `{first.operator}`",
                labels=(Label(earlier.span, "here"),),
                help="write the condition that was meant, or remove it",
            )


def _items(right: tree.Expression) -> Iterator[Finding]:
    """Look at the items of a list that something is looked for in."""
    items = bare(right)
    if not isinstance(items, tree.ListLiteral):
        return
    seen: dict[object, tree.Literal] = {}
    for item in items.items:
        if not isinstance(item, tree.Literal):
            continue
        first = seen.setdefault((item.kind, item.value), item)
        if first is not item:
            yield Finding(
                item.span,
                f"the list has {item.span.text} twice",
                labels=(Label(first.span, "here"),),
                help="write the item that was meant, or remove it",
                fix=_without(items, item),
            )


def _without(items: tree.ListLiteral, item: tree.Expression) -> Fix | None:
    position = items.items.index(item)
    before = items.items[position - 1].span.end
    removed = Span(item.span.source, before, item.span.end)
    if "#" in removed.text:
        return None
    return Fix("remove the item", (Edit(removed, ""),))


RULE: Final = Rule(
    code="FX613",
    name="repeated-condition",
    severity=Severity.WARNING,
    summary="A condition or item was asked for before, so that it can change nothing.",
    check=check,
)
