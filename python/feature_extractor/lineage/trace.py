"""Runs a plan so that the values of its steps can be seen.

The core knows the kind ``value``: any value, written with all of its bits. A plan whose steps are features of this kind
is a plan like any other, so what is shown is what the core computes, and no second engine can disagree with it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from feature_extractor.lineage.storage import decoded, element_slots
from feature_extractor.plan.steps import results

Argument = Mapping[str, Any]
"""An argument of the plan: ``{"slot": s}``, or with the columns of a list's ``elements``."""


class Plan:
    """A plan with the answers that walking it needs."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.slots: list[dict[str, Any]] = content["slots"]
        self.domains: list[dict[str, Any]] = content["domains"]
        self.steps: list[dict[str, Any]] = content["steps"]

    @cached_property
    def writer(self) -> dict[int, int]:
        """The step that writes each slot."""
        return {slot: index for index, step in enumerate(self.steps) for slot in results(step)}

    @cached_property
    def features(self) -> dict[str, dict[str, Any]]:
        """The features by name."""
        return {feature["name"]: feature for feature in self.content["features"]}

    @property
    def output_domain(self) -> int:
        """The domain whose rows the results have."""
        kinds = {declared["domain"] for declared in self.content["inputs"]}
        wanted = "candidate" if "candidate" in kinds else "request"
        return next(i for i, d in enumerate(self.domains) if d["kind"] == wanted)

    def source(self, slot: int) -> int:
        """Return the slot that a value was lifted from."""
        step = self.steps[self.writer[slot]]
        while step["do"] == "lift":
            slot = step["slot"]
            step = self.steps[self.writer[slot]]
        return slot

    def made_by(self, slot: int) -> int:
        """Return the step that computes a value: lifts are passed, and of an element, the call that chose it counts."""
        index = self.writer[self.source(slot)]
        step = self.steps[index]
        if step["do"] != "fetch":
            return index
        return self.made_by(self.domains[step["domain"]]["shape"])

    def whole(self, argument: Argument) -> Argument:
        """Return an argument together with the lists that it lives in, so that each row of the output has one value."""
        domain = self.domains[self.slots[argument["slot"]]["domain"]]
        while domain["kind"] == "elements":
            argument = {"slot": domain["shape"], "elements": [argument]}
            domain = self.domains[self.slots[argument["slot"]]["domain"]]
        return argument

    def result(self, step: Mapping[str, Any]) -> Argument:
        """Return what a call gives, as an argument."""
        first, *columns = results(step)
        if not columns:
            return {"slot": first}
        return {"slot": first, "elements": [{"slot": column} for column in columns]}


class Tracer:
    """A plan that is loaded with some of its values as features.

    ``wanted`` are arguments as :meth:`Plan.whole` gives them; values are asked for by these.
    """

    def __init__(self, plan: Plan, resources: Mapping[str, bytes], wanted: list[Argument]) -> None:
        from feature_extractor import _native

        self.plan = plan
        self._index: dict[str, int] = {}
        self._arguments: list[Argument] = []
        for argument in wanted:
            key = _key(argument)
            if key not in self._index:
                self._index[key] = len(self._arguments)
                self._arguments.append(argument)
        extended = _Extended(plan)
        for argument in self._arguments:
            extended.add(argument)
        content = json.dumps(extended.as_json(), ensure_ascii=False, allow_nan=False)
        self._native = _native.load_plan(content, dict(resources))
        self._first = len(plan.content["features"])

    def trace(self, batch: Any) -> Trace:
        """Return the values on a batch of rows. Raises EngineError where it does not fit."""
        (extraction,) = self._native.extract(batch, 1, 1024)
        return Trace(self, extraction)

    def trace_requests(self, requests: Any, candidates: Any, offsets: list[int]) -> Trace:
        """Return the values on requests and candidates in two tables."""
        return Trace(self, self._native.extract_request(requests, candidates, offsets, 1, 1024))


class Trace:
    """The values of the steps of a plan on some rows."""

    def __init__(self, tracer: Tracer, extraction: Any) -> None:
        self._tracer = tracer
        self._extraction = extraction

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self._extraction.rows)

    def raw(self, argument: Argument, row: int) -> bytes:
        """Return all bits of a value."""
        data, offsets = self._arrays(argument)
        return bytes(data[offsets[row] : offsets[row + 1]])

    def value(self, argument: Argument, row: int) -> Any:
        """Return a value: None, bool, int, float, str, bytes where text is not UTF-8, or a list."""
        return decoded(self.raw(argument, row), argument, self._tracer.plan.slots)

    def differing_rows(self, argument: Argument, other: Trace, theirs: Argument) -> Iterator[int]:
        """Yield the rows on which two values have other bits."""
        for row in range(min(self.rows, other.rows)):
            if self.raw(argument, row) != other.raw(theirs, row):
                yield row

    def statistics(self) -> dict[str, Any]:
        """Return what the core counted."""
        return dict(self._extraction.statistics())

    def _arrays(self, argument: Argument) -> Any:
        index = self._tracer._first + self._tracer._index[_key(argument)]
        return self._extraction.arrays(index)


def _key(argument: Argument) -> str:
    return json.dumps(argument, sort_keys=True)


class _Extended:
    """A plan that grows by the steps that bring values to the output."""

    def __init__(self, plan: Plan) -> None:
        self.content = plan.content
        self.output = plan.output_domain
        self.slots = list(plan.slots)
        self.domains = list(plan.domains)
        self.steps = list(plan.steps)
        self.features = list(plan.content["features"])
        self._lifted: dict[tuple[int, int], int] = {}
        self._unit = -1

    def add(self, argument: Argument) -> None:
        """Make a value a feature."""
        argument = self._with_columns(argument)
        if self.slots[argument["slot"]]["domain"] != self.output:
            argument = {**argument, "slot": self._lift(argument["slot"], self.output)}
        name = f"%{len(self.features)}"
        self.features.append({"name": name, "kind": "value", "value": argument, "default": ""})

    def _with_columns(self, argument: Argument) -> Argument:
        """Return an argument in which each list has a column: one whose elements nobody reads gets zeros."""
        if self.slots[argument["slot"]]["type"] != "list":
            return argument
        columns = [self._with_columns(element) for element in argument.get("elements", ())]
        return {**argument, "elements": columns or [{"slot": self._zeros(argument["slot"])}]}

    def _zeros(self, shape: int) -> int:
        if self._unit < 0:
            self._unit = self._slot({"domain": 0, "type": "int"})
            self.steps.append({"do": "constant", "value": 0, "result": self._unit})
        return self._lift(self._unit, self._elements(shape))

    def _lift(self, slot: int, domain: int) -> int:
        if (slot, domain) not in self._lifted:
            origin = self._elements(slot) if self.slots[slot]["type"] == "list" else None
            result = self._slot(self.slots[slot] | {"domain": domain})
            self._lifted[slot, domain] = result
            self.steps.append({"do": "lift", "slot": slot, "result": result})
            if origin is not None:
                inner = {"kind": "elements", "parent": domain, "shape": result}
                self.domains.append(inner | {"origin": origin, "view": True})
        return self._lifted[slot, domain]

    def _slot(self, entry: dict[str, Any]) -> int:
        self.slots.append(entry)
        return len(self.slots) - 1

    def _elements(self, shape: int) -> int:
        return next(i for i, d in enumerate(self.domains) if d.get("shape") == shape)

    def as_json(self) -> dict[str, Any]:
        """Return the plan."""
        grown = {"domains": self.domains, "slots": self.slots, "steps": self.steps}
        return {**self.content, **grown, "features": self.features}


def reached(plan: Plan, argument: Argument) -> list[int]:
    """Return the steps that a value needs, in the order of the plan."""
    found: set[int] = set()
    pending = list(element_slots(argument))
    while pending:
        slot = pending.pop()
        index = plan.writer[slot]
        if index in found:
            continue
        found.add(index)
        step = plan.steps[index]
        if "slot" in step:
            pending.append(step["slot"])
        if step["do"] == "fetch":
            pending.append(plan.domains[step["domain"]]["shape"])
        pending.extend(itertools.chain.from_iterable(map(element_slots, step.get("arguments", ()))))
        domain = plan.domains[plan.slots[slot]["domain"]]
        if domain["kind"] == "elements" and domain["shape"] not in results(step):
            pending.append(domain["shape"])
    return sorted(found)
