"""Where a name is declared and used, in all files; and the same name's places in one file."""

from __future__ import annotations

from lsprotocol import types

from feature_extractor.language_server.features.diagnostics import location_of
from feature_extractor.language_server.project import Project, Text, uri_of
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.language_server.uses import field_declarations, mention_at, uses, uses_in


def register(server: FeatureServer) -> None:
    """Answer requests for definitions, references and highlights."""

    @server.answer(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location] | None:
        text = server.text(params)
        if text is None:
            return None
        return definitions(server.project, text, text.lines.offset(params.position)) or None

    @server.answer(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location] | None:
        text = server.text(params)
        mention = text and mention_at(server.project, text, text.lines.offset(params.position))
        if text is None or not mention:
            return None
        return [
            use.text.lines.location(use.text.uri, use.span)
            for use in uses(server.project, text, mention.target)
            if params.context.include_declaration or not use.is_declaration
        ]

    @server.answer(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
        text = server.text(params)
        mention = text and mention_at(server.project, text, text.lines.offset(params.position))
        if text is None or not mention:
            return None
        kinds = types.DocumentHighlightKind
        return [
            types.DocumentHighlight(
                text.lines.span(use.span), kinds.Write if use.is_declaration else kinds.Read
            )
            for use in uses_in(server.project, text, mention.target)
        ]


def definitions(project: Project, text: Text, offset: int) -> list[types.Location]:
    """Return where the name at an offset is declared; a module's path leads to its file."""
    for statement, path in project.modules_of(text):
        place = statement.path_span
        if place.start <= offset <= place.end and project.by_path(path) is not None:
            start = types.Position(0, 0)
            return [types.Location(uri_of(path), types.Range(start, start))]
    mention = mention_at(project, text, offset)
    if mention is not None:
        declared = mention.target.declaration
        return [location_of(project, declared)] if declared is not None else []
    return [location_of(project, span) for span in field_declarations(project, text, offset)]
