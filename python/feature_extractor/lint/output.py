"""The forms in which findings are written."""

from __future__ import annotations

from collections.abc import Iterable

from feature_extractor.diagnostics import Diagnostic, Severity, render_short

_GITHUB_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
}


def concise(findings: Iterable[Diagnostic]) -> str:
    """Return a line for each finding: ``path:line:column: code message``."""
    return "".join(f"{render_short(finding)}\n" for finding in findings)


def github(findings: Iterable[Diagnostic]) -> str:
    """Return a workflow command of GitHub Actions for each finding.

    The form, and which characters are written as ``%XX``, is that of the toolkit's ``core/src/command.ts``.
    """
    lines = []
    for finding in findings:
        properties = {"title": f"{finding.code} {finding.name}"}
        if finding.span is None:
            properties["file"] = finding.path
        else:
            span = finding.span
            properties["file"] = span.path
            properties["line"] = str(span.line)
            properties["endLine"] = str(span.end_line)
            if span.line == span.end_line:
                # GitHub refuses columns where a finding goes over several lines.
                properties["col"] = str(span.column)
                properties["endColumn"] = str(span.end_column)
        listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        text = finding.message if not finding.help else f"{finding.message}\n{finding.help}"
        lines.append(f"::{_GITHUB_LEVELS[finding.severity]} {listed}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
