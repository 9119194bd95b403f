"""FX411: a missing number is given the bucket of small ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer, origins
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status

_BUCKETS: Final = {"bucketize", "bucketize_log", "bucketize_equal_width"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for a default of a bucket that is a bucket itself."""
    for call, feature in program.calls("coalesce"):
        program.look_closer()
        default = integer(call.arguments[1])
        if default is None:
            continue
        for origin in origins(call.arguments[0]):
            if not isinstance(origin, Call) or origin.operator not in _BUCKETS:
                continue
            low, high, *_ = program.ranges.of(origin)
            if low is not None and high is not None and low <= default <= high:
                yield Finding(
                    program.place(call, feature),
                    f"a missing number falls into bucket {default:,}",
                    caption=f"`{origin.operator}` puts numbers there, too",
                    help=f"give it an id of its own: `?? {int(high) + 1}`, and a feature with room for it",
                )
            break


RULE: Final = Rule(
    code="FX411",
    name="missing-as-bucket",
    severity=Severity.WARNING,
    status=Status.OPTIONAL,
    summary="A missing number is given the id of a bucket.",
    check=check,
    by_feature=True,
)
