"""FX505: a list is made to be asked for one thing that an operator gives directly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, called, is_plain
from feature_extractor.syntax import tree

SHORTER: Final = (
    ("filter", "length", "count"),
    ("filter", "first", "find_first"),
    ("map", "length", "length"),
    ("reverse", "first", "last"),
    ("reverse", "last", "first"),
    ("reverse", "length", "length"),
    ("sort", "length", "length"),
    ("sort_by", "length", "length"),
    ("reverse", "distinct_count", "distinct_count"),
    ("sort", "distinct_count", "distinct_count"),
    ("distinct", "distinct_count", "distinct_count"),
    ("reverse", "count", "count"),
    ("sort", "count", "count"),
    ("reverse", "any", "any"),
    ("sort_by", "any", "any"),
    ("reverse", "all", "all"),
    ("sort_by", "all", "all"),
    ("sort_by", "count", "count"),
)
"""What makes the list, what asks it, and what gives the same answer without the list, whatever is null in it."""
_BY_ASKED: Final = {
    asked: {made: better for made, other, better in SHORTER if other == asked}
    for _, asked, _ in SHORTER
}
"""The same by what asks it."""
_KEEPS_CONDITION: Final = ("count", "find_first")
"""Operators that take the condition of the filter that they replace."""
_SOME: Final = ((">", 0), ("!=", 0), (">=", 1))
_NONE: Final = (("==", 0), ("<", 1), ("<=", 0))


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for pairs of operators, and for counts that are compared with nothing."""
    compared = set()
    names = ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")
    for comparison, _ in program.calls(*names):
        counted = comparison.arguments[0]
        if not isinstance(counted, Call) or counted.operator not in ("length", "count"):
            continue
        program.look_closer()
        found = _compared(program, comparison)
        if found is None:
            continue
        inner, better = found
        compared.add(inner)
        node = program.written.at(comparison)
        assert node is not None
        yield Finding(
            node.span,
            f"all elements are counted to know whether there is one, which `{better}` tells",
            help=f"write `{better}` with the same condition",
            fix=program.written.replacing(
                node, called(inner, better, arguments(inner)), f"replace with `{better}`"
            ),
        )
    for asked, known in _BY_ASKED.items():
        for call, _ in program.calls(asked):
            source = call.arguments[0]
            if not isinstance(source, Call) or source.operator not in known:
                continue
            made, better = source.operator, known[source.operator]
            if made == "reverse" and asked == "length" and _is_text(call):
                continue
            outer = program.written.call(call, asked)
            if outer is None:
                continue
            first = bare(arguments(outer)[0])
            if not isinstance(first, tree.Call) or first.name.text != made:
                continue
            if first not in compared and is_plain(outer):
                yield _shorter(program, outer, first, made, asked, better)


def _shorter(
    program: LintedProgram, outer: tree.Call, inner: tree.Call, made: str, asked: str, better: str
) -> Finding:
    given = arguments(inner)
    if better not in _KEEPS_CONDITION or made != "filter":
        given = [given[0], *arguments(outer)[1:]]
    shown = f"`{better}`" if better != asked else f"`{asked}` alone"
    return Finding(
        outer.span,
        f"`{made}` makes a list that is only asked for its `{asked}`",
        help=f"{shown} gives the same",
        fix=program.written.replacing(outer, called(inner, better, given), f"replace with {shown}")
        if is_plain(inner) or given[1:] == arguments(outer)[1:]
        else None,
    )


def _is_text(call: Call) -> bool:
    return str(call.arguments[0].type).startswith("string")


def _compared(program: LintedProgram, comparison: Call) -> tuple[tree.Call, str] | None:
    """Return the counting call of a comparison that asks for some or none, and what asks the same."""
    left, right = comparison.arguments
    limit = integer(right)
    if limit is None:
        return None
    node = program.written.at(comparison)
    if not isinstance(node, tree.Binary):
        return None
    condition = (node.operator, limit)
    if condition not in (*_SOME, *_NONE):
        return None
    better = "any" if condition in _SOME else "none"
    inner = _counted(node.left, left)
    return None if inner is None else (inner, better)


def _counted(node: tree.Expression, value: Expression) -> tree.Call | None:
    """Return the written call with the condition of `xs.count(p)` or `xs.filter(p).length()`."""
    written = bare(node)
    if not isinstance(value, Call) or not isinstance(written, tree.Call):
        return None
    if value.operator == "length" and written.name.text == "length":
        inner, made = value.arguments[0], bare(arguments(written)[0])
        if not isinstance(inner, Call) or inner.operator != "filter":
            return None
        if not isinstance(made, tree.Call) or made.name.text != "filter" or not is_plain(made):
            return None
        return made
    if value.operator == "count" and written.name.text == "count" and is_plain(written):
        return written if len(arguments(written)) == 2 else None
    return None


RULE: Final = Rule(
    code="FX505",
    name="list-for-one-answer",
    severity=Severity.WARNING,
    summary="A list is made only to be asked for something that one operator gives.",
    check=check,
    by_feature=True,
)
