"""Walks the tables that Lark makes of the grammar, and builds the tree on the way.

The loop over the tables is written out here, because it is most of the work of a parse: Lark's
makes an object for each token and looks up state and terminal by name in turn, which takes three
times as long. When a token has no place, the same tables tell what could have stood there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import itemgetter
from typing import Any, Final, TypeAlias

from feature_extractor.syntax.builder import TreeBuilder
from feature_extractor.syntax.lexer import StatementLexer, Token
from feature_extractor.syntax.tables import Rule, Tables

END: Final = "$END"
"""The terminal behind the last token."""

Build: TypeAlias = Callable[[Any], Any]
"""Makes the value of a rule from those of its parts."""

Reduction: TypeAlias = tuple[int, str, Build | None, Build | None]
"""How many values become one, of which rule, which of them count, and by what.

``None`` in the third place means that all count; in the last one, that the one value stays itself.
"""

Row: TypeAlias = dict[str, Any]
"""A state: for each terminal and rule the next state, a Row, or a Reduction."""


class SyntaxMistake(Exception):
    """A token has no place where it stands; ``token`` is None behind the last one.

    ``expected`` holds the terminals that could have stood there.
    """

    def __init__(self, token: Token | None, expected: set[str]) -> None:
        super().__init__(token, expected)
        self.token = token
        self.expected = expected


class StatementParser:
    """Parses statements; the tree comes from ``builder``, by the methods named like the rules."""

    def __init__(self, tables: Tables, builder: TreeBuilder) -> None:
        self.expressions = dict([*tables.tokens, *tables.ignored])
        """The regular expression of each terminal."""
        ignored = [expression for _, expression in tables.ignored]
        self.tokens = StatementLexer(tables.tokens, ignored).tokens
        reductions = [_reduction(rule, builder) for rule in tables.rules]
        rows: list[Row] = [{} for _ in tables.states]
        for row, actions in zip(rows, tables.states, strict=True):
            for symbol, number in actions.items():
                # A state is numbered from 0 on, and a rule from -1 downwards.
                row[symbol] = rows[number] if number >= 0 else reductions[-1 - number]
        self._start = rows[tables.start]
        self._accepted = rows[tables.end]

    @property
    def start(self) -> Row:
        """The state before the first token."""
        return self._start

    @property
    def accepted(self) -> Row:
        """The state behind a whole statement."""
        return self._accepted

    def parse(self, tokens: Iterable[Any]) -> Any:
        """Return what the builder makes of the tokens of a statement.

        Raises SyntaxMistake at the first token that has no place.
        """
        accepted = self._accepted
        row = self._start
        rows = [row]
        values: list[Any] = []
        for token in chain(tokens, (None,)):
            terminal: Any = END if token is None else token.lastgroup
            action = row.get(terminal)
            while type(action) is tuple:
                size, rule, pick, build = action
                if size == 1:
                    if build is not None:
                        values[-1] = build(values[-1:])
                    row = rows[-2][rule]
                    if row is accepted:
                        return values[0]
                    rows[-1] = row
                else:
                    parts = values[-size:]
                    del values[-size:]
                    values.append(build(parts if pick is None else pick(parts)))
                    del rows[-size:]
                    row = rows[-1][rule]
                    if row is accepted:
                        return values[0]
                    rows.append(row)
                action = row.get(terminal)
            if action is None:
                raise SyntaxMistake(token, self._expected(rows))
            rows.append(action)
            values.append(token)
            row = action
        raise AssertionError("the end of a statement is either accepted or a mistake")

    def _expected(self, rows: list[Row]) -> set[str]:
        """Return the terminals that the parser could go on with; those of rules are in capitals."""
        return {name for name in rows[-1] if name.isupper() and self._accepts(rows, name)}

    def _accepts(self, rows: list[Row], terminal: str) -> bool:
        """Return whether a terminal has a place, once what can be reduced before it is reduced."""
        rows = list(rows)
        while True:
            action = rows[-1].get(terminal)
            if action is None:
                return False
            if type(action) is dict:
                return True
            size, rule, _, _ = action
            del rows[len(rows) - size :]
            if rows[-1][rule] is self._accepted:
                return True
            rows.append(rows[-1][rule])


def _reduction(rule: Rule, builder: TreeBuilder) -> Reduction:
    """Return what a rule of the grammar does to the values of its parts, as Lark shapes its own trees.

    Tokens without a name in the grammar are left out unless the rule starts with `!`. The values of a rule with a
    leading underscore take the place of the rule. A rule with `?` and one part is that part.
    """
    name, size, kept, inlined = rule.name, rule.size, rule.kept, set(rule.inlined)
    build: Build
    if not rule.method:
        if size == 1:
            return size, name, None, None
        build = _first
    else:
        build = _same if name.startswith("_") else getattr(builder, rule.method)
    pick: Build | None = None
    if inlined:
        pick = _spliced(kept, inlined)
    elif len(kept) < size:
        pick = _picked(kept)
    if size == 1 and pick is not None:
        whole = build
        return size, name, None, lambda parts: whole(pick(parts))
    return size, name, pick, build


def _same(parts: Any) -> Any:
    return parts


def _first(parts: Any) -> Any:
    return parts[0]


def _picked(kept: list[int]) -> Build:
    """Return what takes the values at some positions, as a list."""
    if kept == list(range(kept[0], kept[-1] + 1)):
        return itemgetter(slice(kept[0], kept[-1] + 1))
    return lambda parts: [parts[position] for position in kept]


def _spliced(kept: list[int], inlined: set[int]) -> Build:
    """Return what takes the values at some positions, and of some of them the values in them."""

    def splice(parts: list[Any]) -> list[Any]:
        # A list that grows by one value in each reduction is used again, not copied each time.
        found: list[Any] = parts[kept[0]] if kept[0] in inlined else [parts[kept[0]]]
        for position in kept[1:]:
            if position in inlined:
                found += parts[position]
            else:
                found.append(parts[position])
        return found

    return splice
