"""FX405: a bucket that nothing falls into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Expression, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import ListType

_BUCKETS: Final = {"bucketize", "histogram"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare boundaries with what is known about the number, and intervals with each other."""
    for call, feature in program.calls(*sorted(_BUCKETS)):
        program.look_closer()
        value, boundaries = call.arguments
        dead = _outside(program, value, _numbers(boundaries))
        if dead is None:
            continue
        bucket, reason = dead
        yield Finding(
            program.place(call, feature),
            f"bucket {bucket:,} stays empty",
            caption=reason,
            help="leave the boundary out; the ids behind it move down by one",
        )
    for call, feature in program.calls("bucketize_intervals"):
        program.look_closer()
        starts, ends, ids = (_numbers(part) for part in call.arguments[1:4])
        for place, reason in _hidden(starts, ends):
            identifier = f" with the id {ids[place]:,}" if place < len(ids) else ""
            yield Finding(
                program.place(call, feature),
                f"interval {place + 1}{identifier} holds nothing",
                caption=reason,
                help="put the narrower interval first, or correct its ends",
            )
            break


def _numbers(value: Expression) -> tuple[int | float, ...]:
    items = value.value if isinstance(value, Literal) else None
    if not isinstance(items, tuple):
        return ()
    return tuple(item for item in items if isinstance(item, int | float))


def _outside(
    program: LintedProgram, value: Expression, boundaries: tuple[int | float, ...]
) -> tuple[int, str] | None:
    """Return a bucket that lies outside of all that a number may be, and why."""
    known = program.ranges.of(value)
    if not boundaries:
        return None
    what = "each element" if isinstance(value.type, ListType) else "the number"
    if known.low is not None and boundaries[0] <= known.low:
        return 0, f"{what} is never below {boundaries[0]:,}"
    if known.high is not None and boundaries[-1] > known.high:
        return len(boundaries), f"{what} is never above {known.high:,}"
    return None


def _hidden(
    starts: tuple[int | float, ...], ends: tuple[int | float, ...]
) -> Iterator[tuple[int, str]]:
    """Yield the intervals that hold nothing, or nothing that an earlier one does not take first."""
    intervals = list(zip(starts, ends, strict=False))
    for place, (start, end) in enumerate(intervals):
        if end <= start:
            yield place, f"it ends at {end:,}, which is not above its start {start:,}"
            continue
        for earlier, (first, last) in enumerate(intervals[:place]):
            if first <= start and end <= last:
                yield place, f"interval {earlier + 1} comes first, and holds all of it"
                break


RULE: Final = Rule(
    code="FX405",
    name="dead-bucket",
    severity=Severity.WARNING,
    summary="A bucket stays empty, because no number can fall into it.",
    check=check,
    by_feature=True,
)
