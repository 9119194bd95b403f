"""Works out, from a plan alone, what each feature reads, costs and shares."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from feature_extractor.plan.steps import results
from feature_extractor.registry import Overload, Registry

_LIFT_NANOSECONDS = 0.5
"""What one row of a lift or fetch costs: an indexed load and a store that stay in the cache."""

_MOST_PARTNERS = 200
"""A step that more features share than this says only how many they are."""


@dataclass(frozen=True)
class Assumptions:
    """The sizes for which costs are estimated."""

    candidates: int = 100
    list_length: int = 20

    def text(self) -> str:
        """Return the assumptions as a sentence."""
        return (
            f"Costs are estimates for one request with {self.candidates} candidates and lists of "
            f"{self.list_length} elements, on one core; constants are computed at load."
        )


@dataclass(frozen=True)
class StepExplanation:
    """One step: what it does, where it runs, and for how long."""

    index: int
    kind: str
    label: str
    domain: str
    rows: float
    nanoseconds: float
    sources: tuple[int, ...]
    features: tuple[int, ...]
    site: str = ""


@dataclass(frozen=True)
class FeatureExplanation:
    """One feature. ``own_nanoseconds`` is the part of its cost that no other feature needs."""

    name: str
    kind: str
    type: str
    domain: str
    nanoseconds: float
    own_nanoseconds: float
    inputs: tuple[str, ...]
    operators: dict[str, int]
    steps: tuple[int, ...]
    shared_with: dict[str, int]
    description: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Explanation:
    """A whole plan, explained."""

    name: str
    assumptions: Assumptions
    features: tuple[FeatureExplanation, ...]
    steps: tuple[StepExplanation, ...]
    nanoseconds: dict[str, float] = field(default_factory=dict)
    fitted: tuple[dict[str, Any], ...] = ()
    """What the package says of each fitted resource."""

    def feature(self, name: str) -> FeatureExplanation | None:
        """Return the explanation of a feature, or None where there is none of this name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, FeatureExplanation]:
        return {feature.name: feature for feature in self.features}

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "name": self.name,
            "assumptions": asdict(self.assumptions) | {"text": self.assumptions.text()},
            "nanoseconds": self.nanoseconds,
            "features": [asdict(feature) for feature in self.features],
            "steps": [asdict(step) for step in self.steps],
            **({"fitted": list(self.fitted)} if self.fitted else {}),
        }


def explain(
    plan: Mapping[str, Any],
    registry: Registry | None = None,
    manifest: Mapping[str, Any] | None = None,
    assumptions: Assumptions | None = None,
) -> Explanation:
    """Explain a plan, given as JSON values.

    ``registry`` knows what operators cost; without it, calls count as 1 ns per row. ``manifest`` adds
    the name of the package and the descriptions of features.
    """
    return _Analysis(plan, registry, assumptions or Assumptions()).explanation(manifest or {})


class _Analysis:
    def __init__(
        self, plan: Mapping[str, Any], registry: Registry | None, assumptions: Assumptions
    ) -> None:
        self.plan = plan
        self.registry = registry
        self.assumptions = assumptions
        self.slots = plan["slots"]
        self.domains = plan["domains"]
        self.writer = {
            slot: index for index, step in enumerate(plan["steps"]) for slot in results(step)
        }
        self.domain_of_shape = {
            d["shape"]: i for i, d in enumerate(self.domains) if d["kind"] == "elements"
        }
        self._rows: dict[int, float] = {}
        self._overloads: dict[tuple[str, int], Overload | None] = {}

    def explanation(self, manifest: Mapping[str, Any]) -> Explanation:
        steps = self.plan["steps"]
        sources = [self._sources(step) for step in steps]
        needed = [self._needed(feature, sources) for feature in self.plan["features"]]
        features_of: list[list[int]] = [[] for _ in steps]
        for number, indices in enumerate(needed):
            for index in indices:
                features_of[index].append(number)
        explained = tuple(
            StepExplanation(
                index,
                step["do"],
                self._label(step),
                self._domain_text(self._domain(step)),
                self._row_count(self._domain(step)),
                self._nanoseconds(step),
                sources[index],
                tuple(features_of[index]),
                self.plan["sites"][step["site"]] if "site" in step else "",
            )
            for index, step in enumerate(steps)
        )
        described = {entry["name"]: entry for entry in manifest.get("features", ())}
        total: dict[str, float] = {"request": 0.0, "candidate": 0.0}
        for index, step in enumerate(explained):
            root = self._root(self._domain(steps[index]))
            if root in total:
                total[root] += step.nanoseconds
        return Explanation(
            str(manifest.get("name", "")),
            self.assumptions,
            tuple(
                self._feature(number, needed[number], explained, described)
                for number in range(len(needed))
            ),
            explained,
            total,
            tuple(manifest.get("fitted", ())),
        )

    def _feature(
        self,
        number: int,
        needed: tuple[int, ...],
        steps: tuple[StepExplanation, ...],
        described: Mapping[str, Mapping[str, Any]],
    ) -> FeatureExplanation:
        feature = self.plan["features"][number]
        mine = [steps[index] for index in needed]
        shared: Counter[int] = Counter()
        for step in mine:
            if step.kind == "call" and len(step.features) <= _MOST_PARTNERS:
                shared.update(step.features)
        del shared[number]
        entry = described.get(feature["name"], {})
        operators = Counter(
            self.plan["steps"][step.index]["operator"] for step in mine if step.kind == "call"
        )
        return FeatureExplanation(
            name=feature["name"],
            kind=feature["kind"],
            type=self._type_text(feature["value"]),
            domain=entry.get("domain") or self._natural_domain(feature["value"]),
            nanoseconds=sum(step.nanoseconds for step in mine),
            own_nanoseconds=sum(step.nanoseconds for step in mine if len(step.features) == 1),
            inputs=tuple(dict.fromkeys(s.label for s in mine if s.kind == "input")),
            operators=dict(sorted(operators.items())),
            steps=needed,
            shared_with={
                self.plan["features"][other]["name"]: count
                for other, count in sorted(shared.items(), key=lambda item: (-item[1], item[0]))
            },
            description=entry.get("description", ""),
            owner=entry.get("owner", ""),
        )

    # What a step needs.

    def _sources(self, step: Mapping[str, Any]) -> tuple[int, ...]:
        slots = [step["slot"]] if "slot" in step else []
        for argument in step.get("arguments", ()):
            slots.extend(_slots(argument))
        # A column of elements needs the shape that says how many there are.
        domains = [self._domain(step)] + ([step["domain"]] if step["do"] == "fetch" else [])
        for domain in domains:
            if self.domains[domain]["kind"] == "elements":
                slots.append(self.domains[domain]["shape"])
        own = set(results(step))
        return tuple(dict.fromkeys(self.writer[slot] for slot in slots if slot not in own))

    def _needed(
        self, feature: Mapping[str, Any], sources: list[tuple[int, ...]]
    ) -> tuple[int, ...]:
        found: set[int] = set()
        pending = [self.writer[slot] for slot in _slots(feature["value"])]
        while pending:
            index = pending.pop()
            if index not in found:
                found.add(index)
                pending.extend(sources[index])
        return tuple(sorted(found))

    # Domains.

    def _domain(self, step: Mapping[str, Any]) -> int:
        return int(self.slots[results(step)[0]]["domain"])

    def _root(self, domain: int) -> str:
        while self.domains[domain]["kind"] == "elements":
            domain = self.domains[domain]["parent"]
        return str(self.domains[domain]["kind"])

    def _domain_text(self, domain: int) -> str:
        entry = self.domains[domain]
        if entry["kind"] != "elements":
            return str(entry["kind"])
        return f"elements of {self._domain_text(entry['parent'])}"

    def _row_count(self, domain: int) -> float:
        known = self._rows.get(domain)
        if known is None:
            entry = self.domains[domain]
            kind = entry["kind"]
            if kind == "elements":
                length = 1 if self._is_single(entry) else self.assumptions.list_length
                origin = entry["origin"]
                if origin is not None and self.domains[origin]["kind"] == "candidate":
                    # The list of all candidates of the request.
                    length = self.assumptions.candidates
                known = self._row_count(entry["parent"]) * length
            else:
                known = float(self.assumptions.candidates if kind == "candidate" else 1)
            self._rows[domain] = known
        return known

    def _is_single(self, entry: Mapping[str, Any]) -> bool:
        """Whether a domain has at most one element per row: the result of an `element` call."""
        step = self.plan["steps"][self.writer[entry["shape"]]]
        overload = self._overload(step) if step["do"] == "call" else None
        return overload is not None and overload.shape == "element"

    def _natural_domain(self, value: Mapping[str, Any]) -> str:
        """Return the root in which a feature's value is computed, before it is lifted to the output."""
        slot = value["slot"]
        step = self.plan["steps"][self.writer[slot]]
        if step["do"] == "lift":
            slot = step["slot"]
        return self._root(self.slots[slot]["domain"])

    # Texts and costs.

    def _type_text(self, value: Mapping[str, Any]) -> str:
        slot = self.slots[value["slot"]]
        elements = value.get("elements")
        if elements is None:
            return f"vector<{slot['width']}>" if slot["type"] == "vector" else str(slot["type"])
        return "list<" + ", ".join(self._type_text(element) for element in elements) + ">"

    def _label(self, step: Mapping[str, Any]) -> str:
        kind = step["do"]
        if kind == "input":
            declared = self.plan["inputs"][step["input"]]
            return ".".join((declared["domain"], declared["name"], *step["path"]))
        if kind == "constant":
            text = json.dumps(step["value"], ensure_ascii=False)
            return text if len(text) <= 40 else text[:37] + "..."
        if kind == "call":
            given = ", ".join(self._argument_text(argument) for argument in step["arguments"])
            return f"{step['operator']}({given})"
        return str(kind)

    def _argument_text(self, argument: Mapping[str, Any]) -> str:
        if "resource" in argument:
            return str(self.plan["resources"][argument["resource"]]["name"])
        writer = self.plan["steps"][self.writer[argument["slot"]]]
        return self._label(writer) if writer["do"] == "constant" else "_"

    def _overload(self, step: Mapping[str, Any]) -> Overload | None:
        key = (step["operator"], step["overload"])
        if key not in self._overloads:
            operator = self.registry.by_name.get(key[0]) if self.registry else None
            known = operator is not None and key[1] < len(operator.overloads)
            self._overloads[key] = operator.overloads[key[1]] if operator and known else None
        return self._overloads[key]

    def _nanoseconds(self, step: Mapping[str, Any]) -> float:
        domain = self._domain(step)
        kind = step["do"]
        if kind in ("input", "constant") or self._root(domain) == "constant":
            return 0.0
        rows = self._row_count(domain)
        if kind != "call":
            return rows * _LIFT_NANOSECONDS
        overload = self._overload(step)
        cost = overload.cost if overload is not None else {"per_row": 1.0}
        elements = sum(
            self._element_count(argument, step["operator"])
            for argument in step["arguments"]
            if "elements" in argument
        )
        per_element = float(cost.get("per_element", 0.0))
        return rows * float(cost.get("per_row", 0.0)) + elements * per_element

    def _element_count(self, argument: Mapping[str, Any], operator: str) -> float:
        """Return how many elements a call goes through; a probe builds one table per shared list."""
        domain = self.domain_of_shape[argument["slot"]]
        found = self.registry.by_name.get(operator) if self.registry else None
        if found is not None and found.hidden:
            while self.domains[domain].get("view"):
                domain = self.domains[domain]["origin"]
        return self._row_count(domain)


def _slots(argument: Mapping[str, Any]) -> list[int]:
    found = [argument["slot"]] if "slot" in argument else []
    for element in argument.get("elements", ()):
        found.extend(_slots(element))
    return found
