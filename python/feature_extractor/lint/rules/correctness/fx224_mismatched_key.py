"""FX224: ids of two different things are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Expression, Field, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import StructType

_ID: Final = re.compile(r"(?:^|_)([a-z]+)_ids?$")
_PERSON: Final = re.compile(
    r"user|author|creator|owner|member|viewer|visitor|friend|follower|followee|sender|recipient|buyer|seller|account|"
    r"profile|customer|person|people|poster|writer|artist|uploader|streamer|host|guest|driver|rider|actor|subject"
)
"""Things that may be the same person: who wrote a post may be who looks at it."""
_ROLE: Final = re.compile(
    r"parent|root|reply|source|target|origin|original|ref|referrer|referred|object|entity|content|item|next|prev|previous|"
    r"first|last|quoted|shared|linked|related|similar|main|top|best|anchor|seed|left|right|from|to|external|internal|"
    r"global|local|new|old|key|row|record|node|unique|raw|hash|hashed"
)
"""Words that say which one is meant, and not of what it is the id."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the names of a field and of what it is compared with."""
    for call, feature in program.calls("equal", "not_equal"):
        left, right = call.arguments
        if not isinstance(left, Field):
            left, right = right, left
        if not isinstance(left, Field) or not isinstance(right, InputReference):
            continue
        one, other = _kind(left), _kind(right)
        if not one or not other or one == other or _are_people(one, other):
            continue
        struct = left.base.type.with_nullable(False)
        fields = [name for name, _ in struct.fields] if isinstance(struct, StructType) else []
        # Who has the matching name at hand and takes another one has mistaken a line for its neighbour.
        better = (
            f"`{left.name}` of the inputs"
            if left.name in program.inputs
            else f"`{right.name}` of the list"
            if right.name in fields
            else ""
        )
        if better:
            yield Finding(
                program.place(call, feature),
                f"`{left.name}` of the list is compared with `{right.name}`",
                caption=f"ids of different things: {one} and {other}",
                help=f"compare it with what it matches: there is {better}",
            )


def _kind(value: Expression) -> str:
    """Return of what thing a value is the id, as its name says; empty where it does not."""
    found = _ID.search(value.name) if isinstance(value, Field | InputReference) else None
    if found is None or _ROLE.fullmatch(found[1]):
        return ""
    return found[1]


def _are_people(one: str, other: str) -> bool:
    return bool(_PERSON.fullmatch(one)) and bool(_PERSON.fullmatch(other))


RULE: Final = Rule(
    code="FX224",
    name="mismatched-key",
    severity=Severity.WARNING,
    summary="The id of one thing is compared with that of another, though the matching one is at hand.",
    check=check,
)
