"""How typed expressions were written: the nodes of a file by their places, and the texts of changed calls."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, TypeVar

from feature_extractor.check.typed import Expression, Site
from feature_extractor.diagnostics import Applicability, Edit, Fix, Span
from feature_extractor.syntax import tree

_TIGHT: Final = (
    tree.Name,
    tree.Literal,
    tree.ListLiteral,
    tree.StructLiteral,
    tree.Parenthesised,
    tree.FieldAccess,
    tree.Index,
    tree.Call,
)
"""Expressions that may stand before a point, and as any operand, without parentheses."""


_LEAVES: Final = frozenset((tree.Identifier, tree.Name, tree.Literal, tree.Description))
"""Nodes without parts, which most nodes are."""

_Node = TypeVar("_Node", bound=tree.Node)


class Written:
    """The expressions of one file by their places.

    An expression that is written twice is one typed expression, whose place is the first of them.
    """

    def __init__(self, file: tree.File) -> None:
        self._statements: dict[tree.Node, list[tree.Node]] = {
            statement: below(statement) for statement in file.statements
        }
        self._by_type: defaultdict[type[tree.Node], list[tree.Node]] = defaultdict(list)
        by_type = self._by_type
        for found in self._statements.values():
            for node in found:
                by_type[type(node)].append(node)
        self._in_order: set[type[tree.Node]] = set()
        self._file = file
        self._places_of: dict[int, dict[tuple[int, int], tree.Expression]] = {}
        self._path = file.source.path
        self._comments = [comment.span for comment in file.comments]
        self._starts = file.source.line_starts
        self._functions = [
            (let.span, {parameter.name.text for parameter in let.parameters})
            for let in file.statements
            if isinstance(let, tree.LetDeclaration) and let.parameters
        ]

    @cached_property
    def nodes(self) -> Sequence[tree.Node]:
        """Every node of the file by the beginnings of their places, outer ones first."""
        return [n for found in self._statements.values() for n in sorted(found, key=_beginning)]

    def _places(self, number: int) -> dict[tuple[int, int], tree.Expression]:
        """Return the expressions of a statement by their offsets; of two with the same ones the inner one."""
        places = self._places_of.get(number)
        if places is None:
            nodes = self._statements[self._file.statements[number]]
            places = self._places_of[number] = {
                node.span[1:]: node for node in nodes if isinstance(node, tree.Expression)
            }
        return places

    @cached_property
    def _begins(self) -> Sequence[int]:
        """Where each statement begins."""
        return [statement.span.start for statement in self._file.statements]

    @cached_property
    def _around(self) -> dict[tuple[int, int], tree.Parenthesised]:
        """The parentheses by the offsets of what is in them."""
        return {
            (node.inner.span.start, node.inner.span.end): node
            for node in self.of(tree.Parenthesised)
        }

    def below(self, node: tree.Node) -> Sequence[tree.Node]:
        """Return a node and every node below it, outer ones first; statements were walked already."""
        found = self._statements.get(node)
        return below(node) if found is None else found

    def of(self, *types: type[_Node]) -> Iterator[_Node]:
        """Yield the nodes of some types, those of one type in the order of the file."""
        for type_ in types:
            found = self._by_type.get(type_)
            if found is not None:
                if type_ not in self._in_order:
                    self._in_order.add(type_)
                    found.sort(key=_beginning)
                yield from found  # type: ignore[misc]

    def at(self, expression: Expression) -> tree.Expression | None:
        """Return the node of a typed expression, or None where it was written in another file."""
        site = expression.site
        if site.path != self._path:
            return None
        start = self._offset(site)
        number = bisect_right(self._begins, start) - 1
        return None if number < 0 else self._places(number).get((start, self._end(site)))

    def own(self, expression: Expression) -> tree.Expression | None:
        """Return the node of a typed expression that means the same wherever it stands.

        None where it was written in another file, or reads a parameter of a let function: there it may be right for
        other calls.
        """
        node = self.at(expression)
        if node is None:
            return None
        for span, names in self._functions:
            if within(node.span, span) and any(
                isinstance(part, tree.Name) and part.text in names for part in below(node)
            ):
                return None
        return node

    def call(self, expression: Expression, name: str) -> tree.Call | None:
        """Return the node of a typed expression if it is a call that is written with this name."""
        node = self.at(expression)
        return node if isinstance(node, tree.Call) and node.name.text == name else None

    def replacing(
        self,
        node: tree.Node,
        text: str,
        message: str,
        applicability: Applicability = Applicability.SAFE,
        tight: bool = True,
    ) -> Fix | None:
        """Return the fix that writes something else in the place of a node; None where a comment would go.

        A ``tight`` text, such as a call or a name, needs no parentheses: those around the node go as well.
        """
        span = node.span
        while tight and (span.start, span.end) in self._around:
            span = self._around[span.start, span.end].span
        if any(span.start <= comment.start < span.end for comment in self._comments):
            return None
        return Fix(message, (Edit(span, text),), applicability)

    def _offset(self, site: Site) -> int:
        return self._starts[site.line - 1] + site.column - 1

    def _end(self, site: Site) -> int:
        return self._starts[site.end_line - 1] + site.end_column - 1


def below(node: tree.Node) -> list[tree.Node]:
    """Return a node and every node below it, level by level: outer ones first."""
    found = [node]
    children = tree.children
    for part in found:
        # The list grows while it is gone through.
        if type(part) not in _LEAVES:
            found += children(part)
    return found


def _beginning(node: tree.Node) -> int:
    return node.span.start


def bare(node: tree.Expression) -> tree.Expression:
    """Return an expression without the parentheses around it."""
    while isinstance(node, tree.Parenthesised):
        node = node.inner
    return node


def arguments(call: tree.Call) -> list[tree.Expression]:
    """Return what a call is given: the value before the point first; names of arguments are left out."""
    given = [argument.value for argument in call.arguments]
    return [call.receiver, *given] if call.receiver is not None else given


def is_plain(call: tree.Call) -> bool:
    """Return whether a call gives all its arguments by position."""
    return all(argument.name is None for argument in call.arguments)


def called(call: tree.Call, name: str, given: Sequence[tree.Expression | str]) -> str:
    """Return the text of a call of ``name``: before a point or not, as ``call`` is written."""
    texts = [part if isinstance(part, str) else part.span.text for part in given]
    if call.receiver is None:
        return f"{name}({', '.join(texts)})"
    return f"{texts[0]}.{name}({', '.join(texts[1:])})"


def operand(node: tree.Expression) -> str:
    """Return the text of an expression as it may stand before a point or beside an operator."""
    return node.span.text if isinstance(node, _TIGHT) else f"({node.span.text})"


def same(left: tree.Node, right: tree.Node) -> bool:
    """Return whether two expressions are written alike; white space, comments and parentheses do not matter."""
    waiting: list[tuple[tree.Node, tree.Node]] = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, tree.Expression):
            one = bare(one)
        if isinstance(other, tree.Expression):
            other = bare(other)
        if type(one) is not type(other) or _own(one) != _own(other):
            return False
        parts, others = list(tree.children(one)), list(tree.children(other))
        if len(parts) != len(others):
            return False
        waiting.extend(zip(parts, others, strict=True))
    return True


def _own(node: tree.Node) -> object:
    """Return what a node says beside its parts."""
    match node:
        case tree.Name() | tree.Identifier():
            return node.text
        case tree.Literal():
            return (node.kind, repr(node.value))
        case tree.Unary() | tree.Binary():
            return node.operator
        case tree.Call():
            return node.receiver is None
        case tree.Argument():
            return node.name is None
        case _:
            return None


def within(span: Span, outer: Span) -> bool:
    """Return whether a place lies in another one."""
    return span.source is outer.source and outer.start <= span.start and span.end <= outer.end
