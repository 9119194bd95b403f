"""Turns a new text into the few edits that lead to it, so that cursors and folds of an editor stay."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from lsprotocol import types

from feature_extractor.diagnostics import Edit
from feature_extractor.language_server.project import Text


def edits_to(text: Text, new: str) -> list[types.TextEdit]:
    """Return edits of whole lines that make the new text of the old one."""
    before = text.text.splitlines(keepends=True)
    after = new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    edits = []
    for tag, first, last, low, high in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag != "equal":
            place = text.lines.range(starts[first], starts[last])
            edits.append(types.TextEdit(place, "".join(after[low:high])))
    return edits


def text_edit(text: Text, edit: Edit) -> types.TextEdit:
    """Return an edit of the compiler as the protocol has it; new lines end as those of the text."""
    replacement = edit.replacement
    if "\r\n" in text.text:
        replacement = replacement.replace("\r\n", "\n").replace("\n", "\r\n")
    return types.TextEdit(text.lines.span(edit.span), replacement)


def workspace_edit(
    changes: Iterable[tuple[Text, list[types.TextEdit]]], *, versioned: bool
) -> types.WorkspaceEdit:
    """Return changes of files; with their versions, where the editor knows what to do with these."""
    kept = [(text, edits) for text, edits in changes if edits]
    if not versioned:
        return types.WorkspaceEdit(changes={text.uri: edits for text, edits in kept})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uri=text.uri, version=text.version),
                list(edits),
            )
            for text, edits in kept
        ]
    )


def knows_versions(capabilities: types.ClientCapabilities) -> bool:
    """Return whether an editor takes changes of files with their versions."""
    workspace = capabilities.workspace
    edit = workspace.workspace_edit if workspace is not None else None
    return bool(edit is not None and edit.document_changes)
