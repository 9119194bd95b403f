"""Where new packages come from: a file, a folder of files, or an address that speaks HTTP."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol

MOST_BYTES = 1 << 31
"""A package from an address may have at most two gibibytes, so that a wrong address cannot fill the memory."""


class Place(Protocol):
    """A place that may hold another package from time to time."""

    @property
    def name(self) -> str:
        """What messages call the place."""
        ...

    def changed(self) -> Path | bytes | None:
        """Return the package that is there now; None where it is the one that was returned last.

        Raises OSError where the place cannot be read.
        """
        ...


class FilePlace:
    """A file that is replaced, best by writing another one and renaming it over this one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._seen: tuple[int, int, int] | None = None

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def changed(self) -> Path | None:
        """Return the path where the file is another one than before, by its inode, size and time of change."""
        found = self._path.stat()
        mark = (found.st_ino, found.st_size, found.st_mtime_ns)
        if mark == self._seen:
            return None
        self._seen = mark
        return self._path


class FolderPlace:
    """A folder of packages, of which the one that was changed last counts; by name, where two are of one moment."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self._seen: tuple[int, str, int] | None = None

    @property
    def name(self) -> str:
        """The path of the folder."""
        return str(self._folder)

    def changed(self) -> Path | None:
        """Return the newest ``.fxp`` file where it is another one than before; hidden files do not count."""
        found: list[tuple[int, str, int]] = []
        for entry in os.scandir(self._folder):
            if entry.name.endswith(".fxp") and not entry.name.startswith("."):
                try:
                    status = entry.stat()
                except FileNotFoundError:  # It went away since the folder was read.
                    continue
                found.append((status.st_mtime_ns, entry.name, status.st_size))
        if not found or max(found) == self._seen:
            return None
        self._seen = max(found)
        return self._folder / self._seen[1]


class HttpPlace:
    """An address. It is asked with the ``ETag`` and date of the last answer, so that no package travels twice."""

    def __init__(self, address: str, timeout: float = 10.0) -> None:
        self._address = address
        self._timeout = timeout
        self._conditions: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The address."""
        return self._address

    def changed(self) -> bytes | None:
        """Return the body of the answer; None for ``304 Not Modified``."""
        request = urllib.request.Request(self._address, headers=self._conditions)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                body: bytes = answer.read(MOST_BYTES + 1)
                headers = answer.headers
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return None
            raise
        if len(body) > MOST_BYTES:
            raise OSError(f"the answer has more than {MOST_BYTES:,} bytes")
        conditions = {
            "If-None-Match": headers.get("ETag"),
            "If-Modified-Since": headers.get("Last-Modified"),
        }
        self._conditions = {name: value for name, value in conditions.items() if value}
        return body


def place_of(where: str | os.PathLike[str]) -> Place:
    """Return the place that a text names: an address with ``http://`` or ``https://``, a folder, or a file."""
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        return HttpPlace(where)
    return FolderPlace(where) if os.path.isdir(where) else FilePlace(where)
