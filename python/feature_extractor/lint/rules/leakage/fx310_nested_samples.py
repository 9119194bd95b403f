"""FX310: two samples that were to be independent are nested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Literal
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.expressions import number
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the samples of one key by their salts."""
    known: dict[tuple[int, object], tuple[Call, DeclaredFeature]] = {}
    for call, feature in program.calls("sample"):
        key, rate, salt = call.arguments
        if not isinstance(rate, Literal) or not isinstance(salt, Literal):
            continue
        first, reader = known.setdefault((id(key), salt.value), (call, feature))
        if first is call or first.arguments[1] is rate:
            continue
        other = first.arguments[1]
        smaller = min(number(rate) or 0.0, number(other) or 0.0)
        named = f"the salt {salt.value!r}" if salt.value else "no salt"
        yield Finding(
            program.place(call, feature),
            f"this sample and that of `{reader.name}` are not independent",
            caption=f"both have {named}: the {100 * smaller:g} % of the smaller one are in both",
            labels=(Label(program.place(first, reader), "the other sample"),),
            help='give each its own salt: `sample(user, 0.1, "holdout-7")`',
        )


RULE: Final = Rule(
    code="FX310",
    name="nested-samples",
    severity=Severity.WARNING,
    summary="Two samples of one key have one salt, so that the smaller one lies within the other.",
    check=check,
)
