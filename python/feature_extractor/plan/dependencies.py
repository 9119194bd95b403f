"""What an expression reads: input domains, free lambda variables, resources."""

from __future__ import annotations

from typing import TypeAlias

from feature_extractor.check.typed import (
    Call,
    Collect,
    Expression,
    InputReference,
    Lambda,
    LambdaVariable,
    ResourceReference,
    children,
)
from feature_extractor.plan.operators import Operators

Dependency: TypeAlias = "LambdaVariable | str"
"""A free lambda variable, ``request``, ``candidate`` or ``resource``."""


class Dependencies:
    """Answers once per expression what it reads."""

    def __init__(self, operators: Operators) -> None:
        self._operators = operators
        self._known: dict[Expression, frozenset[Dependency]] = {}

    def of(self, expression: Expression) -> frozenset[Dependency]:
        """Return the free lambda variables, input domains and the use of resources."""
        known = self._known.get(expression)
        if known is not None:
            return known
        found: frozenset[Dependency]
        if isinstance(expression, InputReference):
            found = frozenset((expression.domain,))
        elif isinstance(expression, LambdaVariable):
            found = frozenset((expression,))
        elif isinstance(expression, ResourceReference):
            found = frozenset(("resource",))
        else:
            found = frozenset()
            for part in children(expression):
                of_part = self.of(part)
                if not of_part <= found:
                    found = found | of_part if found else of_part
            if isinstance(expression, Call) and self._takes_zone(expression):
                found |= {"resource"}
            if isinstance(expression, Lambda):
                found -= {expression.variable}
            if isinstance(expression, Collect):
                # The list belongs to the request, and is never constant: its length is not.
                found = (found - {"candidate"}) | {"request"}
        self._known[expression] = found
        return found

    def _takes_zone(self, call: Call) -> bool:
        """Whether a constant argument becomes a resource in the plan."""
        return self._operators[call.operator].overloads[call.overload].takes_zone
