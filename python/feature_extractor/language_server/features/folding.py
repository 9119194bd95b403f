"""What can be folded: statements, descriptions, rows of comments and of modules."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from feature_extractor.language_server.project import Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.syntax import tree


def register(server: FeatureServer) -> None:
    """Answer requests for folding ranges."""

    @server.answer(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
        text = server.text(params)
        return None if text is None else list(folding_ranges(text))


def folding_ranges(text: Text) -> Iterator[types.FoldingRange]:
    """Yield what can be folded in a file; statements with mistakes too."""
    lines = text.lines
    described = {
        statement.span.start: statement
        for statement in text.file.statements
        if isinstance(statement, tree.Description)
    }
    for piece in text.layout.pieces:
        content = text.text[piece.start : piece.end].rstrip()
        # Comments at the end of a piece belong to the statement below.
        code = content.split("\n")
        while code and code[-1].lstrip().startswith("#"):
            code.pop()
        last = piece.start + len("\n".join(code).rstrip())
        kind = types.FoldingRangeKind.Comment if piece.start in described else None
        yield from _range(lines.line_of(piece.start), lines.line_of(last), kind)
    rows = [lines.line_of(c.span.start) for c in text.layout.comments if _is_alone(text, c)]
    yield from _runs(rows, types.FoldingRangeKind.Comment)
    uses = [
        lines.line_of(statement.span.start)
        for statement in text.file.statements
        if isinstance(statement, tree.UseDeclaration)
    ]
    yield from _runs(uses, types.FoldingRangeKind.Imports)


def _is_alone(text: Text, comment: tree.Comment) -> bool:
    line = text.lines.line_of(comment.span.start)
    return not text.text[text.lines.line_start(line) : comment.span.start].strip()


def _runs(rows: list[int], kind: types.FoldingRangeKind) -> Iterator[types.FoldingRange]:
    """Yield the ranges of lines that follow each other."""
    start = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or rows[index] != rows[index - 1] + 1:
            yield from _range(rows[start], rows[index - 1], kind)
            start = index


def _range(
    first: int, last: int, kind: types.FoldingRangeKind | None
) -> Iterator[types.FoldingRange]:
    if last > first:
        yield types.FoldingRange(start_line=first, end_line=last, kind=kind)
