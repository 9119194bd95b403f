"""Walks the tables that Lark makes of the grammar, and builds the tree on the way.

Lark reads the grammar, finds its conflicts and computes the LALR(1) tables. The loop over them is
written out here, because it is most of the work of a parse: Lark's makes an object for each token
and looks up state and terminal by name in turn, which takes three times as long. When a token has
no place, the same tables tell what could have stood there.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from operator import itemgetter
from typing import Any, Final, TypeAlias

from lark import Lark
from lark.grammar import Rule, Terminal
from lark.parsers.lalr_analysis import Shift

from feature_extractor.syntax.builder import TreeBuilder
from feature_extractor.syntax.lexer import StatementLexer, Token

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

    def __init__(self, grammar: str, builder: TreeBuilder) -> None:
        made = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)
        self.terminals = tuple(made.terminals)
        self.tokens = StatementLexer(made.terminals, made.ignore_tokens).tokens
        table = made.parser.parser.parser.parse_table
        rows: dict[Any, Row] = {state: {} for state in table.states}
        reductions: dict[Any, Reduction] = {}
        for state, actions in table.states.items():
            for name, (action, argument) in actions.items():
                # Lark's names are strings of a class of its own, which compares slowly.
                symbol = str(name)
                if action is Shift:
                    rows[state][symbol] = rows[argument]
                    continue
                if argument not in reductions:
                    reductions[argument] = _reduction(argument, builder)
                rows[state][symbol] = reductions[argument]
        self._start = rows[table.start_states["start"]]
        self._accepted = rows[table.end_states["start"]]

    @property
    def start(self) -> Row:
        """The state before the first token."""
        return self._start

    @property
    def accepted(self) -> Row:
        """The state behind a whole statement."""
        return self._accepted

    def parse(self, text: str, start: int, end: int) -> Any:
        """Return what the builder makes of the statement between two offsets.

        Raises SyntaxMistake at the first token that has no place.
        """
        accepted = self._accepted
        row = self._start
        rows = [row]
        values: list[Any] = []
        for token in chain(self.tokens(text, start, end), (None,)):
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
    name = str(rule.origin.name)
    size = len(rule.expansion)
    kept = [
        position
        for position, symbol in enumerate(rule.expansion)
        if rule.options.keep_all_tokens or not (isinstance(symbol, Terminal) and symbol.filter_out)
    ]
    inlined = {
        position
        for position in kept
        if not rule.expansion[position].is_term and rule.expansion[position].name.startswith("_")
    }
    assert size > 0 and kept, "Lark takes rules without parts apart"
    build: Build
    if rule.options.expand1 and rule.alias is None:
        assert len(kept) == 1 and not inlined
        if size == 1:
            return size, name, None, None
        build = _first
    else:
        build = _same if name.startswith("_") else getattr(builder, rule.alias or name)
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
