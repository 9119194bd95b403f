"""FX214: a text in small letters is compared with capitals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Applicability, Edit, Fix, Severity
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.texts import Forms
from feature_extractor.lint.written import below
from feature_extractor.syntax import tree
from feature_extractor.types import STRING, ListType

_SOUGHT: Final = {
    "equal": (0, 1),
    "not_equal": (0, 1),
    "contains": (0, 1),
    "starts_with": (0, 1),
    "ends_with": (0, 1),
    "index_of": (0, 1),
    "count_value": (0, 1),
    "count_substring": (0, 1),
    "replace": (0, 1),
    "one_hot": (0, 1),
    "multi_hot": (0, 1),
    "longest_run": (0, 1),
}
"""Operators that look for one argument in the other, with the positions of both."""
_WHOLE: Final = {"equal", "not_equal", "count_value", "one_hot", "multi_hot", "longest_run"}
"""Operators that look for a text as a whole and not for a part of it."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for constants that a text can never be equal to, or hold, because of what was done to it."""
    forms = Forms(program.ranges)
    for call, feature in program.calls(*sorted(_SOUGHT)):
        program.look_closer()
        for one, other in ((0, 1), (1, 0)):
            constants = _texts(call.arguments[one])
            if not constants:
                continue
            searched = call.arguments[other]
            known = forms.of(searched)
            in_list = isinstance(call.arguments[one].type, ListType)
            is_whole = call.operator in _WHOLE or in_list or isinstance(searched.type, ListType)
            if not is_whole:
                known = known.part()
            missed = [(text, by) for text in constants if (by := known.misses(text))]
            if not missed:
                continue
            shown = ", ".join(f'"{text}"' for text, _ in missed[:3])
            by = missed[0][1]
            yield Finding(
                program.place(call, feature),
                f"`{by}` never gives {shown}",
                caption="this is never found"
                if len(missed) == len(constants)
                else "some are never found",
                help=_advice(known.case, [text for text, _ in missed]),
                fix=_fix(program, call, known.case, [text for text, _ in missed]),
            )
            break


def _texts(value: Expression) -> list[str]:
    """Return the texts of a constant or of a constant list."""
    if not isinstance(value, Literal):
        return []
    element = value.type.element if isinstance(value.type, ListType) else value.type
    if element.with_nullable(False) != STRING:
        return []
    items = value.value if isinstance(value.value, tuple) else (value.value,)
    return [item for item in items if isinstance(item, str)]


def _folded(case: str, text: str) -> str:
    return text.lower() if case == "lower" else text.upper() if case == "upper" else text


def _advice(case: str, texts: list[str]) -> str:
    better = _folded(case, texts[0])
    if better != texts[0]:
        return f'write "{better}"'
    return "compare it with what the text can be"


def _fix(program: LintedProgram, call: Call, case: str, texts: list[str]) -> Fix | None:
    node = own_node(program, call)
    if node is None or not case:
        return None
    edits = tuple(
        Edit(part.span, _folded(case, part.span.text))
        for part in below(node)
        if isinstance(part, tree.Literal) and part.kind == "string" and part.value in texts
    )
    if not edits or any("\\" in edit.span.text for edit in edits):
        return None
    letters = "small letters" if case == "lower" else "capitals"
    return Fix(f"write the constant in {letters}", edits, Applicability.UNSAFE)


RULE: Final = Rule(
    code="FX214",
    name="impossible-text",
    severity=Severity.ERROR,
    summary="A text is compared with a constant that it never is, because of its case or its length.",
    check=check,
    by_feature=True,
)
