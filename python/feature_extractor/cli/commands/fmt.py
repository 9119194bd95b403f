"""``fx fmt``: write feature files in the one style. Never loads the native core."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from feature_extractor.cli.console import error_stream, print_error, print_findings, visible
from feature_extractor.cli.failures import (
    EXIT_FAILURE,
    EXIT_FINDINGS,
    CommandError,
    require_file,
)
from feature_extractor.cli.programs import refuse_binary
from feature_extractor.cli.settings import settings_options
from feature_extractor.cli.writing import print_difference, write_text
from feature_extractor.errors import CompileError
from feature_extractor.wording import counted

_STANDARD_STREAM = "-"
_HELP = """Format feature files in the one style. A folder stands for all .fx files in it.

The meaning never changes and comments are kept. A file with syntax mistakes is reported and left alone.
`-` formats standard input to standard output. The exit code is 1 where a file has mistakes, and with --check or
--diff also where a file would change.

\b
Examples:
    fx fmt ranking.fx
    fx fmt features --check
    fx fmt features --diff
    fx fmt - < ranking.fx
"""


@dataclass
class _Run:
    """What was asked for, and what happened so far."""

    check: bool
    diff: bool
    changed: int = 0
    same: int = 0
    mistaken: int = 0
    failed: int = 0

    def exit_code(self) -> int:
        if self.failed:
            return EXIT_FAILURE
        would_change = self.changed and (self.check or self.diff)
        return EXIT_FINDINGS if self.mistaken or would_change else 0

    def summary(self) -> str:
        verb = "would be formatted" if self.check or self.diff else "formatted"
        parts = [f"{counted(self.changed, 'file')} {verb}"] if self.changed else []
        if self.same:
            word = "is" if self.same == 1 else "are"
            parts.append(f"{counted(self.same, 'file')} {word} in style")
        left = self.mistaken + self.failed
        if left:
            parts.append(f"{counted(left, 'file')} left alone")
        return ", ".join(parts) or "no .fx file there"


@dataclass(frozen=True)
class _SettingsOptions:
    """Where it is said which files are left out."""

    config: str | None
    isolated: bool
    force_exclude: bool


@click.command(help=_HELP, short_help="Format programs in the one style.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER...")
@click.option("--check", is_flag=True, help="Write nothing; tell which files would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@settings_options
def command(
    paths: Sequence[str],
    check: bool,
    diff: bool,
    config: str | None,
    isolated: bool,
    force_exclude: bool,
) -> int:
    """Format all files, and go on behind one that cannot be."""
    run = _Run(check, diff)
    if _STANDARD_STREAM in paths:
        if len(paths) > 1:
            raise click.UsageError("`-` stands alone: standard input has one program.")
        _format_stream(run)
        return run.exit_code()
    for path in _files(paths, _SettingsOptions(config, isolated, force_exclude)):
        _guarded(path, run)
    print(run.summary(), file=error_stream() if diff else sys.stdout)
    return run.exit_code()


def _files(paths: Sequence[str], options: _SettingsOptions) -> list[str]:
    """Return the files that are named or lie in a named folder, each once and without those that are excluded."""
    named = options.config is not None or options.force_exclude
    if not named and not any(os.path.isdir(path) for path in paths):
        # A single file, as an editor has it formatted, needs no settings.
        return list(dict.fromkeys(paths))
    from feature_extractor.cli.settings import find_settings
    from feature_extractor.settings import find_programs

    finder = find_settings(options.config, options.isolated)

    def excluded(path: Path) -> bool:
        return finder.settings(path).excludes(path, lint=False)

    found: dict[str, None] = {}
    for path in paths:
        place = Path(path)
        if not path:
            # It is told as a file that cannot be read; to Path it would be the current folder.
            found[path] = None
        elif not (options.force_exclude and excluded(place)):
            found.update((str(program), None) for program in find_programs(place, excluded))
    return list(found)


def _guarded(path: str, run: _Run) -> None:
    """Format one file; what goes wrong is told, and the other files still have their turn."""
    try:
        place = require_file(path)
        refuse_binary(place)
        text = _decoded(place.read_bytes(), path)
        formatted = _formatted(text, path, run)
        if formatted is None:
            return
        if formatted == text:
            run.same += 1
            return
        run.changed += 1
        if run.diff:
            print_difference(text, formatted, path)
        elif run.check:
            print(f"would format {visible(path)}")
        else:
            write_text(place, formatted)
            print(f"formatted {visible(path)}")
    except BrokenPipeError:
        raise
    except CommandError as error:
        run.failed += 1
        print_error(error.message, error.hint)
    except OSError as error:
        run.failed += 1
        print_error(f"{path}: {(error.strerror or str(error)).lower()}")


def _format_stream(run: _Run) -> None:
    """Format standard input; what has mistakes is not written at all."""
    text = _decoded(sys.stdin.buffer.read(), "standard input")
    formatted = _formatted(text, "<stdin>", run)
    if formatted is None:
        return
    run.changed += formatted != text
    if run.diff:
        print_difference(text, formatted, "<stdin>")
    elif not run.check:
        sys.stdout.buffer.write(formatted.encode())


def _decoded(data: bytes, path: str) -> str:
    from feature_extractor.check.modules import UnreadableFile, decode

    try:
        return decode(data)
    except UnreadableFile as error:
        raise CommandError(f"{path}: {error}") from None


def _formatted(text: str, path: str, run: _Run) -> str | None:
    """Return the text in the one style; None where it has mistakes, which are told."""
    from feature_extractor.format import FormatError, format_text

    try:
        return format_text(text, path)
    except CompileError as error:
        run.mistaken += 1
        print_findings(error.diagnostics, error_stream())
    except FormatError as error:
        run.failed += 1
        print_error(f"{path}: this file is left as it is: {error}")
    return None
