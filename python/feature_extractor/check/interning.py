"""Makes typed expressions, each of them once."""

from __future__ import annotations

import struct
from typing import Any, Final, TypeAlias

from feature_extractor.check.typed import (
    Call,
    Collect,
    Constant,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Struct,
)
from feature_extractor.diagnostics import Span
from feature_extractor.types import ErrorType, StructType, Type

ERROR_TYPE: Final = ErrorType()


class Interner:
    """The table of all expressions of a program: asking for an equal expression gives the same
    object.

    Keys use the identities of the parts. That is sound because the table keeps every part alive.

    A call with lambdas is found again when it differs in the variables of its lambdas only: the key
    has a number for each variable that the call binds. So each lambda of the program has a variable
    of its own, and yet two calls that are written alike are one.
    """

    def __init__(self) -> None:
        self._table: dict[tuple[Any, ...], Expression] = {}
        self._facts: dict[int, _Facts] = {}
        self._errors: list[Expression] = []
        self.used_resources: set[str] = set()

    def span(self, expression: Expression) -> Span:
        """Return the place where an expression was first written."""
        return self._facts[id(expression)][0]

    def known_span(self, expression: Expression) -> Span | None:
        """Return the same, or None for an expression that was made elsewhere: a result of a fitted resource."""
        known = self._facts.get(id(expression))
        return None if known is None else known[0]

    def depth(self, expression: Expression) -> int:
        """Return the number of nodes on the longest path from an expression to a leaf."""
        return self._facts[id(expression)][1]

    def is_constant(self, expression: Expression) -> bool:
        """Return whether an expression is built from literals only."""
        known = self._facts.get(id(expression))
        return known is not None and known[2]

    def error(self, span: Span) -> Expression:
        """Return an expression that stands for one that was reported already."""
        expression = Literal(ERROR_TYPE, span, None)
        self._errors.append(expression)
        self._facts[id(expression)] = (span, 1, True, _NOTHING)
        return expression

    def literal(self, type_: Type, value: Constant, span: Span) -> Literal:
        """Return a constant of the given type."""
        key = ("literal", type_.number, _exact(value))
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Literal(type_, span, value)
            self._facts[id(found)] = (span, 1, True, _NOTHING)
        assert isinstance(found, Literal)
        return found

    def input(self, type_: Type, domain: str, name: str, span: Span) -> Expression:
        """Return the value of an input."""
        key = ("input", name)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = InputReference(type_, span, domain, name)
            self._facts[id(found)] = (span, 1, False, _NOTHING)
        return found

    def resource(self, type_: Type, name: str, span: Span) -> Expression:
        """Return a resource as an argument."""
        key = ("resource", name)
        self.used_resources.add(name)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = ResourceReference(type_, span, name)
            self._facts[id(found)] = (span, 1, False, _NOTHING)
        return found

    def variable(self, type_: Type, name: str, span: Span) -> LambdaVariable:
        """Return a new variable; no two lambdas share one."""
        variable = LambdaVariable(type_, span, name)
        identity = id(variable)
        self._table["variable", identity] = variable
        self._facts[identity] = (span, 1, False, frozenset((identity,)))
        return variable

    def lambda_(self, variable: LambdaVariable, body: Expression, span: Span) -> Lambda:
        """Return ``variable -> body``."""
        key = ("lambda", id(variable), id(body))
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Lambda(body.type, span, variable, body)
            _, depth, _, free = self._facts[id(body)]
            self._facts[id(found)] = (span, depth + 1, False, free - {id(variable)})
        assert isinstance(found, Lambda)
        return found

    def field(self, type_: Type, base: Expression, name: str, span: Span) -> Expression:
        """Return ``base.name``."""
        key = ("field", id(base), name)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Field(type_, span, base, name)
            self._facts[id(found)] = self._above((base,), span)
        return found

    def struct(self, type_: StructType, values: tuple[Expression, ...], span: Span) -> Expression:
        """Return a struct with the given values, in the order of the type's fields."""
        key = ("struct", type_.number, *map(id, values))
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Struct(type_, span, values)
            self._facts[id(found)] = self._above(values, span)
        return found

    def collect(self, type_: Type, value: Expression, span: Span) -> Expression:
        """Return ``collect(value)``. It is not constant, whatever the value: its length is not."""
        key = ("collect", id(value))
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Collect(type_, span, value)
            self._facts[id(found)] = (span, self.depth(value) + 1, False, _NOTHING)
        return found

    def reads_variables(self, expression: Expression) -> bool:
        """Return whether an expression reads the variable of a lambda around it."""
        known = self._facts.get(id(expression))
        return known is not None and bool(known[3])

    def call(
        self,
        type_: Type,
        operator: str,
        overload: int,
        bindings: tuple[tuple[str, Type | int], ...],
        arguments: tuple[Expression, ...],
        span: Span,
    ) -> Expression:
        """Return an operator's call; its type follows from the operator and the arguments."""
        key: tuple[Any, ...]
        if Lambda in map(type, arguments):
            key = ("call", operator, overload, *[self._shape(part, {}) for part in arguments])
        else:
            key = ("call", operator, overload, *map(id, arguments))
        found = self._table.get(key)
        if found is None:
            found = Call(type_, span, operator, overload, bindings, arguments)
            self._table[key] = found
            self._facts[id(found)] = self._above(arguments, span)
        return found

    def _shape(self, expression: Expression, bound: dict[int, int]) -> Any:
        """Return a key for an expression in which bound variables are numbers."""
        if isinstance(expression, Lambda):
            inner = {**bound, id(expression.variable): len(bound)}
            return ("lambda", self._shape(expression.body, inner))
        identity = id(expression)
        if not bound or self._facts[identity][3].isdisjoint(bound):
            return identity
        match expression:
            case Field():
                return ("field", expression.name, self._shape(expression.base, bound))
            case Struct():
                number = expression.type.number
                return ("struct", number, *[self._shape(part, bound) for part in expression.values])
            case Call():
                parts = [self._shape(part, bound) for part in expression.arguments]
                return ("call", expression.operator, expression.overload, *parts)
            case _:
                return ("variable", bound[identity])

    def _above(self, parts: tuple[Expression, ...], span: Span) -> _Facts:
        """Return what is known of an expression at a place that is made of some parts."""
        deepest = 0
        is_constant = True
        free = _NOTHING
        for part in parts:
            _, depth, is_part_constant, of_part = self._facts[id(part)]
            if depth > deepest:
                deepest = depth
            if not is_part_constant:
                is_constant = False
            if of_part:
                free = free | of_part if free else of_part
        return span, deepest + 1, is_constant, free


_Facts: TypeAlias = tuple[Span, int, bool, frozenset[int]]
"""Of an expression: its place, its depth, whether it is constant, and the lambda variables that it reads from outside.

The variables are told by their identities. It is a tuple, because each expression has one.
"""
_NOTHING: Final[frozenset[int]] = frozenset()


def _exact(value: Constant) -> Any:
    """Return a key under which 1, 1.0 and true differ, and 0.0 and -0.0 too."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, tuple):
        return tuple((type(item), _exact(item)) for item in value)
    return (type(value), value)
