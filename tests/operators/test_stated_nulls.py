"""Where values make null of arguments that are not null, the operator's edges must say so.

Each overload over numbers, times and lists of numbers is called with extremes. A null that comes of it is asked for in
the edges: one whose result is null, and which does not speak of null or empty arguments.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any, Final

from feature_extractor.registry import Operator
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.programs import registry
from feature_extractor.types import ListType, ScalarType, Type

from .hostile_calls import HostileGenerator, overloads
from .random_programs import Unfit

ROWS: Final = 120
_EXTREMES: Final[dict[str, list[Any]]] = {
    "int": [0, 1, -1, 2, 7, 64, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)],
    "float": [0.0, 1.0, -1.0, 0.5, 2.0, -3.5, 1e-320, 1e160, -1e160, 1.7e308, -1.7e308],
    "timestamp": [0, -1, 2**63 - 1, -(2**63), 1_700_000_000_000_000],
    "duration": [0, 1, -1, 86_400_000_000, 2**63 - 1, -(2**63)],
    "bool": [True, False],
}


@dataclass
class _Calls:
    """Calls of many overloads, each with inputs of its own."""

    names: list[str] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)
    inputs: list[list[str]] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, number: int, name: str, text: str, columns: list[Type]) -> None:
        source = random.Random(number)
        inputs = []
        for i, type_ in enumerate(columns):
            own = f"o{number}_{i}"
            text = re.sub(rf"\bx{i}\b", own, text)
            self.types[own] = str(type_)
            self.rows[own] = [_value(source, type_) for _ in range(ROWS)]
            inputs.append(own)
        self.names.append(name)
        self.expressions.append(text)
        self.inputs.append(inputs)


def _is_numeric(type_: Type) -> bool:
    if isinstance(type_, ListType):
        return isinstance(type_.element, ScalarType) and type_.element.name in ("int", "float")
    return isinstance(type_, ScalarType) and type_.name in _EXTREMES


def _value(source: random.Random, type_: Type) -> Any:
    if isinstance(type_, ListType):
        assert isinstance(type_.element, ScalarType)
        return [source.choice(_EXTREMES[type_.element.name]) for _ in range(source.choice([3, 9]))]
    assert isinstance(type_, ScalarType)
    return source.choice(_EXTREMES[type_.name])


def _calls() -> _Calls:
    calls = _Calls()
    for number, producer in enumerate(overloads()):
        shown = producer.signature.show(producer.name)
        # Constants that hang together, and resources, are not of this test.
        if re.search(r"const list|vocabulary|table|string", shown):
            continue
        generator = HostileGenerator(random.Random(number))
        try:
            text = generator.aimed_alone(producer)
        except Unfit:
            continue
        if generator.columns and all(map(_is_numeric, generator.columns)):
            calls.add(number, producer.name, text, generator.columns)
    return calls


def _has_null(value: Any) -> bool:
    return value is None or (isinstance(value, list) and None in value)


def _tells_of_null(operator: Operator) -> bool:
    return any(
        re.search(r"\bnull\b", edge.result) and not re.search(r"\bnull\b|empty", edge.when)
        for edge in operator.edges
    )


def test_nulls_made_of_values_are_told() -> None:
    calls = _calls()
    assert len(calls.names) > 150
    found = evaluate(calls.expressions, calls.types, calls.rows)
    operators = {operator.name: operator for operator in registry().operators}
    makers, silent = set(), {}
    for name, expression, inputs, values in zip(
        calls.names, calls.expressions, calls.inputs, found, strict=True
    ):
        rows = [row for row, value in enumerate(values) if _has_null(value)]
        if not rows:
            continue
        makers.add(name)
        if not operators[name].hidden and not _tells_of_null(operators[name]):
            silent[name] = f"{expression} of {[calls.rows[i][rows[0]] for i in inputs]}"
    assert len(makers) > 60, "the extremes make too few nulls"
    assert not silent, "\n".join(silent.values())
