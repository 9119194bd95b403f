"""FX206: the logarithm of something that is often zero."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Lambda, children
from feature_extractor.diagnostics import Applicability, Severity
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments as given
from feature_extractor.lint.written import called, is_plain
from feature_extractor.syntax import tree
from feature_extractor.types import INT

_LOGARITHMS: Final = {"log", "log2", "log10"}
_COUNT: Final = re.compile(
    r"^(?:n|num|nr|count|counts|number|total|clicks|views|impressions|orders|purchases|sales|likes|shares|visits|comments|"
    r"replies|followers|following|friends|subscribers|plays|downloads|reviews)(?:_|$)|"
    r"_(?:count|counts|clicks|views|impressions|orders|purchases|likes|shares|visits|comments|replies|followers|friends|"
    r"subscribers|plays|downloads|reviews|total)(?:_\d+[dhwm])?$"
)
"""Names of inputs that count something."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Follow features down through operators that hand null on; behind a `??` the case was thought of."""
    for feature in program.features:
        if feature.checked.kind not in ("dense", "label") or feature.checked.default is not None:
            continue
        for call in _unguarded(program, feature.value):
            if call.operator not in _LOGARITHMS:
                continue
            program.look_closer()
            if _may_be_zero(program, call.arguments[0]):
                yield _finding(program, feature, call)


def _finding(program: LintedProgram, feature: DeclaredFeature, call: Call) -> Finding:
    node = own_node(program, call)
    fix = None
    if isinstance(node, tree.Call) and node.name.text == "log" and is_plain(node):
        values = given(node)
        if len(values) == 1:
            text = called(node, "log1p", values)
            message = "take the logarithm of one more"
            fix = program.written.replacing(node, text, message, Applicability.UNSAFE)
    is_whole = call is feature.value
    return Finding(
        program.place(call, feature),
        f"`{call.operator}` has no value at 0, and `{feature.name}` is 0.0 then",
        caption="the model cannot tell 0 from 1" if is_whole else "null where this is 0",
        help="write `log1p(x)`, or say behind `??` what the model shall see for 0",
        fix=fix,
    )


def _unguarded(program: LintedProgram, value: Expression) -> Iterator[Call]:
    """Yield the calls whose null becomes the null of a value."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or not isinstance(part, Call | Field):
            continue
        seen.add(id(part))
        if isinstance(part, Call):
            yield part
            if program.operator(part.operator).nulls or part.operator in ("is_null", "is_not_null"):
                continue
        waiting.extend(p for p in reversed(children(part)) if not isinstance(p, Lambda))


def _may_be_zero(program: LintedProgram, value: Expression) -> bool:
    """Return whether a value counts something."""
    while isinstance(value, Call) and value.operator == "to_float":
        value = value.arguments[0]
    if isinstance(value, InputReference | Field):
        return value.type.with_nullable(False) == INT and bool(_COUNT.search(value.name))
    if not isinstance(value, Call) or value.type.with_nullable(False) != INT:
        return False
    return program.ranges.of(value).low == 0


RULE: Final = Rule(
    code="FX206",
    name="log-of-zero",
    severity=Severity.WARNING,
    summary="The logarithm of a count has no value where nothing was counted, and the model sees that of 1.",
    check=check,
    by_feature=True,
)
