"""The names that files declare: an outline of each, and a search through all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from feature_extractor.language_server.documentation import show_function
from feature_extractor.language_server.project import Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.syntax import tree

_MOST_SYMBOLS: Final = 500
_DAMAGED: Final = re.compile(r"(resource|let|feature)\s+([A-Za-z_]\w*)")
_KINDS: Final = {
    "resource": types.SymbolKind.Object,
    "let": types.SymbolKind.Variable,
    "feature": types.SymbolKind.Field,
}


def register(server: FeatureServer) -> None:
    """Answer requests for the symbols of a file and of all files."""

    @server.answer(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        text = server.text(params)
        return None if text is None else document_symbols(text)

    @server.answer(types.WORKSPACE_SYMBOL)
    def search(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found: list[types.WorkspaceSymbol] = []
        for path in server.project.files():
            text = server.project.by_path(path)
            if text is None:
                continue
            for symbol, container in _flat(document_symbols(text)):
                if _matches(params.query, symbol.name):
                    location = types.Location(text.uri, symbol.selection_range)
                    found.append(
                        types.WorkspaceSymbol(
                            location, symbol.name, symbol.kind, container_name=container
                        )
                    )
                    if len(found) >= _MOST_SYMBOLS:
                        return found
        return found


def _matches(query: str, name: str) -> bool:
    """Return whether the characters of a query come in a name, in their order, whatever their case."""
    rest = iter(name.lower())
    return all(character in rest for character in query.lower())


def _flat(symbols: list[types.DocumentSymbol]) -> Iterator[tuple[types.DocumentSymbol, str]]:
    for symbol in symbols:
        if not symbol.name.startswith("input "):
            yield symbol, ""
        for child in symbol.children or ():
            yield child, symbol.name


def document_symbols(text: Text) -> list[types.DocumentSymbol]:
    """Return what a file declares, in its order; statements with mistakes as far as they can be told."""
    found = [(s.span.start, _symbol(text, s)) for s in text.file.statements]
    whole = {statement.span.start for statement in text.file.statements}
    for piece in text.layout.pieces:
        match = _DAMAGED.match(text.text, piece.start)
        if match is None or piece.start in whole:
            continue
        end = piece.start + len(text.text[piece.start : piece.end].rstrip())
        damaged = types.DocumentSymbol(
            match[2],
            _KINDS[match[1]],
            text.lines.range(piece.start, max(end, match.end())),
            text.lines.range(match.start(2), match.end(2)),
        )
        found.append((piece.start, damaged))
    found.sort(key=lambda entry: entry[0])
    return [symbol for _, symbol in found if symbol is not None]


def _symbol(text: Text, statement: tree.Statement) -> types.DocumentSymbol | None:
    match statement:
        case tree.InputDeclaration():
            children = [
                _named(text, types.SymbolKind.Property, name, name, field.type.span.text)
                for field in statement.fields
                for name in field.names
            ]
            name = statement.domain
            symbol = _named(text, types.SymbolKind.Interface, name, statement)
            symbol.name = f"input {name.text}"
            symbol.children = children
            return symbol
        case tree.ResourceDeclaration():
            detail = statement.constructor.text
            return _named(text, types.SymbolKind.Object, statement.name, statement, detail)
        case tree.LetDeclaration(parameters=None):
            return _named(text, types.SymbolKind.Variable, statement.name, statement)
        case tree.LetDeclaration():
            detail = show_function(statement).removeprefix(statement.name.text)
            return _named(text, types.SymbolKind.Function, statement.name, statement, detail)
        case tree.FeatureDeclaration():
            detail = statement.kind.span.text
            return _named(text, types.SymbolKind.Field, statement.name, statement, detail)
        case tree.UseDeclaration(alias=alias) if alias is not None:
            return _named(text, types.SymbolKind.Module, alias, statement, statement.path)
        case _:
            return None


def _named(
    text: Text, kind: types.SymbolKind, name: tree.Identifier, node: tree.Node, detail: str = ""
) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name.text,
        kind,
        text.lines.span(node.span),
        text.lines.span(name.span),
        detail=" ".join(detail.split()) or None,
    )
