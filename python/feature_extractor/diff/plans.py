"""A digest of what each feature of a plan computes, whatever the numbers of its steps and slots.

Two features have one digest where the core runs the same operators on the same inputs, constants and resources for
them. What the planner made alike counts as alike: `x * (2 * 3)` and `x * 6` are the same here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xxhash

from feature_extractor.plan.steps import results

_PLACES = frozenset({"do", "result", "results", "slot", "arguments", "elements", "site", "domain"})
"""Members of a step that are numbers of this plan, or that are read apart."""


@dataclass(frozen=True)
class FeatureDigests:
    """The digest of a feature's value, and one of the value with kind, size and default."""

    value: str
    whole: str


def feature_digests(
    plan: Mapping[str, Any], members: Mapping[str, Mapping[str, Any]]
) -> dict[str, FeatureDigests]:
    """Return the digests of each feature by its name.

    ``members`` says the digest of each member of the package, so that a resource stands for its content.
    """
    slots = _slot_digests(plan, members)
    found = {}
    for feature in plan["features"]:
        options = {k: v for k, v in feature.items() if k not in ("name", "value")}
        value = _digest(_argument(feature["value"], slots, plan, members))
        found[feature["name"]] = FeatureDigests(value, _digest(options, value))
    return found


def _slot_digests(
    plan: Mapping[str, Any], members: Mapping[str, Mapping[str, Any]]
) -> dict[int, str]:
    digests: dict[int, str] = {}
    for step in plan["steps"]:
        written = results(step)
        parts: list[Any] = [step["do"], {k: v for k, v in step.items() if k not in _PLACES}]
        if step["do"] == "input":
            declared = plan["inputs"][step["input"]]
            parts[1] = [declared["domain"], declared["name"], declared["type"], step["path"]]
        if "slot" in step:
            parts.append(digests[step["slot"]])
        if "domain" in step:
            parts.append(_domain(plan, step["domain"], digests))
        parts.extend(_argument(a, digests, plan, members) for a in step.get("arguments", ()))
        parts.append(_domain(plan, plan["slots"][written[0]]["domain"], digests))
        base = _digest(*parts)
        for position, slot in enumerate(written):
            digests[slot] = _digest(base, position)
    return digests


def _argument(
    argument: Mapping[str, Any],
    digests: Mapping[int, str],
    plan: Mapping[str, Any],
    members: Mapping[str, Mapping[str, Any]],
) -> list[Any]:
    if "resource" in argument:
        resource = plan["resources"][argument["resource"]]
        member = members.get(resource["member"], {})
        return [resource["kind"], member.get("digest", resource["name"])]
    rest = {k: v for k, v in argument.items() if k not in ("slot", "elements")}
    inner = [_argument(e, digests, plan, members) for e in argument.get("elements", ())]
    return [digests[argument["slot"]] if "slot" in argument else "", rest, inner]


def _domain(plan: Mapping[str, Any], number: int, digests: Mapping[int, str]) -> list[Any]:
    found: list[Any] = []
    domain = plan["domains"][number]
    while domain["kind"] == "elements":
        origin = domain["origin"]
        found.append([digests[domain["shape"]], domain["view"], origin is not None])
        domain = plan["domains"][domain["parent"]]
    return [*found, domain["kind"]]


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True)
    return str(xxhash.xxh3_128_hexdigest(text.encode()))
