"""FX305: a window that holds the event of the request itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Applicability, Edit, Fix, Label, Severity
from feature_extractor.lint.moments import Bound
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_STRICT: Final = (("<=", "<"), (">=", ">"))


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for windows that end with the request, included, in programs that have a label."""
    label = next((f for f in program.features if f.checked.kind == "label"), None)
    if label is None:
        return
    moments = program.moments
    for feature in program.features:
        if feature.checked.kind == "label":
            continue
        for _, bounds in moments.conditions(feature):
            uppers = [bound for bound in bounds if bound.is_upper]
            if not uppers:
                continue
            last = min(uppers, key=lambda b: (b.microseconds, b.operator == "less_equal"))
            if last.microseconds == 0 and last.operator == "less_equal":
                yield Finding(
                    program.place(last.condition, feature),
                    f"`{feature.name}` counts what happens at the very time of the request",
                    caption="in logged data that may be the event to foretell",
                    labels=(Label(label.span, "the label"),),
                    help="leave the end out: `e.at < now`",
                    fix=_fix(program, last),
                )


def _fix(program: LintedProgram, bound: Bound) -> Fix | None:
    node = own_node(program, bound.condition)
    if not isinstance(node, tree.Binary) or node.operator not in dict(_STRICT):
        return None
    strict = dict(_STRICT)[node.operator]
    return Fix(f"write `{strict}`", (Edit(node.operator_span, strict),), Applicability.UNSAFE)


RULE: Final = Rule(
    code="FX305",
    name="request-in-window",
    severity=Severity.WARNING,
    summary="A window of time ends with the request, included, in a program with a label.",
    check=check,
)
