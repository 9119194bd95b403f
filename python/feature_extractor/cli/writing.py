"""Writes texts to files, and shows what a change of one would be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from feature_extractor.cli.console import visible
from feature_extractor.cli.failures import CommandError
from feature_extractor.whole_files import write_whole_text


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file as a whole or not at all. Raises CommandError for a file that may not be written."""
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise CommandError(f"{os.fspath(path)}: no permission to write")
    write_whole_text(path, text)


def refuse_overwriting(target: str | None, sources: Iterable[str]) -> None:
    """Raise CommandError for a file to write that is one of those to read; None and `-` are standard output."""
    if target is None or target == "-" or not os.path.isfile(target):
        return
    if any(os.path.exists(source) and os.path.samefile(source, target) for source in sources):
        raise CommandError(f"{target}: the output would overwrite what is read")


def write_output(path: str | None, text: str) -> None:
    """Write what a command says to a file, or to standard output where there is none, or `-`."""
    if path is None or path == "-":
        sys.stdout.write(text)
    else:
        write_text(path, text)


def print_difference(before: str, after: str, path: str) -> None:
    """Write a unified diff to standard output.

    On a terminal control characters are replaced; in a file or a pipe the diff is one that `patch` takes.
    """
    import difflib

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
