"""Completion: what can stand at the cursor, what fits the expected type first."""

from __future__ import annotations

import os
from typing import Any, Final

from lsprotocol import types

from feature_extractor.language_server.documentation import operator_text
from feature_extractor.language_server.features.hover import describe_name
from feature_extractor.language_server.project import Text
from feature_extractor.language_server.proposals import Proposal, Sort, propose
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.language_server.unfinished import Unfinished, read_unfinished

_KINDS: Final = {
    Sort.FIELD: types.CompletionItemKind.Field,
    Sort.FUNCTION: types.CompletionItemKind.Function,
    Sort.OPERATOR: types.CompletionItemKind.Method,
    Sort.VARIABLE: types.CompletionItemKind.Variable,
    Sort.INPUT: types.CompletionItemKind.Property,
    Sort.RESOURCE: types.CompletionItemKind.Reference,
    Sort.MODULE: types.CompletionItemKind.Module,
    Sort.TYPE: types.CompletionItemKind.Class,
    Sort.KIND: types.CompletionItemKind.Enum,
    Sort.KEYWORD: types.CompletionItemKind.Keyword,
    Sort.WORD: types.CompletionItemKind.Value,
    Sort.FILE: types.CompletionItemKind.File,
    Sort.PARAMETER: types.CompletionItemKind.TypeParameter,
}


def register(server: FeatureServer) -> None:
    """Answer requests for completions, and for the documentation of the one that is looked at."""
    options = types.CompletionOptions(
        trigger_characters=[".", '"', "@", "/"], resolve_provider=True
    )

    @server.answer(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(params: types.CompletionParams) -> types.CompletionList | None:
        text = server.text(params)
        if text is None:
            return None
        offset = text.lines.offset(params.position)
        unfinished = read_unfinished(server.project, text, offset)
        if unfinished is None:
            return None
        folder = os.path.dirname(text.path) if os.path.isabs(text.path) else ""
        items = [
            _item(server, text, offset, unfinished, proposal)
            for proposal in propose(unfinished, folder)
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.answer(types.COMPLETION_ITEM_RESOLVE)
    def resolve(item: types.CompletionItem) -> types.CompletionItem:
        data: dict[str, Any] = item.data if isinstance(item.data, dict) else {}
        documentation = ""
        if "operator" in data:
            operator = server.project.registry.find(str(data["operator"]))
            documentation = operator_text(operator) if operator is not None else ""
        elif "name" in data:
            text = server.project.by_uri(str(data.get("uri", "")))
            if text is not None:
                name, module = str(data["name"]), str(data.get("module", ""))
                documentation = describe_name(server.project, text, name, module)
        if documentation:
            item.documentation = server.markup(documentation, _options(server).documentation_format)
        return item


def _options(server: FeatureServer) -> types.ClientCompletionItemOptions:
    """Return what the editor can do with a proposal."""
    document = server.client_capabilities.text_document
    completion = document.completion if document is not None else None
    item = completion.completion_item if completion is not None else None
    return item or types.ClientCompletionItemOptions()


def _item(
    server: FeatureServer, text: Text, offset: int, unfinished: Unfinished, proposal: Proposal
) -> types.CompletionItem:
    """Return a proposal as the protocol has it; it replaces the part of the word before the cursor."""
    options = _options(server)
    snippets = bool(options.snippet_support)
    written = proposal.snippet or proposal.label
    is_called = text.text[unfinished.word_end : unfinished.word_end + 1] == "("
    if is_called and written.startswith(f"{proposal.label}("):
        written = proposal.label
    if not snippets and "$" in written:
        head = written.removesuffix("$0")
        written = head if "$" not in head and not head.endswith("(") else proposal.label
    place = text.lines.range(unfinished.word_start, offset)
    documentation = server.markup(proposal.documentation, options.documentation_format)
    return types.CompletionItem(
        label=proposal.label,
        kind=_KINDS[proposal.sort],
        label_details=types.CompletionItemLabelDetails(
            detail=proposal.parameters or None, description=proposal.type or None
        ),
        detail=f"{proposal.label}{proposal.parameters}: {proposal.type}" if proposal.type else None,
        documentation=documentation if proposal.documentation else None,
        sort_text=proposal.order,
        filter_text=proposal.label,
        insert_text_format=types.InsertTextFormat.Snippet
        if snippets and "$" in written
        else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(place, written),
        tags=[types.CompletionItemTag.Deprecated] if proposal.deprecated else None,
        data={**proposal.key, "uri": text.uri} if "name" in proposal.key else proposal.key or None,
    )
