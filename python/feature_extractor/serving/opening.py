"""Opens the packages that a service is given."""

from __future__ import annotations

import os
import stat
from typing import Final

from feature_extractor.errors import EngineError
from feature_extractor.extractor import Extractor, load

_COPIED_BYTES: Final = 64 << 20
"""A file up to this size is copied. Of a larger one the pages are shared with other processes, but the system kills a
process that reads pages of a file which somebody has cut short."""


def opened_package(package: str | os.PathLike[str] | bytes | Extractor) -> Extractor:
    """Load a package; of a file that is not large, a copy."""
    if isinstance(package, Extractor):
        return package
    content = package if isinstance(package, bytes) else _copied(package)
    if content is None:
        return load(package)
    try:
        return load(content)
    except EngineError as error:
        if isinstance(package, bytes):
            raise
        raise EngineError(error.code, f"{os.fspath(package)}: {error.message}") from None


def source_of(package: str | os.PathLike[str] | bytes | Extractor) -> str:
    """Return what versions and messages call the place that a package came from."""
    if isinstance(package, bytes):
        return "bytes"
    if isinstance(package, Extractor):
        return "an extractor"
    return os.fspath(package)


def _copied(path: str | os.PathLike[str]) -> bytes | None:
    """Return the content of a file; None for one that is large or none, which the core will tell."""
    try:
        # Without O_NONBLOCK opening a named pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    with open(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _COPIED_BYTES:
            return None
        return file.read()
