"""The failures that a command tells its user in one line, and the exit codes."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from feature_extractor.diagnostics.suggestions import closest

EXIT_FINDINGS = 1
"""The program has mistakes, or the data do not fit it."""
EXIT_FAILURE = 2
"""Wrong usage, a file that cannot be read or written, or an error of fx itself."""
EXIT_INTERRUPTED = 130
"""What a shell reports for a process that SIGINT ended: 128 + 2."""


class CommandError(Exception):
    """A command cannot go on; ``message`` says why in one line and ``hint`` what to do."""

    def __init__(self, message: str, hint: str = "", *, exit_code: int = EXIT_FAILURE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


class DataError(CommandError):
    """The data do not fit the program, or are not of the format they should have."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, exit_code=EXIT_FINDINGS)


def unknown_feature(name: str, known: Sequence[str]) -> CommandError:
    """Return the error for a name that is none of the ``known`` features."""
    meant = closest(name, known)
    return CommandError(
        f"there is no feature `{name}`", f"Did you mean `{meant}`?" if meant else ""
    )


def require_file(path: str) -> Path:
    """Return the path of a file that can be opened for reading; else raise CommandError."""
    if not path:
        raise CommandError("the name of a file is empty")
    place = Path(path)
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        raise CommandError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"{path}: {reason[:1].lower()}{reason[1:]}") from None
    if stat.S_ISDIR(mode):
        raise CommandError(f"{path}: this is a directory, not a file")
    if not os.access(place, os.R_OK):
        raise CommandError(f"{path}: no permission to read")
    return place
