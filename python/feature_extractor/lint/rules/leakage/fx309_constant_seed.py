"""FX309: a random choice that is the same for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

_SEED: Final = {"shuffle": 1, "take_sample": 2}
"""Operators that choose by chance, with the position of the seed."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for seeds that are constants."""
    for call, feature in program.calls(*sorted(_SEED)):
        seed = call.arguments[_SEED[call.operator]]
        if isinstance(seed, Literal):
            yield Finding(
                program.place(call, feature),
                f"`{call.operator}` chooses the same positions of every list of one length",
                caption="the seed is a constant",
                help="give each request a seed of its own, such as `hash(user_id)`",
            )


RULE: Final = Rule(
    code="FX309",
    name="constant-seed",
    severity=Severity.WARNING,
    summary="A sample or a shuffled list has the same positions for everybody.",
    check=check,
    by_feature=True,
)
