"""Cuts the text of a statement into tokens.

The terminals are those of the grammar, joined into one regular expression that also takes the white
space and the comments behind a token. No terminal depends on its context, so one expression is
enough. A token is the match itself: nothing is copied that the tree does not need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

Token: TypeAlias = re.Match[str]
"""A token with what is ignored behind it; ``lastgroup`` is the name of its terminal."""

UNKNOWN: Final = "unknown"
"""The terminal of a character that begins no token."""


class StatementLexer:
    """A lexer made from names and regular expressions of tokens, and the expressions of what is ignored."""

    def __init__(self, tokens: Sequence[tuple[str, str]], ignored: Sequence[str]) -> None:
        named = [*tokens, (UNKNOWN, r"[\s\S]")]
        gap = "|".join(ignored)
        every = "|".join(f"(?P<{name}>{expression})" for name, expression in named)
        self._skip = re.compile(f"(?:{gap})*").match
        self._find: Callable[[str, int, int], Iterator[Token]] = re.compile(
            f"(?:{every})(?:{gap})*"
        ).finditer

    def tokens(self, text: str, start: int, end: int) -> Iterator[Token]:
        """Return the tokens between two offsets; a character that begins none is UNKNOWN."""
        skipped = self._skip(text, start, end)
        return self._find(text, skipped.end() if skipped else start, end)


def token_text(token: Token) -> str:
    """Return what was written, without what is ignored behind it."""
    return token[token.lastindex or 0]


def token_end(token: Token) -> int:
    """Return the offset behind the last character of a token."""
    return token.end(token.lastindex or 0)
