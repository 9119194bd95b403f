"""Writes changed feature files, and shows what a change would be."""

from __future__ import annotations

import difflib
import os
import stat
import sys
import tempfile
from pathlib import Path

from feature_extractor.cli.console import visible
from feature_extractor.cli.failures import CommandError


def replace_text(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all; a link stays one, and permissions stay as they are."""
    target = path.resolve()
    mode = stat.S_IMODE(target.stat().st_mode)
    if not os.access(target, os.W_OK):
        raise CommandError(f"{path}: no permission to write")
    _write(target, text, mode)


def write_text(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, a new one too."""
    if path.exists():
        replace_text(path, text)
    else:
        mask = os.umask(0)
        os.umask(mask)
        _write(path.resolve(), text, 0o666 & ~mask)


def _write(target: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def print_difference(before: str, after: str, path: str) -> None:
    """Write a unified diff to standard output.

    On a terminal control characters are replaced; in a file or a pipe the diff is one that `patch` takes.
    """
    shown = visible(path)
    for line in difflib.unified_diff(_lines(before), _lines(after), shown, shown):
        text = line.removesuffix("\n")
        sys.stdout.write(visible(text) if sys.stdout.isatty() else text)
        sys.stdout.write("\n")
        if text == line:
            sys.stdout.write("\\ No newline at end of file\n")


def _lines(text: str) -> list[str]:
    """Return the lines with their ends; unlike those of `str.splitlines` they end at line feeds only."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]
