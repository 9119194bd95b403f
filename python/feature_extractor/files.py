"""Reads the files of programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

LARGEST_FILE: Final = 4 << 20
"""Bytes that are read of a file: a character, of which the parser takes a million, has four at most."""
_BLOCK: Final = 64 << 10
"""Bytes that are read at once. To get the memory for a largest file takes longer than to read a usual one."""


class UnreadableFile(Exception):
    """A file cannot be read; the message is for the user."""


Reader: TypeAlias = Callable[[Path], str]
"""Returns the text of a file; raises UnreadableFile. An editor or a fix has texts that are not on disk yet."""


def read_file(path: Path) -> str:
    """Return the text of a UTF-8 file, without a byte order mark; raises UnreadableFile."""
    try:
        if not os.path.isfile(path):
            raise UnreadableFile(
                "there is no such file" if not path.exists() else "it is not a file"
            )
        blocks: list[bytes] = []
        size = 0
        with open(path, "rb", buffering=0) as file:
            while size <= LARGEST_FILE and (block := file.read(_BLOCK)):
                blocks.append(block)
                size += len(block)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableFile(f"it cannot be read: {reason}") from error
    if size > LARGEST_FILE:
        raise UnreadableFile("the file is too large")
    return decode(b"".join(blocks))


def decode(data: bytes) -> str:
    """Return bytes as text; raises UnreadableFile where they are not UTF-8."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"line {line} is not valid UTF-8") from error
