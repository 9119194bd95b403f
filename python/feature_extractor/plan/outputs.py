"""Turns each feature's value into what its kind hands to the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from feature_extractor.check.typed import Feature
from feature_extractor.plan.errors import plan_error
from feature_extractor.plan.graph import ROOTS, Argument, Domain
from feature_extractor.plan.lower import Lowering
from feature_extractor.plan.values import Leaf, ListValue, MapValue, StructValue, Value, outer_slots
from feature_extractor.types import (
    FLOAT,
    INT,
    ListType,
    MapType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

_DEFAULTS: Mapping[str, float | int | str] = {
    "dense": 0.0,
    "label": 0.0,
    "id": 0,
    "text": "",
    "value": "",
}


@dataclass(frozen=True)
class Output:
    """A feature ready to be written: ``natural`` is the domain in which its value is computed."""

    feature: Feature
    value: Argument
    width: int
    size: int | None
    natural: str

    @property
    def default(self) -> float | int | str | list[int]:
        """What is written where the value is null."""
        kind = self.feature.kind
        if kind in ("ids", "weighted"):
            return []
        default = self.feature.default
        if default is None:
            return _DEFAULTS[kind]
        return (
            float(default)
            if kind in ("dense", "label") and not isinstance(default, str)
            else default
        )


def lower_feature(
    lowering: Lowering, feature: Feature, output: Domain, vocabulary_sizes: Mapping[str, int]
) -> Output:
    """Lower one feature; its value lives in the ``output`` domain."""
    value = lowering.lower(feature.value)
    type_ = feature.value.type
    width = 0
    if feature.kind in ("dense", "label"):
        width = type_.size if isinstance(type_, VectorType) else 1
        value = _as_float(lowering, feature, value, type_)
    elif feature.kind == "ids" and isinstance(value, Leaf):
        value = _as_list(lowering, feature, value)
    elif feature.kind == "weighted":
        value = _weighted(lowering, feature, value, type_)
    natural = max((slot.domain.root for slot in outer_slots(value)), default=0)
    value = lowering.lifting.lift(value, output)
    size = feature.size
    if size is None and feature.vocabulary is not None:
        size = vocabulary_sizes.get(feature.vocabulary)
        if size is None:
            raise plan_error(
                "FX171",
                f"The size of the vocabulary `{feature.vocabulary}` is not known.",
                feature.site,
                lowering.program.sources,
                help="Read the vocabulary's file before planning.",
            )
    argument = _whole(lowering, value) if feature.kind == "value" else value_argument(value)
    return Output(feature, argument, width, size, ROOTS[natural])


def _as_float(lowering: Lowering, feature: Feature, value: Value, type_: Type) -> Value:
    if isinstance(type_, ScalarType) and type_.name != "float":
        assert isinstance(value, Leaf)
        return lowering.call_by_syntax("to_float", value, type_.name, FLOAT, feature.value)
    return value


def _as_list(lowering: Lowering, feature: Feature, value: Leaf) -> Value:
    """Return a list with one id, by the operator that list literals are written with."""
    operator = lowering.operators.with_syntax("list")
    if operator is not None:
        for i, overload in enumerate(operator.overloads):
            kernel = overload.kernel(dict.fromkeys(overload.looked_at, "int"))
            if kernel is None:
                continue
            step = lowering.graph.call(
                operator.name,
                i,
                kernel,
                (Argument(value.slot),),
                value.domain,
                [(value.domain, "list", 0), (None, "int", 0)],
                lowering.site_text(feature.value),
            )
            slot = step.results[1]
            return ListValue(slot.domain, Leaf(slot))
    raise plan_error(
        "FX170",
        "The registry has no operator that makes a list of values.",
        feature.site,
        lowering.program.sources,
    )


def _weighted(lowering: Lowering, feature: Feature, value: Value, type_: Type) -> Value:
    """Return ids and weights as the keys and values of one map-like value."""
    if isinstance(value, MapValue):
        assert isinstance(type_, MapType)
        key, weight, weight_type = value.key, value.value, type_.value
    else:
        assert isinstance(value, ListValue) and isinstance(value.element, StructValue)
        assert isinstance(type_, ListType) and isinstance(type_.element, StructType)
        key, weight = value.element.field("id"), value.element.field("weight")
        weight_type = type_.element.field("weight") or FLOAT
    if isinstance(weight_type, ScalarType) and weight_type.name == INT.name:
        assert isinstance(weight, Leaf)
        weight = lowering.call_by_syntax("to_float", weight, "int", FLOAT, feature.value)
    key, weight = lowering.lifting.together((key, weight), value.domain)
    return MapValue(value.domain, key, weight)


def _whole(lowering: Lowering, value: Value) -> Argument:
    """Return a value of any type with all its columns, for tools that look into a program."""
    if isinstance(value, Leaf):
        return Argument(value.slot)
    assert isinstance(value, ListValue | MapValue)
    inner = (value.element,) if isinstance(value, ListValue) else (value.key, value.value)
    columns = lowering.lifting.together(tuple(_columns(inner)), value.domain)
    return Argument(value.shape, tuple(_whole(lowering, column) for column in columns))


def _columns(values: Iterable[Value]) -> Iterator[Value]:
    """Yield values with structs taken apart into their fields."""
    for value in values:
        if isinstance(value, StructValue):
            yield from _columns(value.field(name) for name in value.names)
        else:
            yield value


def value_argument(value: Value) -> Argument:
    """Return a value as an argument: its slot, or its shape with the columns of its elements."""
    if isinstance(value, Leaf):
        return Argument(value.slot)
    if isinstance(value, ListValue):
        return Argument(value.shape, (value_argument(value.element),))
    assert isinstance(value, MapValue)
    return Argument(value.shape, (value_argument(value.key), value_argument(value.value)))
