"""FX407: ids of buckets are hashed once more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, LambdaVariable
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

_HASHING: Final = {"hash_bucket": 1, "iceberg_bucket": 1, "multi_hash": 2}
"""Operators that hash, with the position of the number of buckets."""
_MAKING: Final = {"hash_bucket": 1, "iceberg_bucket": 1, "modulo_bucket": 1, "multi_hash": 2}
"""Operators whose ids collide already, with the position of their number."""
_PASSING: Final = {
    "to_string",
    "coalesce",
    "filter",
    "distinct",
    "take_first",
    "take_last",
    "remove_nulls",
    "to_list",
}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for a hash whose key is the id of a bucket."""
    for call, feature in program.calls(*sorted(_HASHING)):
        program.look_closer()
        inner = _inner(program, call.arguments[0])
        if inner is None:
            continue
        ids = integer(inner.arguments[_MAKING[inner.operator]])
        buckets = integer(call.arguments[_HASHING[call.operator]])
        if ids is None or buckets is None:
            continue
        yield Finding(
            program.place(call, feature),
            f"{ids:,} ids, of `{inner.operator}`, are hashed once more",
            caption="what shares an id after the first hash does so for ever, and the second one adds to it",
            help=f"hash the value itself: `x.hash_bucket({buckets})`",
        )


def _inner(program: LintedProgram, value: Expression) -> Call | None:
    """Return the call that made an id, or None."""
    for _ in range(50):
        if isinstance(value, LambdaVariable):
            around = program.ranges.around(value)
            if around is None:
                return None
            value = around
        if not isinstance(value, Call):
            return None
        if value.operator in _MAKING:
            return value
        if value.operator == "map" and isinstance(value.arguments[1], Lambda):
            value = value.arguments[1].body
        elif value.operator in _PASSING:
            value = value.arguments[0]
        else:
            return None
    return None


RULE: Final = Rule(
    code="FX407",
    name="hash-of-ids",
    severity=Severity.WARNING,
    summary="The ids of a hash are hashed once more, which makes more values share one.",
    check=check,
    by_feature=True,
)
