"""The one style of feature files: from text to the same program, written as everybody writes it."""

from __future__ import annotations

import sys
from typing import Final

from feature_extractor.diagnostics import Source
from feature_extractor.errors import CompileError
from feature_extractor.format.comparison import same_comments, same_tree
from feature_extractor.format.reading import FormatError
from feature_extractor.format.statements import format_file
from feature_extractor.syntax import parse_source
from feature_extractor.syntax.tree import File

__all__ = ["FormatError", "format_text"]

_DEEPEST_NESTING: Final = 5_000
"""Frames that the deepest expression of the syntax may need."""
_MOST_PASSES: Final = 10
"""A comment that has to move may change where lines break; so the text is laid out until it stays."""


def format_text(text: str, path: str = "<text>") -> str:
    """Return the text of a program in the one style; ``path`` is what messages show.

    The result means the same, keeps every comment, and formatting it again changes nothing. Raises CompileError
    for a text with syntax mistakes; names and types are not looked at. Raises FormatError where the result would mean
    something else, which is a mistake of the formatter, or where it would exceed a limit of the language.
    """
    original = _parsed(text, path)
    current = original
    for _ in range(_MOST_PASSES):
        following = _formatted(current)
        if following == current.source.text:
            return following
        parsed = parse_source(Source(path, following))
        if parsed.diagnostics:
            raise FormatError(f"the formatted text is refused: {parsed.diagnostics[0].message}")
        current = parsed.file
        if not same_tree(original, current) or not same_comments(original, current):
            raise FormatError("the formatted text would mean something else")
    raise FormatError("the formatted text does not settle")


def _parsed(text: str, path: str) -> File:
    parsed = parse_source(Source(path, text))
    if parsed.diagnostics:
        raise CompileError(parsed.diagnostics)
    return parsed.file


def _formatted(file: File) -> str:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEPEST_NESTING))
    try:
        return format_file(file)
    finally:
        sys.setrecursionlimit(before)
