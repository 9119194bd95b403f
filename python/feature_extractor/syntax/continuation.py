"""Tells how a statement that somebody is still writing can go on: for editors.

The grammar's own tables are asked, so that this never disagrees with the parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from feature_extractor.syntax.automaton import END, Row, StatementParser
from feature_extractor.syntax.parser import statement_parser

_ENDINGS: Final = {
    "RIGHT_PARENTHESIS": ")",
    "RIGHT_BRACKET": "]",
    "RIGHT_BRACE": "}",
    "THEN": " then ",
    "ELSE": " else ",
    "ASSIGN": " = ",
    "COLON": ": ",
    "GREATER": "> ",
    "NAME": " missing",
    "STRING": ' ""',
    "LEFT_PARENTHESIS": "(",
    "LEFT_BRACE": " {",
    "IN": " in ",
}
"""What is written to end a statement, the most welcome first.

Closing brackets come before everything else, so that the way to the end is short; `GREATER` also closes the
parameters of a type, and comes behind what belongs to expressions.
"""

_LONGEST_ENDING: Final = 300
"""Tokens; more than all open brackets and conditions that the limits of the language allow."""


@dataclass(frozen=True)
class Continuation:
    """How a text goes on.

    ``expected`` are the terminals of the grammar that may follow; ``$END`` is the end of the statement. ``ending``
    is a text that completes the statement.
    """

    expected: frozenset[str]
    ending: str


def continue_statement(text: str) -> Continuation | None:
    """Return how the beginning of a statement can go on; None where it has a mistake already."""
    parser = statement_parser()
    stack = [parser.start]
    for token in parser.tokens(text, 0, len(text)):
        following = _advance(parser, stack, token.lastgroup or "")
        if following is None:
            return None
        stack = following
    expected = frozenset(
        name for name in stack[-1] if name.isupper() and _advance(parser, stack, name) is not None
    )
    ending = _ending(parser, stack)
    return None if ending is None else Continuation(expected, ending)


def _ending(parser: StatementParser, stack: list[Row]) -> str | None:
    written: list[str] = []
    for _ in range(_LONGEST_ENDING):
        if _advance(parser, stack, END) is not None:
            return "".join(written)
        for name, text in _ENDINGS.items():
            following = _advance(parser, stack, name)
            if following is not None:
                stack = following
                written.append(text)
                break
        else:
            return None
    return None


def _advance(parser: StatementParser, stack: list[Row], terminal: str) -> list[Row] | None:
    """Return the states after a terminal, or None where it has no place."""
    rows = list(stack)
    while True:
        action = rows[-1].get(terminal)
        if action is None:
            return None
        if type(action) is dict:
            rows.append(action)
            return rows
        size, rule = action[0], action[1]
        del rows[len(rows) - size :]
        following = rows[-1][rule]
        if following is parser.accepted:
            return rows if terminal == END else None
        rows.append(following)
