"""FX616: an operator is called on what it, or one that it undoes, has given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call
from feature_extractor.diagnostics import Applicability, Fix, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, called, is_plain, operand
from feature_extractor.syntax import tree

REPEATED: Final = {
    "lower": ("lower",),
    "upper": ("upper",),
    "fold_case": ("fold_case",),
    "capitalize": ("capitalize",),
    "trim": ("trim", "trim_start", "trim_end"),
    "trim_start": ("trim_start", "trim"),
    "trim_end": ("trim_end", "trim"),
    "strip_accents": ("strip_accents",),
    "abs": ("abs",),
    "sort": ("sort",),
    "distinct": ("distinct",),
    "remove_nulls": ("remove_nulls",),
    "deduplicate_consecutive": ("deduplicate_consecutive", "distinct"),
    "round": ("round", "floor", "ceil", "trunc"),
    "floor": ("floor", "ceil", "round", "trunc"),
    "ceil": ("ceil", "floor", "round", "trunc"),
    "trunc": ("trunc", "floor", "ceil", "round"),
}
"""Operators, with those behind which they change nothing or do the same again."""
NOTHING: Final = {
    "trim_start": ("trim",),
    "trim_end": ("trim",),
    "deduplicate_consecutive": ("distinct",),
    "round": ("floor", "ceil", "trunc"),
    "floor": ("ceil", "round", "trunc"),
    "ceil": ("floor", "round", "trunc"),
    "trunc": ("floor", "ceil", "round"),
}
"""Those of them where it is the outer call that can go, not the inner one."""
UNDONE: Final = {
    "lower": ("upper", "capitalize", "fold_case"),
    "upper": ("lower", "capitalize", "fold_case"),
    "fold_case": ("lower", "upper", "capitalize"),
    "capitalize": ("lower", "upper"),
}
"""Operators that make nearly all of the work of another one void: a few letters have no other case of their own."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for a call right on another one."""
    for call, _ in program.calls(*REPEATED, "reverse"):
        inner = call.arguments[0]
        if isinstance(inner, Call) and inner.operator == "to_float":
            # `floor` gives an int, of which the compiler makes a float for `round`.
            inner = inner.arguments[0]
        if not isinstance(inner, Call) or call.arguments[1:] != inner.arguments[1:]:
            continue
        outer, given = call.operator, inner.operator
        is_exact = given in REPEATED.get(outer, ()) or outer == given == "reverse"
        if not is_exact and given not in UNDONE.get(outer, ()):
            continue
        node = program.written.own(call)
        if node is None:
            continue
        if outer == given == "reverse":
            message = "`reverse` behind `reverse` gives what was there before"
        elif given in NOTHING.get(outer, ()):
            message = f"`{outer}` changes nothing behind `{given}`"
        elif is_exact:
            message = f"`{outer}` does the work of `{given}` again"
        else:
            message = f"`{outer}` makes the work of `{given}` void"
        yield Finding(
            node.span,
            message,
            help="remove one of the two, or write what was meant",
            fix=_fix(program, node, call, inner, is_exact),
        )


def _fix(
    program: LintedProgram, node: tree.Expression, call: Call, inner: Call, is_exact: bool
) -> Fix | None:
    if not isinstance(node, tree.Call) or node.name.text != call.operator or not is_plain(node):
        return None
    first = bare(arguments(node)[0])
    if call.operator == inner.operator != "reverse" and isinstance(first, tree.Name):
        # The inner call is in the let of this name.
        return program.written.replacing(node, first.text, "remove the call")
    if not isinstance(first, tree.Call) or first.name.text != inner.operator or not is_plain(first):
        return None
    source, *rest = arguments(first)
    if call.operator == inner.operator == "reverse":
        text, removed = operand(source), "both calls"
    elif inner.operator in NOTHING.get(call.operator, ()):
        text, removed = called(first, inner.operator, [source, *rest]), f"`{call.operator}`"
    else:
        text, removed = called(first, call.operator, [source, *rest]), f"`{inner.operator}`"
    applicability = Applicability.SAFE if is_exact else Applicability.UNSAFE
    return program.written.replacing(node, text, f"remove {removed}", applicability)


RULE: Final = Rule(
    code="FX616",
    name="repeated-call",
    severity=Severity.WARNING,
    summary="An operator is called on what it, or one that it makes void, has given.",
    check=check,
)
