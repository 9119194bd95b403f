"""What the slots of a plan mean: a plan stores timestamps as integers, and people want to see instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feature_extractor.lineage.trace import Argument, Plan
from feature_extractor.literals import literal
from feature_extractor.registry import (
    LambdaPattern,
    ListPattern,
    MapPattern,
    Parameter,
    Pattern,
    Registry,
    ScalarPattern,
    StructPattern,
    VariablePattern,
    parse_signature,
)
from feature_extractor.types import BYTES, SCALARS, Type, VectorType

_LONGEST = 100


class SlotTypes:
    """The types of values, from the declared inputs and the signatures of operators."""

    def __init__(self, plan: Plan, registry: Registry) -> None:
        self._plan = plan
        self._registry = registry
        self._names: dict[int, str] = {}

    def text(self, argument: Argument) -> str:
        """Return a type as programs write it."""
        slot = self._plan.slots[argument["slot"]]
        if slot["type"] == "list":
            inner = ", ".join(self.text(element) for element in argument.get("elements", ()))
            return f"list<{inner}>"
        if slot["type"] == "vector":
            return f"vector<{slot['width']}>"
        return self.name(argument["slot"])

    def literal(self, value: Any, argument: Argument) -> str:
        """Return a value as programs write it, in at most one line."""
        text = self._literal(value, argument)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."

    def _literal(self, value: Any, argument: Argument) -> str:
        if value is None:
            return "null"
        if isinstance(value, list) and self._plan.slots[argument["slot"]]["type"] == "list":
            columns = argument.get("elements", ())
            if not columns:
                return f"[{len(value)} elements]" if len(value) != 1 else "[1 element]"
            return "[" + _joined([self._element(item, columns) for item in value]) + "]"
        type_ = self._type(argument)
        if isinstance(value, str) and type_ == BYTES:
            value = value.encode()
        return literal(value, BYTES if isinstance(value, bytes) else type_)

    def _element(self, item: Any, columns: Sequence[Argument]) -> str:
        if len(columns) == 1:
            return self._literal(item, columns[0])
        shown = (self._literal(part, column) for part, column in zip(item, columns, strict=True))
        return f"({', '.join(shown)})"

    def _type(self, argument: Argument) -> Type:
        slot = self._plan.slots[argument["slot"]]
        if slot["type"] == "vector":
            return VectorType(size=slot["width"])
        return SCALARS[self.name(argument["slot"])]

    def name(self, slot: int) -> str:
        """Return the scalar type of a slot."""
        known = self._names.get(slot)
        if known is None:
            stored = self._plan.slots[slot]["type"]
            stored = "string" if stored == "text" else stored
            self._names[slot] = stored  # What refers to itself is what it is stored as.
            known = self._names[slot] = self._found(slot) or stored
        return known

    def _found(self, slot: int) -> str:
        slot = self._plan.source(slot)
        step = self._plan.steps[self._plan.writer[slot]]
        if step["do"] == "fetch":
            return self.name(step["slot"])
        if step["do"] == "input":
            declared = self._plan.content["inputs"][step["input"]]
            pattern = parse_signature(f"() -> {declared['type']}").result
            return _scalar(_inside(pattern, step["path"]))
        if step["do"] == "constant":
            value = step["value"]
            return "bytes" if isinstance(value, dict) and "bytes" in value else ""
        if step["do"] != "call":
            return ""
        overload = self._overload(step)
        if overload is None:
            return ""
        position = step["results"].index(slot)
        result = overload.signature.result
        if isinstance(result, ListPattern) and position == 1:
            result = result.element
        elif isinstance(result, MapPattern) and position > 0:
            result = result.key if position == 1 else result.value
        if not isinstance(result, VariablePattern):
            return _scalar(result)
        for _, pattern, argument in self._arguments(step):
            found = _bound(pattern, argument, result.name)
            if found is not None:
                return self.name(found)
        return ""

    def arguments(self, step: Mapping[str, Any]) -> Iterator[tuple[str, bool, Argument]]:
        """Yield each argument that has a value: the parameter's name, whether it takes null, and the argument."""
        for parameter, pattern, argument in self._arguments(step):
            if "slot" in argument:
                yield parameter.name, pattern.nullable, argument

    def _arguments(self, step: Mapping[str, Any]) -> Iterator[tuple[Parameter, Pattern, Argument]]:
        overload = self._overload(step)
        parameters = overload.signature.parameters if overload else ()
        for position, argument in enumerate(step["arguments"]):
            if parameters:
                parameter = parameters[min(position, len(parameters) - 1)]
                yield parameter, parameter.pattern, argument

    def _overload(self, step: Mapping[str, Any]) -> Any:
        operator = self._registry.by_name.get(step["operator"])
        known = operator is not None and step["overload"] < len(operator.overloads)
        return operator.overloads[step["overload"]] if operator is not None and known else None


def _joined(items: Sequence[str]) -> str:
    shown = 20
    more = [f"... {len(items) - shown:,} more"] if len(items) > shown else []
    return ", ".join([*items[:shown], *more])


def _inside(pattern: Pattern, path: Sequence[str]) -> Pattern:
    """Return the part of a declared type that a path leads to."""
    for word in path:
        match pattern:
            case ListPattern(element=element):
                pattern = element
            case MapPattern(key=key, value=value):
                pattern = key if word == "key" else value
            case StructPattern(fields=fields):
                pattern = dict(fields)[word]
    return pattern


def _scalar(pattern: Pattern) -> str:
    return pattern.name if isinstance(pattern, ScalarPattern) else ""


def _bound(pattern: Pattern, argument: Argument, variable: str) -> int | None:
    """Return the slot of an argument that a type variable stands for."""
    if isinstance(pattern, VariablePattern):
        return argument.get("slot") if pattern.name == variable else None
    inner: list[Pattern] = []
    if isinstance(pattern, ListPattern):
        inner = [pattern.element]
    elif isinstance(pattern, MapPattern):
        inner = [pattern.key, pattern.value]
    elif isinstance(pattern, LambdaPattern):
        inner = [pattern.result]
    for part, element in zip(inner, argument.get("elements", ()), strict=False):
        found = _bound(part, element, variable)
        if found is not None:
            return found
    return None
