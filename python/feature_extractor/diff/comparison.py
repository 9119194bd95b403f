"""Compares two programs by what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from feature_extractor.diff.features import FeatureComparer
from feature_extractor.diff.plans import FeatureDigests, feature_digests
from feature_extractor.diff.report import (
    Column,
    Cost,
    FeatureChange,
    InputChange,
    LayoutChange,
    Option,
    ProgramDiff,
    ResourceChange,
)
from feature_extractor.diff.sides import Side
from feature_extractor.explain import Assumptions, Explanation, explain
from feature_extractor.explain.fitted import describe
from feature_extractor.registry import Registry

_OPTIONS = ("kind", "width", "size", "max", "default")


def compare(
    old: Side, new: Side, registry: Registry, assumptions: Assumptions | None = None
) -> ProgramDiff:
    """Return all differences of two programs."""
    explained = tuple(
        explain(side.plan, registry, side.manifest, assumptions) for side in (old, new)
    )
    features, notes = _features(old, new, explained[0], explained[1])
    if old.checked is None or new.checked is None:
        unread = ", ".join(side.shown for side in (old, new) if side.checked is None)
        notes.append(
            f"the source in {unread} cannot be checked by this version, so only the plans were compared"
        )
    resources, renamed = _resources(old, new)
    notes.extend(note for note in renamed if note not in notes)
    costs = [explanation.nanoseconds for explanation in explained]
    return ProgramDiff(
        old.shown,
        new.shown,
        str(old.manifest["digest"]),
        str(new.manifest["digest"]),
        tuple(features),
        tuple(resources),
        tuple(_inputs(old.manifest["inputs"], new.manifest["inputs"])),
        _layout(old.manifest["features"], new.manifest["features"]),
        Cost(
            costs[0].get("request", 0.0),
            costs[1].get("request", 0.0),
            costs[0].get("candidate", 0.0),
            costs[1].get("candidate", 0.0),
            explained[0].assumptions.text(),
        ),
        _same_plan(old, new),
        tuple(notes),
    )


def _same_plan(old: Side, new: Side) -> bool:
    """Return whether the plans are the same but for the places in the source, and the resources too."""
    plans = []
    for side in (old, new):
        plan = {key: value for key, value in side.plan.items() if key != "sites"}
        plan["steps"] = [{k: v for k, v in s.items() if k != "site"} for s in plan["steps"]]
        plan["resources"] = [(entry["kind"], _digest(side, entry)) for entry in plan["resources"]]
        plans.append(plan)
    return plans[0] == plans[1]


# ---- features ------------------------------------------------------------------------------------


def _features(
    old: Side, new: Side, old_costs: Explanation, new_costs: Explanation
) -> tuple[list[FeatureChange], list[str]]:
    before = {entry["name"]: entry for entry in old.manifest["features"]}
    after = {entry["name"]: entry for entry in new.manifest["features"]}
    comparer = _comparer(old, new)
    digests = [feature_digests(side.plan, side.manifest["members"]) for side in (old, new)]
    renamed = _renamed(before, after, digests[0], digests[1])
    changes: list[FeatureChange] = []
    for name, entry in after.items():
        cost = new_costs.feature(name)
        nanoseconds = cost.nanoseconds if cost else None
        if name not in before:
            was = renamed.get(name, "")
            changes.append(
                FeatureChange(
                    name,
                    "renamed" if was else "added",
                    _kind(entry),
                    was,
                    new=comparer.declared(new, name) if comparer else None,
                    new_nanoseconds=nanoseconds,
                )
            )
            continue
        options = _options(before[name], entry)
        same_value = digests[0][name].value == digests[1][name].value or (
            comparer is not None and comparer.same(name)
        )
        if same_value and not options:
            continue
        was_cost = old_costs.feature(name)
        changes.append(
            FeatureChange(
                name,
                "changed",
                _kind(entry),
                options=tuple(options),
                old_nanoseconds=was_cost.nanoseconds if was_cost else None,
                new_nanoseconds=nanoseconds,
                **(comparer.found(name) if comparer and not same_value else {}),
            )
        )
    for name, entry in before.items():
        if name not in after and name not in renamed.values():
            was_cost = old_costs.feature(name)
            changes.append(
                FeatureChange(
                    name,
                    "removed",
                    _kind(entry),
                    old=comparer.declared(old, name) if comparer else None,
                    old_nanoseconds=was_cost.nanoseconds if was_cost else None,
                )
            )
    notes = _described(before, after)
    if comparer is not None:
        notes = [*comparer.renamed(), *notes]
    return changes, notes


def _comparer(old: Side, new: Side) -> FeatureComparer | None:
    if old.analysis is None or new.analysis is None or old.checked is None or new.checked is None:
        return None
    return FeatureComparer(old, new)


def _renamed(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    old: Mapping[str, FeatureDigests],
    new: Mapping[str, FeatureDigests],
) -> dict[str, str]:
    """Return the old names of features that have only another name now; each digest must be of one feature."""
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    by_digest: dict[str, list[str]] = {}
    for name in gone:
        by_digest.setdefault(old[name].whole, []).append(name)
    found = {}
    for name in come:
        candidates = by_digest.get(new[name].whole, [])
        if len(candidates) == 1 and sum(new[other] == new[name] for other in come) == 1:
            found[name] = candidates[0]
    return found


def _kind(entry: Mapping[str, Any]) -> str:
    """Return the kind of a feature as a program writes it, with what differs from the kind's own defaults."""
    parts = [str(entry["size"])] if "size" in entry else []
    if entry.get("max") is not None:
        parts.append(f"max = {entry['max']}")
    if entry.get("default") not in (None, 0, 0.0, "", []):
        parts.append(f"default = {_shown(entry['default'])}")
    return f"{entry['kind']}({', '.join(parts)})" if parts else str(entry["kind"])


def _options(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Option]:
    return [
        Option(name, _shown(old.get(name)), _shown(new.get(name)))
        for name in _OPTIONS
        if old.get(name) != new.get(name)
    ]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f'"{value}"' if isinstance(value, str) and value not in _KINDS else str(value)


_KINDS = frozenset({"dense", "label", "id", "ids", "weighted", "text"})


def _described(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return remarks about what is only for readers."""
    notes = []
    for what, text in (("description", "another description"), ("owner", "another owner")):
        names = [n for n, e in after.items() if n in before and e[what] != before[n][what]]
        if names:
            notes.append(f"{text}: {', '.join(f'`{name}`' for name in names)}")
    return notes


# ---- resources and inputs ------------------------------------------------------------------------


def _digest(side: Side, entry: Mapping[str, Any]) -> str:
    return str(side.manifest["members"].get(entry["member"], {}).get("digest", ""))


def _resources(old: Side, new: Side) -> tuple[list[ResourceChange], list[str]]:
    """Return the resources that are others, and remarks on those that only have another name."""
    before, after = _held(old), _held(new)
    notes = []
    for name in [name for name in after if name not in before]:
        was = next((n for n, held in before.items() if n not in after and held == after[name]), "")
        if was:
            notes.append(f"the resource `{was}` is called `{name}` now")
            del before[was], after[name]
    changes = []
    for name in dict.fromkeys([*after, *before]):
        then, now = before.get(name), after.get(name)
        if then == now:
            continue
        change = "added" if then is None else "removed" if now is None else "changed"
        kind = (now or then or {})["kind"]
        changes.append(ResourceChange(name, change, kind, then or {}, now or {}))
    return changes, notes


def _held(side: Side) -> dict[str, dict[str, Any]]:
    """Return what each resource holds. What is fitted counts by what was found, not by when."""
    found: dict[str, dict[str, Any]] = {}
    fitted = {entry["name"]: entry for entry in side.manifest.get("fitted", ())}
    unknown = {e["name"]: e["oov"] for e in side.manifest.get("resources", ()) if "oov" in e}
    for entry in side.plan["resources"]:
        held = {"kind": entry["kind"], "digest": _digest(side, entry)}
        if entry["name"] in side.rows:
            held["rows"] = side.rows[entry["name"]]
        if unknown.get(entry["name"], 1) > 1:
            held["oov"] = unknown[entry["name"]]
        found[entry["name"]] = held
    for name, entry in fitted.items():
        held = found.setdefault(name, {})
        held |= {"kind": f"fit.{entry['fit']}", "digest": held.get("digest", entry["digest"])}
        held["fitted"] = describe(entry)
        held |= {key: entry["data"][key] for key in ("rows", "from", "to") if key in entry["data"]}
    return found


def _inputs(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[InputChange]:
    before, after = ({i["name"]: i for i in side} for side in (old, new))
    changes = []
    for name in dict.fromkeys([*after, *before]):
        was, now = (_declared(side.get(name)) for side in (before, after))
        if was != now:
            change = "added" if not was else "removed" if not now else "changed"
            changes.append(InputChange(name, change, was, now))
    return changes


def _declared(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return ""
    mark = "?" if entry.get("nullable") and not entry["type"].endswith("?") else ""
    return f"{entry['domain']} {entry['type']}{mark}"


# ---- output --------------------------------------------------------------------------------------


def _layout(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> LayoutChange:
    before, after = _columns(old), _columns(new)
    was = {column.name: column for column in before}
    now = {column.name: column for column in after}
    common = [column.name for column in before if column.name in now]
    kept = set(_longest_common(common, [column.name for column in after if column.name in was]))
    retyped = tuple(
        name
        for name in common
        if (was[name].type, was[name].size) != (now[name].type, now[name].size)
    )
    widths = [sum(e.get("width", 1) for e in s if e["kind"] == "dense") for s in (old, new)]
    return LayoutChange(
        before,
        after,
        tuple(column.name for column in after if column.name in was and column.name not in kept),
        retyped,
        (widths[0], widths[1]),
    )


def _columns(features: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(entry["name"], position, _dtype(entry), _size(entry))
        for position, entry in enumerate(features, 1)
    )


def _dtype(entry: Mapping[str, Any]) -> str:
    """Return the type of a feature's column in Arrow."""
    match entry["kind"]:
        case "dense" | "label":
            width = entry.get("width", 1)
            return "float32" if width == 1 else f"float32[{width}]"
        case "id":
            return "int64"
        case "ids":
            return "list<int64>"
        case "weighted":
            return "list<{id: int64, weight: float32}>"
        case _:
            return "string"


def _size(entry: Mapping[str, Any]) -> str:
    """Return the number of ids that an embedding table for the column needs, and the most per row."""
    if "size" not in entry:
        return ""
    most = f", at most {entry['max']:,}" if entry.get("max") is not None else ""
    return f"{entry['size']:,} ids{most}"


def _longest_common(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the longest row of names that stand in one order in both; both hold the same names, each once.

    With the places of the new order as numbers this is the longest increasing subsequence (Fredman 1975).
    """
    from bisect import bisect_left

    place = {name: position for position, name in enumerate(new)}
    ends: list[int] = []
    rows: list[int] = []
    before: dict[int, int] = {}
    for name in old:
        position = place[name]
        at = bisect_left(ends, position)
        if at == len(ends):
            ends.append(position)
        else:
            ends[at] = position
        before[position] = ends[at - 1] if at else -1
        rows.append(position)
    chain: list[str] = []
    here = ends[-1] if ends else -1
    while here >= 0:
        chain.append(new[here])
        here = before[here]
    return chain[::-1]
