"""Finds the shape of a statement without cutting it into tokens.

Statements that are written alike differ in their words: names, keywords, numbers and texts. What stands between the
words, white space included, is the same. So a statement is split at its words, which takes a fifth of the time that
tokens take, and what is between them, with the kind of each word, tells its wording. How the first statement of a
wording was cut holds for the others: their tokens begin and end at the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, TypeAlias

from feature_extractor.diagnostics import Source, Span
from feature_extractor.syntax.lexer import Token, token_end
from feature_extractor.syntax.limits import MAXIMUM_NAME_CHARACTERS
from feature_extractor.syntax.literals import LiteralError
from feature_extractor.syntax.shapes import Shape
from feature_extractor.syntax.tree_functions import Place, TreeFunction, tree_function

Key: TypeAlias = tuple[tuple[str, ...], tuple[int | str, ...]]
"""What is between the words of a statement, and the kinds of these."""

_WORDS: Final = ("FLOAT", "DURATION", "INTEGER", "STRING")
"""The terminals of words beside names and keywords, in the order in which the lexer tries them."""
_NAME: Final = "[A-Za-z_][A-Za-z0-9_]*"
"""The words that are names and keywords."""
_PREFIXES: Final = frozenset(("b", "t"))
"""Names that are the beginning of a token where a quote follows: they are words of a kind of their own."""
_MANY: Final = 60
"""After so many statements of a wording a function is written that makes their trees."""
_MOST_KINDS: Final = 50_000
"""Words whose kind is remembered."""

_tuple: Final[Callable[[type[Span], tuple[Source, int, int]], Span]] = tuple.__new__


class Splitter:
    """Splits statements at their words."""

    def __init__(
        self,
        expressions: Mapping[str, str],
        tokens: Callable[[str, int, int], Iterator[Token]],
    ) -> None:
        words = "|".join([_NAME, *[expressions[name] for name in _WORDS]])
        # Where no word begins, not each of them is tried.
        self._split = re.compile(f'((?=[A-Za-z0-9_"])(?:{words}))').split
        self._kinds = _Kinds(tokens)

    def split(self, text: str) -> tuple[list[str], Key]:
        """Return a statement in its parts, every other of which is a word, and the key of its wording."""
        kinds = self._kinds
        if len(kinds) > _MOST_KINDS:
            kinds.clear()
        parts: list[str] = self._split(text)
        return parts, (tuple(parts[::2]), tuple([kinds[word] for word in parts[1::2]]))


class _Kinds(dict[str, int | str]):
    """The kinds of words: the number of the terminal that a word is; -1 where it is not one token."""

    def __init__(self, tokens: Callable[[str, int, int], Iterator[Token]]) -> None:
        super().__init__()
        self._tokens = tokens

    def __missing__(self, word: str) -> int | str:
        kind: int | str = -1
        found = next(self._tokens(word, 0, len(word)))
        if word in _PREFIXES:
            kind = word
        elif token_end(found) == len(word):
            kind = found.lastindex or -1
        self[word] = kind
        return kind


class Wording:
    """How the statements with one key are cut into tokens, and what their tree is made of."""

    __slots__ = ("_literals", "_names", "_places", "_shape", "_tree", "_uses")

    def __init__(
        self,
        shape: Shape,
        names: list[int],
        literals: list[tuple[Callable[[str], Any], int]],
        places: list[Place],
    ) -> None:
        self._uses = 0
        self._tree: TreeFunction | None = None
        self._shape = shape
        self._names = names
        self._literals = literals
        self._places = places

    def tree(self, source: Source, parts: list[str], start: int) -> Any:
        """Return the tree of a statement that begins at an offset; None where a name or a literal is not allowed."""
        names = [parts[number] for number in self._names]
        if names and len(max(names, key=len)) > MAXIMUM_NAME_CHARACTERS:
            return None
        try:
            literals = [decode(parts[number]) for decode, number in self._literals]
        except LiteralError:
            return None
        starts = [*accumulate(map(len, parts), initial=start)]
        if self._tree is None:
            self._uses += 1
            if self._uses < _MANY:
                # Making a named tuple in the usual way takes twice as long.
                places = [
                    _tuple(Span, (source, starts[first] + before, starts[last] + behind))
                    for first, before, last, behind in self._places
                ]
                return self._shape.made(names, literals, places)
            self._tree = tree_function(self._shape, self._names, self._places)
        return self._tree(source, parts, literals, starts)


def make_wording(
    shape: Shape, tokens: Sequence[Token], parts: Sequence[str], key: Key, start: int
) -> Wording | None:
    """Return the wording of a statement with a shape; None where its words are not tokens, one each.

    So it is where a word stands in a comment, or where a token is more than a word: a text in three quotes, bytes and
    timestamps.
    """
    starts = [*accumulate(map(len, parts), initial=start)]
    words = {starts[number]: number for number in range(1, len(parts), 2)}
    of_token: list[int | None] = []
    """The part that each token is, if it is a word."""
    for token in tokens:
        number = words.pop(token.start(), None)
        if number is not None:
            kind = key[1][number // 2]
            is_prefix = kind in _PREFIXES and token.lastgroup == "NAME"
            if token_end(token) != starts[number + 1] or not (is_prefix or kind == token.lastindex):
                return None
        of_token.append(number)
    if words:
        return None
    names = [of_token[number] for number in shape.names]
    literals = [(decode, of_token[number]) for decode, number in shape.literals]
    if None in names or any(number is None for _, number in literals):
        return None
    places = []
    for first, last in shape.places:
        before = _part_at(starts, tokens[first].start())
        behind = _part_at(starts, token_end(tokens[last]) - 1)
        places.append(
            (
                before,
                tokens[first].start() - starts[before],
                behind + 1,
                token_end(tokens[last]) - starts[behind + 1],
            )
            if of_token[last] is not None
            else (
                before,
                tokens[first].start() - starts[before],
                behind,
                token_end(tokens[last]) - starts[behind],
            )
        )
    return Wording(
        shape,
        [number for number in names if number is not None],
        [(decode, number) for decode, number in literals if number is not None],
        places,
    )


def _part_at(starts: Sequence[int], offset: int) -> int:
    """Return the number of the part that a character belongs to."""
    return next(
        number for number in range(len(starts) - 1) if starts[number] <= offset < starts[number + 1]
    )
