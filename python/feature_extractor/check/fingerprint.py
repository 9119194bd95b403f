"""A fingerprint of what an expression means, however it is written.

Two expressions have one fingerprint where they call the same operators on the same values of the same inputs;
names of lets, of lambda variables and the layout of the text do not matter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import xxhash

from feature_extractor.check.typed import (
    Call,
    Collect,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Struct,
    children,
)

_DEEPEST_NESTING: Final = 20_000
"""Frames that the longest path through a checked expression may need."""


class Fingerprints:
    """Computes fingerprints; shared parts are looked at once.

    ``resource`` gives a text that identifies the content of a resource.
    """

    def __init__(self, resource: Callable[[str], str]) -> None:
        self._resource = resource
        self._free: dict[Expression, frozenset[LambdaVariable]] = {}
        self._known: dict[Any, str] = {}

    def of(
        self, expression: Expression, variables: Mapping[LambdaVariable, int] | None = None
    ) -> str:
        """Return 32 hexadecimal digits.

        ``variables`` numbers the lambda variables around a part of an expression; see :meth:`inside`.
        """
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, _DEEPEST_NESTING))
        try:
            return self._of(expression, dict(variables or {}))
        finally:
            sys.setrecursionlimit(before)

    def inside(
        self, expression: Lambda, variables: Mapping[LambdaVariable, int]
    ) -> dict[LambdaVariable, int]:
        """Return the numbers of the variables in the body of a lambda, given those around it."""
        if not variables:
            return {expression.variable: 0}
        outer = (variables[variable] for variable in self._variables(expression))
        return {**variables, expression.variable: max(outer, default=-1) + 1}

    def _of(self, expression: Expression, bound: dict[LambdaVariable, int]) -> str:
        key: Any = expression
        # Outside of lambdas nothing is free.
        if bound and (free := self._variables(expression)):
            key = (expression, *sorted([bound[variable] for variable in free]))
        known = self._known.get(key)
        if known is None:
            if type(expression) is Call:
                parts = ["call", expression.operator]
                parts += [self._of(argument, bound) for argument in expression.arguments]
            else:
                parts = self._parts(expression, bound)
            parts.append(str(expression.type))
            known = self._known[key] = _digest("\0".join(parts).encode())
        return known

    def _parts(self, expression: Expression, bound: dict[LambdaVariable, int]) -> list[str]:
        """Return what an expression other than a call is made of."""
        match expression:
            case Literal():
                return ["literal", repr(expression.value)]
            case InputReference():
                return ["input", expression.domain, expression.name]
            case ResourceReference():
                return ["resource", self._resource(expression.name)]
            case LambdaVariable():
                return ["variable", str(bound[expression])]
            case Lambda():
                return ["lambda", self._of(expression.body, self.inside(expression, bound))]
            case Field():
                return ["field", expression.name, self._of(expression.base, bound)]
            case Collect():
                return ["collect", self._of(expression.value, bound)]
            case Struct():
                return ["struct", *(self._of(value, bound) for value in expression.values)]
            case _:
                raise TypeError(type(expression).__name__)

    def _variables(self, expression: Expression) -> frozenset[LambdaVariable]:
        known = self._free.get(expression)
        if known is not None:
            return known
        found = _NONE
        if isinstance(expression, LambdaVariable):
            found = frozenset((expression,))
        for part in children(expression):
            of_part = self._variables(part)
            if of_part:
                found = found | of_part if found else of_part
        if isinstance(expression, Lambda):
            found -= {expression.variable}
        self._free[expression] = found
        return found


_digest: Final[Callable[[bytes], str]] = xxhash.xxh3_128_hexdigest
_NONE: Final[frozenset[LambdaVariable]] = frozenset()
