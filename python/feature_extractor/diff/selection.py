"""Looks at some features of a comparison only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.diff.report import Column, ProgramDiff
from feature_extractor.diff.sides import DiffError


def only(found: ProgramDiff, names: Sequence[str]) -> ProgramDiff:
    """Return what a comparison says of some features. Raises DiffError for a name that neither program has."""
    known = [column.name for column in (*found.layout.new, *found.layout.old)]
    for name in names:
        if name not in known:
            meant = closest(name, known)
            raise DiffError(
                f"neither program has a feature `{name}`",
                f"Did you mean `{meant}`?" if meant else "",
            )
    chosen = set(names)
    changes = tuple(
        change
        for change in found.features
        if change.name in chosen or (change.old_name and change.old_name in chosen)
    )
    read = {(t.kind, t.name) for change in changes for t in change.through}
    return replace(
        found,
        features=changes,
        resources=tuple(r for r in found.resources if ("resource", r.name) in read),
        inputs=tuple(i for i in found.inputs if ("input", i.name) in read),
        layout=replace(
            found.layout,
            old=_chosen(found.layout.old, chosen),
            new=_chosen(found.layout.new, chosen),
            moved=tuple(name for name in found.layout.moved if name in chosen),
            retyped=tuple(name for name in found.layout.retyped if name in chosen),
        ),
    )


def _chosen(columns: Sequence[Column], names: set[str]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.name in names)
