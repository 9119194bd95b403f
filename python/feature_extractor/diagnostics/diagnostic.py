"""What the compiler and the linter tell their user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from feature_extractor.diagnostics.codes import CODES
from feature_extractor.diagnostics.fix import Fix
from feature_extractor.diagnostics.source import Span


class Severity(StrEnum):
    """How bad a finding is: only an error stops the compilation."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "info"


@dataclass(frozen=True)
class Label:
    """A remark about another place that has to do with the finding."""

    span: Span
    text: str


@dataclass(frozen=True)
class Diagnostic:
    """One finding: what is wrong, where, and what to do.

    ``caption`` is the short text right behind the caret. ``span`` is None only where there is no
    text at all, such as a file that cannot be opened; ``path`` then says which.
    """

    code: str
    message: str
    span: Span | None
    caption: str = ""
    severity: Severity = Severity.ERROR
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None
    path: str = ""
    rule: str = ""

    @property
    def name(self) -> str:
        """The readable name that goes with the code."""
        if self.rule:
            return self.rule
        code = CODES.get(self.code)
        return code.name if code else ""

    def sort_key(self) -> tuple[str, int, int, str]:
        """Order findings by file, place and code, so that output is the same on every run."""
        if self.span is None:
            return (self.path, -1, -1, self.code)
        return (self.span.path, self.span.start, self.span.end, self.code)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON values; lines and columns start at 1, ends are exclusive."""
        result: dict[str, Any] = {
            "code": self.code,
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message,
            **(_place(self.span) if self.span else {"path": self.path}),
        }
        if self.caption:
            result["caption"] = self.caption
        if self.labels:
            result["labels"] = [{**_place(label.span), "text": label.text} for label in self.labels]
        if self.notes:
            result["notes"] = list(self.notes)
        if self.help:
            result["help"] = self.help
        if self.fix:
            result["fix"] = {
                "message": self.fix.message,
                "applicability": self.fix.applicability.value,
                "edits": [
                    {**_place(edit.span), "replacement": edit.replacement}
                    for edit in self.fix.edits
                ],
            }
        return result


def _place(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "offset": span.start,
        "end_offset": span.end,
    }
