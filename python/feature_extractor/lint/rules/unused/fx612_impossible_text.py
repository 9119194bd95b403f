"""FX612: a text that was brought into one form is compared with a text of another form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

WHOLE: Final = ("equal", "not_equal")
PARTS: Final = ("contains", "starts_with", "ends_with", "count_substring")
LISTS: Final = ("contains", "count_value", "index_of")
CASES: Final = {"lower": "lower case", "fold_case": "lower case", "upper": "upper case"}
TRIMMED: Final = {"trim": "both ends", "trim_start": "the start", "trim_end": "the end"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the constants that texts are compared with."""
    for call, _ in program.calls(*WHOLE, *PARTS, *LISTS):
        for text, reason in _impossible(call):
            node = program.written.own(call)
            if node is None:
                break
            yield Finding(
                node.span,
                f"nothing here is ever `{json.dumps(text, ensure_ascii=False)}`",
                caption=reason,
                help="bring the constant into the same form",
            )
            break


def _impossible(call: Call) -> Iterator[tuple[str, str]]:
    """Yield the texts of a call that its other side never is, or never has, with the reason."""
    first, second = call.arguments[:2]
    if call.operator in WHOLE:
        for value, other in ((first, second), (second, first)):
            for text in _texts(other):
                yield from _reasons(value, text, whole=True)
        return
    element = _element(first)
    if element is not None:
        for text in _texts(second):
            yield from _reasons(element, text, whole=True)
    elif isinstance(first, Literal) and isinstance(first.value, tuple):
        # `x.lower() in ["Yes", "No"]`: every item has to be possible.
        for item in first.value:
            if isinstance(item, str):
                yield from _reasons(second, item, whole=True)
    elif call.operator in PARTS:
        for text in _texts(second):
            yield from _reasons(first, text, whole=False)


def _texts(value: Expression) -> Iterator[str]:
    if isinstance(value, Literal) and isinstance(value.value, str):
        yield value.value


def _element(value: Expression) -> Expression | None:
    """Return the value of each element of a list that `map` makes."""
    if isinstance(value, Call) and value.operator == "map":
        function = value.arguments[1]
        return function.body if isinstance(function, Lambda) else None
    return None


def _reasons(value: Expression, text: str, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield the reason why a value is never a text, or never has it as a part."""
    found = ""
    for origin in origins(value):
        if isinstance(origin, Literal) and isinstance(origin.value, str):
            if (text == origin.value) if whole else (text in origin.value):
                return
            continue
        reason = _form(origin, text, whole)
        if not reason:
            return
        found = reason
    if found:
        yield text, found


def _form(value: Expression, text: str, whole: bool) -> str:
    """Return how the form of a value forbids a text, or an empty string where it does not."""
    while isinstance(value, Call) and value.arguments:
        name = value.operator
        if name in CASES:
            wrong = str.isupper if CASES[name] == "lower case" else str.islower
            # Only ASCII: there every letter has both cases, in all versions of Unicode.
            if any(c.isascii() and wrong(c) for c in text):
                return f"`{name}` gives {CASES[name]}"
        elif name in TRIMMED:
            at_start = name != "trim_end" and text[:1] in (" ", "\t", "\n")
            at_end = name != "trim_start" and text[-1:] in (" ", "\t", "\n")
            if whole and text and (at_start or at_end):
                return f"`{name}` removes the white space at {TRIMMED[name]}"
        else:
            return ""
        value = value.arguments[0]
    return ""


RULE: Final = Rule(
    code="FX612",
    name="impossible-text",
    severity=Severity.ERROR,
    summary="A text in lower case, in upper case or without outer spaces is compared with one that is not.",
    check=check,
)
