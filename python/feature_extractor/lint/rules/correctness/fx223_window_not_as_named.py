"""FX223: a window that is not as long as a name says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from feature_extractor.check.typed import Expression, Field, InputReference
from feature_extractor.diagnostics import Label, Severity, Span
from feature_extractor.diagnostics.suggestions import enumerate_words
from feature_extractor.lint.moments import Bound, duration_text
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import within
from feature_extractor.syntax import tree

_HOUR: Final = 3_600_000_000
_LENGTHS: Final = (("h", _HOUR), ("d", 24 * _HOUR), ("w", 168 * _HOUR))
_NAMED: Final = re.compile(
    r"(?:^|_)(?:(?P<number>\d+)_?(?P<unit>h|hrs?|hours?|d|days?|w|weeks?)|(?:last|past)_(?P<one>hour|day|week))(?=_|$)"
)
"""A length in a name, such as `clicks_7d` or `last_week`. Minutes are left out: `3m` may be months."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the lengths in the names of features and lets with the conditions on times in them."""
    lets = [
        (let, length)
        for let in program.file.statements
        if isinstance(let, tree.LetDeclaration)
        and let.parameters is None
        and (length := _length(let.name.text)) is not None
    ]
    told: set[int] = set()
    for feature in program.features:
        length = _length(feature.name)
        if length is None and not lets:
            continue
        conditions = program.moments.conditions(feature)
        if not conditions:
            continue
        if length is not None and not _is_counted(feature.parts, length):
            bounds = [bound for _, found in conditions for bound in found]
            if not _is_meant(conditions, length):
                yield _finding(program, feature.span, length, bounds)
                continue
        for let, wanted in lets:
            own = [
                (call, found)
                for call, found in conditions
                if (node := program.written.at(call)) is not None and within(node.span, let.span)
            ]
            if own and id(let) not in told and not _is_meant(own, wanted):
                told.add(id(let))
                bounds = [bound for _, found in own for bound in found]
                yield _finding(program, let.name.span, wanted, bounds)


def _length(name: str) -> int | None:
    """Return the length of the window that a name tells, in microseconds; None where it tells none or several."""
    found = list(_NAMED.finditer(name))
    if len(found) != 1:
        return None
    (only,) = found
    return int(only["number"] or 1) * dict(_LENGTHS)[(only["unit"] or only["one"])[0]]


def _is_counted(parts: Sequence[Expression], length: int) -> bool:
    """Return whether something that was counted elsewhere has this length: the name may be about that."""
    return any(
        isinstance(part, InputReference | Field) and _length(part.name) == length for part in parts
    )


def _is_meant(conditions: list[tuple[Expression, list[Bound]]], length: int) -> bool:
    """Return whether a condition has the length, or several together; or none says how long ago something may be."""
    lengths: set[float] = set()
    for _, bounds in conditions:
        ends = {-bound.microseconds for bound in bounds}
        lengths |= set(map(abs, ends)) | {abs(one - other) for one in ends for other in ends}
    return length in lengths or not lengths - {0.0}


def _finding(program: LintedProgram, span: Span, length: int, bounds: list[Bound]) -> Finding:
    bounds = [bound for bound in bounds if bound.microseconds]
    texts = dict.fromkeys(duration_text(abs(bound.microseconds)) for bound in bounds)
    node = program.written.at(bounds[0].condition)
    labels = () if node is None else (Label(node.span, "what it asks for"),)
    return Finding(
        span,
        f"`{span.text}` is about {enumerate_words([f'`{text}`' for text in texts], 'and')}",
        caption=f"the name says `{duration_text(length)}`",
        labels=labels,
        help="write the window that the name tells, or another name",
    )


RULE: Final = Rule(
    code="FX223",
    name="window-not-as-named",
    severity=Severity.WARNING,
    summary="The name of a feature or let tells another window than its conditions on time.",
    check=check,
)
