"""Writes what ``fx lint --fix`` made of programs, and tells about it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from feature_extractor.cli.console import error_stream, print_error, visible
from feature_extractor.cli.failures import EXIT_FINDINGS, CommandError
from feature_extractor.cli.writing import print_difference, write_text
from feature_extractor.diagnostics import Applicability, Diagnostic
from feature_extractor.wording import counted

if TYPE_CHECKING:
    from feature_extractor.lint.fixing import Fixing

_MARK = "\ufeff"
"""A byte order mark, which some editors put at the beginning of a file and the compiler leaves out."""


def print_differences(fixing: Fixing) -> int:
    """Show what the fixes change as one diff; return the exit code, which is 1 where there is something."""
    for file in fixing.files:
        print_difference(file.before, file.after, str(file.path))
    print(f"would fix {_what(fixing)}", file=error_stream())
    _warn(fixing)
    return EXIT_FINDINGS if fixing.files else 0


def write_fixes(fixing: Fixing) -> bool:
    """Write the changed files; return whether one could not be, which is told and keeps no other back."""
    failed = False
    for file in list(fixing.files):
        try:
            write_text(file.path, _with_mark(file.path, file.before) + file.after)
        except CommandError as error:
            print_error(error.message, error.hint)
        except OSError as error:
            print_error(f"{file.path}: {(error.strerror or str(error)).lower()}")
        else:
            continue
        failed = True
        fixing.files.remove(file)
    return failed


def _with_mark(path: Path, before: str) -> str:
    """Return the byte order mark of a file, if it has one; raise where somebody else changed the file."""
    now = path.read_bytes().decode("utf-8", "replace")
    if now.removeprefix(_MARK) != before:
        raise CommandError(
            f"{path}: the file was changed while it was looked at", "Run the command again."
        )
    return _MARK if now.startswith(_MARK) else ""


def print_fixes(fixing: Fixing, stream: TextIO) -> None:
    """Tell which findings were repaired in which files, if any were."""
    for file in fixing.files:
        names = Counter(f"{finding.code} {finding.name}" for finding in file.fixed)
        what = ", ".join(
            f"{name} ({count} times)" if count > 1 else name
            for name, count in sorted(names.items())
        )
        stream.write(f"fixed {visible(str(file.path))}: {what}\n")
    if fixing.files:
        stream.write(f"fixed {_what(fixing)}\n")
        if stream is sys.stdout:
            stream.write("\n")
    _warn(fixing)


def _what(fixing: Fixing) -> str:
    if not fixing.files:
        return "nothing"
    return f"{counted(fixing.fixed, 'finding')} in {counted(len(fixing.files), 'file')}"


def _warn(fixing: Fixing) -> None:
    """Tell of fixes that would have done harm, which is a mistake of their rule."""
    for finding in fixing.refused:
        where = finding.span or finding.path
        print_error(
            f"{where}: the fix of {finding.code} was left out, because the program would not compile with it",
            "This is a mistake of the rule, please report it.",
        )
    if not fixing.converged:
        print_error(
            "the fixes do not come to an end: two rules undo what the other does",
            "Select one of them with `--select`, and please report this.",
        )


def print_fixable(findings: Iterable[Diagnostic], unsafe_fixes: bool) -> None:
    """Tell how many findings have a fix, and which options make it."""
    count = Counter(finding.fix.applicability for finding in findings if finding.fix is not None)
    safe, unsafe = count[Applicability.SAFE], count[Applicability.UNSAFE]
    if unsafe_fixes and safe + unsafe:
        print(f"[*] {safe + unsafe} fixable with `--fix --unsafe-fixes`")
    elif safe and unsafe:
        print(f"[*] {safe} fixable with `--fix`, {unsafe} more with `--fix --unsafe-fixes`")
    elif safe:
        print(f"[*] {safe} fixable with `--fix`")
    elif unsafe:
        print(f"{unsafe} fixable with `--fix --unsafe-fixes`")
