"""Makes the trees of statements that are written like one before, whatever their names and numbers.

The terminals of a statement alone decide which rules apply to it and how their values nest: that is its shape. The
features of a repository have few shapes. So the first statements of a shape are parsed as usual, and from then on its
tree is known but for names, literals and places: each node is made of them at once, without asking the tables again.
That takes a third of the time of a parse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields
from operator import itemgetter
from typing import Any, Final

from feature_extractor.diagnostics import Source, Span
from feature_extractor.syntax.builder import Later, TreeBuilder
from feature_extractor.syntax.lexer import Token, token_text
from feature_extractor.syntax.limits import MAXIMUM_NAME_CHARACTERS
from feature_extractor.syntax.literals import LiteralError
from feature_extractor.syntax.tree import Node

_NAME: Final = "NAME"
_LITERALS: Final = frozenset(
    {"INTEGER", "FLOAT", "STRING", "DOCSTRING", "BYTES", "DURATION", "TIMESTAMP"}
)
"""The terminals whose texts are not the same each time, besides names."""
_MARK: Final = re.compile("\0([0-9]+)\0")
"""A name in the tree of a shape: the number of its token. No program has a NUL."""

_tuple: Final[Callable[[type[Span], tuple[Source, int, int]], Span]] = tuple.__new__

Parse = Callable[[Iterable[Any]], Any]
"""Returns what the tree builder makes of some tokens."""


class Shape:
    """The tree of all statements with the same terminals in a row.

    The values that nodes are made of stand in a row: constants, names, literals, places, and then the nodes themselves
    and their lists, inner ones first. ``steps`` make those, each of values before it.
    """

    __slots__ = ("_picks", "constants", "literals", "names", "places", "steps")

    def __init__(self, tree: Any) -> None:
        row = _Row()
        row.add(tree)
        self.constants = row.constants
        self.names = [*row.names]
        """The numbers of the tokens that are names."""
        self.literals = [*row.literals]
        """What decodes each literal, and the number of its token."""
        self.places = [*row.places]
        """The numbers of the first and the last token of each place."""
        offsets = _offsets(row)
        self.steps = [
            (make, [offsets[kind] + number for kind, number in parts]) for make, parts in row.steps
        ]
        """What makes each list and node, and the positions in the row of what it is made of."""
        self._picks = [(make, _picking(positions)) for make, positions in self.steps]

    def tree(self, source: Source, tokens: Sequence[Token]) -> Any:
        """Return the tree of a statement of this shape; None where a name or a literal of it is not allowed."""
        bounds = [token.span(token.lastindex or 0) for token in tokens]
        text = source.text
        names: list[str] = []
        for number in self.names:
            start, end = bounds[number]
            if end - start > MAXIMUM_NAME_CHARACTERS:
                return None
            names.append(text[start:end])
        literals: list[Any] = []
        try:
            for decode, number in self.literals:
                start, end = bounds[number]
                literals.append(decode(text[start:end]))
        except LiteralError:
            return None
        # Making a named tuple in the usual way takes twice as long.
        places = [
            _tuple(Span, (source, bounds[first][0], bounds[last][1])) for first, last in self.places
        ]
        return self.made(names, literals, places)

    def made(self, names: list[str], literals: list[Any], places: list[Span]) -> Any:
        """Return the tree that has these names, values of literals and places, in the order of the shape's."""
        row: list[Any] = [*self.constants, *names, *literals, *places]
        add = row.append
        for make, pick in self._picks:
            add(make(*pick(row)))
        return row[-1]


def make_shape(tokens: Sequence[Token], parse: Parse, builder: TreeBuilder) -> Shape:
    """Return the shape of a statement that was parsed without a mistake."""
    source, builder.source = builder.source, _NOWHERE
    try:
        return Shape(parse([_Mark(number, token) for number, token in enumerate(tokens)]))
    finally:
        builder.source = source


_NOWHERE: Final = Source("", "")


class _Mark:
    """Stands for a token while the tree of a shape is made: its place and text tell its number."""

    __slots__ = ("_begin", "_text", "lastgroup", "lastindex")

    def __init__(self, number: int, token: Token) -> None:
        self.lastgroup = token.lastgroup
        self.lastindex = token.lastindex
        self._begin = number
        self._text: Any = token_text(token)
        if token.lastgroup == _NAME:
            self._text = f"\0{number}\0"
        elif token.lastgroup in _LITERALS:
            self._text = number

    def span(self, group: int) -> tuple[int, int]:
        return self._begin, self._begin

    def start(self) -> int:
        return self._begin

    def end(self, group: int) -> int:
        return self._begin

    def __getitem__(self, group: int) -> Any:
        return self._text


_Value = tuple[str, int]
"""A value of the row: its kind, and its number among those of this kind."""


class _Row:
    """Collects what a tree is made of."""

    def __init__(self) -> None:
        self.constants: list[Any] = []
        self.names: dict[int, int] = {}
        self.literals: dict[tuple[Callable[[str], Any], int], int] = {}
        self.places: dict[tuple[int, int], int] = {}
        self.steps: list[tuple[Callable[..., Any], list[_Value]]] = []

    def add(self, value: Any) -> _Value:
        """Return where a value of the tree stands in the row."""
        if isinstance(value, Span):
            place = (value.start, value.end)
            return "places", self.places.setdefault(place, len(self.places))
        if isinstance(value, Later):
            literal = (value.decode, value.text)
            return "literals", self.literals.setdefault(literal, len(self.literals))
        if isinstance(value, Node):
            return self._step(type(value), [getattr(value, name) for name in _given(type(value))])
        if isinstance(value, list | tuple):
            return self._step(make_list if isinstance(value, list) else make_tuple, value)
        if isinstance(value, str) and "\0" in value:
            numbers = [int(number) for number in _MARK.findall(value)]
            parts = [("names", self.names.setdefault(n, len(self.names))) for n in numbers]
            if len(parts) == 1:
                return parts[0]
            self.steps.append((_dotted, parts))
            return "steps", len(self.steps) - 1
        self.constants.append(value)
        return "constants", len(self.constants) - 1

    def _step(self, make: Callable[..., Any], values: Iterable[Any]) -> _Value:
        parts = [self.add(value) for value in values]
        self.steps.append((make, parts))
        return "steps", len(self.steps) - 1


def _offsets(row: _Row) -> dict[str, int]:
    """Return where the values of each kind begin."""
    offsets: dict[str, int] = {}
    begin = 0
    for kind in ("constants", "names", "literals", "places", "steps"):
        offsets[kind] = begin
        begin += len(getattr(row, kind))
    return offsets


def _given(kind: type[Node]) -> list[str]:
    """Return the fields that a node is made with, as the tree builder does: `annotations` come later."""
    return [field.name for field in fields(kind) if field.init and field.default_factory is MISSING]


def _picking(positions: list[int]) -> Callable[[list[Any]], Sequence[Any]]:
    """Return what takes the values at some positions."""
    if not positions:
        return _nothing
    if len(positions) == 1:
        # With one position, `itemgetter` would give the value itself.
        return itemgetter(slice(positions[0], positions[0] + 1))
    return itemgetter(*positions)


def _nothing(row: list[Any]) -> Sequence[Any]:
    return ()


def make_list(*values: Any) -> list[Any]:
    """Return the values as a list."""
    return list(values)


def make_tuple(*values: Any) -> tuple[Any, ...]:
    """Return the values as a tuple."""
    return values


def _dotted(*names: str) -> str:
    return ".".join(names)
