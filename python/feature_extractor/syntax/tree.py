"""The syntax tree: what was written, with its place, before any name is looked up.

Trees are plain data. Nothing here knows what a name means; two nodes are equal only if they are the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from feature_extractor.diagnostics import Source, Span


@dataclass(slots=True, eq=False)
class Node:
    """Anything that was written; ``span`` covers it from its first to its last character."""

    span: Span


@dataclass(slots=True, eq=False)
class Identifier(Node):
    """A name where it is declared or chosen, such as a field after a point."""

    text: str


# ---- expressions ---------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Expression(Node):
    """Anything that has a value."""


@dataclass(slots=True, eq=False)
class Name(Expression):
    """A name that stands for a value."""

    text: str


@dataclass(slots=True, eq=False)
class Literal(Expression):
    """A written constant. ``kind`` is a scalar type's name, or ``null``.

    Timestamps and durations are int microseconds. An int may be one larger than the largest int, so
    that the smallest one can be written as a negation; the checker refuses it elsewhere.
    """

    kind: str
    value: bool | int | float | str | bytes | None


@dataclass(slots=True, eq=False)
class ListLiteral(Expression):
    """``[a, b]``."""

    items: list[Expression]


@dataclass(slots=True, eq=False)
class StructLiteral(Expression):
    """``{name: value}``."""

    members: list[tuple[Identifier, Expression]]


@dataclass(slots=True, eq=False)
class Parenthesised(Expression):
    """``(inner)``; kept for its span and for the formatter."""

    inner: Expression


@dataclass(slots=True, eq=False)
class Unary(Expression):
    """``not x`` and ``-x``; ``operator`` is as written."""

    operator: str
    operator_span: Span
    operand: Expression


@dataclass(slots=True, eq=False)
class Binary(Expression):
    """``left operator right``, with ``operator`` as written; ``not in`` is one operator."""

    operator: str
    operator_span: Span
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Conditional(Expression):
    """``if condition then consequence else alternative``."""

    condition: Expression
    consequence: Expression
    alternative: Expression


@dataclass(slots=True, eq=False)
class LambdaExpression(Expression):
    """``parameter -> body``."""

    parameter: Identifier
    body: Expression


@dataclass(slots=True, eq=False)
class FieldAccess(Expression):
    """``base.name``."""

    base: Expression
    name: Identifier


@dataclass(slots=True, eq=False)
class Index(Expression):
    """``base[index]``."""

    base: Expression
    index: Expression


@dataclass(slots=True, eq=False)
class Argument(Node):
    """An argument of a call, of a kind, a resource or an annotation."""

    name: Identifier | None
    value: Expression


@dataclass(slots=True, eq=False)
class Call(Expression):
    """``name(arguments)``, or ``receiver.name(arguments)``."""

    receiver: Expression | None
    name: Identifier
    arguments: list[Argument]


# ---- types ---------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class TypeExpression(Node):
    """A written type; ``nullable`` is its trailing ``?``."""

    nullable: bool


@dataclass(slots=True, eq=False)
class NamedType(TypeExpression):
    """``int``, ``list<T>``, ``vector<32>``: a name with its parameters."""

    name: Identifier
    arguments: list[TypeExpression]


@dataclass(slots=True, eq=False)
class TypeSize(TypeExpression):
    """The number in ``vector<32>``."""

    value: int


@dataclass(slots=True, eq=False)
class StructTypeExpression(TypeExpression):
    """``{name: type}``."""

    fields: list[tuple[Identifier, TypeExpression]]


# ---- statements ----------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Statement(Node):
    """Anything at the beginning of a line. ``description`` is the text that stood directly above."""

    description: Description | None = field(default=None, init=False)


@dataclass(slots=True, eq=False)
class Description(Statement):
    """A string that stands alone: it describes the statement below, or the whole file.

    ``is_long`` is True where it was written with three quotes.
    """

    text: str
    is_long: bool


@dataclass(slots=True, eq=False)
class InputField(Node):
    """``a, b: type``."""

    names: list[Identifier]
    type: TypeExpression
    description: str


@dataclass(slots=True, eq=False)
class InputDeclaration(Statement):
    """``input request { ... }``."""

    domain: Identifier
    fields: list[InputField]


@dataclass(slots=True, eq=False)
class ResourceDeclaration(Statement):
    """``resource name = constructor<types>(arguments)``; a constructor may be ``fit.moments``."""

    name: Identifier
    constructor: Identifier
    types: list[TypeExpression]
    arguments: list[Argument]


@dataclass(slots=True, eq=False)
class Parameter(Node):
    """A parameter of a let function."""

    name: Identifier
    default: Expression | None


@dataclass(slots=True, eq=False)
class LetDeclaration(Statement):
    """``let name = value``, or ``let name(parameters) = value``; ``parameters`` is None for the
    first.
    """

    name: Identifier
    parameters: list[Parameter] | None
    value: Expression


@dataclass(slots=True, eq=False)
class Annotation(Statement):
    """``@name(arguments)``."""

    name: Identifier
    arguments: list[Argument]


@dataclass(slots=True, eq=False)
class Kind(Node):
    """``dense``, ``ids(size, max = n)``."""

    name: Identifier
    arguments: list[Argument]


@dataclass(slots=True, eq=False)
class FeatureDeclaration(Statement):
    """``feature name : kind = value``."""

    name: Identifier
    kind: Kind
    value: Expression
    annotations: list[Annotation] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class UseDeclaration(Statement):
    """``use "path"``, or ``use "path" as alias``."""

    path: str
    path_span: Span
    alias: Identifier | None


@dataclass(slots=True, eq=False)
class Comment(Node):
    """``# text``; the span covers the ``#`` and stops before the line break."""

    text: str


@dataclass(slots=True, eq=False, weakref_slot=True)
class File:
    """One parsed file. Statements with mistakes are missing from ``statements``.

    ``damaged`` holds the names that such statements would have declared, as far as they can be
    told, so that a use of them is not reported as a second mistake.
    """

    source: Source
    statements: list[Statement]
    comments: list[Comment]
    damaged: set[str]

    @property
    def description(self) -> str:
        """The text at the top of the file, or an empty string."""
        first = self.statements[0] if self.statements else None
        return first.text if isinstance(first, Description) and first.is_long else ""


def children(node: Node) -> Sequence[Node]:
    """Return the parts of an expression, a type or a statement, in the order in which they were written."""
    parts = _PARTS.get(type(node))
    return parts(node) if parts is not None else ()


def _pairs(pairs: Sequence[tuple[Node, Node]]) -> list[Node]:
    return [part for pair in pairs for part in pair]


# A table instead of a chain of cases: every rule of the linter walks through trees.
_PARTS: Final[dict[type[Node], Callable[[Any], Sequence[Node]]]] = {
    ListLiteral: lambda node: node.items,
    StructLiteral: lambda node: _pairs(node.members),
    Parenthesised: lambda node: (node.inner,),
    Unary: lambda node: (node.operand,),
    Binary: lambda node: (node.left, node.right),
    Conditional: lambda node: (node.condition, node.consequence, node.alternative),
    LambdaExpression: lambda node: (node.parameter, node.body),
    FieldAccess: lambda node: (node.base, node.name),
    Index: lambda node: (node.base, node.index),
    Argument: lambda node: (node.value,) if node.name is None else (node.name, node.value),
    Call: lambda node: (
        (node.name, *node.arguments)
        if node.receiver is None
        else (node.receiver, node.name, *node.arguments)
    ),
    NamedType: lambda node: (node.name, *node.arguments),
    StructTypeExpression: lambda node: _pairs(node.fields),
    InputField: lambda node: (*node.names, node.type),
    InputDeclaration: lambda node: (node.domain, *node.fields),
    ResourceDeclaration: lambda node: (
        node.name,
        node.constructor,
        *node.types,
        *node.arguments,
    ),
    Parameter: lambda node: (node.name,) if node.default is None else (node.name, node.default),
    LetDeclaration: lambda node: (node.name, *(node.parameters or ()), node.value),
    Annotation: lambda node: (node.name, *node.arguments),
    Kind: lambda node: (node.name, *node.arguments),
    FeatureDeclaration: lambda node: (*node.annotations, node.name, node.kind, node.value),
    UseDeclaration: lambda node: () if node.alias is None else (node.alias,),
}
