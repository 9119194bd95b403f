"""Changes of a text that repair what a finding is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from feature_extractor.diagnostics.source import Source, Span


class Applicability(StrEnum):
    """Whether a fix may be made without a person looking at it.

    A safe fix of a program that compiles leaves every value as it is. An unsafe one may change what the program
    gives, or guesses what was meant; so are all fixes of errors, since a program with errors means nothing yet.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Edit:
    """Replaces the text of a span; an empty span inserts, an empty replacement removes."""

    span: Span
    replacement: str


@dataclass(frozen=True)
class Fix:
    """A change that repairs one finding; ``message`` says what it does, as an order: "remove the let".

    The edits are made together or not at all. They do not overlap, and all are in the file of the finding.
    """

    message: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE


def apply_fixes(source: Source, fixes: Iterable[Fix]) -> tuple[str, list[Fix]]:
    """Return the text of a source after as many of the fixes as possible, and those that were made.

    Earlier fixes win: one that touches the place of an edit already taken is left for the next look at the file,
    since it was meant for a text that is no longer there. An edit that several fixes have in common is made once,
    so that two findings with the same repair do not keep each other from it. New lines end as those of the source.
    """
    line_end = "\r\n" if "\r\n" in source.text else "\n"
    taken: dict[tuple[int, int], str] = {}
    made: list[Fix] = []
    for fix in fixes:
        own = all(edit.span.path == source.path for edit in fix.edits)
        if own and all(_fits(edit, taken) for edit in fix.edits):
            taken.update({(edit.span.start, edit.span.end): edit.replacement for edit in fix.edits})
            made.append(fix)
    pieces: list[str] = []
    position = 0
    for (start, end), replacement in sorted(taken.items()):
        pieces += source.text[position:start], replacement.replace("\n", line_end)
        position = end
    pieces.append(source.text[position:])
    return "".join(pieces), made


def _fits(edit: Edit, taken: Mapping[tuple[int, int], str]) -> bool:
    """Return whether an edit can be made beside others.

    Two edits that only touch each other do not fit either, for nobody looked at what they make together; but whole
    lines that follow each other can be removed.
    """
    source, start, end = edit.span
    if (start, end) in taken:
        return taken[start, end] == edit.replacement
    for (other_start, other_end), replacement in taken.items():
        if end < other_start or other_end < start:
            continue
        border = start if other_end == start else end if end == other_start else None
        if border is None or edit.replacement or replacement or source.text[border - 1] != "\n":
            return False
    return True
