"""Reads entries: from a terminal with an editor, or from a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from feature_extractor.repl.completion import Proposal
from feature_extractor.repl.entries import is_command, is_complete

PROMPT: Final = "fx> "
CONTINUATION: Final = "... "
_HISTORY_LINES: Final = 10_000

Propose = Callable[[str], list[Proposal]]


class EntryReader(Protocol):
    """Where entries come from."""

    def entries(self) -> Iterator[str | None]:
        """Yield entries; None for one that was given up."""


def state_folder() -> Path:
    """Return where the history of entries is kept.

    That is `$XDG_STATE_HOME`, or `~/.local/state` (XDG Base Directory Specification 0.8), and on macOS
    `~/Library/Application Support`.
    """
    given = os.environ.get("XDG_STATE_HOME", "")
    # The specification has relative paths ignored.
    if given and os.path.isabs(given):
        return Path(given) / "feature_extractor"
    home = Path.home()
    base = (
        home / "Library" / "Application Support"
        if sys.platform == "darwin"
        else home / ".local" / "state"
    )
    return base / "feature_extractor"


def history_file() -> Path | None:
    """Return the file of the history, whose folder exists; None where it cannot be made."""
    try:
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return None
    return folder / "repl_history"


class PipeReader:
    """Reads entries from a stream. As in a file, a line that starts with white space goes on with the one before."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def entries(self) -> Iterator[str | None]:
        entry = ""
        for line in self._stream:
            line = line.rstrip("\r\n")
            indented = line[:1].isspace() and bool(line.strip()) and not is_command(entry)
            if entry and (indented or not is_complete(entry)):
                entry = f"{entry}\n{line}"
            else:
                if entry.strip():
                    yield entry
                entry = line if line.strip() and not line.startswith("#") else ""
        if entry.strip():
            yield entry


class LineReader:
    """Reads entries line by line with Python's `readline`."""

    def __init__(self, propose: Propose) -> None:
        self._propose = propose
        self._found: list[Proposal] = []
        self._readline: Any = None
        try:
            import readline
        except ImportError:
            return
        self._readline = readline
        readline.set_completer(self._complete)
        readline.set_completer_delims("")
        readline.parse_and_bind("tab: complete")
        path = history_file()
        if path is not None:
            import atexit
            import contextlib

            with contextlib.suppress(OSError):
                readline.read_history_file(path)
            readline.set_history_length(_HISTORY_LINES)
            atexit.register(_write_history, readline, path)

    def _complete(self, text: str, state: int) -> str | None:
        if state == 0:
            self._found = self._propose(text)
        if state >= len(self._found):
            return None
        proposal = self._found[state]
        return text[: proposal.start] + proposal.word

    def entries(self) -> Iterator[str | None]:
        while True:
            try:
                entry = input(PROMPT)
                while not is_complete(entry):
                    line = input(CONTINUATION)
                    if not line.strip():
                        break
                    entry = f"{entry}\n{line}"
            except EOFError:
                print()
                return
            except KeyboardInterrupt:
                print()
                yield None
                continue
            if entry.strip():
                yield entry


def _write_history(readline: Any, path: Path) -> None:
    try:
        readline.write_history_file(path)
        path.chmod(0o600)
    except OSError:
        # The folder went away or is full; a session does not end badly for that.
        return


def editor_reader(propose: Propose) -> EntryReader:
    """Return a reader with the editor of prompt_toolkit; raises ImportError where it is not installed."""
    from feature_extractor.repl.editor import Editor

    return Editor(propose)
