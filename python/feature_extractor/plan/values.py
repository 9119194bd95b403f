"""What an expression becomes in the planner: leaf columns under structs, lists and maps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from feature_extractor.plan.graph import Domain, Slot


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A flat column: a scalar or a vector."""

    slot: Slot

    @property
    def domain(self) -> Domain:
        """Where the column lives."""
        return self.slot.domain


@dataclass(frozen=True, slots=True, eq=False)
class ListValue:
    """A list: its shape, the domain of its elements, and the element as a value.

    The columns of ``element`` live in ``domain`` or, where that is a view, in the storage that it
    points into.
    """

    domain: Domain
    element: Value

    @property
    def shape(self) -> Slot:
        """The slot of the entries."""
        assert self.domain.shape is not None
        return self.domain.shape


@dataclass(frozen=True, slots=True, eq=False)
class MapValue:
    """A map: a list of entries with a key and a value."""

    domain: Domain
    key: Value
    value: Value

    @property
    def shape(self) -> Slot:
        """The slot of the entries."""
        assert self.domain.shape is not None
        return self.domain.shape


class StructValue:
    """A struct: one value per field, made when it is first asked for."""

    __slots__ = ("_made", "_make", "names")

    def __init__(self, names: tuple[str, ...], make: Callable[[str], Value]) -> None:
        self.names = names
        self._make = make
        self._made: dict[str, Value] = {}

    def field(self, name: str) -> Value:
        """Return the value of a field."""
        value = self._made.get(name)
        if value is None:
            value = self._made[name] = self._make(name)
        return value


Value: TypeAlias = "Leaf | ListValue | MapValue | StructValue"


LISTS: Final = (ListValue, MapValue)
"""The values that have a shape."""


def outer_slots(value: Value) -> Iterator[Slot]:
    """Yield the slots that have one row per value: leaves, and the shapes of lists and maps."""
    if isinstance(value, Leaf):
        yield value.slot
    elif isinstance(value, StructValue):
        for name in value.names:
            yield from outer_slots(value.field(name))
    else:
        yield value.shape
