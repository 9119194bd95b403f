"""Files that are there as a whole or not at all: a reader sees the old content or the new, nothing between."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


class WholeFile:
    """A file that is written under another name beside its place, and takes its place in ``commit``.

    A run that fails leaves the old file, or none. A link stays one: what it points to is written. The permissions of
    an old file stay. Devices and pipes have no content to keep, and are written to as they are. Raises OSError with
    the path that was given.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._target = os.path.realpath(path)
        self._temporary: str | None = None
        self.stream: BinaryIO
        try:
            self._mode = _mode(self._target)
            if self._mode is not None and not stat.S_ISREG(self._mode):
                self.stream = open(path, "wb")  # noqa: SIM115 (closed by commit and abandon)
                return
            import tempfile  # Most runs of a command write nothing.

            handle, self._temporary = tempfile.mkstemp(
                ".part", ".fx_", os.path.dirname(self._target)
            )
        except OSError as error:
            raise OSError(error.errno, error.strerror, os.fspath(path)) from None
        self.stream = os.fdopen(handle, "wb", buffering=1 << 20)

    def commit(self) -> None:
        """Finish: all that was written is there under its name."""
        self.stream.flush()
        if self._temporary is not None:
            os.fchmod(self.stream.fileno(), self._permissions())
            os.fsync(self.stream.fileno())
        self.stream.close()
        if self._temporary is not None:
            os.replace(self._temporary, self._target)
            self._temporary = None

    def abandon(self) -> None:
        """Leave no half of a file behind; after ``commit`` this does nothing."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.close()
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._temporary)
            self._temporary = None

    def _permissions(self) -> int:
        if self._mode is not None:
            return stat.S_IMODE(self._mode)
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing, which takes its place when the block ends without an error."""
    file = WholeFile(path)
    try:
        yield file.stream
        file.commit()
    finally:
        file.abandon()


def write_whole_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text in UTF-8, with its line ends as they are."""
    with whole_file(path) as file:
        file.write(text.encode())


def _mode(path: str) -> int | None:
    """Return what a file is and who may use it; None where there is none."""
    try:
        return Path(path).stat().st_mode
    except FileNotFoundError:
        return None
