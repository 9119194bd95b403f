"""Comments that allow a finding: ``# fx: ignore[FX201] why this is right``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from feature_extractor.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from feature_extractor.syntax import tree

SUPPRESSION: Final = re.compile(r"#\s*fx:\s*ignore\b\s*(?:\[([^\]]*)\])?\s*(.*)")


@dataclass(eq=False)
class Suppression:
    """One such comment. ``words`` are the codes or names in the brackets.

    It covers the findings that begin on the lines from ``first_line`` to ``last_line``. ``used`` has the words that
    a finding was met by.
    """

    span: Span
    words: tuple[str, ...]
    reason: str
    first_line: int
    last_line: int
    used: set[str] = field(default_factory=set)

    def covers(self, finding: Diagnostic) -> bool:
        """Return whether a finding is allowed by this comment, and remember that it was."""
        span = finding.span
        if span is None or span.source is not self.span.source:
            return False
        if not self.first_line <= span.line <= self.last_line:
            return False
        met = {finding.code, finding.name} & set(self.words)
        self.used |= met
        return bool(met)


@dataclass(frozen=True)
class Comments:
    """The suppressions of a program, once the rules have run.

    ``known_words`` are the codes and names of all rules, ``checked_words`` those of the rules that looked at the
    program in this run.
    """

    suppressions: list[Suppression]
    known_words: frozenset[str]
    checked_words: frozenset[str]


def read_suppressions(file: tree.File) -> list[Suppression]:
    """Return the suppressions of a file, in the order of the text."""
    found = []
    ranges: dict[int, int] | None = None
    for comment in file.comments:
        match = SUPPRESSION.match(comment.span.text)
        if match is None:
            continue
        if ranges is None:
            ranges = _statement_lines(file)
        line = comment.span.line
        if comment.span.source.line_text(line)[: comment.span.column - 1].strip() == "":
            line = _next_line_of_code(file, line)
        words = tuple(word.strip() for word in (match[1] or "").split(",") if word.strip())
        found.append(
            Suppression(comment.span, words, match[2].strip(), line, ranges.get(line, line))
        )
    return found


def _next_line_of_code(file: tree.File, line: int) -> int:
    source = file.source
    for number in range(line + 1, len(source.line_starts) + 1):
        text = source.line_text(number).strip()
        if text and not text.startswith("#"):
            return number
    return line


def _statement_lines(file: tree.File) -> dict[int, int]:
    """Return the last line of each statement by its first, and by the line of its description."""
    from feature_extractor.syntax import tree

    lines: dict[int, int] = {}
    for statement in file.statements:
        last = statement.span.source.line_and_column(max(statement.span.end - 1, 0))[0]
        starts = [statement.span.line]
        if statement.description is not None:
            starts.append(statement.description.span.line)
        if isinstance(statement, tree.FeatureDeclaration):
            starts.extend(annotation.span.line for annotation in statement.annotations)
        for start in starts:
            lines[start] = max(last, lines.get(start, 0))
    return lines
