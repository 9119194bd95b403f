"""FX504: a list is sorted to take one element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Literal
from feature_extractor.diagnostics import Applicability, Fix, Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, called
from feature_extractor.syntax import tree

TAKING: Final = ("first", "last", "get")
SORTING: Final = {"sort": ("min", "max"), "sort_by": ("min_by", "max_by")}
"""The operators that sort, with those that give the least and the greatest."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at what is taken from sorted lists."""
    for call, feature in program.calls(*TAKING):
        program.look_closer()
        if call.operator == "get" and integer(call.arguments[1]) != 0:
            continue
        ordered = call.arguments[0]
        if not isinstance(ordered, Call) or ordered.operator not in SORTING:
            continue
        descending = ordered.arguments[-1]
        if not isinstance(descending, Literal):
            continue
        is_greatest = bool(descending.value) != (call.operator == "last")
        better = SORTING[ordered.operator][is_greatest]
        # Nulls come last in both directions: only the first of `sort` is surely what `min` or `max` gives. And 0.0 and
        # -0.0 are equal floats, of which each takes another one.
        is_float = str(call.type.with_nullable(False)) == "float"
        is_exact = ordered.operator == "sort" and call.operator != "last" and not is_float
        # A function may be called with floats elsewhere.
        is_exact = is_exact and program.written.own(call) is not None
        note = f"`{better}` leaves nulls out, and may take another one of equal elements"
        if is_float and ordered.operator == "sort" and call.operator != "last":
            note = f"of 0.0 and -0.0 `{better}` may give the other one"
        yield Finding(
            program.place(call, feature),
            f"a whole list is sorted to take one element, which `{better}` finds",
            notes=() if is_exact else (note,),
            help=f"call `{better}` instead of `{ordered.operator}`",
            fix=_fix(program, call, ordered, better, is_exact),
        )


def _fix(
    program: LintedProgram, call: Call, ordered: Call, better: str, is_exact: bool
) -> Fix | None:
    outer = program.written.at(call)
    match outer:
        case tree.Call(name=tree.Identifier(text="first" | "last" | "get")):
            inner = bare(arguments(outer)[0])
        case tree.Index():
            inner = bare(outer.base)
        case _:
            return None
    if not isinstance(inner, tree.Call) or inner.name.text != ordered.operator:
        return None
    count = len(arguments(inner)) - len([a for a in inner.arguments if a.name is not None])
    wanted = 1 if ordered.operator == "sort" else 2
    if count < wanted:
        return None
    return program.written.replacing(
        outer,
        called(inner, better, arguments(inner)[:wanted]),
        f"replace with `{better}`",
        Applicability.SAFE if is_exact else Applicability.UNSAFE,
    )


RULE: Final = Rule(
    code="FX504",
    name="sorted-for-one",
    severity=Severity.WARNING,
    summary="A whole list is sorted to take one element.",
    check=check,
    by_feature=True,
)
