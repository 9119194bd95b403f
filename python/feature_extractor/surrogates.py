"""Halves of surrogate pairs: Python's text and JSON can carry them, UTF-8 and the core cannot.

They come from file names that are not UTF-8 (PEP 383), from escapes in JSON, and from callers.
"""

from __future__ import annotations

import re
from typing import Final

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def find_surrogate(text: str) -> int | None:
    """Return where the first of them stands in a text; None where there is none."""
    found = None if text.isascii() else _SURROGATE.search(text)
    return None if found is None else found.start()


def without_surrogates(text: str) -> str:
    """Return a text with a replacement character for each, which is one unit of UTF-16 too, so that no place moves."""
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
