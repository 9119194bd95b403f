"""Source files and places in them."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from feature_extractor.surrogates import without_surrogates


class Source:
    """The text of one file, with its line table; ``path`` is what messages show, in letters that can be written."""

    __slots__ = ("_line_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = without_surrogates(path)
        self.text = text
        self._line_starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset of the first character of each line; built when it is first needed."""
        if self._line_starts is None:
            # Every file that is checked or reported on has its table made: a loop in Python takes four times as long.
            lines = self.text.split("\n")
            lines.pop()
            self._line_starts = list(accumulate([len(line) + 1 for line in lines], initial=0))
        return self._line_starts

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset; both start at 1, columns count code points."""
        starts = self._line_starts or self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return a line without its line break; ``line`` starts at 1."""
        starts = self.line_starts
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[start:end].removesuffix("\r")


class Span(NamedTuple):
    """A piece of a source file, as offsets in code points; ``end`` is exclusive."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def line(self) -> int:
        return self.source.line_and_column(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.line_and_column(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.source.line_and_column(self.end)[0]

    @property
    def end_column(self) -> int:
        return self.source.line_and_column(self.end)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def __str__(self) -> str:
        line, column = self.source.line_and_column(self.start)
        return f"{self.source.path}:{line}:{column}"
