"""A comparison as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from feature_extractor.diff import wording
from feature_extractor.diff.report import FeatureChange, FolderDiff, Place, ProgramDiff

_STYLES = {"added": "green", "removed": "red", "changed": "yellow", "renamed": "cyan"}


def text_lines(found: ProgramDiff | FolderDiff) -> Iterator[RenderableType]:
    """Yield the lines of a report."""
    if isinstance(found, ProgramDiff):
        yield from _program(found)
        return
    for name in found.removed:
        yield Text.assemble(("removed", "red"), f"  {name}")
    for name in found.added:
        yield Text.assemble(("added", "green"), f"  {name}")
    if found.added or found.removed:
        yield Text()
    for name, one in found.programs:
        if one.same:
            yield Text.assemble((name, "bold"), f": {wording.headline(one)}")
            yield from _notes(one)
            continue
        yield Text(name, "bold")
        for line in _program(one):
            yield Padding(line, (0, 0, 0, 2))
    if not found.programs:
        yield Text("no program is in both folders")


def _program(found: ProgramDiff) -> Iterator[RenderableType]:
    yield Text(wording.headline(found), "bold" if not found.same else "")
    if found.same:
        yield from _notes(found)
        return
    for group in wording.groups(found.features):
        yield Text()
        yield from _features(group)
    for resource in found.resources:
        yield Text()
        yield _title(resource.change, f"resource {resource.name}", resource.kind)
        for line in wording.resource(resource):
            yield Text(f"  {line}", "red" if line.startswith("-") else "green")
    if found.inputs:
        yield Text()
    for given in found.inputs:
        was = f", before {given.old}" if given.old and given.new else ""
        yield _title(given.change, f"input {given.name}", f"{given.new or given.old}{was}")
    layout = list(wording.layout(found.layout))
    if layout:
        yield Text()
        yield Text("output", "bold")
        for line in layout:
            yield Text(f"  {line}")
    yield Text()
    yield Text.assemble(("cost", "bold"), f"  {wording.cost_total(found.cost)}")
    yield from _notes(found)


def _notes(found: ProgramDiff) -> Iterator[RenderableType]:
    for note in found.notes:
        yield Text.assemble(("note", "bold"), f"  {note}")


def _title(change: str, name: str, rest: str) -> Text:
    return Text.assemble((f"{change:8}", _STYLES[change]), " ", (name, "bold"), f" : {rest}")


def _features(group: Sequence[FeatureChange]) -> Iterator[RenderableType]:
    """Yield changes that part at the same place, with that place once."""
    for change in group:
        title = _title(change.change, change.name, change.kind)
        if change.old_name:
            title.append(f", before {change.old_name}")
        cost = wording.cost(change)
        if cost:
            title.append(f"   {cost}", "dim")
        yield title
        for option in change.options:
            yield Text(f"  {wording.option(option)}")
    # The shortest ways are those of the feature that is nearest.
    first = min(group, key=lambda change: sum(len(one.way) for one in change.through))
    for cause in wording.causes(first):
        yield Padding(Text(f"through {cause}"), (0, 0, 0, 2))
    if first.old is not None and first.new is not None:
        yield from _place("-", "red", first.old)
        yield from _place("+", "green", first.new)
        more = wording.more_places(first)
        if more:
            yield Text(f"  {more}")
    elif first.new is not None or first.old is not None:
        place = first.new or first.old
        assert place is not None
        line, _, _ = wording.excerpt(place)
        yield Text(f"  {wording.shown_place(place)}")
        yield Text(f"    {line}", _STYLES[first.change])


def _place(sign: str, style: str, place: Place) -> Iterator[RenderableType]:
    from wcwidth import wcswidth

    line, start, end = wording.excerpt(place)
    before = max(0, wcswidth(line[:start]))
    under = max(1, wcswidth(line[start:end]))
    yield Text.assemble("  ", (sign, style), f" {wording.shown_place(place)}")
    yield Text(f"      {line}")
    yield Text(f"      {' ' * before}{'^' * under}", style)
