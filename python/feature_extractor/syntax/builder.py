"""Makes tree nodes while the parser reduces the rules of the grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from feature_extractor.diagnostics import Diagnostic, Source, Span
from feature_extractor.syntax import literals
from feature_extractor.syntax.grouping import group, misplaced_not
from feature_extractor.syntax.lexer import Token, token_end, token_text
from feature_extractor.syntax.limits import MAXIMUM_NAME_CHARACTERS
from feature_extractor.syntax.tree import (
    Annotation,
    Argument,
    Call,
    Conditional,
    Description,
    Expression,
    FeatureDeclaration,
    FieldAccess,
    Identifier,
    Index,
    InputDeclaration,
    InputField,
    Kind,
    LambdaExpression,
    LetDeclaration,
    ListLiteral,
    Literal,
    Name,
    NamedType,
    Node,
    Parameter,
    Parenthesised,
    ResourceDeclaration,
    Statement,
    StructLiteral,
    StructTypeExpression,
    TypeExpression,
    TypeSize,
    Unary,
    UseDeclaration,
)

T = TypeVar("T")

_tuple: Final[Callable[[type[Span], tuple[Source, int, int]], Span]] = tuple.__new__


class TreeBuilder:
    """The parser's callbacks: each method without an underscore is a rule of the grammar.

    Mistakes inside literals are collected in ``findings``, because they do not keep the rest of the
    statement from being read.
    """

    def __init__(self) -> None:
        self.source = Source("", "")
        self.findings: list[Diagnostic] = []

    # ---- places ----------------------------------------------------------------------------------
    #
    # These run for every token and node of every program. Making a named tuple in the usual way takes twice as long.

    def _token_span(self, token: Token) -> Span:
        start, end = token.span(token.lastindex or 0)
        return _tuple(Span, (self.source, start, end))

    def _between(self, first: Any, last: Any) -> Span:
        """Return the span from one node or token to another."""
        start = first.span.start if isinstance(first, Node) else first.start()
        end = last.span.end if isinstance(last, Node) else token_end(last)
        return _tuple(Span, (self.source, start, end))

    def _behind(self, first: Any, token: Token) -> Span:
        """Return the span from a node to a token."""
        return _tuple(Span, (self.source, first.span[1], token.end(token.lastindex or 0)))

    def _identifier(self, token: Token) -> Identifier:
        group = token.lastindex or 0
        start, end = token.span(group)
        span = _tuple(Span, (self.source, start, end))
        if end - start > MAXIMUM_NAME_CHARACTERS:
            self._report_long_name(span)
        return Identifier(span, token[group])

    def _report_long_name(self, span: Span) -> None:
        self.findings.append(
            Diagnostic(
                "FX006", f"this name has more than {MAXIMUM_NAME_CHARACTERS} characters", span
            )
        )

    def _decode(self, decoder: Callable[[str], T], token: Token, substitute: T) -> Any:
        text: Any = token_text(token)
        if type(text) is int:
            return Later(decoder, text)
        try:
            return decoder(text)
        except literals.LiteralError as error:
            whole = self._token_span(token)
            span = Span(self.source, whole.start + error.offset, whole.end)
            self.findings.append(Diagnostic("FX004", error.message, span, help=error.help))
            return substitute

    # ---- declarations ----------------------------------------------------------------------------

    def input(self, parts: list[Any]) -> Statement:
        fields = [part for part in parts if isinstance(part, InputField)]
        return InputDeclaration(
            self._between(parts[0], parts[-1]), self._identifier(parts[1]), fields
        )

    def field(self, parts: list[Any]) -> InputField:
        description = ""
        names: list[Identifier] = []
        for part in parts[:-1]:
            if part.lastgroup == "STRING":
                description = self._decode(literals.decode_string, part, "")
            elif part.lastgroup == "NAME":
                names.append(self._identifier(part))
        return InputField(self._between(parts[0], parts[-1]), names, parts[-1], description)

    def resource(self, parts: list[Any]) -> Statement:
        types: list[TypeExpression] = []
        arguments: list[Argument] = []
        for part in parts[4:]:
            if isinstance(part, _TypeArguments):
                types = part.types
            elif isinstance(part, list):
                arguments = part
        return ResourceDeclaration(
            self._between(parts[0], parts[-1]),
            self._identifier(parts[1]),
            parts[3],
            types,
            arguments,
        )

    def constructor(self, parts: list[Any]) -> Identifier:
        names = [self._identifier(part).text for part in parts if part.lastgroup == "NAME"]
        return Identifier(self._between(parts[0], parts[-1]), ".".join(names))

    def let(self, parts: list[Any]) -> Statement:
        parameters = parts[2] if isinstance(parts[2], list) else None
        return LetDeclaration(
            self._between(parts[0], parts[-1]), self._identifier(parts[1]), parameters, parts[-1]
        )

    def parameters(self, parts: list[Any]) -> list[Parameter]:
        return [part for part in parts if isinstance(part, Parameter)]

    def parameter(self, parts: list[Any]) -> Parameter:
        return Parameter(
            self._between(parts[0], parts[-1]),
            self._identifier(parts[0]),
            parts[2] if len(parts) > 1 else None,
        )

    def feature(self, parts: list[Any]) -> Statement:
        return FeatureDeclaration(
            self._between(parts[0], parts[-1]), self._identifier(parts[1]), parts[3], parts[-1]
        )

    def kind(self, parts: list[Any]) -> Kind:
        arguments = parts[2] if len(parts) > 2 and isinstance(parts[2], list) else []
        return Kind(self._between(parts[0], parts[-1]), self._identifier(parts[0]), arguments)

    def use(self, parts: list[Any]) -> Statement:
        return UseDeclaration(
            self._between(parts[0], parts[-1]),
            self._decode(literals.decode_string, parts[1], ""),
            self._token_span(parts[1]),
            self._identifier(parts[3]) if len(parts) > 2 else None,
        )

    def annotated(self, parts: list[Any]) -> list[Statement]:
        return parts

    def annotation(self, parts: list[Any]) -> Annotation:
        return Annotation(
            self._between(parts[0], parts[-1]),
            self._identifier(parts[1]),
            parts[3] if isinstance(parts[3], list) else [],
        )

    def description(self, parts: list[Any]) -> Statement:
        text = self._decode(literals.decode_description, parts[0], "")
        return Description(self._token_span(parts[0]), text, parts[0].lastgroup == "DOCSTRING")

    # ---- types -----------------------------------------------------------------------------------

    def named_type(self, parts: list[Any]) -> NamedType:
        return NamedType(
            self._between(parts[0], parts[-1]), len(parts) > 1, self._identifier(parts[0]), []
        )

    def generic_type(self, parts: list[Any]) -> NamedType:
        return NamedType(
            self._between(parts[0], parts[-1]),
            len(parts) > 2,
            self._identifier(parts[0]),
            parts[1].types,
        )

    def struct_type(self, parts: list[Any]) -> StructTypeExpression:
        fields = [part for part in parts if isinstance(part, tuple)]
        nullable = parts[-1].lastgroup == "QUESTION"
        return StructTypeExpression(self._between(parts[0], parts[-1]), nullable, fields)

    def type_arguments(self, parts: list[Any]) -> _TypeArguments:
        types = [part for part in parts if isinstance(part, TypeExpression)]
        return _TypeArguments(self._between(parts[0], parts[-1]), types)

    def type_size(self, parts: list[Any]) -> TypeSize:
        return TypeSize(
            self._token_span(parts[0]), False, self._decode(literals.decode_integer, parts[0], 1)
        )

    def struct_field(self, parts: list[Any]) -> tuple[Identifier, TypeExpression]:
        return self._identifier(parts[0]), parts[2]

    # ---- expressions -----------------------------------------------------------------------------

    def lambda_expression(self, parts: list[Any]) -> Expression:
        return LambdaExpression(
            self._between(parts[0], parts[-1]), self._identifier(parts[0]), parts[-1]
        )

    def if_expression(self, parts: list[Any]) -> Expression:
        return Conditional(self._between(parts[0], parts[-1]), parts[1], parts[3], parts[5])

    def prefixed(self, parts: list[Any]) -> Expression:
        operator, operand = parts
        if operator.lastgroup == "MINUS" and isinstance(operand, Unary) and operand.operator == "not":
            self.findings.append(misplaced_not(operand.operator_span))
        return self._unary(operator, operand)

    def _unary(self, operator: Token, operand: Expression) -> Unary:
        place = self._token_span(operator)
        span = Span(self.source, place.start, operand.span.end)
        return Unary(span, token_text(operator), place, operand)

    def operation(self, parts: list[Any]) -> Expression:
        return group(self.source, parts, self._token_span, self.findings)

    def field_access(self, parts: list[Any]) -> Expression:
        return FieldAccess(self._behind(parts[0], parts[1]), parts[0], self._identifier(parts[1]))

    def method_call(self, parts: list[Any]) -> Expression:
        return Call(
            self._behind(parts[0], parts[-1]),
            parts[0],
            self._identifier(parts[1]),
            parts[2] if len(parts) > 3 else [],
        )

    def index(self, parts: list[Any]) -> Expression:
        return Index(self._behind(parts[0], parts[-1]), parts[0], parts[1])

    def call(self, parts: list[Any]) -> Expression:
        return Call(
            self._between(parts[0], parts[-1]),
            None,
            self._identifier(parts[0]),
            parts[1] if len(parts) > 2 else [],
        )

    def arguments(self, parts: list[Any]) -> list[Argument]:
        return parts

    def positional(self, parts: list[Any]) -> Argument:
        return Argument(parts[0].span, None, parts[0])

    def named(self, parts: list[Any]) -> Argument:
        return Argument(self._between(parts[0], parts[1]), self._identifier(parts[0]), parts[1])

    def parenthesised(self, parts: list[Any]) -> Expression:
        return Parenthesised(self._between(parts[0], parts[2]), parts[1])

    def list_literal(self, parts: list[Any]) -> Expression:
        items = parts[1] if len(parts) > 2 else []
        return ListLiteral(self._between(parts[0], parts[-1]), items)

    def items(self, parts: list[Any]) -> list[Expression]:
        return parts

    def struct_literal(self, parts: list[Any]) -> Expression:
        return StructLiteral(self._between(parts[0], parts[-1]), parts[1:-1])

    def member(self, parts: list[Any]) -> tuple[Identifier, Expression]:
        return self._identifier(parts[0]), parts[1]

    def name(self, parts: list[Any]) -> Expression:
        token = parts[0]
        group = token.lastindex
        start, end = token.span(group)
        span = _tuple(Span, (self.source, start, end))
        if end - start > MAXIMUM_NAME_CHARACTERS:
            self._report_long_name(span)
        return Name(span, token[group])

    def integer_literal(self, parts: list[Any]) -> Expression:
        value = self._decode(literals.decode_integer, parts[0], 1)
        return Literal(self._token_span(parts[0]), "int", value)

    def float_literal(self, parts: list[Any]) -> Expression:
        value = self._decode(literals.decode_float, parts[0], 1.0)
        return Literal(self._token_span(parts[0]), "float", value)

    def string_literal(self, parts: list[Any]) -> Expression:
        value = self._decode(literals.decode_string, parts[0], "")
        return Literal(self._token_span(parts[0]), "string", value)

    def bytes_literal(self, parts: list[Any]) -> Expression:
        value = self._decode(literals.decode_bytes, parts[0], b"")
        return Literal(self._token_span(parts[0]), "bytes", value)

    def duration_literal(self, parts: list[Any]) -> Expression:
        value = self._decode(literals.decode_duration, parts[0], 1)
        return Literal(self._token_span(parts[0]), "duration", value)

    def timestamp_literal(self, parts: list[Any]) -> Expression:
        value = self._decode(literals.decode_timestamp, parts[0], 0)
        return Literal(self._token_span(parts[0]), "timestamp", value)

    def true_literal(self, parts: list[Any]) -> Expression:
        return Literal(self._token_span(parts[0]), "bool", True)

    def false_literal(self, parts: list[Any]) -> Expression:
        return Literal(self._token_span(parts[0]), "bool", False)

    def null_literal(self, parts: list[Any]) -> Expression:
        return Literal(self._token_span(parts[0]), "null", None)


@dataclass(frozen=True)
class Later:
    """A literal in the tree of a shape: its text differs, and ``text`` is the number of its token."""

    decode: Callable[[str], Any]
    text: int


class _TypeArguments(Node):
    """The part between ``<`` and ``>``, on its way to the type that it belongs to."""

    __slots__ = ("types",)

    def __init__(self, span: Span, types: list[TypeExpression]) -> None:
        super().__init__(span)
        self.types = types
