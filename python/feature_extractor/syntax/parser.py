"""From text to syntax tree: cut into statements, then parse each with the grammar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any, Final

from feature_extractor.diagnostics import Diagnostic, Source, Span
from feature_extractor.surrogates import find_surrogate
from feature_extractor.syntax.automaton import END, StatementParser, SyntaxMistake
from feature_extractor.syntax.builder import TreeBuilder
from feature_extractor.syntax.lexer import UNKNOWN, Token, token_end
from feature_extractor.syntax.limits import (
    MAXIMUM_DEPTH,
    MAXIMUM_ERRORS,
    MAXIMUM_FILE_CHARACTERS,
)
from feature_extractor.syntax.messages import unexpected_character, unexpected_token
from feature_extractor.syntax.shapes import Shape, make_shape
from feature_extractor.syntax.statements import Layout, Piece, cut, declared_names
from feature_extractor.syntax.tables import tables_of
from feature_extractor.syntax.tree import (
    Annotation,
    Comment,
    Description,
    FeatureDeclaration,
    File,
    Node,
    Statement,
    UseDeclaration,
    children,
)
from feature_extractor.syntax.wordings import Key, Splitter, Wording, make_wording


@dataclass(frozen=True)
class ParseResult:
    """A file's tree, as far as it could be read, and its syntax mistakes."""

    file: File
    diagnostics: list[Diagnostic]


def parse_source(source: Source) -> ParseResult:
    """Parse a file. Every mistake is reported; a statement with a mistake is left out of the tree."""
    if len(source.text) > MAXIMUM_FILE_CHARACTERS:
        finding = Diagnostic(
            "FX006",
            f"this file has more than {MAXIMUM_FILE_CHARACTERS:,} characters",
            Span(source, 0, 1),
            help="split it into modules, and load them with `use`",
        )
        return ParseResult(File(source, [], [], set()), [finding])
    place = _no_text(source.text)
    if place is not None:
        span = Span(source, place, place + 1)
        what = "a NUL character" if source.text[place] == "\0" else "what is not valid UTF-8"
        finding = Diagnostic("FX005", f"this file holds {what}", span)
        return ParseResult(File(source, [], [], set()), [finding])
    return parse_pieces(source, cut(source))


def _no_text(text: str) -> int | None:
    """Return where a text has what no file of text has: NUL, or half of a surrogate pair, which UTF-8 cannot hold."""
    if "\0" in text:
        return text.index("\0")
    return find_surrogate(text)


def parse_pieces(source: Source, layout: Layout, *, is_beginning: bool = True) -> ParseResult:
    """Parse a text that was cut into statements; ``is_beginning`` where it is not the later part of a file."""
    with _LOCK:
        return _parse_pieces(source, layout, is_beginning)


@lru_cache(maxsize=8)
def parse_again(path: str, text: str) -> ParseResult:
    """Return the tree of a text; those of the last few texts are kept, because an editor asks for them often.

    Nobody changes a tree, so it may be shared.
    """
    return parse_source(Source(path, text))


def _parse_pieces(source: Source, layout: Layout, is_beginning: bool) -> ParseResult:
    parser, builder, splitter = _parser()
    shapes, wordings = _SHAPES, _WORDINGS
    if len(shapes) > _MOST_SHAPES or len(wordings) > _MOST_SHAPES:
        shapes.clear()
        wordings.clear()
    builder.source = source
    builder.findings = []
    statements: list[Statement | None] = []
    damaged: set[str] = set()
    diagnostics = list(layout.diagnostics)
    for piece in layout.pieces:
        if piece.damaged:
            damaged |= declared_names(source, piece)
            statements.append(None)
            continue
        if len(diagnostics) >= MAXIMUM_ERRORS:
            diagnostics.append(_too_many(source, piece))
            break
        # Most statements are written like one before, also in their white space: these are not cut into tokens.
        is_short = piece.end - piece.start <= _LONGEST_WORDING
        parts, key = splitter.split(source.text[piece.start : piece.end] if is_short else "")
        wording = wordings.get(key) if is_short else None
        if wording is not None:
            known = wording.tree(source, parts, piece.start)
            if known is not None:
                statements += known if known.__class__ is list else (known,)
                continue
        tokens = list(parser.tokens(source.text, piece.start, piece.end))
        # Numbers of terminals, not their names: a row of them is hashed in no time.
        terminals = tuple([token.lastindex for token in tokens])
        shape = shapes.get(terminals)
        known = None
        if isinstance(shape, Shape):
            known = shape.tree(source, tokens)
        if known is not None and isinstance(shape, Shape):
            made = make_wording(shape, tokens, parts, key, piece.start) if is_short else None
            if made is not None:
                wordings[key] = made
            statements += known if known.__class__ is list else (known,)
            continue
        try:
            parsed: Any = parser.parse(tokens)
        except SyntaxMistake as mistake:
            diagnostics.extend(
                builder.findings or [_explain(source, piece, layout.comments, mistake)]
            )
            builder.findings = []
            damaged |= declared_names(source, piece)
            statements.append(None)
            continue
        if builder.findings:
            diagnostics.extend(builder.findings)
            damaged |= declared_names(source, piece)
            builder.findings = []
            statements.append(None)
            continue
        new: list[Statement] = parsed if isinstance(parsed, list) else [parsed]
        deep = _too_deep(new) if piece.end - piece.start > MAXIMUM_DEPTH else None
        if deep is not None:
            diagnostics.append(deep)
            damaged |= declared_names(source, piece)
            statements.append(None)
            continue
        statements.extend(new)
        if len(tokens) <= _LONGEST_SHAPE:
            _remember(shapes, terminals, tokens)
    diagnostics.extend(_attach_texts(statements, is_beginning))
    diagnostics.sort(key=Diagnostic.sort_key)
    read = [statement for statement in statements if statement is not None]
    return ParseResult(File(source, read, layout.comments, damaged), diagnostics)


def tokens(source: Source) -> Iterator[Token]:
    """Yield the tokens of a file that parses without a mistake; comments are none."""
    return _parser()[0].tokens(source.text, 0, len(source.text))


def grammar_text() -> str:
    """Return the grammar: package data of an installed package, else the file of the source tree."""
    installed = resources.files("feature_extractor").joinpath("dsl_grammar", "feature.lark")
    if installed.is_file():
        return installed.read_text(encoding="utf-8")
    return (Path(__file__).parents[3] / "dsl_grammar" / "feature.lark").read_text(encoding="utf-8")


def statement_parser() -> StatementParser:
    """Return the one parser, for those that ask its tables how a text may go on."""
    return _parser()[0]


_LOCK: Final = Lock()
"""Guards the one parser: its tree builder knows which statement is being read."""


_SHAPES: Final[dict[tuple[int | None, ...], Shape | int]] = {}
"""What is known of the trees of statements by their terminals: how often they were met, then their shape."""
_WORDINGS: Final[dict[Key, Wording]] = {}
"""How statements that are written alike are made of their words, by what is between these."""
_LONGEST_WORDING: Final = 4_000
"""Characters of a statement; the words of a longer one, such as its texts, are not worth being remembered."""
_MOST_SHAPES: Final = 5_000
_LONGEST_SHAPE: Final = 200
"""Tokens of a statement; long ones are rarely alike."""
_MEETINGS: Final = 3
"""So often a row of terminals is met before its shape is made, which takes as long as a few parses."""


def _remember(
    shapes: dict[tuple[int | None, ...], Shape | int],
    terminals: tuple[int | None, ...],
    tokens: list[Token],
) -> None:
    """Count a row of terminals that was parsed without a mistake, and make its shape where there are many of them."""
    known = shapes.get(terminals, 0)
    if isinstance(known, Shape):
        return
    if known + 1 < _MEETINGS:
        shapes[terminals] = known + 1
        return
    parser, builder, _ = _parser()
    shapes[terminals] = make_shape(tokens, parser.parse, builder)


@cache
def _parser() -> tuple[StatementParser, TreeBuilder, Splitter]:
    builder = TreeBuilder()
    parser = StatementParser(tables_of(grammar_text()), builder)
    return parser, builder, Splitter(parser.expressions, parser.tokens)


def _too_many(source: Source, piece: Piece) -> Diagnostic:
    return Diagnostic(
        "FX006",
        f"more than {MAXIMUM_ERRORS} mistakes; the rest of the file is not read",
        Span(source, piece.start, piece.start + 1),
    )


def _explain(
    source: Source, piece: Piece, comments: list[Comment], mistake: SyntaxMistake
) -> Diagnostic:
    token = mistake.token
    if token is None:
        terminal = END
        end = _end_of_code(comments, source, piece)
        span = Span(source, end, end + 1)
    else:
        terminal = token.lastgroup or UNKNOWN
        span = Span(source, token.start(), token_end(token))
    if terminal == UNKNOWN:
        return unexpected_character(span)
    keyword = source.text[piece.start : piece.start + 8].split(maxsplit=1)
    return unexpected_token(span, terminal, mistake.expected, keyword[0] if keyword else "")


def _end_of_code(layout_comments: list[Comment], source: Source, piece: Piece) -> int:
    """Return where the code of a piece ends: before its trailing comments and white space."""
    text = source.text
    end = piece.end
    comments = {comment.span.end: comment.span.start for comment in layout_comments}
    while end > piece.start:
        if text[end - 1].isspace():
            end -= 1
        elif end in comments:
            end = comments[end]
        else:
            break
    return end


def _too_deep(statements: list[Statement]) -> Diagnostic | None:
    """Return a finding where a tree is deeper than the later stages can walk."""
    stack: list[tuple[Node, int]] = [(statement, 0) for statement in statements]
    while stack:
        node, depth = stack.pop()
        if depth > MAXIMUM_DEPTH:
            return Diagnostic(
                "FX006",
                f"this expression is nested more than {MAXIMUM_DEPTH} levels deep",
                Span(node.span.source, node.span.start, node.span.start + 1),
                help="name its parts with `let`",
            )
        stack.extend((child, depth + 1) for child in children(node))
    return None


def _attach_texts(statements: list[Statement | None], is_beginning: bool) -> list[Diagnostic]:
    """Give descriptions and annotations to the statement below them; None is one with a mistake, which has them too."""
    findings: list[Diagnostic] = []
    description: Description | None = None
    annotations: list[Annotation] = []

    def drop() -> None:
        nonlocal description
        if description is not None:
            findings.append(
                Diagnostic(
                    "FX007",
                    "this text describes nothing",
                    description.span,
                    help="put it directly above a `feature`, `let`, `input` or `resource`; "
                    "a remark is written `# ...`",
                )
            )
        findings.extend(
            Diagnostic(
                "FX007",
                "this annotation belongs to nothing",
                annotation.span,
                help="put it directly above a `feature`",
            )
            for annotation in annotations
        )
        description = None
        annotations.clear()

    for position, statement in enumerate(statements):
        match statement:
            case None:
                description = None
                annotations.clear()
            case Description(is_long=True) if position == 0 and is_beginning:
                pass
            case Description():
                if annotations:
                    description = description or statement
                    continue
                drop()
                description = statement
            case Annotation():
                annotations.append(statement)
            case FeatureDeclaration():
                statement.annotations = [*annotations, *statement.annotations]
                annotations.clear()
                statement.description = description
                description = None
            case UseDeclaration():
                drop()
            case _:
                if annotations:
                    kept, description = description, None
                    drop()
                    description = kept
                statement.description = description
                description = None
    drop()
    return findings
