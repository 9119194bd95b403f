"""Errors and findings of the linter, as somebody types."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from lsprotocol import types

from feature_extractor.check.modules import UnreadableFile
from feature_extractor.diagnostics import Diagnostic, Label, Severity, Span
from feature_extractor.language_server.documentation import rule_page
from feature_extractor.language_server.examination import (
    Answer,
    ExaminationFailed,
    Examiner,
    Question,
)
from feature_extractor.language_server.project import Project, Text, path_of, uri_of
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.syntax import tree

SOURCE: Final = "fx"

_SOON: Final = 5
"""Milliseconds until errors are looked for: more keys may be on their way, and only the last text counts."""

_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
}
_UNNECESSARY: Final = "FX6"
"""Findings of this family are about what nobody needs; editors show such text faded."""


def register(server: FeatureServer) -> None:
    """Publish diagnostics of each open file: errors at once, findings of the linter when nobody has typed for a moment.

    Between two looks of the linter its findings move with the text.
    """
    project = server.project
    published: dict[str, types.PublishDiagnosticsParams] = {}
    waiting: dict[tuple[Callable[[str], None], str], asyncio.TimerHandle] = {}

    def later(action: Callable[[str], None], path: str, milliseconds: int) -> None:
        """Do something with a file after a time in which nobody asks for it again."""
        known = waiting.pop((action, path), None)
        if known is not None:
            known.cancel()

        def act() -> None:
            del waiting[action, path]
            try:
                action(path)
            except Exception as error:
                server.report_mistake(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, error)

        loop = asyncio.get_running_loop()
        waiting[action, path] = loop.call_later(milliseconds / 1000, act)

    def publish(path: str, *, again: bool = False) -> None:
        text = project.opened_at(path)
        if text is None:
            return
        found = diagnostics(project, text, lint=server.settings.lint)
        params = types.PublishDiagnosticsParams(text.uri, found, text.version)
        if again or published.get(path) != params:
            published[path] = params
            server.text_document_publish_diagnostics(params)

    def examine(path: str) -> None:
        examiner.ask(path)

    def question(path: str) -> Question | None:
        text = project.opened_at(path)
        if text is None or not server.settings.lint or found_in(project, text, lint=False):
            return None
        forget, server.project.has_forgotten = server.project.has_forgotten, False
        return Question(path, {opened.uri: opened.text for opened in project.opened}, forget)

    def tell(answer: Answer) -> None:
        if answer.failure:
            error = ExaminationFailed(answer.failure)
            server.report_mistake(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, error)
            return
        project.workspace.tell(answer.path, answer.text, answer.findings)
        text = project.opened_at(answer.path)
        if text is not None and text.text == answer.text:
            publish(answer.path, again=True)
        for complaint in answer.complaints:
            server.window_show_message(types.ShowMessageParams(types.MessageType.Error, complaint))

    examiner = Examiner(question, tell)

    def look(path: str, milliseconds: int) -> None:
        later(publish, path, milliseconds)
        if server.settings.lint:
            later(examine, path, max(server.settings.delay, milliseconds))

    def changed(uri: str) -> None:
        path = path_of(uri)
        if project.opened_at(path) is not None:
            look(path, _SOON)
        else:
            published.pop(path, None)
            server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for user in project.users_of(path):
            look(user.path, server.settings.delay)

    def configured() -> None:
        for opened in project.opened:
            look(opened.path, _SOON)

    server.changed.append(changed)
    server.configured.append(configured)


def found_in(project: Project, text: Text, *, lint: bool = True) -> Sequence[Diagnostic]:
    """Return the errors of an open file, or else what the linter has found until now."""
    try:
        workspace = project.workspace
        return workspace.diagnostics_now(text.path) if lint else workspace.errors(text.path)
    except UnreadableFile:
        return []


def diagnostics(project: Project, text: Text, *, lint: bool = True) -> list[types.Diagnostic]:
    """Return what an editor shows in a file: its errors, or else what the linter finds.

    A mistake inside of a module is shown at the `use` that leads to it.
    """
    return [
        converted(project, text, found)
        for found in found_in(project, text, lint=lint)
        if found.span is not None or found.path == text.path
    ]


def converted(project: Project, text: Text, found: Diagnostic) -> types.Diagnostic:
    """Return a finding as the protocol has it."""
    span, message, labels = found.span, found.message, list(found.labels)
    if span is None:
        place = text.lines.range(0, 0)
    elif span.path == text.path:
        place = text.lines.span(span)
    else:
        message = f"in `{span.path.rpartition('/')[2]}`, line {span.line}: {message}"
        labels.insert(0, Label(span, found.caption or found.message))
        place = _use_of(project, text, span.path)
    if found.caption:
        message += f"\n{found.caption}"
    for note in found.notes:
        message += f"\nnote: {note}"
    if found.help:
        message += f"\nhelp: {found.help}"
    page = rule_page(found.code)
    return types.Diagnostic(
        place,
        message,
        severity=_SEVERITIES[found.severity],
        code=found.code,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if found.code.startswith(_UNNECESSARY) else None,
        related_information=list(_related(project, labels)) or None,
    )


def _related(
    project: Project, labels: Sequence[Label]
) -> Iterator[types.DiagnosticRelatedInformation]:
    for label in labels:
        location = location_of(project, label.span)
        yield types.DiagnosticRelatedInformation(location, label.text)


def location_of(project: Project, span: Span) -> types.Location:
    """Return where a span is, in whatever file."""
    known = project.by_path(span.path)
    lines = known.lines if known is not None and known.text == span.source.text else None
    if lines is None:
        lines = Text(uri_of(span.path), span.path, span.source, project.encoding).lines
    return types.Location(uri_of(span.path), lines.span(span))


def _use_of(project: Project, text: Text, path: str) -> types.Range:
    """Return the place of the `use` through which a file comes to a module."""
    first: types.Range | None = None
    for statement, used in project.modules_of(text):
        here = text.lines.span(statement.path_span)
        first = first or here
        if used == path or _leads_to(project, used, path, set()):
            return here
    return first or text.lines.range(0, 0)


def _leads_to(project: Project, user: str, path: str, seen: set[str]) -> bool:
    module = project.by_path(user)
    if module is None or user in seen:
        return False
    seen.add(user)
    uses = [used for node, used in project.modules_of(module) if isinstance(node, tree.Statement)]
    return any(used == path or _leads_to(project, used, path, seen) for used in uses)
