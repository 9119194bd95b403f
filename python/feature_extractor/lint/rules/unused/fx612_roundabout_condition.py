"""FX612: a condition is written in more words than it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Literal
from feature_extractor.diagnostics import Applicability, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, called, operand
from feature_extractor.syntax import tree
from feature_extractor.types import BOOL

OPPOSITE: Final = {"is_null": "is_not_null", "is_not_null": "is_null", "any": "none", "none": "any"}
"""Operators that give a bool which is never null, with those that give the contrary."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at negations, at comparisons with `true` and `false`, and at `if` about nulls and bools."""
    for call, _ in program.calls("not"):
        yield from _negation(program, call)
    for call, _ in program.calls("equal", "not_equal"):
        yield from _comparison(program, call)
    for call, _ in program.calls("if"):
        yield from _choice(program, call)


def _negation(program: LintedProgram, call: Call) -> Iterator[Finding]:
    node = program.written.at(call)
    if not isinstance(node, tree.Unary):
        return
    inner = bare(node.operand)
    opposite = _opposite_comparison(inner)
    if isinstance(inner, tree.Binary) and opposite:
        text = f"{inner.left.span.text} {opposite} {inner.right.span.text}"
        yield _finding(program, node, text)
    negated = call.arguments[0]
    if (
        isinstance(inner, tree.Call)
        and isinstance(negated, Call)
        and negated.operator == inner.name.text
        and negated.operator in OPPOSITE
    ):
        given = arguments(inner)
        # `any` also takes a list of bools alone, which `none` does not.
        if "null" in negated.operator or len(given) == 2:
            text = called(inner, OPPOSITE[negated.operator], given)
            yield _finding(program, node, text, tight=True)


def _opposite_comparison(node: tree.Expression) -> str:
    if not isinstance(node, tree.Binary):
        return ""
    match node.operator:
        case "==":
            return "!="
        case "!=":
            return "=="
        case "<":
            return ">="
        case ">=":
            return "<"
        case ">":
            return "<="
        case "<=":
            return ">"
        case "in":
            return "not in"
        case "not in":
            return "in"
        case _:
            return ""


def _comparison(program: LintedProgram, call: Call) -> Iterator[Finding]:
    if not any(
        isinstance(part, Literal) and part.type.with_nullable(False) == BOOL
        for part in call.arguments
    ):
        return
    node = program.written.at(call)
    if not isinstance(node, tree.Binary):
        return
    for known, other, written in (
        (call.arguments[1], call.arguments[0], node.left),
        (call.arguments[0], call.arguments[1], node.right),
    ):
        if not isinstance(known, Literal) or not isinstance(known.value, bool):
            continue
        if isinstance(other, Literal):
            return
        is_same = known.value == (node.operator == "==")
        text = written.span.text if is_same else f"not {written.span.text}"
        is_tight = is_same and operand(written) == text
        yield _finding(program, node, text, tight=is_tight)
        return


def _choice(program: LintedProgram, call: Call) -> Iterator[Finding]:
    condition, consequence, alternative = call.arguments
    if isinstance(consequence, Literal) and isinstance(alternative, Literal):
        if call.type.with_nullable(False) == BOOL:
            yield from _choice_of_bools(program, call, consequence, alternative)
    elif isinstance(condition, Call) and condition.operator in ("is_null", "is_not_null"):
        is_first = condition.operator == "is_not_null"
        if condition.arguments[0] is (consequence if is_first else alternative):
            yield from _default(program, call, is_first=is_first)


def _choice_of_bools(
    program: LintedProgram, call: Call, consequence: Literal, alternative: Literal
) -> Iterator[Finding]:
    node = program.written.at(call)
    values = (consequence.value, alternative.value)
    if isinstance(node, tree.Conditional) and values in ((True, False), (False, True)):
        text = node.condition.span.text
        yield _finding(
            program,
            node,
            text if values[0] else f"not ({text})",
            Applicability.UNSAFE,
            note="where the condition is null, the `if` takes its `else`",
        )


def _default(program: LintedProgram, call: Call, *, is_first: bool) -> Iterator[Finding]:
    node = program.written.at(call)
    if isinstance(node, tree.Conditional):
        kept, default = node.consequence, node.alternative
        if not is_first:
            kept, default = default, kept
        yield _finding(program, node, f"{_side(kept)} ?? {_side(default)}")


def _side(node: tree.Expression) -> str:
    """Return the text of an expression beside `??`."""
    is_loose = isinstance(node, tree.Conditional) or (
        isinstance(node, tree.Binary) and node.operator == "??"
    )
    return f"({node.span.text})" if is_loose else node.span.text


def _finding(
    program: LintedProgram,
    node: tree.Expression,
    text: str,
    applicability: Applicability = Applicability.SAFE,
    note: str = "",
    tight: bool = False,
) -> Finding:
    shown = f"`{text}`" if len(text) <= 60 and "\n" not in text else "a shorter form"
    return Finding(
        node.span,
        f"this is {shown}",
        notes=(note,) if note else (),
        help=f"write {shown}",
        fix=program.written.replacing(node, text, f"replace with {shown}", applicability, tight),
    )


RULE: Final = Rule(
    code="FX612",
    name="roundabout-condition",
    severity=Severity.WARNING,
    summary="A condition is written in more words than it needs.",
    check=check,
    by_feature=True,
)
