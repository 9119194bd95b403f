"""A small tokeniser for TextMate grammars, of the part of the format that ours uses.

It works as editors do: line by line, the leftmost match wins, and of several there the first pattern. A pattern has a
``match`` with a name or captures, or a ``begin`` and an ``end`` with patterns between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tokeniser:
    """Gives each character of a text its innermost scope."""

    grammar: dict[str, Any]
    _compiled: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def scopes(self, text: str) -> list[str]:
        """Return the scope of each character; an empty one where no pattern matches."""
        result: list[str] = []
        stack: list[dict[str, Any]] = []
        for line in text.splitlines(keepends=True):
            self._line(line, stack, result)
        return result

    def _line(self, line: str, stack: list[dict[str, Any]], result: list[str]) -> None:
        position = 0
        while position < len(line):
            outer = stack[-1] if stack else None
            patterns = outer["patterns"] if outer else self.grammar["patterns"]
            inside = outer["name"] if outer else ""
            found = self._first(line, position, patterns)
            end = self._search(outer["end"], line, position) if outer else None
            if end is not None and (found is None or end.start() <= found[0].start()):
                result += [inside] * (end.end() - position)
                position = end.end()
                stack.pop()
                continue
            if found is None:
                result += [inside] * (len(line) - position)
                return
            match, pattern = found
            result += [inside] * (match.start() - position)
            name = pattern.get("name", inside)
            scopes = [name] * (match.end() - match.start())
            for number, capture in pattern.get("captures", {}).items():
                start, stop = match.span(int(number))
                for place in range(start, stop):
                    scopes[place - match.start()] = capture["name"]
            result += scopes
            assert match.end() > position or "begin" in pattern, "a pattern matches nothing"
            position = match.end()
            if "begin" in pattern:
                stack.append(pattern)

    def _first(
        self, line: str, position: int, patterns: Sequence[dict[str, Any]]
    ) -> tuple[re.Match[str], dict[str, Any]] | None:
        best: tuple[re.Match[str], dict[str, Any]] | None = None
        for pattern in patterns:
            match = self._search(pattern.get("match") or pattern["begin"], line, position)
            if match is not None and (best is None or match.start() < best[0].start()):
                best = (match, pattern)
        return best

    def _search(self, expression: str, line: str, position: int) -> re.Match[str] | None:
        compiled = self._compiled.get(expression)
        if compiled is None:
            compiled = self._compiled[expression] = re.compile(expression, re.MULTILINE)
        return compiled.search(line, position)
