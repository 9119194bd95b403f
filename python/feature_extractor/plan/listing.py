"""A plan as text for people: one line per step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def listing(plan: Mapping[str, Any], *, sites: bool = False) -> str:
    """Return the readable form of a plan; slots are ``%0``, domains ``@0``.

    A line says result, domain and type on the left, and what makes it on the right::

        %4 @3 int     = input request.history.*.movie
        %7 @2 float   = add#1/0(%5, %6)
    """
    lines: list[str] = []
    shapes = {d["shape"]: i for i, d in enumerate(plan["domains"]) if d["kind"] == "elements"}
    for step in plan["steps"]:
        results = _results(step)
        lines.append(
            f"{_targets(plan, results)} = {_source(plan, step)}{_site(plan, step) if sites else ''}"
        )
        for slot in results:
            if slot in shapes:
                lines.append(f"  {domain_line(plan, shapes[slot])}")
    for feature in plan.get("features", ()):
        options = "".join(
            f" {name}={json.dumps(feature[name], ensure_ascii=False)}"
            for name in ("width", "size", "max", "default")
            if name in feature
        )
        value = argument_text(feature["value"])
        lines.append(f"feature {feature['name']}: {feature['kind']} = {value}{options}")
    for constant in plan.get("constants", ()):
        lines.append(f"constant {argument_text(constant)}")
    return "\n".join(lines) + "\n"


def domain_line(plan: Mapping[str, Any], index: int) -> str:
    """Return one line about an elements domain."""
    domain = plan["domains"][index]
    text = f"@{index}: elements of %{domain['shape']} in @{domain['parent']}"
    if domain["origin"] is not None:
        text += f", {'view' if domain['view'] else 'selection'} of @{domain['origin']}"
    return text


def argument_text(argument: Mapping[str, Any]) -> str:
    """Return an argument as text.

    ``%3``, ``%3[%4]`` for a list with a column of elements, ``resource 0``.
    """
    if "resource" in argument:
        return f"resource {argument['resource']}"
    text = f"%{argument['slot']}"
    if "elements" in argument:
        text += "[" + ", ".join(argument_text(element) for element in argument["elements"]) + "]"
    return text


def _results(step: Mapping[str, Any]) -> list[int]:
    if step["do"] == "call":
        return list(step["results"])
    found = [step["result"]]
    if "elements" in step:
        found.append(step["elements"])
    return found


def _targets(plan: Mapping[str, Any], results: list[int]) -> str:
    parts = []
    for slot in results:
        entry = plan["slots"][slot]
        width = f"<{entry['width']}>" if "width" in entry else ""
        parts.append(f"%{slot} @{entry['domain']} {entry['type']}{width}")
    return ", ".join(parts)


def _source(plan: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    kind = step["do"]
    if kind == "input":
        declared = plan["inputs"][step["input"]]
        return "input " + ".".join([declared["domain"], declared["name"], *step["path"]])
    if kind == "constant":
        return "constant " + json.dumps(step["value"], ensure_ascii=False)
    if kind == "lift":
        through = f" through {step['through']}" if "through" in step else ""
        return f"lift %{step['slot']}{through}"
    if kind == "fetch":
        return f"fetch %{step['slot']} of @{step['domain']}"
    arguments = ", ".join(argument_text(argument) for argument in step["arguments"])
    return f"{step['operator']}#{step['overload']}/{step['kernel']}({arguments})"


def _site(plan: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    return f"    # {plan['sites'][step['site']]}" if "site" in step else ""
