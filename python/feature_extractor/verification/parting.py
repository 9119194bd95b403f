"""Finds the first operator from which on two programs give other values on a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feature_extractor.input_tables import InputTables
from feature_extractor.lineage import Trace, TracedProgram
from feature_extractor.lineage.trace import Argument
from feature_extractor.lineage.tree import Sources
from feature_extractor.lineage.types import SlotTypes


@dataclass(frozen=True)
class Parting:
    """Where two programs part, with what is written there and its value on ``row`` of the request.

    ``reason`` says in which way: the operators differ, or operator and arguments are the same and only the values
    differ, which a resource or a plug-in can do.
    """

    reason: str
    row: int
    old_source: str
    old_site: str
    old_value: str
    new_source: str
    new_site: str
    new_value: str


def first_parting(
    old: TracedProgram, new: TracedProgram, feature: str, tables: InputTables
) -> Parting | None:
    """Return where a feature of two programs parts on some requests; None where its value is the same in both.

    Both plans are gone down from the feature as long as they do the same, along the first value that differs. Raises
    EngineError where a program cannot compute the requests.
    """
    if feature not in old.plan.features or feature not in new.plan.features:
        return None
    requests, candidates, offsets = tables.arguments()
    sides = []
    for program in (old, new):
        tracer = program.tracer([feature])
        sides.append(_Side(program, tracer.trace_requests(requests, candidates, offsets)))
    walk = _Walk(*sides)
    values = [side.program.plan.features[feature]["value"] for side in sides]
    return walk.find(values[0], values[1])


class _Side:
    def __init__(self, program: TracedProgram, trace: Trace) -> None:
        self.program = program
        self.plan = program.plan
        self.trace = trace
        self.types = SlotTypes(program.plan, program.registry)

    def step(self, argument: Argument) -> dict[str, Any]:
        return self.plan.steps[self.plan.made_by(argument["slot"])]

    def is_constant(self, argument: Argument) -> bool:
        return bool(self.step(argument)["do"] == "constant")

    def operation(self, step: Mapping[str, Any]) -> Any:
        """Return what a step does, without its arguments."""
        if step["do"] == "input":
            declared = self.plan.content["inputs"][step["input"]]
            return declared["domain"], declared["name"], step["path"]
        if step["do"] == "call":
            return step["operator"], len(step["arguments"])
        return step["do"], json.dumps(step.get("value"))

    def said(self, argument: Argument, row: int) -> tuple[str, str, str]:
        """Return the text, the place and the value of a step."""
        step = self.step(argument)
        site = self.plan.content["sites"][step["site"]] if "site" in step else ""
        source = self.program.sources.of(site)
        if step["do"] == "input":
            declared = self.plan.content["inputs"][step["input"]]
            source = ".".join((declared["domain"], declared["name"], *step["path"]))
        if step["do"] == "constant":
            text = json.dumps(step["value"], ensure_ascii=False)
            return text, "", text
        whole = self.plan.whole(argument)
        value = self.types.literal(self.trace.value(whole, row), whole)
        return source or step.get("operator", step["do"]), Sources.start(site), value


class _Walk:
    def __init__(self, old: _Side, new: _Side) -> None:
        self._old = old
        self._new = new
        self._seen: set[tuple[int, int]] = set()

    def find(self, old: Argument, new: Argument) -> Parting | None:
        row = self._differing_row(old, new)
        return None if row is None else self._down(old, new, row)

    def _down(self, old: Argument, new: Argument, row: int) -> Parting:
        first, second = self._old.step(old), self._new.step(new)
        if self._old.operation(first) != self._new.operation(second):
            return self._parting("something else is computed", old, new, row)
        pairs = list(zip(first.get("arguments", ()), second.get("arguments", ()), strict=False))
        # A list's own columns come from further calls.
        pairs += list(zip(old.get("elements", ()), new.get("elements", ()), strict=False))
        for one, other in pairs:
            if "slot" not in one or "slot" not in other:
                continue
            if self._old.is_constant(one) and self._new.is_constant(other):
                if self._old.step(one)["value"] != self._new.step(other)["value"]:
                    return self._parting("another constant is an argument", old, new, row)
                continue
            if self._old.is_constant(one) or self._new.is_constant(other):
                return self._parting("something else is an argument", old, new, row)
            where = self._differing_row(one, other)
            if where is not None and not self._is_known(one, other):
                return self._down(one, other, where)
        return self._parting(
            "the same operator gives another value for the same arguments: a resource or a plug-in differs",
            old,
            new,
            row,
        )

    def _is_known(self, old: Argument, new: Argument) -> bool:
        """Whether a pair was gone through before, as the elements of a list can lead back to the call that made it."""
        key = (self._old.plan.made_by(old["slot"]), self._new.plan.made_by(new["slot"]))
        known = key in self._seen
        self._seen.add(key)
        return known

    def _differing_row(self, old: Argument, new: Argument) -> int | None:
        first, second = self._old.plan.whole(old), self._new.plan.whole(new)
        try:
            rows = self._old.trace.differing_rows(first, self._new.trace, second)
            return next(rows, None)
        except KeyError:
            # What is not shown, say a list in whose stead its elements are, has not been traced.
            return None

    def _parting(self, reason: str, old: Argument, new: Argument, row: int) -> Parting:
        return Parting(reason, row, *self._old.said(old, row), *self._new.said(new, row))
