"""The checked program: every name resolved, every operator's overload chosen, every type known.

It is a graph, not a tree: expressions are interned, so that two equal expressions are one object and
an expression that is used twice is stored once. The planner may therefore key on identity.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, TypeAlias

from feature_extractor.diagnostics import Span
from feature_extractor.types import StructType, TableType, Type

Constant: TypeAlias = "bool | int | float | str | bytes | tuple[Constant, ...] | None"
"""A literal's value. Timestamps and durations are int microseconds; lists are tuples."""


class Site(NamedTuple):
    """A place in a source file; lines and columns start at 1, columns count code points."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


def site_of(span: Span) -> Site:
    """Return the place of a span in words that outlive its source."""
    # Each expression of a program asks for its place: most of them begin and end on one line. Making a named tuple in
    # the usual way takes twice as long.
    source, start, end = span
    starts = source.line_starts
    line = bisect_right(starts, start)
    begin = starts[line - 1]
    if line == len(starts) or end < starts[line]:
        return _tuple(Site, (source.path, line, start - begin + 1, line, end - begin + 1))
    return Site(source.path, line, start - begin + 1, *source.line_and_column(end))


def _site(place: Span | Site) -> Site:
    return place if isinstance(place, Site) else site_of(place)


_tuple: Final[Callable[[type[Site], tuple[str, int, int, int, int]], Site]] = tuple.__new__


@dataclass(slots=True, eq=False)
class Expression:
    """A typed expression. ``place`` is the first one where it was written.

    Nobody changes an expression: it is shared. The classes are not frozen, since Python fills frozen ones field by
    field through a function, which takes five times as long, and a program has an expression for each few characters.
    """

    type: Type
    place: Span | Site

    @property
    def site(self) -> Site:
        """The place in lines and columns, which nobody asks of most expressions."""
        place = self.place = _site(self.place)
        return place


@dataclass(slots=True, eq=False)
class Literal(Expression):
    """A constant; for a list literal of constants the value is a tuple."""

    value: Constant

    @property
    def is_null(self) -> bool:
        """Whether this is ``null``."""
        return self.value is None


@dataclass(slots=True, eq=False)
class InputReference(Expression):
    """The whole value of a declared input; ``domain`` is ``request`` or ``candidate``."""

    domain: str
    name: str


@dataclass(slots=True, eq=False)
class ResourceReference(Expression):
    """A resource, as an argument of an operator that takes one; ``name`` is unique in the program."""

    name: str


@dataclass(slots=True, eq=False)
class LambdaVariable(Expression):
    """The element that a lambda runs over; each lambda has a variable object of its own."""

    name: str


@dataclass(slots=True, eq=False)
class Lambda(Expression):
    """``variable -> body``; its type is the type of the body. Appears only as an argument of a Call."""

    variable: LambdaVariable
    body: Expression


@dataclass(slots=True, eq=False)
class Field(Expression):
    """``base.name`` of a struct (or of a nullable struct: then the field is nullable)."""

    base: Expression
    name: str


@dataclass(slots=True, eq=False)
class Struct(Expression):
    """``{name: value, ...}``; the names are those of ``type``, in its order."""

    values: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Collect(Expression):
    """``collect(value)``: the value for each candidate of the request, in their order, as one list of the request."""

    value: Expression


@dataclass(slots=True, eq=False)
class ElementValue(Expression):
    """What ``values`` holds for the element that ``variable`` stands for. Only the planner makes it.

    The variable runs over a list, or over some of its elements; ``values`` has a value for each element of that list.
    """

    variable: LambdaVariable
    values: Expression


@dataclass(slots=True, eq=False)
class Call(Expression):
    """An operator applied to arguments.

    ``overload`` is the index of the signature in the operator's list in the registry. ``bindings`` are the
    type variables, size variables (as int) included. ``arguments`` follow the signature's parameters with
    defaults filled in; a variadic parameter contributes its arguments at the end. Implicit conversions
    from int to float are calls of their own.
    """

    operator: str
    overload: int
    bindings: tuple[tuple[str, Type | int], ...]
    arguments: tuple[Expression, ...]


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the direct parts of an expression, in order.

    The variable of a lambda is not one of them.
    """
    parts = _PARTS.get(type(expression))
    return parts(expression) if parts is not None else ()


def with_children(expression: Expression, parts: tuple[Expression, ...]) -> Expression:
    """Return an expression like this one with other parts: as many as :func:`children` gives, in their order."""
    match expression:
        case Call():
            return replace(expression, arguments=parts)
        case Field():
            return replace(expression, base=parts[0])
        case Struct():
            return replace(expression, values=parts)
        case Lambda():
            return replace(expression, body=parts[0], type=parts[0].type)
        case Collect():
            return replace(expression, value=parts[0])
        case ElementValue():
            return replace(expression, values=parts[1])
    return expression


_PARTS: Final[dict[type[Expression], Callable[[Any], tuple[Expression, ...]]]] = {
    Call: lambda call: call.arguments,
    Field: lambda field: (field.base,),
    Struct: lambda struct: struct.values,
    Lambda: lambda function: (function.body,),
    Collect: lambda collect: (collect.value,),
    ElementValue: lambda element: (element.variable, element.values),
}


@dataclass(frozen=True)
class Input:
    """A declared input column of the ``request`` or ``candidate`` domain."""

    domain: str
    name: str
    type: Type
    place: Span | Site
    description: str = ""

    @property
    def site(self) -> Site:
        """The place in lines and columns, which the linter does not ask."""
        return _site(self.place)


@dataclass(frozen=True)
class Resource:
    """A declared resource. ``kind`` is ``vocabulary`` or ``table``; ``path`` is absolute.

    ``columns`` are the words, or the key and the fields of a table, where the checker has read them already: those
    of a fitted resource.
    """

    name: str
    kind: str
    path: str
    site: Site
    oov_buckets: int = 0
    table: TableType | None = None
    columns: tuple[list[Any], ...] | None = None

    @property
    def row(self) -> StructType | None:
        """The row type of a table, or None."""
        return self.table.row if self.table else None


@dataclass(frozen=True)
class Feature:
    """One output of the program.

    ``kind`` is ``dense id ids weighted text label``. ``size`` and ``maximum`` belong to the id kinds; where
    the size was given as a vocabulary, ``vocabulary`` names the resource and ``size`` is None. ``default`` is
    None where the kind's own default holds. The value's type fits the kind, before conversion to
    float or to a list of ids.
    """

    name: str
    kind: str
    value: Expression
    place: Span | Site
    size: int | None = None
    vocabulary: str | None = None
    maximum: int | None = None
    default: float | int | str | None = None
    description: str = ""
    owner: str = ""

    @property
    def site(self) -> Site:
        """The place in lines and columns, which the linter does not ask."""
        return _site(self.place)


@dataclass(frozen=True)
class CheckedProgram:
    """A program without errors. ``sources`` maps each file that was read to its text.

    ``fitted`` is what a package says of each fitted resource of the program.
    """

    path: str
    inputs: tuple[Input, ...]
    resources: tuple[Resource, ...]
    features: tuple[Feature, ...]
    description: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    fitted: tuple[dict[str, Any], ...] = ()
