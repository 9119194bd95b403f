"""Finds where the keys and values of a TOML file stand, which the parser of the standard library does not tell.

The text is one that `tomllib` has read without a mistake, so that the scan can be simple: it follows strings,
brackets and keys, and never has to say what is wrong. The grammar is that of TOML 1.0.0.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from feature_extractor.diagnostics import Source, Span

Path: TypeAlias = tuple[str | int, ...]
"""The keys that lead to a value; elements of arrays have their number."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"{3,5}' r"|'''[\s\S]*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'"
)
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")


@dataclass
class Places:
    """Where the keys and values of a file stand, by the keys that lead to them."""

    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)

    def key(self, path: Path) -> Span | None:
        """Return the place of the last key of a path; None for one that is not written."""
        return self.keys.get(path)

    def value(self, path: Path) -> Span | None:
        """Return the place of a value, or that of its key where the value is a table of its own."""
        return self.values.get(path) or self.keys.get(path)


def find_places(source: Source) -> Places:
    """Return the places in a text that is valid TOML."""
    return _Scanner(source).run()


class _Scanner:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._position = 0
        self._places = Places()
        self._tables: dict[Path, int] = {}
        """How many tables an array of tables has so far."""

    def run(self) -> Places:
        table: Path = ()
        while True:
            self._skip(_BLANK)
            if self._position >= len(self._text):
                return self._places
            if self._text.startswith("[", self._position):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        is_array = self._text.startswith("[[", self._position)
        self._position += 1 + is_array
        path: Path = ()
        keys = self._key()
        for index, (name, span) in enumerate(keys):
            path = (*path, name)
            self._places.keys.setdefault(path, span)
            if path in self._tables and (index + 1 < len(keys) or not is_array):
                path = (*path, self._tables[path] - 1)
        if is_array:
            count = self._tables.get(path, 0)
            self._tables[path] = count + 1
            path = (*path, count)
            self._places.keys[path] = keys[-1][1]
        self._skip(_SPACE)
        self._position += 1 + is_array
        return path

    def _pair(self, table: Path) -> None:
        path = table
        for name, span in self._key():
            path = (*path, name)
            self._places.keys.setdefault(path, span)
        self._skip(_SPACE)
        self._position += 1
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[tuple[str, Span]]:
        """Read a key with points, up to what is behind it."""
        parts = []
        while True:
            self._skip(_SPACE)
            start = self._position
            match = _BARE_KEY.match(self._text, start)
            if match is not None:
                name = match.group()
            else:
                match = _STRING.match(self._text, start)
                assert match is not None
                name = tomllib.loads(f"key = {match.group()}")["key"]
            self._position = match.end()
            parts.append((name, Span(self._source, start, self._position)))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._position):
                return parts
            self._position += 1

    def _value(self, path: Path) -> None:
        start = self._position
        first = self._text[start]
        if first == "[":
            self._position += 1
            self._items(path, "]")
        elif first == "{":
            self._position += 1
            self._items(path, "}")
        else:
            match = _STRING.match(self._text, start) or _SCALAR.match(self._text, start)
            assert match is not None
            self._position = start + len(match.group().rstrip())
        self._places.values[path] = Span(self._source, start, self._position)

    def _items(self, path: Path, closing: str) -> None:
        """Read the elements of an array, or the pairs of an inline table, and the bracket behind them."""
        index = 0
        while True:
            self._skip(_BLANK)
            if self._text[self._position] == closing:
                self._position += 1
                return
            if closing == "]":
                self._value((*path, index))
            else:
                self._pair(path)
            index += 1
            self._skip(_BLANK)
            if self._text[self._position] == ",":
                self._position += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._position)
        assert match is not None
        self._position = match.end()
