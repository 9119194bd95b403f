"""Patterns for files, as `.gitignore` has them, without its negations."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path


def matches(pattern: str, path: Path, folder: Path) -> bool:
    """Return whether a pattern stands for a file or a folder, or for a folder around it.

    A pattern with a slash before its end begins in ``folder``; another one matches a name wherever it is. `*` and
    `?` stand for characters of one name, `[abc]` for one of some, `**` for any number of folders. Nothing outside
    of ``folder`` matches.
    """
    relative = os.path.relpath(os.path.abspath(path), os.path.abspath(folder))
    parts = Path(relative).parts
    if not parts or parts[0] == os.pardir:
        return False
    wanted = _compiled(pattern)
    return any(wanted.fullmatch("/".join(parts[: count + 1])) for count in range(len(parts)))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    bare = pattern.rstrip("/").removeprefix("./")
    text = "" if "/" in bare else "(?:.*/)?"
    bare = bare.removeprefix("/")
    position = 0
    while position < len(bare):
        character = bare[position]
        if bare.startswith("**/", position):
            text += "(?:.*/)?"
            position += 3
            continue
        if bare.startswith("**", position):
            text += ".*"
            position += 2
            continue
        end = bare.find("]", position + 2) if character == "[" else -1
        if end > 0:
            inside = bare[position + 1 : end]
            negated = inside[0] in "!^"
            text += f"[{'^' if negated else ''}{_escaped(inside[negated:])}]"
            position = end
        elif character == "*":
            text += "[^/]*"
        elif character == "?":
            text += "[^/]"
        else:
            text += re.escape(character)
        position += 1
    return re.compile(text)


def _escaped(inside: str) -> str:
    """Return what stands in brackets without a special meaning but that of a range."""
    return re.sub(r"([\\\[\]^&~|])", r"\\\1", inside)
