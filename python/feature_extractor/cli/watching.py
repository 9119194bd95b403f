"""Runs a command again whenever a file changes that it may have read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import click

from feature_extractor.cli.console import error_stream, print_error, print_findings
from feature_extractor.cli.failures import EXIT_INTERRUPTED, CommandError
from feature_extractor.errors import SettingsError
from feature_extractor.wording import counted

_SUFFIXES: Final = (".fx", ".toml")
_INTERVAL: Final = 0.3
"""Seconds between two looks at the files: less than anybody notices, and little work for thousands of files."""
_CLEAR: Final = "\x1b[2J\x1b[3J\x1b[H"


class Version(NamedTuple):
    """What changes when a file is written or replaced."""

    modified: int
    size: int
    number: int


def watch(
    run: Callable[[], int],
    paths: Sequence[str],
    others: Iterable[Path] = (),
    wait: Callable[[], None] = lambda: time.sleep(_INTERVAL),
) -> int:
    """Run once, and again after each change of a file; end with Ctrl-C, which gives the exit code 130.

    Looked at are the programs and settings files of the folders that ``paths`` name or lie in, and ``others``. What
    a run cannot do is told, and the next change is its next chance. Only the first run ends the command, because what
    is wrong then is the command line.
    """
    is_first = True
    try:
        for files in _changes(paths, list(others), wait):
            if sys.stdout.isatty():
                sys.stdout.write(_CLEAR)
            try:
                run()
            except (CommandError, SettingsError) as error:
                if is_first:
                    raise
                _tell(error)
            is_first = False
            print(f"\nwatching {counted(files, 'file')}; Ctrl-C ends this", flush=True)
    except KeyboardInterrupt:
        print()
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
    return 0


def _tell(error: CommandError | SettingsError) -> None:
    if isinstance(error, SettingsError):
        print_findings(error.diagnostics, error_stream())
    else:
        print_error(error.message, error.hint)


def _changes(paths: Sequence[str], others: list[Path], wait: Callable[[], None]) -> Iterator[int]:
    """Yield the number of files at once, and again whenever one of them is another."""
    before: dict[Path, Version] | None = None
    while True:
        now = versions(paths, others)
        if now != before:
            before = now
            yield len(now)
        wait()


def versions(paths: Sequence[str], others: Iterable[Path] = ()) -> dict[Path, Version]:
    """Return the version of each file that may matter; files that go away while they are looked at are left out."""
    found: dict[Path, Version] = {}
    folders = {place if place.is_dir() else place.parent for place in map(Path, paths)}
    for folder in folders:
        for inner, names, files in os.walk(folder):
            names[:] = [name for name in names if not name.startswith(".")]
            for name in files:
                if name.endswith(_SUFFIXES):
                    _add(found, Path(inner, name))
        for above in folder.resolve().parents:
            for name in ("fx.toml", "pyproject.toml"):
                _add(found, above / name)
    for path in others:
        _add(found, path)
    return found


def _add(found: dict[Path, Version], path: Path) -> None:
    try:
        status = path.stat()
    except OSError:
        return
    found[path] = Version(status.st_mtime_ns, status.st_size, status.st_ino)
