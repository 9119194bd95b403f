"""What is written to the terminal: errors, findings and tables; colours only where they are wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from feature_extractor.diagnostics import Diagnostic, render
from feature_extractor.wording import counted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_RED = "\x1b[1;31m"
_RESET = "\x1b[0m"
_PLAIN_WIDTH = 100
"""The width of tables that do not go to a terminal, so that their text is the same everywhere."""


def wants_colour(stream: TextIO) -> bool:
    """Return whether colours may be written: to a terminal, unless NO_COLOR is set (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def error_stream() -> TextIO:
    """Return stderr, for what is said next; what was written to stdout is there first, where both are one place.

    A broken pipe raises BrokenPipeError, which ends the command in silence. What else stdout cannot take is told at the
    end, when it is written out again.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError):
        pass
    return sys.stderr


def print_error(message: str, hint: str = "") -> None:
    """Write one line ``error: ...`` to stderr, and perhaps a second one that says what to do."""
    title = f"{_RED}error{_RESET}" if wants_colour(sys.stderr) else "error"
    lines = [f"{title}: {visible(message)}"]
    if hint:
        lines.append(f"  {visible(hint)}")
    stream = error_stream()
    stream.write("\n".join(lines) + "\n")
    stream.flush()


def print_findings(diagnostics: Sequence[Diagnostic], stream: TextIO) -> None:
    """Write findings with their source lines."""
    if diagnostics:
        stream.write(render(diagnostics, colour=wants_colour(stream)))


def console(stream: TextIO) -> Console:
    """Return a rich console for a stream; without a terminal it writes plain text, 100 wide."""
    from rich.console import Console

    colour = wants_colour(stream)
    return Console(
        file=stream,
        width=None if stream.isatty() else _PLAIN_WIDTH,
        color_system="auto" if colour else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )


def write_rendered(stream: TextIO, *parts: RenderableType) -> None:
    """Write tables and texts; without a terminal no line ends in spaces."""
    out = console(stream)
    with out.capture() as captured:
        for part in parts:
            out.print(part)
    text = captured.get()
    if not stream.isatty():
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    stream.write(text)


def visible(text: str) -> str:
    """Return text without control characters, so that a file's content cannot steer the terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def size_text(size: int) -> str:
    """Return a number of bytes for people, in units of 1,000."""
    if size < 1000:
        return counted(size, "byte")
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            break
    return f"{value:.3g} {unit}"
