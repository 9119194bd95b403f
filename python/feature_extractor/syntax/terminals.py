"""What the terminals of the grammar are, for those that colour text."""

from __future__ import annotations

from functools import cache
from typing import Final

from feature_extractor.syntax.parser import statement_parser

STRINGS: Final = frozenset({"STRING", "DOCSTRING", "BYTES"})
"""The terminals of texts."""

NUMBERS: Final = frozenset({"INTEGER", "FLOAT", "DURATION", "TIMESTAMP"})
"""The terminals of numbers and times."""


@cache
def keywords() -> dict[str, str]:
    """Return the keywords by the names of their terminals, which are the same words in capitals."""
    return {
        name: name.lower()
        for name, expression in statement_parser().expressions.items()
        if expression == rf"{name.lower()}\b"
    }


def is_keyword(terminal: str) -> bool:
    """Return whether a terminal is a keyword, such as ``feature`` or ``and``."""
    return terminal in keywords()
