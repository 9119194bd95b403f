"""Quick fixes of findings, all safe fixes of a file, and comments that allow a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lsprotocol import types

from feature_extractor.check.modules import UnreadableFile
from feature_extractor.diagnostics import Applicability, Diagnostic, Severity, apply_fixes
from feature_extractor.language_server.edits import (
    edits_to,
    knows_versions,
    text_edit,
    workspace_edit,
)
from feature_extractor.language_server.features.diagnostics import converted, found_in
from feature_extractor.language_server.project import Project, Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.lint.suppressions import SUPPRESSION
from feature_extractor.syntax import tree

FIX_ALL: Final = "source.fixAll.fx"
_MOST_ROUNDS: Final = 20
"""Fixes may make room for others; so the file is looked at again until there is nothing left to fix."""


def register(server: FeatureServer) -> None:
    """Answer requests for code actions."""
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=False
    )

    @server.answer(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_actions(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        text = server.text(params)
        if text is None:
            return None
        only = params.context.only
        first, last = text.lines.offset(params.range.start), text.lines.offset(params.range.end)
        versioned = knows_versions(server.client_capabilities)
        found = list(found_in(server.project, text, lint=server.settings.lint))
        actions: list[types.CodeAction] = []
        if _wanted(types.CodeActionKind.QuickFix, only):
            actions += _quick_fixes(server.project, text, found, first, last, versioned)
        # An editor asks for actions whenever the cursor moves; for all fixes of a file only where somebody wants them.
        if only is not None and _wanted(FIX_ALL, only):
            actions += _fix_all(server.project, text, versioned, lint=server.settings.lint)
        return actions


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(kind == word or kind.startswith(f"{word}.") for word in only)


def _quick_fixes(
    project: Project,
    text: Text,
    found: Sequence[Diagnostic],
    first: int,
    last: int,
    versioned: bool,
) -> Iterator[types.CodeAction]:
    """Yield what repairs or allows the findings between two offsets."""
    for finding in found:
        span = finding.span
        if span is None or span.path != text.path or span.end < first or span.start > last:
            continue
        shown = converted(project, text, finding)
        fix = finding.fix
        if fix is not None and all(edit.span.path == text.path for edit in fix.edits):
            edits = [text_edit(text, edit) for edit in fix.edits]
            is_safe = fix.applicability is Applicability.SAFE
            title = fix.message[:1].upper() + fix.message[1:]
            if not is_safe and finding.rule:
                title += " (may change values)"
            yield types.CodeAction(
                title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown],
                is_preferred=is_safe or not finding.rule,
                edit=workspace_edit([(text, edits)], versioned=versioned),
            )
        if finding.rule:
            edit = _suppression(text, finding)
            yield types.CodeAction(
                f"Ignore {finding.code} {finding.name} here with a comment",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[shown],
                edit=workspace_edit([(text, [edit])], versioned=versioned),
            )


def _suppression(text: Text, finding: Diagnostic) -> types.TextEdit:
    """Return the edit that allows a finding: a comment above its statement, or a word more in one that is there."""
    span = finding.span
    assert span is not None
    line = text.lines.line_of(span.start)
    for statement in text.file.statements:
        parts = [statement, statement.description]
        if isinstance(statement, tree.FeatureDeclaration):
            parts += statement.annotations
        if not statement.span.start <= span.start <= statement.span.end:
            continue
        if not isinstance(statement, tree.InputDeclaration):
            line = min(text.lines.line_of(part.span.start) for part in parts if part is not None)
    for known in (line, line - 1):
        edit = _extended(text, known, finding.code, alone=known != line) if known >= 0 else None
        if edit is not None:
            return edit
    start = text.lines.line_start(line)
    written = text.lines.line_text(line)
    indent = written[: len(written) - len(written.lstrip())]
    end = "\r\n" if "\r\n" in text.text else "\n"
    return types.TextEdit(
        text.lines.range(start, start), f"{indent}# fx: ignore[{finding.code}]{end}"
    )


def _extended(text: Text, line: int, code: str, *, alone: bool) -> types.TextEdit | None:
    """Return the edit that adds a code to the comment of a line, where that is one that allows findings."""
    for comment in text.layout.comments:
        if text.lines.line_of(comment.span.start) != line:
            continue
        before = text.text[text.lines.line_start(line) : comment.span.start]
        match = SUPPRESSION.match(comment.span.text)
        if match is None or match[1] is None or (alone and before.strip()):
            return None
        end = comment.span.start + match.end(1)
        separator = ", " if match[1].strip() else ""
        return types.TextEdit(text.lines.range(end, end), f"{separator}{code}")
    return None


def _fix_all(
    project: Project, text: Text, versioned: bool, *, lint: bool
) -> Iterator[types.CodeAction]:
    """Yield one action with all safe fixes of a file, if there are any."""
    fixed = all_fixed(project, text, lint=lint)
    if fixed != text.text:
        yield types.CodeAction(
            "Make all safe fixes",
            kind=FIX_ALL,
            edit=workspace_edit([(text, edits_to(text, fixed))], versioned=versioned),
        )


def all_fixed(project: Project, text: Text, *, lint: bool = True) -> str:
    """Return the text with all safe fixes made, as far as they leave no error behind.

    As with `fx lint --fix` these are also the fixes of findings that a baseline knows.
    """
    try:
        analysis = project.workspace.analysis(text.path)
    except UnreadableFile:
        return text.text
    current, found = text.text, analysis.errors
    if not found and lint:
        found = analysis.findings
    for _ in range(_MOST_ROUNDS):
        fixable = [finding for finding in found if _is_safe(finding, text.path)]
        if not fixable:
            return current
        source = fixable[0].span.source if fixable[0].span is not None else text.source
        following, _ = apply_fixes(source, [f.fix for f in fixable if f.fix is not None])
        analysis = project.workspace.analysis_of(text.path, following)
        broken = any(error.severity is Severity.ERROR for error in analysis.errors)
        if following == current or broken:
            return current
        current, found = following, analysis.findings
    return current


def _is_safe(finding: Diagnostic, path: str) -> bool:
    fix, span = finding.fix, finding.span
    if fix is None or span is None or span.path != path:
        return False
    return fix.applicability is Applicability.SAFE and bool(fix.edits)
