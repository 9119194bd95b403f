"""FX508: a list is cut behind the work on its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda
from feature_extractor.diagnostics import Fix, Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, called, is_plain
from feature_extractor.syntax import tree

CUTTING: Final = ("take_first", "take_last", "drop_first", "drop_last", "slice")
FREE: Final = {"get", "to_float"}
"""Operators that are not worth a finding."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for `xs.map(f).take_first(n)`, which is `xs.take_first(n).map(f)`."""
    for call, feature in program.calls(*CUTTING):
        made = call.arguments[0]
        if not isinstance(made, Call) or made.operator != "map":
            continue
        function = made.arguments[1]
        if not isinstance(function, Lambda) or not _works(function.body):
            continue
        yield Finding(
            program.place(call, feature),
            f"`map` works on all elements, of which `{call.operator}` drops some",
            help=f"write `{call.operator}` in front of `map`",
            fix=_fix(program, call),
        )


def _works(body: Expression) -> bool:
    return any(isinstance(part, Call) and part.operator not in FREE for part in walk(body))


def _fix(program: LintedProgram, call: Call) -> Fix | None:
    node = program.written.call(call, call.operator)
    if node is None or not is_plain(node):
        return None
    items, *given = arguments(node)
    made = bare(items)
    if not isinstance(made, tree.Call) or made.name.text != "map" or not is_plain(made):
        return None
    source, function = arguments(made)
    cut = called(node, call.operator, [source, *given])
    return program.written.replacing(
        node, called(made, "map", [cut, function]), f"move `{call.operator}` in front of `map`"
    )


RULE: Final = Rule(
    code="FX508",
    name="late-cut",
    severity=Severity.WARNING,
    summary="A list is cut behind the work on its elements.",
    check=check,
    by_feature=True,
)
