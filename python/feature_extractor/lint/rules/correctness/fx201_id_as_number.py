"""FX201: an identifier becomes a 32-bit float."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import INT

_IDENTIFIER: Final = re.compile(r"(?:^|_)(?:id|key|uuid|guid|hash|isbn|ean|sku|asin)$")
_INSTANTS: Final = {"to_unix_microseconds", "to_unix_milliseconds", "to_unix_seconds"}
_NUMBERINGS: Final = {"lookup"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at where the values of dense features come from, unchanged."""
    for feature in program.features:
        if feature.checked.kind not in ("dense", "label"):
            continue
        for origin in origins(feature.value):
            reason = _reason(program, origin)
            if reason:
                what, advice = reason
                yield Finding(
                    feature.declaration.value.span,
                    f"`{feature.name}` gives the model {what} as a 32-bit float",
                    caption="whole numbers above 16,777,216 are rounded here",
                    help=advice,
                )
                break


def _is_identifier(program: LintedProgram, name: str) -> bool:
    program.look_closer()
    return bool(_IDENTIFIER.search(name))


def _reason(program: LintedProgram, value: Expression) -> tuple[str, str] | None:
    """Return what a value is and what to do with it, or None where it may be a number."""
    if value.type.with_nullable(False) != INT:
        return None
    number = "an id has no order: give it an `id` feature, with `hash_bucket` or a vocabulary"
    match value:
        case InputReference() | Field() if _is_identifier(program, value.name):
            return f"the identifier `{value.name}`", number
        case Call(operator=name) if name in _INSTANTS:
            return "an instant", "take a difference: `(now - at) / 1h`"
        case Call(operator=name) if name in _NUMBERINGS:
            return "the number of a word", number
        case Call(operator=name) if program.operator(name).family == "hash":
            return f"a hash, by `{name}`,", number
        case _:
            return None


RULE: Final = Rule(
    code="FX201",
    name="id-as-number",
    severity=Severity.WARNING,
    summary="An identifier, a hash or an instant is given to the model as a 32-bit float.",
    check=check,
    by_feature=True,
)
