"""FX406: one bucket takes everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

_COUNTED: Final = {
    "hash_bucket": 1,
    "modulo_bucket": 1,
    "iceberg_bucket": 1,
    "multi_hash": 2,
    "bucketize_log": 2,
    "modulo": 1,
}
"""Operators with a number of buckets, with its position."""
_BOUNDED: Final = {"bucketize": 1, "histogram": 1}
"""Operators with boundaries, with their position."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for one bucket, no boundary, and samples of nothing or everything."""
    for call, feature in program.calls(*sorted(_COUNTED), *sorted(_BOUNDED), "sample"):
        program.look_closer()
        problem = _problem(call)
        if problem:
            what, caption = problem
            yield Finding(
                program.place(call, feature),
                what,
                caption=caption,
                help="leave the operator out, or give it the number that was meant",
            )


def _problem(call: Call) -> tuple[str, str] | None:
    """Return what makes a call give one value for everything, and which one."""
    position = (_COUNTED | _BOUNDED | {"sample": 1})[call.operator]
    given = call.arguments[position]
    if not isinstance(given, Literal):
        return None
    if call.operator == "sample":
        if given.value not in (0.0, 1.0):
            return None
        whole = given.value == 1.0
        amount = "everything" if whole else "nothing"
        return f"this is a sample of {amount}", f"always {'true' if whole else 'false'}"
    if call.operator in _BOUNDED:
        if given.value != ():
            return None
        caption = "always 0" if call.operator == "bucketize" else "one count, the length"
        return f"`{call.operator}` has no boundary", caption
    if given.value != 1 or isinstance(given.value, bool):
        return None
    if call.operator == "modulo":
        is_int = call.type.with_nullable(False).text() == "int"
        return ("the remainder of a division by 1", "always 0") if is_int else None
    return f"`{call.operator}` has one bucket", "always 0"


RULE: Final = Rule(
    code="FX406",
    name="single-bucket",
    severity=Severity.WARNING,
    summary="One bucket takes everything, so that the result is always the same.",
    check=check,
    by_feature=True,
)
