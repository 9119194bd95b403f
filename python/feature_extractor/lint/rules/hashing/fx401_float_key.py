"""FX401: a float is hashed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from feature_extractor.check.typed import Call
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.registry import Registry
from feature_extractor.types import FLOAT, ListType, Type


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the first argument of each hash operator."""
    hashing = {
        call
        for call, _ in program.calls(*_hashes(program.registry))
        if call.arguments and _is_float(call.arguments[0].type)
    }
    if not hashing:
        return
    for feature in program.features:
        for call in feature.parts:
            if isinstance(call, Call) and call in hashing:
                yield Finding(
                    program.place(call, feature),
                    f"`{call.operator}` hashes a float",
                    caption="two values that differ in the last digit have nothing in common",
                    help="cut it into buckets first (`bucketize`), or round it to an int",
                )


@cache
def _hashes(registry: Registry) -> tuple[str, ...]:
    return tuple(operator.name for operator in registry.operators if operator.family == "hash")


def _is_float(type_: Type) -> bool:
    element = type_.element if isinstance(type_, ListType) else type_
    return element.with_nullable(False) == FLOAT


RULE: Final = Rule(
    code="FX401",
    name="float-key",
    severity=Severity.WARNING,
    summary="A float is hashed, so that tiny differences make unrelated ids.",
    check=check,
    by_feature=True,
)
