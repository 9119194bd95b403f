"""Puts the steps that the features need into order and numbers what they refer to.

Constant steps come first, then the request's, then the candidates'; within each group a feature's
steps follow each other depth-first, so that few columns are alive at a time. Nothing here depends
on hashes, paths or time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from feature_extractor.check.typed import CheckedProgram, Constant
from feature_extractor.plan.graph import Argument, Domain, Graph, Slot, Step
from feature_extractor.plan.outputs import Output

FORMAT = 1
CANDIDATE_STAGE = 2


class _Numbering:
    """Numbers domains, slots and sites in the order in which the steps write them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.domains: dict[Domain, int] = {}
        self.domain_entries: list[dict[str, Any]] = []
        self.slots: dict[Slot, int] = {}
        self.slot_entries: list[dict[str, Any]] = []
        self.sites: dict[str, int] = {}
        for root in (graph.constants, graph.request, graph.candidate):
            self.domains[root] = len(self.domain_entries)
            self.domain_entries.append({"kind": root.kind})

    def domain(self, domain: Domain) -> int:
        number = self.domains.get(domain)
        if number is None:
            assert domain.parent is not None and domain.shape is not None
            parent = self.domain(domain.parent)
            origin = self.domain(domain.origin) if domain.origin is not None else None
            number = self.domains[domain] = len(self.domain_entries)
            self.domain_entries.append(
                {
                    "kind": "elements",
                    "parent": parent,
                    "shape": self.slots[domain.shape],
                    "origin": origin,
                    "view": domain.view,
                }
            )
        return number

    def write(self, slot: Slot) -> int:
        number = self.slots[slot] = len(self.slot_entries)
        self.slot_entries.append({})
        entry: dict[str, Any] = {"domain": self.domain(slot.domain), "type": slot.type}
        if slot.type == "vector":
            entry["width"] = slot.width
        self.slot_entries[number] = entry
        return number

    def argument(self, argument: Argument) -> dict[str, Any]:
        if argument.slot is None:
            return {"resource": argument.resource}
        entry: dict[str, Any] = {"slot": self.slots[argument.slot]}
        if argument.elements is not None:
            entry["elements"] = [self.argument(element) for element in argument.elements]
        return entry

    def step(self, step: Step) -> dict[str, Any]:
        results = [self.write(slot) for slot in step.results]
        for slot in step.results:
            # Each shape has its domain in the plan, also where no column of its elements is read.
            if slot.type == "list":
                self.domain(self.graph.domain_of_shape[slot])
        if step.kind == "input":
            return {
                "do": "input",
                "input": step.input,
                "path": list(step.path),
                "result": results[0],
            }
        if step.kind == "constant":
            entry = {"do": "constant", "value": _json(step.value), "result": results[0]}
            if len(results) > 1:
                entry["elements"] = results[1]
            return entry
        if step.kind == "lift":
            source = step.arguments[0].slot
            assert source is not None
            entry = {"do": "lift", "slot": self.slots[source], "result": results[0]}
            if step.way:
                entry["through"] = step.way
            return entry
        if step.kind == "collect":
            return {"do": "collect", "result": results[0]}
        if step.kind == "fetch":
            source = step.arguments[0].slot
            assert source is not None and step.fetch_from is not None
            return {
                "do": "fetch",
                "domain": self.domain(step.fetch_from),
                "slot": self.slots[source],
                "result": results[0],
            }
        return {
            "do": "call",
            "operator": step.operator,
            "overload": step.overload,
            "kernel": step.kernel,
            "arguments": [self.argument(argument) for argument in step.arguments],
            "results": results,
            "site": self.sites.setdefault(step.site, len(self.sites)),
        }


def needed_steps(roots: Iterable[Argument]) -> list[Step]:
    """Return all steps that the arguments need, each after those that it reads."""
    groups: tuple[list[Step], list[Step], list[Step]] = ([], [], [])
    seen: set[Step] = set()
    # What reads a list of candidates comes with the candidates, also where its value belongs to the request.
    stages: dict[Step, int] = {}
    domains: dict[Domain, list[Step]] = {}

    def sources(step: Step) -> list[Step]:
        slots = [slot for argument in step.arguments for slot in argument.slots()]
        found = [slot.step for slot in slots]
        where = [slot.domain for slot in slots]
        where.extend([slot.domain for slot in step.results])
        where.append(step.domain)
        if step.fetch_from is not None:
            where.append(step.fetch_from)
        for domain in dict.fromkeys(where):
            if domain.kind == "elements":
                if domain not in domains:
                    domains[domain] = _domain_steps(domain)
                found.extend(domains[domain])
        return [source for source in found if source is not step]

    def opened(step: Step) -> tuple[Step, list[Step], Iterator[Step]]:
        found = sources(step)
        return step, found, iter(found)

    for root in roots:
        pending = [opened(slot.step) for slot in reversed(root.slots())]
        while pending:
            step, read, rest = pending[-1]
            if step in seen:
                pending.pop()
                continue
            for source in rest:
                if source not in seen:
                    pending.append(opened(source))
                    break
            else:
                pending.pop()
                seen.add(step)
                stage = step.domain.root if step.kind != "collect" else CANDIDATE_STAGE
                stages[step] = max([stage, *(stages[source] for source in read)])
                groups[stages[step]].append(step)
    return [step for group in groups for step in group]


def _domain_steps(domain: Domain | None) -> list[Step]:
    """Return the steps that write the shapes by which a domain and its sources exist."""
    found: list[Step] = []
    while domain is not None and domain.kind == "elements":
        assert domain.shape is not None
        found.append(domain.shape.step)
        if domain.origin is not None:
            found.extend(_domain_steps(domain.origin))
        domain = domain.parent
    found.reverse()
    return found


def make_plan(
    program: CheckedProgram,
    graph: Graph,
    outputs: list[Output],
    zones: Iterable[str],
    constants: list[Argument] | None = None,
) -> dict[str, Any]:
    """Return the plan as JSON values.

    With ``constants`` it is a plan for folding, without features.
    """
    numbering = _Numbering(graph)
    roots = constants if constants is not None else [output.value for output in outputs]
    steps = [numbering.step(step) for step in needed_steps(roots)]
    plan: dict[str, Any] = {
        "format": FORMAT,
        "domains": numbering.domain_entries,
        "slots": numbering.slot_entries,
        "inputs": [
            {
                "domain": declared.domain,
                "name": declared.name,
                "type": declared.type.text(),
                "nullable": declared.type.nullable,
            }
            for declared in program.inputs
        ],
        "resources": [
            {"name": resource.name, "kind": resource.kind, "member": f"resources/{resource.name}"}
            for resource in program.resources
        ]
        + [{"name": zone, "kind": "zone", "member": f"resources/zones/{zone}"} for zone in zones],
        "steps": steps,
    }
    if constants is not None:
        plan["constants"] = [numbering.argument(argument) for argument in constants]
    else:
        plan["features"] = [_feature(numbering, output) for output in outputs]
    plan["sites"] = list(numbering.sites)
    return plan


def _feature(numbering: _Numbering, output: Output) -> dict[str, Any]:
    feature = output.feature
    entry: dict[str, Any] = {
        "name": feature.name,
        "kind": feature.kind,
        "value": numbering.argument(output.value),
    }
    if output.width:
        entry["width"] = output.width
    if output.size is not None:
        entry["size"] = output.size
    if feature.maximum is not None:
        entry["max"] = feature.maximum
    entry["default"] = output.default
    return entry


def _json(value: Constant) -> Any:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return value
