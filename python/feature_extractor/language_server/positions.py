"""Turns places of the Language Server Protocol into offsets in code points, and back.

The protocol counts lines and, within a line, units of an encoding: of UTF-16, unless client and server agree on
another. Its lines end with a line feed, a carriage return, or both; no other character ends one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from lsprotocol.types import Location, Position, PositionEncodingKind, Range

from feature_extractor.diagnostics import Span

_LINE_BREAK: Final = re.compile(r"\r\n|\n|\r")


class LineTable:
    """The lines of one text, in the units of one encoding."""

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.text = text
        self._unit = {
            PositionEncodingKind.Utf8: ("utf-8", 1),
            PositionEncodingKind.Utf32: ("utf-32-le", 4),
        }.get(PositionEncodingKind(encoding), ("utf-16-le", 2))
        self._starts = [0]
        self._ends: list[int] = []
        for match in _LINE_BREAK.finditer(text):
            self._ends.append(match.start())
            self._starts.append(match.end())
        self._ends.append(len(text))
        self._is_ascii = text.isascii()

    @property
    def count(self) -> int:
        """The number of lines; a text that ends with a line break has an empty last one."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """Return the offset of the first character of a line, which counts from 0."""
        return self._starts[line]

    def line_end(self, line: int) -> int:
        """Return the offset behind the last character of a line, before its line break."""
        return self._ends[line]

    def line_text(self, line: int) -> str:
        """Return a line without its line break; it counts from 0."""
        return self.text[self._starts[line] : self._ends[line]]

    def line_of(self, offset: int) -> int:
        """Return the line of an offset, counted from 0."""
        return bisect_right(self._starts, offset) - 1

    def offset(self, position: Position) -> int:
        """Return the offset of a position; one behind the end of its line or of the text is that end.

        A position in the middle of a character is the place before it.
        """
        if position.line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[position.line], self._ends[position.line]
        if self._is_ascii:
            return min(start + position.character, end)
        encoding, size = self._unit
        line = self.text[start:end].encode(encoding)
        before = line[: position.character * size].decode(encoding, "ignore")
        return start + len(before)

    def position(self, offset: int) -> Position:
        """Return the position of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = self.line_of(offset)
        start = self._starts[line]
        return Position(line, self.width(start, offset))

    def width(self, start: int, end: int) -> int:
        """Return the units between two offsets of one line."""
        if self._is_ascii:
            return end - start
        encoding, size = self._unit
        return len(self.text[start:end].encode(encoding)) // size

    def range(self, start: int, end: int) -> Range:
        """Return the range between two offsets."""
        return Range(self.position(start), self.position(end))

    def span(self, span: Span) -> Range:
        """Return the range of a span of the same text."""
        return self.range(span.start, span.end)

    def location(self, uri: str, span: Span) -> Location:
        """Return where a span is, in the file with this URI."""
        return Location(uri, self.span(span))
