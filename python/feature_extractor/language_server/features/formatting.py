"""The one style of feature files, as ``fx fmt`` has it."""

from __future__ import annotations

from lsprotocol import types

from feature_extractor.errors import CompileError
from feature_extractor.format import FormatError, format_text
from feature_extractor.language_server.edits import edits_to
from feature_extractor.language_server.project import Text
from feature_extractor.language_server.server import FeatureServer


def register(server: FeatureServer) -> None:
    """Answer requests to format a file, or some lines of it."""

    @server.answer(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        text = server.text(params)
        return None if text is None else formatted(text)

    @server.answer(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def range_formatting(
        params: types.DocumentRangeFormattingParams,
    ) -> list[types.TextEdit] | None:
        text = server.text(params)
        edits = None if text is None else formatted(text)
        if edits is None:
            return None
        first, last = params.range.start.line, params.range.end.line
        return [e for e in edits if e.range.start.line <= last and e.range.end.line >= first]


def formatted(text: Text) -> list[types.TextEdit] | None:
    """Return the edits that bring a file into the one style; None where it has syntax mistakes."""
    try:
        return edits_to(text, format_text(text.text, text.path))
    except (CompileError, FormatError):
        return None
