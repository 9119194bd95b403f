"""Walks the tables that Lark makes of the grammar, and builds the tree on the way.

Lark reads the grammar, finds its conflicts and computes the LALR(1) tables. The loop over them is
written out here, because it is most of the work of a parse: Lark's makes an object for each token
and looks up state and terminal by name in turn, which takes three times as long. When a token has
no place, the same tables tell what could have stood there.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Final, TypeAlias

from lark import Lark
from lark.parse_tree_builder import ExpandSingleChild
from lark.parsers.lalr_analysis import Shift

from feature_extractor.syntax.builder import TreeBuilder
from feature_extractor.syntax.lexer import StatementLexer, Token

END: Final = "$END"
"""The terminal behind the last token."""

Reduction: TypeAlias = tuple[int, str, Callable[[list[Any]], Any] | None]
"""How many values become one, of which rule, and by what; None where the one value stays itself."""

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
        made = Lark(
            grammar,
            parser="lalr",
            lexer="basic",
            maybe_placeholders=False,
            transformer=builder,
        )
        self.tokens = StatementLexer(made.terminals, made.ignore_tokens).tokens
        automaton = made.parser.parser.parser
        table, callbacks = automaton.parse_table, automaton.callbacks
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
                    size = len(argument.expansion)
                    callback = callbacks[argument]
                    same = size == 1 and isinstance(callback, ExpandSingleChild)
                    reductions[argument] = (
                        size,
                        str(argument.origin.name),
                        None if same else callback,
                    )
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
            while True:
                action = row.get(terminal)
                if type(action) is dict:
                    rows.append(action)
                    values.append(token)
                    row = action
                    break
                if action is None:
                    raise SyntaxMistake(token, self._expected(rows))
                size, rule, callback = action
                if callback is None:
                    rows.pop()
                elif size == 1:
                    rows.pop()
                    values[-1] = callback(values[-1:])
                else:
                    first = len(values) - size
                    children = values[first:]
                    del rows[first + 1 :]
                    del values[first:]
                    values.append(callback(children))
                row = rows[-1][rule]
                if row is accepted:
                    return values[0]
                rows.append(row)
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
            size, rule, _ = action
            del rows[len(rows) - size :]
            if rows[-1][rule] is self._accepted:
                return True
            rows.append(rows[-1][rule])
