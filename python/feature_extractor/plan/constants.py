"""Tries the constants of a call in the core, for the checker.

Operators look at their constants when they are bound, which only the core can do: whether a text is a pattern, whether
boundaries grow. What it refuses would fail in the program that loads the package, far from who could mend it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from feature_extractor.check.typed import Call, CheckedProgram, Lambda, Literal, ResourceReference
from feature_extractor.errors import EngineError
from feature_extractor.plan.dependencies import Dependencies
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.lower import Lowering
from feature_extractor.plan.operators import Operators
from feature_extractor.plan.order import make_plan
from feature_extractor.plan.outputs import value_argument
from feature_extractor.registry import Parameter, Registry, Signature
from feature_extractor.registry import ScalarPattern as Scalar
from feature_extractor.time_zones import read_time_zone

Load: TypeAlias = Callable[[str, Mapping[str, bytes]], object]
"""Loads a plan with the files of its resources. EngineError says that the core refuses it, ImportError that there is no
core."""

_EMPTY: Final = CheckedProgram("", (), (), ())
_PLAIN: Final = frozenset({"bool", "int", "float", "timestamp", "duration"})
_MOST_ANSWERS: Final = 10_000


class ConstantTrial:
    """Says why the core refuses a call with its constants."""

    def __init__(self, registry: Registry, load: Load) -> None:
        self._registry = registry
        self._operators = Operators(registry)
        self._dependencies = Dependencies(self._operators)
        self._load = load
        self._has_core = True
        self._positions: dict[tuple[str, int], tuple[int, ...]] = {}
        self._answers: dict[Any, str] = {}

    def __call__(self, call: Call) -> str:
        """Return the reason; empty where the core takes the constants, and where nobody can say.

        Constants that are computed are not tried, and neither are those of which the signature says all.
        """
        place = (call.operator, call.overload)
        positions = self._positions.get(place)
        if positions is None:
            overload = self._registry.by_name[call.operator].overloads[call.overload]
            positions = self._positions[place] = _tried(overload.signature)
        if not positions or not self._has_core:
            return ""
        # What variables of the signature stand for counts too: the size of a vector may bound that of a list.
        key: list[Any] = [place, call.bindings]
        for position in positions:
            constant = call.arguments[position]
            if not isinstance(constant, Literal):
                return ""
            key += (constant.type.number, constant.value)
        known = self._answers.get(tuple(key))
        if known is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            known = self._answers[tuple(key)] = self._reason(call)
        return known

    def _reason(self, call: Call) -> str:
        # Only the constants matter. All else is null, so that nothing is computed either.
        if any(isinstance(argument, Lambda | ResourceReference) for argument in call.arguments):
            return ""  # These have no null.
        arguments = tuple(
            argument
            if isinstance(argument, Literal)
            else Literal(argument.type.with_nullable(True), argument.place, None)
            for argument in call.arguments
        )
        alone = Call(call.type, call.place, call.operator, call.overload, call.bindings, arguments)
        lowering = Lowering(_EMPTY, self._operators, self._dependencies, lambda _: "")
        try:
            value = value_argument(lowering.lower(alone))
        except PlanError:
            return ""  # There is no null of such an argument, say of a map.
        plan = make_plan(_EMPTY, lowering.graph, [], lowering.zones, [value])
        files = {f"resources/zones/{zone}": read_time_zone(zone) for zone in lowering.zones}
        try:
            self._load(json.dumps({**plan, "features": []}), files)
        except ImportError:
            self._has_core = False
        except EngineError as error:
            # The core writes "Operator 'name' at place: reason", here without a place. Others are not about constants.
            front, _, reason = error.message.partition(": ")
            if front == f"Operator '{call.operator}' at ":
                return reason[:1].lower() + reason[1:].rstrip(".")
        return ""


def _tried(signature: Signature) -> tuple[int, ...]:
    """Return the positions of constants, if the signature does not say which values of all of them are allowed."""
    found = [(n, p) for n, p in enumerate(signature.parameters) if p.constant]
    return tuple(n for n, _ in found) if any(_is_open(p) for _, p in found) else ()


def _is_open(parameter: Parameter) -> bool:
    """Return whether a constant is a text that may be anything, or a list: numbers and words are checked already."""
    pattern = parameter.pattern
    return not parameter.words and not (isinstance(pattern, Scalar) and pattern.name in _PLAIN)
