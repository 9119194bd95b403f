"""FX226: a rate of counts that is as large for one trial as for a thousand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.types import INT

_HITS: Final = re.compile(
    r"(?:^|_)(?:clicks?|likes?|orders?|purchases?|conversions?|shares|comments|replies|saves|follows|hides|reports|skips|"
    r"completions?|installs?|bookings?|applications|matches|messages|plays)(?:_|$)"
)
_TRIALS: Final = re.compile(
    r"(?:^|_)(?:impressions?|views?|shows|shown|exposures?|displays|requests|sessions|visits|opens|sends|sent|seen)(?:_|$)"
)
_DIVIDING: Final = ("divide", "ratio")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for divisions of two counts as they are, whose names are those of a rate."""
    for call, feature in program.calls(*_DIVIDING):
        program.look_closer()
        hits, trials = (_name(part) for part in call.arguments[:2])
        if _HITS.search(hits) and _TRIALS.search(trials):
            yield Finding(
                program.place(call, feature),
                f"this rate is the same for 1 of 1 {trials} and for 1,000 of 1,000",
                caption="extreme for whatever was hardly shown",
                help=f"draw it to a prior: `smooth({hits}, {trials}, prior, weight)`, or `smoothed` of `std/ctr.fx`",
            )


def _name(value: Expression) -> str:
    """Return the name of a count, or an empty text for anything else."""
    while isinstance(value, Call) and value.operator == "to_float":
        value = value.arguments[0]
    if not isinstance(value, InputReference | Field):
        return ""
    return value.name if value.type.with_nullable(False) == INT else ""


RULE: Final = Rule(
    code="FX226",
    name="unsmoothed-rate",
    severity=Severity.WARNING,
    status=Status.OPTIONAL,
    summary="A rate of two counts takes one of one for as good as a thousand of a thousand.",
    check=check,
    by_feature=True,
)
