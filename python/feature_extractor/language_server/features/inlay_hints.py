"""The types of lets, shown behind their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from feature_extractor.language_server.project import Project, Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.syntax import tree

_MOST_CHARACTERS: Final = 60


def register(server: FeatureServer) -> None:
    """Answer requests for inlay hints."""

    @server.answer(types.TEXT_DOCUMENT_INLAY_HINT)
    def inlay_hints(params: types.InlayHintParams) -> list[types.InlayHint] | None:
        text = server.text(params)
        if text is None or not server.settings.inlay_hints:
            return None
        first, last = text.lines.offset(params.range.start), text.lines.offset(params.range.end)
        return list(hints(server.project, text, first, last))

    def refresh() -> None:
        workspace = server.client_capabilities.workspace
        hint = workspace.inlay_hint if workspace is not None else None
        if hint is not None and hint.refresh_support:
            server.workspace_inlay_hint_refresh(None)

    server.configured.append(refresh)


def hints(project: Project, text: Text, first: int, last: int) -> Iterator[types.InlayHint]:
    """Yield the type of each let without parameters whose name lies between two offsets."""
    inspection = project.inspection(text)
    for statement in inspection.file.statements:
        if not isinstance(statement, tree.LetDeclaration) or statement.parameters is not None:
            continue
        end = statement.name.span.end
        if not first <= end <= last:
            continue
        inspection.examine(statement)
        type_ = inspection.type_of(statement.value)
        if type_ is None:
            continue
        shown = str(type_)
        short = shown if len(shown) <= _MOST_CHARACTERS else f"{shown[: _MOST_CHARACTERS - 3]}..."
        yield types.InlayHint(
            text.lines.position(end),
            f": {short}",
            kind=types.InlayHintKind.Type,
            tooltip=shown if short != shown else None,
        )
