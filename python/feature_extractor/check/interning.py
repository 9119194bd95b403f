"""Makes typed expressions, each of them once."""

from __future__ import annotations

import struct
from typing import Any, Final

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
    site_of,
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
        self._spans: dict[int, Span] = {}
        self._depths: dict[int, int] = {}
        self._constants: set[int] = set()
        self._free: dict[int, frozenset[int]] = {}
        self._errors: list[Expression] = []
        self.used_resources: set[str] = set()

    def span(self, expression: Expression) -> Span:
        """Return the place where an expression was first written."""
        return self._spans[id(expression)]

    def known_span(self, expression: Expression) -> Span | None:
        """Return the same, or None for an expression that was made elsewhere: a result of a fitted resource."""
        return self._spans.get(id(expression))

    def depth(self, expression: Expression) -> int:
        """Return the number of nodes on the longest path from an expression to a leaf."""
        return self._depths[id(expression)]

    def is_constant(self, expression: Expression) -> bool:
        """Return whether an expression is built from literals only."""
        return id(expression) in self._constants

    def error(self, span: Span) -> Expression:
        """Return an expression that stands for one that was reported already."""
        expression = Literal(ERROR_TYPE, site_of(span), None)
        self._errors.append(expression)
        self._register(expression, span, 1, constant=True)
        return expression

    def literal(self, type_: Type, value: Constant, span: Span) -> Literal:
        """Return a constant of the given type."""
        key = ("literal", type_, _exact(value))
        found = self._table.get(key)
        if found is None:
            found = self._add(key, Literal(type_, site_of(span), value), span, 1, constant=True)
        assert isinstance(found, Literal)
        return found

    def input(self, type_: Type, domain: str, name: str, span: Span) -> Expression:
        """Return the value of an input."""
        key = ("input", name)
        found = self._table.get(key)
        if found is None:
            found = self._add(key, InputReference(type_, site_of(span), domain, name), span, 1)
        return found

    def resource(self, type_: Type, name: str, span: Span) -> Expression:
        """Return a resource as an argument."""
        key = ("resource", name)
        self.used_resources.add(name)
        found = self._table.get(key)
        if found is None:
            found = self._add(key, ResourceReference(type_, site_of(span), name), span, 1)
        return found

    def variable(self, type_: Type, name: str, span: Span) -> LambdaVariable:
        """Return a new variable; no two lambdas share one."""
        variable = LambdaVariable(type_, site_of(span), name)
        self._table["variable", id(variable)] = variable
        self._register(variable, span, 1)
        self._free[id(variable)] = frozenset((id(variable),))
        return variable

    def lambda_(self, variable: LambdaVariable, body: Expression, span: Span) -> Lambda:
        """Return ``variable -> body``."""
        key = ("lambda", id(variable), id(body))
        found = self._table.get(key)
        if found is None:
            expression = Lambda(body.type, site_of(span), variable, body)
            found = self._add(key, expression, span, self.depth(body) + 1)
            self._free[id(found)] = self._free_of((body,)) - {id(variable)}
        assert isinstance(found, Lambda)
        return found

    def field(self, type_: Type, base: Expression, name: str, span: Span) -> Expression:
        """Return ``base.name``."""
        key = ("field", id(base), name)
        found = self._table.get(key)
        if found is None:
            depth = self.depth(base) + 1
            constant = id(base) in self._constants
            found = self._add(key, Field(type_, site_of(span), base, name), span, depth, constant)
            self._inherit(found, (base,))
        return found

    def struct(self, type_: StructType, values: tuple[Expression, ...], span: Span) -> Expression:
        """Return a struct with the given values, in the order of the type's fields."""
        key = ("struct", type_, *map(id, values))
        found = self._table.get(key)
        if found is None:
            expression = Struct(type_, site_of(span), values)
            found = self._add(key, expression, span, self._above(values), self._all(values))
            self._inherit(found, values)
        return found

    def collect(self, type_: Type, value: Expression, span: Span) -> Expression:
        """Return ``collect(value)``. It is not constant, whatever the value: its length is not."""
        key = ("collect", id(value))
        found = self._table.get(key)
        if found is None:
            expression = Collect(type_, site_of(span), value)
            found = self._add(key, expression, span, self.depth(value) + 1)
        return found

    def reads_variables(self, expression: Expression) -> bool:
        """Return whether an expression reads the variable of a lambda around it."""
        return bool(self._free.get(id(expression)))

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
        key: tuple[Any, ...] = ("call", operator, overload, *map(id, arguments))
        for argument in arguments:
            if isinstance(argument, Lambda):
                key = ("call", operator, overload, *[self._shape(part, {}) for part in arguments])
                break
        found = self._table.get(key)
        if found is None:
            found = Call(type_, site_of(span), operator, overload, bindings, arguments)
            self._add(key, found, span, self._above(arguments), self._all(arguments))
            if self._free:
                self._inherit(found, arguments)
        return found

    def _shape(self, expression: Expression, bound: dict[int, int]) -> Any:
        """Return a key for an expression in which bound variables are numbers."""
        if isinstance(expression, Lambda):
            inner = {**bound, id(expression.variable): len(bound)}
            return ("lambda", self._shape(expression.body, inner))
        free = self._free.get(id(expression))
        if not free or free.isdisjoint(bound):
            return id(expression)
        match expression:
            case Field():
                return ("field", expression.name, self._shape(expression.base, bound))
            case Struct():
                names = expression.type
                return ("struct", names, *[self._shape(part, bound) for part in expression.values])
            case Call():
                parts = [self._shape(part, bound) for part in expression.arguments]
                return ("call", expression.operator, expression.overload, *parts)
            case _:
                return ("variable", bound[id(expression)])

    def _free_of(self, parts: tuple[Expression, ...]) -> frozenset[int]:
        """Return the identities of the lambda variables that some of the parts read."""
        known = self._free
        free: frozenset[int] = frozenset()
        for part in parts:
            of_part = known.get(id(part))
            if of_part is not None:
                free = free | of_part if free else of_part
        return free

    def _inherit(self, expression: Expression, parts: tuple[Expression, ...]) -> None:
        free = self._free_of(parts)
        if free:
            self._free[id(expression)] = free

    def _above(self, parts: tuple[Expression, ...]) -> int:
        return 1 + max(map(self._depths.__getitem__, map(id, parts)), default=0)

    def _all(self, parts: tuple[Expression, ...]) -> bool:
        return self._constants.issuperset(map(id, parts))

    def _add(
        self,
        key: tuple[Any, ...],
        expression: Expression,
        span: Span,
        depth: int,
        constant: bool = False,
    ) -> Expression:
        self._table[key] = expression
        self._register(expression, span, depth, constant)
        return expression

    def _register(
        self, expression: Expression, span: Span, depth: int, constant: bool = False
    ) -> None:
        identity = id(expression)
        self._spans[identity] = span
        self._depths[identity] = depth
        if constant:
            self._constants.add(identity)


def _exact(value: Constant) -> Any:
    """Return a key under which 1, 1.0 and true differ, and 0.0 and -0.0 too."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, tuple):
        return tuple((type(item), _exact(item)) for item in value)
    return (type(value), value)
