"""A comparison in Markdown, to be put into a code review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from feature_extractor.diff import wording
from feature_extractor.diff.report import FeatureChange, FolderDiff, Place, ProgramDiff

_SPECIAL = re.compile(r"([\\*_{}\[\]<>#|~])")
_CODE = re.compile(r"(`[^`]*`)")


def markdown(found: ProgramDiff | FolderDiff) -> str:
    """Return the report."""
    if isinstance(found, ProgramDiff):
        title = f"### `{_tidy(found.new)}` against `{_tidy(found.old)}`"
        return "\n".join([title, "", *_program(found)]).rstrip() + "\n"
    lines = [f"### `{_tidy(found.new)}` against `{_tidy(found.old)}`", ""]
    lines += [f"- program added: `{_tidy(name)}`" for name in found.added]
    lines += [f"- program removed: `{_tidy(name)}`" for name in found.removed]
    lines += [
        f"- `{_tidy(name)}`: {_escaped(wording.headline(one))}" for name, one in found.programs
    ]
    for name, one in found.programs:
        if not one.same:
            lines += ["", f"#### `{_tidy(name)}`", "", *_program(one)]
    return "\n".join(lines).rstrip() + "\n"


def _program(found: ProgramDiff) -> Iterator[str]:
    yield f"**{_escaped(wording.headline(found))}**"
    yield ""
    if found.same:
        yield from _notes(found)
        return
    if found.features:
        yield "| | feature | kind | through | cost |"
        yield "| --- | --- | --- | --- | ---: |"
        yield from map(_row, found.features)
        yield ""
    for group in wording.groups(found.features):
        yield from _parting(group)
    if found.resources:
        yield "| | resource | before | now |"
        yield "| --- | --- | --- | --- |"
        for resource in found.resources:
            before = _escaped(wording.held(resource.old)) if resource.old else ""
            now = _escaped(wording.held(resource.new)) if resource.new else ""
            yield f"| {resource.change} | `{resource.name}` | {before} | {now} |"
        yield ""
    if found.inputs:
        yield "| | input | before | now |"
        yield "| --- | --- | --- | --- |"
        for given in found.inputs:
            old, new = (f"`{_tidy(text)}`" if text else "" for text in (given.old, given.new))
            yield f"| {given.change} | `{given.name}` | {old} | {new} |"
        yield ""
    layout = list(wording.layout(found.layout))
    if layout:
        yield "Output:"
        yield ""
        yield from (f"- {_escaped(line)}" for line in layout)
        yield ""
    yield f"Cost: {wording.cost_total(found.cost)}. {found.cost.assumptions}"
    yield ""
    yield from _notes(found)


def _notes(found: ProgramDiff) -> Iterator[str]:
    for note in found.notes:
        yield f"- {_escaped(note)}"


def _row(change: FeatureChange) -> str:
    told = [_escaped(wording.option(option)) for option in change.options]
    told += [_escaped(cause) for cause in wording.causes(change)]
    if change.old_name:
        told.insert(0, f"before `{change.old_name}`")
    cells = (change.change, f"`{change.name}`", f"`{_tidy(change.kind)}`", "<br>".join(told))
    return f"| {' | '.join(cells)} | {wording.cost(change)} |"


def _parting(group: Sequence[FeatureChange]) -> Iterator[str]:
    """Yield the first places where the values of some features part, as a block of a diff."""
    change = group[0]
    if change.old is None or change.new is None:
        return
    more = wording.more_places(change)
    names = ", ".join(f"`{one.name}`" for one in group)
    yield names + (f", {more}" if more else "") + ":"
    yield ""
    lines = [_line("-", change.old), _line("+", change.new)]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", "".join(lines))), default=0))
    yield f"{fence}diff"
    for sign, place, line in zip("-+", (change.old, change.new), lines, strict=True):
        yield f"@@ {wording.shown_place(place)} @@"
        yield f"{sign} {line[1:]}"
    yield fence
    yield ""


def _line(sign: str, place: Place) -> str:
    return sign + wording.excerpt(place)[0]


def _tidy(text: str) -> str:
    """Return text that may stand between backticks in a cell of a table."""
    return text.replace("`", "'").replace("|", "\\|").replace("\n", " ").replace(":./", ":", 1)


def _escaped(text: str) -> str:
    """Return plain text as Markdown; what is between backticks stays code."""
    parts = _CODE.split(text.replace("\n", " "))
    return "".join(
        part.replace("|", "\\|") if part.startswith("`") else _SPECIAL.sub(r"\\\1", part)
        for part in parts
    )
