"""Shows findings: as text with the source line and a caret, in colour on a terminal, or as JSON."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from feature_extractor.diagnostics.diagnostic import Diagnostic, Severity
from feature_extractor.diagnostics.fix import Applicability
from feature_extractor.diagnostics.source import Source, Span

_TAB_WIDTH: Final = 4
_LINE_WIDTH: Final = 120
_ELLIPSIS: Final = "..."

_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_BLUE: Final = "\x1b[1;34m"
_COLOURS: Final = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFORMATION: "\x1b[1;36m",
}


def render(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return all findings as text for people, one blank line between two."""
    return "\n".join(render_one(diagnostic, colour=colour) for diagnostic in diagnostics)


def render_one(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """Return one finding as text for people; it ends with a line break."""
    paint = _Paint(colour, _COLOURS[diagnostic.severity])
    title = f"{diagnostic.severity.value}[{diagnostic.code}] {diagnostic.name}{_mark(diagnostic)}"
    lines = [f"{paint.severity(title)}: {paint.bold(_visible(diagnostic.message))}"]
    places: list[tuple[Span, str, bool]] = []
    if diagnostic.span is not None:
        places.append((diagnostic.span, diagnostic.caption, True))
    places.extend((label.span, label.text, False) for label in diagnostic.labels)
    width = max((len(str(span.line)) for span, _, _ in places), default=1)
    if diagnostic.span is None and diagnostic.path:
        lines.append(f"{paint.frame('-->')} {_visible(diagnostic.path)}")
    source: Source | None = None
    for span, text, primary in places:
        arrow = "-->" if source is None else ":::"
        if source is None or span.source is not source:
            source = span.source
            where = _visible(str(span))
            lines.append(f"{' ' * width}{paint.frame(arrow)} {where}")
            lines.append(f"{' ' * width} {paint.frame('|')}")
        lines.extend(_excerpt(span, text, primary, width, paint))
    margin = " " * width
    lines.extend(
        f"{margin} {paint.frame('=')} {paint.bold('note')}: {_visible(n)}" for n in diagnostic.notes
    )
    if diagnostic.help:
        lines.append(
            f"{margin} {paint.frame('=')} {paint.bold('help')}: {_visible(diagnostic.help)}"
        )
    return "\n".join(lines) + "\n"


def render_short(diagnostic: Diagnostic) -> str:
    """Return one finding as one line: ``path:line:column: code message``."""
    where = str(diagnostic.span) if diagnostic.span else diagnostic.path
    return _visible(f"{where}: {diagnostic.code}{_mark(diagnostic)} {diagnostic.message}")


def _mark(diagnostic: Diagnostic) -> str:
    """Return the sign of a finding that `fx lint --fix` repairs."""
    fix = diagnostic.fix
    return " [*]" if fix is not None and fix.applicability is Applicability.SAFE else ""


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return all findings as a JSON array."""
    return json.dumps([d.as_json() for d in diagnostics], ensure_ascii=False, indent=2)


def print_diagnostics(diagnostics: Sequence[Diagnostic], stream: TextIO) -> None:
    """Write the findings to a stream, in colour only where it is a terminal."""
    if diagnostics:
        stream.write(render(diagnostics, colour=stream.isatty()))


class _Paint:
    """Adds terminal colours, or nothing."""

    def __init__(self, enabled: bool, severity: str) -> None:
        self._enabled = enabled
        self._severity = severity

    def _wrap(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self._enabled and text else text

    def severity(self, text: str) -> str:
        return self._wrap(text, self._severity)

    def bold(self, text: str) -> str:
        return self._wrap(text, _BOLD)

    def frame(self, text: str) -> str:
        return self._wrap(text, _BLUE)


def _excerpt(span: Span, text: str, primary: bool, width: int, paint: _Paint) -> list[str]:
    line_number, column = span.source.line_and_column(span.start)
    end_line, end_column = span.source.line_and_column(max(span.start, span.end))
    line = span.source.line_text(line_number)
    start = min(column - 1, len(line))
    end = end_column - 1 if end_line == line_number else len(line)
    end = max(start + 1, min(end, len(line)))
    shown, start, end = _trim(line, start, end)
    cells = [_cell(character) for character in shown]
    code = "".join(shape for shape, _ in cells)
    before = sum(size for _, size in cells[:start])
    under = max(1, sum(size for _, size in cells[start:end]))
    mark = ("^" if primary else "-") * under
    tail = f" {_visible(text)}" if text else ""
    colour = paint.severity if primary else paint.frame
    number = str(line_number).rjust(width)
    return [
        f"{paint.frame(f'{number} |')} {code}".rstrip(),
        f"{' ' * width} {paint.frame('|')} {' ' * before}{colour(mark + tail)}",
    ]


def _trim(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a long line around the span; returns the line and the moved span."""
    if len(line) <= _LINE_WIDTH:
        return line, start, end
    end = min(end, start + _LINE_WIDTH - 2 * len(_ELLIPSIS))
    first = max(0, min(start - 40, len(line) - _LINE_WIDTH))
    first = (
        max(first, end - _LINE_WIDTH + 2 * len(_ELLIPSIS)) if end > first + _LINE_WIDTH else first
    )
    last = min(len(line), first + _LINE_WIDTH)
    head = _ELLIPSIS if first > 0 else ""
    tail = _ELLIPSIS if last < len(line) else ""
    move = len(head) - first
    return head + line[first:last] + tail, start + move, min(end, last) + move


def _cell(character: str) -> tuple[str, int]:
    """Return how a character of the source is shown, and how many terminal columns that takes.

    Wide East Asian characters take two columns, combining marks none (Unicode Standard Annex 11).
    Control and formatting characters are replaced, so that a file cannot move the cursor or hide
    text.
    """
    if character == "\t":
        return " " * _TAB_WIDTH, _TAB_WIDTH
    if " " <= character <= "~":
        return character, 1
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return "\N{REPLACEMENT CHARACTER}", 1
    if category in ("Mn", "Me"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(_cell(character)[0] for character in text)
