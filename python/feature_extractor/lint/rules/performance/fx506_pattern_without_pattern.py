"""FX506: a regular expression says nothing that a plain text does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Literal
from feature_extractor.diagnostics import Fix, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, called, is_plain, operand
from feature_extractor.syntax import tree

PLAIN: Final = {
    "regex_match": "contains",
    "regex_replace": "replace",
    "regex_split": "split",
    "regex_count": "count_substring",
    "like": "contains",
}
"""Operators with a pattern, and what they do where the pattern is a plain text."""
_TEXT: Final = re.compile(r"(?:[^\\.+*?()|\[\]{}^$\n]|\\[^\w\s])+")
"""A pattern that stands for one text: without special characters but those behind a backslash, RE2's syntax."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the patterns of all calls that have one."""
    for call, feature in program.calls(*PLAIN):
        program.look_closer()
        pattern = call.arguments[1]
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            continue
        found = _meaning(call, pattern.value)
        if found is None:
            continue
        better, text = found
        shown = f"`{better}`"
        yield Finding(
            program.place(call, feature),
            f"the pattern of `{call.operator}` is a plain text, which {shown} finds faster",
            help=f"write `{better}` with the text `{json.dumps(text, ensure_ascii=False)}`",
            fix=_fix(program, call, better, text),
        )


def _meaning(call: Call, pattern: str) -> tuple[str, str] | None:
    """Return the operator that does the same with a plain text, and that text."""
    if call.operator == "like":
        return _like(call, pattern)
    starts = pattern.startswith("^")
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    body = pattern[starts : len(pattern) - ends]
    if not _TEXT.fullmatch(body):
        return None
    text = re.sub(r"\\(.)", r"\1", body)
    if call.operator == "regex_match":
        return _anchored(starts, ends), text
    if starts or ends:
        return None
    if call.operator == "regex_replace":
        replacement = call.arguments[2]
        if not isinstance(replacement, Literal) or "\\" in str(replacement.value):
            return None
    return PLAIN[call.operator], text


def _anchored(starts: bool, ends: bool) -> str:
    """Return what looks for a text at the beginning, at the end, as the whole, or anywhere."""
    if starts and ends:
        return "=="
    if starts:
        return "starts_with"
    return "ends_with" if ends else "contains"


def _like(call: Call, pattern: str) -> tuple[str, str] | None:
    if len(call.arguments) > 2 and getattr(call.arguments[2], "value", True):
        return None
    starts = not pattern.startswith("%")
    ends = not pattern.endswith("%")
    body = pattern[not starts : len(pattern) - (not ends)]
    if not body or any(c in body for c in "%_\\"):
        return None
    return _anchored(starts, ends), body


def _fix(program: LintedProgram, call: Call, better: str, text: str) -> Fix | None:
    node = program.written.call(call, call.operator)
    if node is None or not is_plain(node) or '"' in text or "\\" in text:
        return None
    given = arguments(node)
    if not isinstance(given[1], tree.Literal):
        return None
    quoted = f'"{text}"'
    if better == "==":
        # A comparison binds less than what may stand around a call.
        new = f"({operand(given[0])} == {quoted})"
    else:
        rest = given[2:] if better == "replace" else []
        new = called(node, better, [given[0], quoted, *rest])
    return program.written.replacing(node, new, f"replace with `{better}`")


RULE: Final = Rule(
    code="FX506",
    name="pattern-without-pattern",
    severity=Severity.WARNING,
    summary="A regular expression or SQL pattern is a plain text.",
    check=check,
    by_feature=True,
)
