"""The planner's graph of steps over flat columns, with one node per distinct step.

Nodes are hash-consed: asking twice for the same step gives the same slots, so shared work is shared
by construction and nothing that a feature does not reach ever gets into a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from feature_extractor.check.typed import Constant

ROOTS = ("constant", "request", "candidate")


class Domain:
    """A set of rows that knows its parent; see docs/design/0001."""

    __slots__ = (
        "_reach",
        "kind",
        "meets_candidates",
        "origin",
        "parent",
        "reaches_candidate",
        "root",
        "serial",
        "shape",
        "view",
    )

    def __init__(
        self,
        serial: int,
        kind: str,
        parent: Domain | None,
        shape: Slot | None = None,
        origin: Domain | None = None,
        view: bool = False,
    ) -> None:
        self.serial = serial
        self.kind = kind
        self.parent = parent
        self.shape = shape
        self.origin = origin
        self.view = view
        self.root: int = parent.root if kind == "elements" and parent else ROOTS.index(kind)
        bases = [base for base in (parent, origin) if base is not None]
        # Whether a value of a candidate has a value for each row.
        self.reaches_candidate: bool = kind == "candidate" or any(
            b.reaches_candidate for b in bases
        )
        # Whether the rows are candidates as elements of a list, or were taken from such a list. A candidate that
        # looks at such a list leads to two: to itself, and to the one that it looks at.
        self.meets_candidates: bool = any(b.meets_candidates for b in bases) or (
            origin is not None and origin.kind == "candidate"
        )
        self._reach: frozenset[Domain] | None = None

    @property
    def reach(self) -> frozenset[Domain]:
        """This domain and all from which a value can be lifted into it."""
        if self._reach is None:
            reached = {self}
            for base in (self.parent, self.origin):
                if base is not None:
                    reached |= base.reach
            self._reach = frozenset(reached)
        return self._reach

    def reaches(self, other: Domain) -> bool:
        """Whether a value of ``other`` has a value for each row of this domain."""
        return other is self or other in self.reach

    def outer_reaches(self, other: Domain) -> bool:
        """Whether ``other`` is reached by way of the parent."""
        return self.parent is not None and self.parent.reaches(other)

    def one_way(self, other: Domain) -> bool:
        """Whether all ways from here to ``other`` give the same rows."""
        if other is self or other.kind in ("constant", "request"):
            return True
        if other.kind == "candidate" and not self.meets_candidates:
            return True
        if self.origin is None or self.parent is None:
            return self.parent is not None and self.parent.one_way(other)
        outer, inner = self.parent.reaches(other), self.origin.reaches(other)
        return outer != inner and (self.parent if outer else self.origin).one_way(other)

    def hops(self, source: Domain, through_origin: bool) -> list[tuple[Domain, str]]:
        """Return the lifts that bring a value of ``source`` here, each with the way it must take.

        One lift is enough where all ways give the same rows. Otherwise the value goes hop by hop,
        to the parents where they lead to ``source``, or with ``through_origin`` by the origins.
        """
        if source is self:
            return []
        if self.one_way(source):
            return [(self, "")]
        way = "origin" if through_origin or not self.outer_reaches(source) else "parent"
        if way == "origin" and (self.origin is None or not self.origin.reaches(source)):
            way = "parent"
        before = self.origin if way == "origin" else self.parent
        assert before is not None
        last = (self, "" if self.one_way(before) else way)
        return [*before.hops(source, through_origin), last]

    def storage(self) -> list[Domain]:
        """Return this domain and those into whose storage its entries point, nearest first."""
        chain = [self]
        while chain[-1].view and chain[-1].origin is not None:
            chain.append(chain[-1].origin)
        return chain


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One column of a step: where it lives and how it is stored."""

    serial: int
    step: Step
    domain: Domain
    type: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Argument:
    """What a call is given: a flat slot, a shape with its elements' columns, or a resource."""

    slot: Slot | None = None
    elements: tuple[Argument, ...] | None = None
    resource: int = -1

    def slots(self) -> list[Slot]:
        """Return all slots of the argument, outermost first."""
        found = [self.slot] if self.slot is not None else []
        for element in self.elements or ():
            found.extend(element.slots())
        return found

    def key(self) -> tuple[Any, ...]:
        """Return what identifies the argument."""
        slot = self.slot.serial if self.slot is not None else -1
        if self.elements is None:
            return (slot, self.resource)
        return (slot, self.resource, *(element.key() for element in self.elements))


@dataclass(slots=True, eq=False)
class Step:
    """One step of the plan."""

    kind: str
    domain: Domain
    arguments: tuple[Argument, ...] = ()
    results: list[Slot] = field(default_factory=list)
    input: int = -1
    path: tuple[str, ...] = ()
    value: Constant = None
    value_type: str = ""
    operator: str = ""
    overload: int = 0
    kernel: int = 0
    site: str = ""
    way: str = ""
    fetch_from: Domain | None = None


class Graph:
    """Makes steps and domains, each once."""

    def __init__(self) -> None:
        self.constants = Domain(0, "constant", None)
        self.request = Domain(1, "request", self.constants)
        self.candidate = Domain(2, "candidate", self.request)
        self.shared = True
        self.scope = 0
        self.domain_of_shape: dict[Slot, Domain] = {}
        self._steps: dict[tuple[Any, ...], Step] = {}
        self._next_slot = 0
        self._next_domain = 3

    def root(self, name: str) -> Domain:
        """Return the domain ``request`` or ``candidate``."""
        return self.request if name == "request" else self.candidate

    def elements(self, shape: Slot, origin: Domain | None = None, view: bool = False) -> Domain:
        """Return the domain of the elements of a list whose entries are in ``shape``."""
        domain = self.domain_of_shape.get(shape)
        if domain is None:
            domain = Domain(self._next_domain, "elements", shape.domain, shape, origin, view)
            self._next_domain += 1
            self.domain_of_shape[shape] = domain
        assert domain.origin is origin and domain.view == view, "a shape makes one domain"
        return domain

    def _slot(self, step: Step, domain: Domain, type_: str, width: int = 0) -> Slot:
        slot = Slot(self._next_slot, step, domain, type_, width)
        self._next_slot += 1
        step.results.append(slot)
        return slot

    def _key(self, *parts: Any) -> tuple[Any, ...]:
        return parts if self.shared else (self.scope, *parts)

    def constant(self, value: Constant, type_: str, width: int = 0, bytes_: bool = False) -> Slot:
        """Return the slot of a scalar constant; ``bytes_`` says that text is raw bytes."""
        key = ("constant", type_, width, bytes_, repr(value))
        step = self._steps.get(key)
        if step is None:
            step = Step(
                "constant", self.constants, value=value, value_type="bytes" if bytes_ else type_
            )
            self._slot(step, self.constants, type_, width)
            self._steps[key] = step
        return step.results[0]

    def constant_list(
        self, values: tuple[Constant, ...] | None, element_type: str, bytes_: bool = False
    ) -> tuple[Slot, Slot]:
        """Return shape and elements of a constant list of scalars, or of a null list."""
        key = ("constant list", element_type, bytes_, repr(values))
        step = self._steps.get(key)
        if step is None:
            step = Step(
                "constant",
                self.constants,
                value=values,
                value_type="bytes" if bytes_ else element_type,
            )
            self._slot(step, self.elements(self._slot(step, self.constants, "list")), element_type)
            self._steps[key] = step
        return step.results[0], step.results[1]

    def input(
        self, index: int, path: tuple[str, ...], domain: Domain, type_: str, width: int
    ) -> Slot:
        """Return the slot of a leaf of a declared input, or of the shape of a list."""
        key = ("input", index, path)
        step = self._steps.get(key)
        if step is None:
            step = Step("input", domain, input=index, path=path)
            self._slot(step, domain, type_, width)
            self._steps[key] = step
        return step.results[0]

    def lift(self, slot: Slot, domain: Domain, way: str = "") -> Slot:
        """Return the value of ``slot`` for each row of ``domain``.

        ``way`` is ``parent`` or ``origin`` where they lead to different rows of the slot's domain,
        which then is that very parent or origin.
        """
        if slot.domain is domain:
            return slot
        assert domain.reaches(slot.domain), "a value can only be lifted where it is reached"
        assert way or domain.one_way(slot.domain), "it must be said which way a lift takes"
        before = slot.step
        if before.kind == "lift" and not before.way and not way and slot.type != "list":
            # Two lifts in a row are one, where no other way could be meant. A lifted list stays a
            # view of the list that it was lifted from.
            source = before.arguments[0].slot
            assert source is not None
            if domain.one_way(source.domain):
                return self.lift(source, domain)
        key = self._key("lift", slot.serial, domain.serial, way)
        step = self._steps.get(key)
        if step is None:
            step = Step("lift", domain, (Argument(slot),), way=way)
            self._slot(step, domain, slot.type, slot.width)
            self._steps[key] = step
        return step.results[0]

    def fetch(self, slot: Slot, domain: Domain) -> Slot:
        """Return the value of the at most one element of ``domain``, in the parent domain."""
        parent = domain.parent
        assert parent is not None
        key = self._key("fetch", slot.serial, domain.serial)
        step = self._steps.get(key)
        if step is None:
            step = Step("fetch", parent, (Argument(slot),), fetch_from=domain)
            self._slot(step, parent, slot.type, slot.width)
            self._steps[key] = step
        return step.results[0]

    def collected(self) -> Domain:
        """Return the domain of the candidates as elements of one list per request."""
        key = self._key("collect")
        step = self._steps.get(key)
        if step is None:
            step = self._steps[key] = Step("collect", self.request)
            self._slot(step, self.request, "list")
        return self.elements(step.results[0], self.candidate, view=True)

    def call(
        self,
        operator: str,
        overload: int,
        kernel: int,
        arguments: Sequence[Argument],
        domain: Domain,
        results: Sequence[tuple[Domain | None, str, int]],
        site: str,
        *,
        commutative: bool = False,
    ) -> Step:
        """Return the call of an operator.

        ``results`` says for each result its domain (None: the elements of the first result),
        storage and width.
        """
        keys = [argument.key() for argument in arguments]
        key = self._key(
            "call",
            operator,
            overload,
            kernel,
            domain.serial,
            tuple(sorted(keys) if commutative else keys),
            tuple(where.serial if where else -1 for where, _, _ in results),
        )
        step = self._steps.get(key)
        if step is None:
            step = Step(
                "call",
                domain,
                tuple(arguments),
                operator=operator,
                overload=overload,
                kernel=kernel,
                site=site,
            )
            for where, type_, width in results:
                self._slot(step, where or self.elements(step.results[0]), type_, width)
            self._steps[key] = step
        return step
