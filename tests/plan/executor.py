"""Runs a plan over Python values, one step at a time, as docs/design/0003 describes the steps.

Slow and literal: each domain is a list of rows that know their parent's row and the row they were
taken from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feature_extractor.plan.operators import Operators

from .semantics import Functions, apply


@dataclass
class _Rows:
    """The rows of a domain.

    For each its parent's row, and the row of the origin that it was taken from.
    """

    count: int = 0
    parent: list[int] = field(default_factory=list)
    origin: list[int] = field(default_factory=list)
    # For elements: the rows of each parent row, or None where the list is null.
    entries: list[range | None] = field(default_factory=list)


class Executor:
    """Executes one plan on a batch: requests, each with its candidates."""

    def __init__(
        self,
        plan: Mapping[str, Any],
        operators: Operators,
        functions: Functions,
        resources: Mapping[str, Any] | None = None,
    ) -> None:
        self.plan = plan
        self.operators = operators
        self.functions = functions
        named = dict(resources or {})
        self.resources = [
            r["name"] if r["kind"] == "zone" else named.get(r["name"]) for r in plan["resources"]
        ]
        self.columns: dict[int, list[Any]] = {}
        self.rows: dict[int, _Rows] = {}
        self.domain_of_shape = {
            d["shape"]: i for i, d in enumerate(plan["domains"]) if d["kind"] == "elements"
        }

    def run(
        self,
        requests: Sequence[Mapping[str, Any]],
        candidates: Sequence[Sequence[Mapping[str, Any]]],
    ) -> dict[str, list[Any]]:
        """Return the raw value of each feature for each row of the output domain."""
        self.inputs = {
            "request": list(requests),
            "candidate": [candidate for group in candidates for candidate in group],
        }
        owners = [i for i, group in enumerate(candidates) for _ in group]
        self.rows = {
            0: _Rows(1),
            1: _Rows(len(requests), [0] * len(requests)),
            2: _Rows(len(owners), owners),
        }
        for step in self.plan["steps"]:
            getattr(self, "_" + step["do"])(step)
        return {
            feature["name"]: [
                self._value(feature["value"], row) for row in range(self._output_count(feature))
            ]
            for feature in self.plan.get("features", ())
        }

    def constants(self) -> list[Any]:
        """Return the values of a plan that was made for folding."""
        self.run([], [])
        return [self._value(argument, 0) for argument in self.plan["constants"]]

    def _output_count(self, feature: Mapping[str, Any]) -> int:
        return len(self.columns[feature["value"]["slot"]])

    # Rows.

    def _domain(self, slot: int) -> int:
        return int(self.plan["slots"][slot]["domain"])

    def _reaches(self, domain: int | None, target: int) -> bool:
        if domain is None:
            return False
        if domain == target:
            return True
        entry = self.plan["domains"][domain]
        parent = (
            entry["parent"] if entry["kind"] == "elements" else (domain - 1 if domain else None)
        )
        return self._reaches(parent, target) or self._reaches(entry.get("origin"), target)

    def _row(self, domain: int, row: int, target: int) -> int:
        """Follow a row to a domain that it reaches; all ways there must lead to one row."""
        found: set[int] = set()
        pending = [(domain, row)]
        while pending:
            at, position = pending.pop()
            if at == target:
                found.add(position)
                continue
            entry = self.plan["domains"][at]
            parent = entry["parent"] if entry["kind"] == "elements" else at - 1
            if self._reaches(parent, target):
                pending.append((parent, self.rows[at].parent[position]))
            if self._reaches(entry.get("origin"), target):
                pending.append((entry["origin"], self.rows[at].origin[position]))
        (only,) = found
        return only

    def _make_domain(self, shape: int, lists: list[list[int] | int | None]) -> None:
        """Make the domain of a shape.

        Per parent row the origin's rows, a count of fresh rows, or null.
        """
        rows = _Rows()
        for parent, entry in enumerate(lists):
            if entry is None:
                rows.entries.append(None)
                continue
            size = entry if isinstance(entry, int) else len(entry)
            rows.entries.append(range(rows.count, rows.count + size))
            rows.parent.extend([parent] * size)
            if not isinstance(entry, int):
                rows.origin.extend(entry)
            rows.count += size
        domain = self.domain_of_shape.get(shape)
        self.columns[shape] = list(rows.entries)
        if domain is not None:
            self.rows[domain] = rows

    # Arguments.

    def _value(self, argument: Mapping[str, Any], row: int) -> Any:
        """Return an argument's value at a row of its own domain."""
        if "resource" in argument:
            return self.resources[argument["resource"]]
        slot = argument["slot"]
        value = self.columns[slot][row]
        if "elements" not in argument or value is None:
            return value
        domain = self.domain_of_shape[slot]
        where = {self._domain(element["slot"]) for element in argument["elements"]}
        assert len(where) <= 1, "the columns of a list's elements live in one domain"
        columns = [
            [self._stored(element, domain, position) for position in value]
            for element in argument["elements"]
        ]
        if not columns:
            return [None] * len(value)
        return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))

    def _stored(self, argument: Mapping[str, Any], domain: int, row: int) -> Any:
        """Return an element: from its own domain, or from the storage into which a view points."""
        target = self._domain(argument["slot"])
        while domain != target:
            entry = self.plan["domains"][domain]
            assert entry["view"], (
                "an element's column lives in the domain of its list or in its storage"
            )
            row, domain = self.rows[domain].origin[row], entry["origin"]
        return self._value(argument, row)

    # Steps.

    def _constant(self, step: Mapping[str, Any]) -> None:
        value = step["value"]
        if "elements" in step:
            self._make_domain(step["result"], [None if value is None else len(value)])
            self.columns[step["elements"]] = [_constant(item) for item in value or ()]
        else:
            self.columns[step["result"]] = [_constant(value)]

    def _input(self, step: Mapping[str, Any]) -> None:
        declared = self.plan["inputs"][step["input"]]
        values: list[Any] = [row[declared["name"]] for row in self.inputs[declared["domain"]]]
        for word in step["path"]:
            if word == "*":
                values = [item for value in values if value is not None for item in value]
            elif word in ("key", "value") and values and not isinstance(values[0], dict):
                values = [
                    pair[word == "value"] for value in values if value is not None for pair in value
                ]
            else:
                values = [None if value is None else value[word] for value in values]
        slot = step["result"]
        if self.plan["slots"][slot]["type"] == "list":
            self._make_domain(slot, [None if value is None else len(value) for value in values])
        else:
            self.columns[slot] = values

    def _lift(self, step: Mapping[str, Any]) -> None:
        source, result = step["slot"], step["result"]
        domain, target = self._domain(result), self._domain(source)
        if "through" in step:
            entry = self.plan["domains"][domain]
            assert entry[step["through"]] == target, "a lift that names its way is one hop"
            rows = getattr(self.rows[domain], step["through"])
        else:
            rows = [self._row(domain, row, target) for row in range(self.rows[domain].count)]
        values = [self.columns[source][row] for row in rows]
        if self.plan["slots"][result]["type"] == "list":
            self._make_domain(result, [None if value is None else list(value) for value in values])
        else:
            self.columns[result] = values

    def _fetch(self, step: Mapping[str, Any]) -> None:
        domain = step["domain"]
        values: list[Any] = []
        for entry in self.rows[domain].entries:
            values.append(self._stored({"slot": step["slot"]}, domain, entry[0]) if entry else None)
        if self.plan["slots"][step["result"]]["type"] == "list":
            self._make_domain(
                step["result"], [None if value is None else list(value) for value in values]
            )
        else:
            self.columns[step["result"]] = values

    def _call(self, step: Mapping[str, Any]) -> None:
        results = step["results"]
        domain = self._domain(results[0])
        outcomes = []
        for row in range(self.rows[domain].count):
            values = []
            for argument in step["arguments"]:
                constant = "slot" in argument and self._domain(argument["slot"]) == 0
                if "slot" in argument and not constant:
                    assert self._domain(argument["slot"]) == domain, (
                        "arguments live in the call's domain"
                    )
                values.append(self._value(argument, 0 if constant else row))
            outcomes.append(
                apply(self.operators, self.functions, step["operator"], step["overload"], values)
            )
        shape = self.operators[step["operator"]].overloads[step["overload"]].shape
        if shape == "flat":
            self.columns[results[0]] = outcomes
        elif shape in ("selection", "span", "element"):
            self._choice(step, shape, outcomes)
        else:
            flat = [item for outcome in outcomes if outcome is not None for item in outcome]
            self._make_domain(results[0], [None if o is None else len(o) for o in outcomes])
            self.columns[results[1]] = flat

    def _choice(self, step: Mapping[str, Any], shape: str, outcomes: list[Any]) -> None:
        source = step["arguments"][0]["slot"]
        lists: list[list[int] | int | None] = []
        for row, outcome in enumerate(outcomes):
            entry = self.columns[source][row]
            if outcome is None or entry is None:
                lists.append(None)
            elif shape == "selection":
                lists.append([entry[position] for position in outcome])
            elif shape == "span":
                lists.append(list(entry[outcome[0] : outcome[0] + outcome[1]]))
            else:
                lists.append([entry[outcome]])
        self._make_domain(step["results"][0], lists)


def _constant(value: Any) -> Any:
    return bytes.fromhex(value["bytes"]) if isinstance(value, dict) else value
