"""Which domain a step runs in: scopes of lambda variables, product domains, and lifting of values.

A lambda variable lives in the elements of its list, its *home*. Where the body meets values of
domains that the home does not reach (a candidate's price against a request's history), the work
runs in the variable's *product*: the list lifted to the domain of those values. Everything is
pinned to that one product, so that no two products of one variable ever have to be combined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from feature_extractor.check.typed import LambdaVariable
from feature_extractor.plan.graph import Domain, Graph
from feature_extractor.plan.values import (
    Leaf,
    ListValue,
    MapValue,
    StructValue,
    Value,
    outer_slots,
)


@dataclass(frozen=True, eq=False)
class Binding:
    """A lambda variable while its body is lowered."""

    variable: LambdaVariable
    value: Value
    home: Domain
    product: Domain


Scope: TypeAlias = tuple[Binding, ...]
"""The variables around an expression, outermost first."""


class Lifting:
    """Moves values between domains."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def deepest(self, a: Domain, b: Domain, scope: Scope) -> Domain:
        """Return the domain in which values of both can meet."""
        if a.reaches(b):
            return a
        if b.reaches(a):
            return b
        for binding in reversed(scope):
            if _belongs(a, binding) or _belongs(b, binding):
                assert binding.product.reaches(a) and binding.product.reaches(b)
                return binding.product
        raise AssertionError("two domains that cannot meet outside of a lambda")

    def domain_to(self, domain: Domain, parent: Domain) -> Domain:
        """Return the elements of the same list, lifted so that it lives in ``parent``."""
        assert domain.shape is not None and domain.parent is not None
        for hop, way in parent.hops(domain.parent, through_origin=False):
            assert domain.shape is not None
            shape = self.graph.lift(domain.shape, hop, way)
            domain = self.graph.elements(shape, domain, view=True)
        return domain

    def lift(self, value: Value, domain: Domain) -> Value:
        """Return an outer value for each row of ``domain``, by the parents if they lead there."""
        return self._move(value, domain, through_origin=False)

    def fetch(self, value: Value, domain: Domain) -> Value:
        """Return what ``value`` is for the elements that the rows of ``domain`` were taken from."""
        return self._move(value, domain, through_origin=True)

    def _move(self, value: Value, domain: Domain, through_origin: bool) -> Value:
        if isinstance(value, StructValue):
            struct = value
            return StructValue(
                struct.names, lambda name: self._move(struct.field(name), domain, through_origin)
            )
        where = value.domain if isinstance(value, Leaf) else value.shape.domain
        for hop, way in domain.hops(where, through_origin):
            if isinstance(value, Leaf):
                value = Leaf(self.graph.lift(value.slot, hop, way))
                continue
            shape = self.graph.lift(value.shape, hop, way)
            elements = self.graph.elements(shape, value.domain, view=True)
            if isinstance(value, ListValue):
                value = ListValue(elements, value.element)
            else:
                value = MapValue(elements, value.key, value.value)
        return value

    def together(self, values: tuple[Value, ...], domain: Domain) -> tuple[Value, ...]:
        """Return columns of a list's elements so that all live in one domain, as calls ask for."""
        where = {slot.domain for value in values for slot in outer_slots(value)}
        if len(where) <= 1:
            return values
        return tuple(self.fetch(value, domain) for value in values)

    def as_element(self, value: Value, domain: Domain) -> Value:
        """Return a lambda's result as a column of the elements of ``domain``.

        What lives in the storage of a view stays there; what lives outside of the list is
        broadcast.
        """
        if isinstance(value, StructValue):
            struct = value
            return StructValue(
                struct.names, lambda name: self.as_element(struct.field(name), domain)
            )
        where = value.domain if isinstance(value, Leaf) else value.shape.domain
        if where is domain:
            return value
        if not domain.outer_reaches(where) and where in domain.storage():
            return value
        return self.lift(value, domain)

    def as_variable(self, value: Value, home: Domain) -> Value:
        """Return a list's element as the value of a lambda variable that lives in ``home``.

        Over a span, only the elements that were taken are worth working on, unless the span lives
        in a deeper domain than the list that it was taken from: then the list is the shorter of the
        two.
        """
        if isinstance(value, StructValue):
            struct = value
            return StructValue(
                struct.names, lambda name: self.as_variable(struct.field(name), home)
            )
        where = value.domain if isinstance(value, Leaf) else value.shape.domain
        if where is home:
            return value
        shorter = home.origin is not None and home.parent is home.origin.parent
        if home.outer_reaches(where) or shorter:
            return self.fetch(value, home)
        return value


def _belongs(domain: Domain, binding: Binding) -> bool:
    return domain is binding.product or domain in binding.home.storage()


def clashes(home: Domain, outer: Domain, captured: list[Binding]) -> bool:
    """Whether values of captured variables could be taken for values of the list's own elements.

    That is so where one list, or a part of it, is gone through by two nested lambdas, and where a candidate
    looks at the candidates of its request.
    """
    if home.meets_candidates and outer.reaches_candidate:
        return True
    if any(outer.reaches(storage) for storage in home.storage()):
        return True
    return any(
        home.reaches(binding.home) and not home.outer_reaches(binding.home) for binding in captured
    )
