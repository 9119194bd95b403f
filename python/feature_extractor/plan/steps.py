"""What the steps of a plan say, in the form in which a package holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def results(step: Mapping[str, Any]) -> list[int]:
    """Return the slots that a step writes."""
    if step["do"] == "call":
        return list(step["results"])
    return [step["result"]] + ([step["elements"]] if "elements" in step else [])


def used_inputs(plan: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return domain and name of each input that a feature reads; others need not be there."""
    declared = plan["inputs"]
    used = {step["input"] for step in plan["steps"] if step["do"] == "input"}
    return {(declared[index]["domain"], declared[index]["name"]) for index in used}
