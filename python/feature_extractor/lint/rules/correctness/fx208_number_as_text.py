"""FX208: texts are compared as if they were numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import STRING

_ORDERED: Final = {"less", "less_equal", "greater", "greater_equal", "between"}
_PADDED: Final = {"format_time", "pad_start", "substring", "geohash_encode", "quadkey"}
"""Operators whose texts have one length, so that they are ordered as numbers are."""
_WRITTEN: Final = {"to_string", "format_number"}
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_CODE: Final = re.compile(
    r"(?:^|_)(?:zip|zipcode|postal|postcode|plz|code|date|isbn|ean|sku|hs)(?:_|$)"
)
"""Names of numbers of one length that are texts for good reason, and in order as such."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for texts that are asked which is greater, where one of them is a number."""
    for call, feature in program.calls(*sorted(_ORDERED)):
        values = call.arguments
        if any(value.type.with_nullable(False) != STRING for value in values):
            continue
        program.look_closer()
        if any(isinstance(value, Call) and value.operator in _PADDED for value in values):
            continue
        if any(isinstance(o, InputReference | Field) and _CODE.search(o.name) for o in values):
            continue
        shown = next((text for value in values if (text := _number(value))), "")
        if not shown:
            continue
        yield Finding(
            program.place(call, feature),
            "texts are compared letter by letter, also those that hold numbers",
            caption=f'so "10" comes before {shown}'
            if shown != '"10"'
            else 'so "9" comes after "10"',
            help="compare numbers: `x.parse_int() > 9` or `x.parse_float() > 9.5`",
        )


def _number(value: Expression) -> str:
    """Return the text of a number, in quotes, or an empty text."""
    if isinstance(value, Call) and value.operator in _WRITTEN:
        return '"9"'
    if not isinstance(value, Literal) or not isinstance(value.value, str):
        return ""
    text = value.value
    if not _NUMBER.fullmatch(text) or _YEAR.fullmatch(text):
        return ""
    return f'"{text}"' if text > "10" else '"9"'


RULE: Final = Rule(
    code="FX208",
    name="number-as-text",
    severity=Severity.ERROR,
    summary="Texts that hold numbers are compared by their letters.",
    check=check,
    by_feature=True,
)
