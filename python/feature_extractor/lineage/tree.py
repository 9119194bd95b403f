"""The tree of values behind a feature on one row: what each step gave, and why there is a null."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from feature_extractor.lineage.trace import Argument, Plan, Trace
from feature_extractor.lineage.types import SlotTypes
from feature_extractor.registry import Operator, Registry

_SITE: Final = re.compile(r"(.*):(\d+):(\d+)(?:-(\d+):(\d+))?")
_LONGEST_SOURCE: Final = 60
_BOUNDARY: Final = {
    "not_finite": "it was NaN or infinite in the data",
    "not_utf8": "it was no UTF-8 in the data",
    "out_of_range": "it did not fit 64 bits in the data",
    "wrong_size": "the vector had another size in the data",
}


@dataclass(frozen=True)
class Node:
    """A step and its value.

    ``source`` is the text of its expression, or the name of an input. ``depth`` is the number of lists that the step
    runs inside of: then ``value`` is a list with a value per element. ``why`` says why a value is null, and
    ``fallback`` what a ``??`` or the operator did about nulls of its arguments. ``again`` is True where the parts were
    shown before.
    """

    step: int
    kind: str
    operator: str
    source: str
    site: str
    type: str
    value: Any
    shown: str
    depth: int = 0
    why: str = ""
    fallback: str = ""
    again: bool = False
    parts: tuple[Node, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the node as JSON values; what is empty is left out."""
        entry: dict[str, Any] = {
            "step": self.step,
            "kind": self.kind,
            "operator": self.operator,
            "source": self.source,
            "site": self.site,
            "type": self.type,
            "value": json_value(self.value),
            "depth": self.depth,
            "why": self.why,
            "fallback": self.fallback,
            "again": self.again,
            "parts": [part.as_json() for part in self.parts],
        }
        return {
            key: value
            for key, value in entry.items()
            if key == "value" or value not in ("", 0, False, []) or (key == "step")
        }


@dataclass(frozen=True)
class FeatureLineage:
    """A feature on one row: what it gives, whether its default stood in, and the tree of its values."""

    name: str
    kind: str
    result: Any
    default: str
    root: Node

    def as_json(self) -> dict[str, Any]:
        """Return the lineage as JSON values."""
        return {
            "feature": self.name,
            "kind": self.kind,
            "result": json_value(self.result),
            **({"default": self.default} if self.default else {}),
            "lineage": self.root.as_json(),
        }


@dataclass
class Sources:
    """The texts of a program's files, by the names that its plan gives them."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def of(self, site: str) -> str:
        """Return the text at a place in one line; without its end, nothing, as a start alone tells no expression."""
        match = _SITE.fullmatch(site)
        if match is None or match[4] is None:
            return ""
        lines = self.texts.get(match[1], "").split("\n")
        first, column, last, end = (int(match[i]) for i in (2, 3, 4, 5))
        part = lines[first - 1 : last]
        if not part:
            return ""
        part[-1] = part[-1][: end - 1]
        part[0] = part[0][column - 1 :]
        text = " ".join(" ".join(part).split())
        return text if len(text) <= _LONGEST_SOURCE else text[: _LONGEST_SOURCE - 3] + "..."

    @staticmethod
    def start(site: str) -> str:
        """Return ``file:line:column`` of a place."""
        match = _SITE.fullmatch(site)
        return f"{match[1]}:{match[2]}:{match[3]}" if match else site


def wanted(plan: Plan, registry: Registry, features: list[str]) -> list[Argument]:
    """Return the values that the trees of some features show."""
    found: list[Argument] = []
    walk = _Walk(plan, registry, Sources())
    for name in features:
        walk.collect(walk.plan.features[name]["value"], found)
    return found


def lineage(
    plan: Plan,
    registry: Registry,
    sources: Sources,
    trace: Trace,
    row: int,
    feature: str,
    result: Any,
) -> FeatureLineage:
    """Return the tree of a feature on a row of a trace; ``result`` is what the feature gives there."""
    walk = _Walk(plan, registry, sources, trace, row)
    entry = plan.features[feature]
    root = walk.node(entry["value"])
    return FeatureLineage(feature, entry["kind"], result, _default(entry, root.value), root)


def _default(feature: Mapping[str, Any], value: Any) -> str:
    """Return why the default of a feature stands in, or nothing."""
    if value is None:
        return "its value is null"
    size = feature.get("size")
    if feature["kind"] == "id" and size is not None and not 0 <= value < size:
        return f"{value} is outside of [0, {size}), which counts as null"
    return ""


class _Walk:
    """Goes from a value to the values it was made of."""

    def __init__(
        self,
        plan: Plan,
        registry: Registry,
        sources: Sources,
        trace: Trace | None = None,
        row: int = 0,
    ) -> None:
        self.plan = plan
        self._registry = registry
        self._sources = sources
        self._trace = trace
        self._row = row
        self._types = SlotTypes(plan, registry)
        self._seen: set[tuple[int, str]] = set()

    def collect(self, argument: Argument, found: list[Argument]) -> None:
        """Add the whole form of a value and of its parts."""
        shown = self.plan.whole(argument)
        index = self.plan.made_by(argument["slot"])
        key = (index, repr(shown))
        if key in self._seen:
            return
        self._seen.add(key)
        found.append(shown)
        # A list whose elements are shown in its stead is asked for too: whether it is null.
        given = self.plan.steps[index].get("arguments", ())
        found.extend(self.plan.whole(part) for part in given if self._is_shown(part))
        for part in self._parts(argument, index):
            self.collect(part, found)

    def node(self, argument: Argument) -> Node:
        """Return the tree of a value."""
        assert self._trace is not None
        shown = self.plan.whole(argument)
        index = self.plan.made_by(argument["slot"])
        step = self.plan.steps[index]
        value = self._trace.value(shown, self._row)
        depth = _depth(argument, shown)
        key = (index, repr(shown))
        again = key in self._seen
        self._seen.add(key)
        parts = () if again else tuple(self.node(part) for part in self._parts(argument, index))
        site = self.plan.content["sites"][step["site"]] if "site" in step else ""
        source = self._label(step, site)
        if len(parts) == 1 and self._is_conversion(step):
            # An int that is made a float has no text of its own.
            inner = parts[0]
            if inner.kind == "input" or inner.source.strip("()") == source.strip("()"):
                return inner
        why, fallback = ("", "")
        if depth == 0 and step["do"] == "call":
            why, fallback = self._reasons(step, value)
        elif value is None:
            why = self._input_reason(step)
        return Node(
            step=index,
            kind=step["do"],
            operator=step.get("operator", ""),
            source=source,
            site=Sources.start(site),
            type=self._types.text(argument),
            value=value,
            shown=self._types.literal(value, shown),
            depth=depth,
            why=why,
            fallback=fallback,
            again=again and bool(self._parts(argument, index)),
            parts=parts,
        )

    def _parts(self, argument: Argument, index: int) -> list[Argument]:
        """Return the values that a value was made of: arguments of its call, and calls that made its elements."""
        step = self.plan.steps[index]
        parts: list[Argument] = []
        if step["do"] == "call":
            given = [part for part in step["arguments"] if self._is_shown(part)]
            shapes = [part["slot"] for part in given]
            for part in given:
                computed = self._computed_elements(part)
                shape = self.plan.steps[self.plan.made_by(part["slot"])]
                # A lambda's values are shown themselves where the list that it runs over is shown too, or is an input.
                known = shape["do"] == "input" or shapes.count(part["slot"]) > 1
                parts.extend(computed if computed and known else [part])
        return parts + self._computed_elements(argument)

    def _computed_elements(self, argument: Argument) -> list[Argument]:
        """Return the columns of a list that other calls made than the one that made the list."""
        if "elements" not in argument:
            return []
        own = self.plan.made_by(argument["slot"])
        columns = [(self.plan.made_by(e["slot"]), e) for e in argument["elements"]]
        return [e for i, e in columns if i != own and self.plan.steps[i]["do"] == "call"]

    def _is_shown(self, argument: Argument) -> bool:
        """Whether an argument has a value that the text of the program does not show already."""
        if "slot" not in argument:
            return False
        step = self.plan.steps[self.plan.made_by(argument["slot"])]
        return bool(step["do"] != "constant")

    def _label(self, step: Mapping[str, Any], site: str) -> str:
        if step["do"] == "input":
            declared = self.plan.content["inputs"][step["input"]]
            return ".".join((declared["domain"], declared["name"], *step["path"]))
        if step["do"] == "call":
            return self._sources.of(site)
        return "collect(...)" if step["do"] == "collect" else "constant"

    def _operator(self, step: Mapping[str, Any]) -> Operator | None:
        return self._registry.by_name.get(step.get("operator", ""))

    def _is_conversion(self, step: Mapping[str, Any]) -> bool:
        operator = self._operator(step)
        return operator is not None and operator.syntax == "to_float"

    def _reasons(self, step: Mapping[str, Any], value: Any) -> tuple[str, str]:
        """Return why a call gave null, and what it did about nulls of its arguments."""
        operator = self._operator(step)
        missing: list[str] = []
        strict: list[str] = []
        for name, nullable, part in self._types.arguments(step):
            if self._is_null(part):
                missing.append(name)
                if not nullable:
                    strict.append(name)
        if value is not None:
            if missing and operator is not None and operator.syntax == "??":
                return "", "`??` took the other value, because the first is null"
            return "", ""
        causes = strict or missing
        if causes:
            shown = " and ".join(f"`{name}`" for name in causes)
            return f"{shown} {'are' if len(causes) > 1 else 'is'} null", ""
        edges = [
            edge.when
            for edge in (operator.edges if operator else ())
            if edge.result.startswith("null")
        ]
        name = operator.name if operator else "the operator"
        detail = f": it is null where {', or '.join(edges)}" if edges else ""
        return f"`{name}` has no result for these arguments{detail}", ""

    def _is_null(self, argument: Argument) -> bool:
        assert self._trace is not None
        if self._is_shown(argument):
            return self._trace.value(argument, self._row) is None
        step = self.plan.steps[self.plan.made_by(argument["slot"])]
        return bool(step["value"] is None)

    def _input_reason(self, step: Mapping[str, Any]) -> str:
        """Return how an input became null; the batch has the row alone, or is asked as a whole."""
        if step["do"] != "input" or self._trace is None:
            return ""
        declared = self.plan.content["inputs"][step["input"]]
        counts = self._trace.statistics()["inputs"].get(f"{declared['domain']}.{declared['name']}")
        odd = [text for key, text in _BOUNDARY.items() if counts and counts[key]]
        return odd[0] if odd and not (counts and counts["nulls"]) else "null in the data"


def _lists(argument: Argument) -> list[int]:
    """Return the shapes around the innermost value of an argument."""
    found = []
    while argument.get("elements"):
        found.append(argument["slot"])
        argument = argument["elements"][0]
    return found


def _depth(argument: Argument, shown: Argument) -> int:
    return len(_lists(shown)) - len(_lists(argument))


def json_value(value: Any) -> Any:
    """Return a value as JSON has it: bytes as ``{"bytes": hex}``, an element without columns as null."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return None if value is ... else value
