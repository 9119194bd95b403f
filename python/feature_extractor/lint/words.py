"""The words of vocabularies and the keys of tables, as far as their files can be read here."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from feature_extractor.check.typed import Resource

_READ: Final = 1 << 20
"""How many bytes of a file are read for its words: the first ones are enough to see what they look like."""
_COUNTED: Final = 1 << 28
"""How many bytes of a file are read to count its lines."""


def first_words(resource: Resource) -> list[str]:
    """Return the words of a vocabulary or the keys of a table, of a long file the first ones.

    There are none where the file cannot be read, or is no text.
    """
    if resource.columns is not None:
        return [str(word) for word in resource.columns[0]]
    data = _beginning(resource, _READ)
    lines = data.decode("utf-8", errors="replace").split("\n")
    if len(data) == _READ or not lines[-1]:
        lines.pop()
    lines = [line.removesuffix("\r") for line in lines]
    if resource.kind == "vocabulary":
        return lines
    if resource.path.endswith(".parquet"):
        return []
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines), newline="")))
    except csv.Error:
        return []
    return [row[0] for row in rows[1:] if row]


def vocabulary_size(resource: Resource) -> int | None:
    """Return how many ids a vocabulary gives, or None where its file cannot be read or is very long."""
    reserved = resource.oov_buckets or 1
    if resource.columns is not None:
        return len(resource.columns[0]) + reserved
    data = _beginning(resource, _COUNTED)
    if not data or len(data) == _COUNTED:
        return None
    return data.count(b"\n") + (not data.endswith(b"\n")) + reserved


def _beginning(resource: Resource, limit: int) -> bytes:
    try:
        with Path(resource.path).open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError):
        return b""
