"""What each word is, for colours that know the program: inputs, lets, parameters, operators, fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsprotocol import types

from feature_extractor.check.inspection import walk
from feature_extractor.language_server.project import Project, Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.syntax import tree
from feature_extractor.syntax.lexer import UNKNOWN, token_end
from feature_extractor.syntax.parser import statement_parser
from feature_extractor.syntax.terminals import NUMBERS, STRINGS, is_keyword

_TYPES: Final = [
    types.SemanticTokenTypes.Namespace,
    types.SemanticTokenTypes.Type,
    types.SemanticTokenTypes.Enum,
    types.SemanticTokenTypes.Class,
    types.SemanticTokenTypes.Parameter,
    types.SemanticTokenTypes.Variable,
    types.SemanticTokenTypes.Property,
    types.SemanticTokenTypes.Function,
    types.SemanticTokenTypes.Method,
    types.SemanticTokenTypes.Keyword,
    types.SemanticTokenTypes.Comment,
    types.SemanticTokenTypes.String,
    types.SemanticTokenTypes.Number,
    types.SemanticTokenTypes.Decorator,
]
_MODIFIERS: Final = [
    types.SemanticTokenModifiers.Declaration,
    types.SemanticTokenModifiers.Readonly,
    types.SemanticTokenModifiers.DefaultLibrary,
]
LEGEND: Final = types.SemanticTokensLegend(
    token_types=[str(kind.value) for kind in _TYPES],
    token_modifiers=[str(modifier.value) for modifier in _MODIFIERS],
)
_INDEX: Final = {kind: index for index, kind in enumerate(_TYPES)}
_BITS: Final = {modifier: 1 << index for index, modifier in enumerate(_MODIFIERS)}

_BY_KIND: Final = {
    "input": (types.SemanticTokenTypes.Variable, types.SemanticTokenModifiers.Readonly),
    "let": (types.SemanticTokenTypes.Variable, None),
    "resource": (types.SemanticTokenTypes.Class, None),
    "feature": (types.SemanticTokenTypes.Property, None),
    "module": (types.SemanticTokenTypes.Namespace, None),
    "parameter": (types.SemanticTokenTypes.Parameter, None),
    "variable": (types.SemanticTokenTypes.Parameter, None),
    "operator": (
        types.SemanticTokenTypes.Function,
        types.SemanticTokenModifiers.DefaultLibrary,
    ),
}

Class = tuple[types.SemanticTokenTypes, int]


def register(server: FeatureServer) -> None:
    """Answer requests for the semantic tokens of a file or a part of it."""

    @server.answer(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND)
    def full(params: types.SemanticTokensParams) -> types.SemanticTokens | None:
        text = server.text(params)
        if text is None:
            return None
        return types.SemanticTokens(encoded(server.project, text, 0, len(text.text)))

    @server.answer(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, LEGEND)
    def part(params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
        text = server.text(params)
        if text is None:
            return None
        first, last = text.lines.offset(params.range.start), text.lines.offset(params.range.end)
        return types.SemanticTokens(encoded(server.project, text, first, last))


def encoded(project: Project, text: Text, first: int, last: int) -> list[int]:
    """Return the tokens between two offsets, as the protocol packs them: each relative to the one before."""
    numbers: list[int] = []
    lines = text.lines
    last_line = last_character = 0
    for start, end, (kind, modifiers) in classified(project, text):
        if end <= first or start >= last:
            continue
        for line in range(lines.line_of(start), lines.line_of(max(start, end - 1)) + 1):
            # Many editors know no tokens of several lines, so each line has a part.
            begin = max(start, lines.line_start(line))
            width = lines.width(begin, min(end, lines.line_end(line)))
            if width <= 0:
                continue
            character = lines.width(lines.line_start(line), begin)
            is_same = line == last_line
            numbers += [
                line - last_line,
                character - last_character if is_same else character,
                width,
                _INDEX[kind],
                modifiers,
            ]
            last_line, last_character = line, character
    return numbers


def classified(project: Project, text: Text) -> Iterator[tuple[int, int, Class]]:
    """Yield each token with what it is, in the order of the text; words that nothing is known of are left out."""
    names = _names(project, text)
    found: list[tuple[int, int, Class]] = [
        (c.span.start, c.span.end, (types.SemanticTokenTypes.Comment, 0))
        for c in text.layout.comments
    ]
    for token in statement_parser().tokens(text.text, 0, len(text.text)):
        kind, start, end = token.lastgroup or UNKNOWN, token.start(), token_end(token)
        known = names.get(start)
        if known is not None:
            found.append((start, end, known))
        elif kind in STRINGS:
            found.append((start, end, (types.SemanticTokenTypes.String, 0)))
        elif kind in NUMBERS:
            found.append((start, end, (types.SemanticTokenTypes.Number, 0)))
        elif is_keyword(kind):
            found.append((start, end, (types.SemanticTokenTypes.Keyword, 0)))
    yield from sorted(found, key=lambda entry: entry[0])


def _names(project: Project, text: Text) -> dict[int, Class]:
    """Return what each name is, by its offset."""
    kinds = types.SemanticTokenTypes
    library = _BITS[types.SemanticTokenModifiers.DefaultLibrary]
    declaration = _BITS[types.SemanticTokenModifiers.Declaration]
    found: dict[int, Class] = {}
    for statement in text.file.statements:
        for node in walk(statement):
            match node:
                case tree.NamedType():
                    found[node.name.span.start] = (kinds.Type, library)
                case tree.Kind():
                    found[node.name.span.start] = (kinds.Enum, library)
                case tree.FieldAccess():
                    found[node.name.span.start] = (kinds.Property, 0)
                case tree.Argument() if node.name is not None:
                    found[node.name.span.start] = (kinds.Parameter, 0)
                case tree.StructLiteral():
                    found.update({n.span.start: (kinds.Property, 0) for n, _ in node.members})
                case tree.StructTypeExpression():
                    found.update({n.span.start: (kinds.Property, 0) for n, _ in node.fields})
                case tree.Annotation():
                    found[node.name.span.start] = (kinds.Decorator, 0)
                case tree.InputDeclaration():
                    found[node.domain.span.start] = (kinds.Enum, library)
                case tree.ResourceDeclaration():
                    found[node.constructor.span.start] = (kinds.Function, library)
    for mention in project.names(text).mentions:
        kind, modifier = _BY_KIND[mention.target.kind]
        if mention.target.kind == "let" and _is_function(project, text, mention.target.name):
            kind = kinds.Function
        bits = _BITS[modifier] if modifier is not None else 0
        bits |= declaration if mention.is_declaration else 0
        found[mention.span.start] = (kind, bits)
    return found


def _is_function(project: Project, text: Text, name: str) -> bool:
    symbol = project.inspection(text).scope.names.get(name)
    return bool(getattr(symbol, "is_function", False))
