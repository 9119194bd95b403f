"""Reports as JSON values, for a cache and for other processes. Spans are two offsets and the number of a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from feature_extractor.diagnostics import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Label,
    Severity,
    Source,
    Span,
)
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.outcome import Outcome, Report
from feature_extractor.lint.suppressions import Suppression

Record: TypeAlias = dict[str, Any]
"""JSON values only."""


def to_record(report: Report) -> tuple[Record, dict[str, str]]:
    """Return a report as JSON values, and the texts that its places are in, by path."""
    writer = _Writer()
    outcome = report.outcome
    record: Record = {"errors": [writer.diagnostic(error) for error in report.errors]}
    if outcome is not None:
        record["source"] = writer.source(outcome.source)
        record["findings"] = [writer.diagnostic(finding) for finding in outcome.findings]
        record["suppressions"] = [writer.suppression(s) for s in outcome.suppressions]
        record["facts"] = outcome.facts
    record["sources"] = [source.path for source in writer.sources]
    return record, {source.path: source.text for source in writer.sources}


def from_record(
    record: Record, text_of: Callable[[str], str], configuration: Configuration
) -> Report:
    """Return the report again. Raises KeyError, TypeError, ValueError or IndexError for what is none."""
    reader = _Reader([Source(path, text_of(path)) for path in record["sources"]])
    errors = [reader.diagnostic(error) for error in record["errors"]]
    if "source" not in record:
        return Report(errors, None)
    outcome = Outcome(
        reader.sources[record["source"]],
        configuration,
        [reader.diagnostic(finding) for finding in record["findings"]],
        [reader.suppression(values) for values in record["suppressions"]],
        record["facts"],
    )
    return Report(errors, outcome)


class _Writer:
    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._numbers: dict[int, int] = {}

    def source(self, source: Source) -> int:
        number = self._numbers.setdefault(id(source), len(self.sources))
        if number == len(self.sources):
            self.sources.append(source)
        return number

    def span(self, span: Span) -> list[int]:
        return [self.source(span.source), span.start, span.end]

    def diagnostic(self, found: Diagnostic) -> list[Any]:
        return [
            found.code,
            found.message,
            self.span(found.span) if found.span is not None else None,
            found.caption,
            found.severity.value,
            [[self.span(label.span), label.text] for label in found.labels],
            list(found.notes),
            found.help,
            self.fix(found.fix) if found.fix is not None else None,
            found.path,
            found.rule,
        ]

    def fix(self, fix: Fix) -> list[Any]:
        edits = [[self.span(edit.span), edit.replacement] for edit in fix.edits]
        return [fix.message, edits, fix.applicability.value]

    def suppression(self, found: Suppression) -> list[Any]:
        return [
            self.span(found.span),
            list(found.words),
            found.reason,
            found.first_line,
            found.last_line,
            sorted(found.used),
        ]


class _Reader:
    def __init__(self, sources: list[Source]) -> None:
        self.sources = sources

    def span(self, values: list[int]) -> Span:
        source, start, end = values
        return Span(self.sources[source], start, end)

    def diagnostic(self, values: list[Any]) -> Diagnostic:
        code, message, span, caption, severity, labels, notes, help_, fix, path, rule = values
        return Diagnostic(
            code,
            message,
            self.span(span) if span is not None else None,
            caption,
            Severity(severity),
            tuple(Label(self.span(place), text) for place, text in labels),
            tuple(notes),
            help_,
            self.fix(fix) if fix is not None else None,
            path,
            rule,
        )

    def fix(self, values: list[Any]) -> Fix:
        message, edits, applicability = values
        made = tuple(Edit(self.span(place), replacement) for place, replacement in edits)
        return Fix(message, made, Applicability(applicability))

    def suppression(self, values: list[Any]) -> Suppression:
        span, words, reason, first, last, used = values
        return Suppression(self.span(span), tuple(words), reason, first, last, set(used))
