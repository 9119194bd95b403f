"""The sentences of a comparison, for every form of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from feature_extractor.diff.report import (
    Cost,
    FeatureChange,
    LayoutChange,
    Option,
    Place,
    ProgramDiff,
    ResourceChange,
    Through,
)
from feature_extractor.explain.text import duration
from feature_extractor.wording import counted

_WIDEST = 86
_BEFORE = 40
"""Columns of a long line that are shown in front of the place."""


def headline(found: ProgramDiff) -> str:
    """Return the result in one sentence."""
    if found.same:
        if found.same_plan:
            return "same plan"
        return "same meaning, by another plan"
    parts: list[str] = []
    for change in ("changed", "added", "removed", "renamed"):
        number = sum(one.change == change for one in found.features)
        if number:
            noun = "feature " if number == 1 else "features "
            parts.append(f"{number:,} {noun if not parts else ''}{change}")
    for what, changes in (("resource", found.resources), ("input", found.inputs)):
        if changes:
            parts.append(f"{counted(len(changes), what)} changed")
    if found.layout.moved:
        parts.append(f"{counted(len(found.layout.moved), 'column')} moved")
    return ", ".join(parts)


def option(one: Option) -> str:
    """Return what the declaration of a feature says otherwise."""
    if not one.old:
        return f"{one.name} {one.new}, before none"
    if not one.new:
        return f"{one.name} none, before {one.old}"
    return f"{one.name} {one.new}, before {one.old}"


def through(one: Through) -> str:
    """Return a declaration that brought a change, with the way to it."""
    where = f" of {one.module}" if one.module else ""
    way = f", by way of {', '.join(f'`{name}`' for name in one.way)}" if one.way else ""
    return f"{one.kind} `{one.name}`{where} ({one.place}){way}"


def causes(change: FeatureChange) -> list[str]:
    """Return through what a feature changed."""
    found = ["the feature itself"] if change.itself and change.through else []
    return found + [through(one) for one in change.through]


def groups(changes: Sequence[FeatureChange]) -> list[list[FeatureChange]]:
    """Return changes in groups that part at the same place for the same reasons, in the order of their first ones.

    A change without such a place is a group of its own.
    """
    found: dict[Any, list[FeatureChange]] = {}
    for position, change in enumerate(changes):
        key: Any = position
        if change.old is not None and change.new is not None:
            reasons = tuple((one.kind, one.module, one.name) for one in change.through)
            key = (change.old, change.new, change.places, change.itself, reasons)
        found.setdefault(key, []).append(change)
    return list(found.values())


def more_places(change: FeatureChange) -> str:
    """Return how many places there are beside the one that is shown."""
    return f"and {counted(change.places - 1, 'more place')}" if change.places > 1 else ""


def shown_place(place: Place) -> str:
    """Return file, line and column; the `./` that git asks for in its own folder is left out."""
    return str(place).replace(":./", ":", 1)


def excerpt(place: Place) -> tuple[str, int, int]:
    """Return the line of a place without its indentation, and from where to where the place goes in it.

    A long line is cut around the place.
    """
    text = place.text.rstrip().replace("\t", " ")
    start = min(place.column - 1, max(0, len(text) - 1))
    end = max(start + 1, min(place.end_column - 1, len(text)))
    first = len(text) - len(text.lstrip())
    if first > start:
        first = 0
    if len(text) - first > _WIDEST:
        first = max(first, min(start - _BEFORE, len(text) - _WIDEST))
    last = min(len(text), first + _WIDEST)
    head = "..." if first > 0 and text[:first].strip() else ""
    tail = "..." if last < len(text) else ""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[first:last])
    move = len(head) - first
    return f"{head}{shown}{tail}", start + move, min(end, last) + move


def cost(change: FeatureChange) -> str:
    """Return the cost of a feature before and after, where it is another."""
    old, new = change.old_nanoseconds, change.new_nanoseconds
    if old is None or new is None:
        only = new if old is None else old
        return "" if only is None else duration(only)
    return "" if duration(old) == duration(new) else f"{duration(old)} -> {duration(new)}"


def held(what: dict[str, Any]) -> str:
    """Return what a resource holds."""
    parts = []
    if "fitted" in what:
        parts.append(str(what["fitted"]))
    if "rows" in what:
        parts.append(counted(what["rows"], "row"))
    if "oov" in what:
        parts.append(f"{what['oov']} ids for unknown words")
    if "from" in what:
        parts.append(f"{what['from']} to {what['to']}")
    parts.append(f"digest {str(what['digest'])[:12]}")
    return ", ".join(parts)


def resource(change: ResourceChange) -> Iterator[str]:
    """Yield what a resource held before and holds now, as lines with a sign."""
    if change.old:
        yield f"- {held(change.old)}"
    if change.new:
        yield f"+ {held(change.new)}"


def layout(change: LayoutChange) -> Iterator[str]:
    """Yield what is other in the columns of the output."""
    old = {column.name: column for column in change.old}
    new = {column.name: column for column in change.new}
    if change.same:
        return
    if len(old) != len(new):
        yield f"{counted(len(new), 'column')}, before {len(old):,}"
    if change.widths[0] != change.widths[1]:
        yield f"the dense matrix has {counted(change.widths[1], 'float')} per row, before {change.widths[0]:,}"
    for name in change.moved:
        yield f"`{name}` is column {new[name].position}, before {old[name].position}"
    for columns, others, is_ in ((change.new, old, "is new as"), (change.old, new, "was")):
        only = [column for column in columns if column.name not in others]
        for column in only:
            if any(behind.name in others for behind in columns[column.position :]):
                yield f"`{column.name}` {is_} column {column.position}, and what is behind it moves"
    for name in change.retyped:
        before, after = old[name], new[name]
        if before.type != after.type:
            yield f"`{name}` is {after.type}, before {before.type}"
        if before.size != after.size:
            yield f"`{name}` has {after.size or 'no ids'}, before {before.size or 'no ids'}"


def cost_total(found: Cost) -> str:
    """Return the cost of a request before and after."""
    parts = []
    for name, old, new in (
        ("once per request", found.old_request, found.new_request),
        ("for all candidates", found.old_candidates, found.new_candidates),
    ):
        share = f" ({100 * (new - old) / old:+.1f} %)" if old and old != new else ""
        both = (
            duration(new)
            if duration(old) == duration(new)
            else f"{duration(old)} -> {duration(new)}"
        )
        parts.append(f"{name} {both}{share if '->' in both else ''}")
    return ", ".join(parts)
