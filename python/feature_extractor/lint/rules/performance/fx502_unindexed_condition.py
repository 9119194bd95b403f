"""FX502: a condition goes through a whole list for each candidate where an index would find the elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from feature_extractor.check.typed import Call, Expression, Lambda
from feature_extractor.diagnostics import Fix, Severity
from feature_extractor.lint.expressions import conjuncts, walk
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, bare, is_plain
from feature_extractor.syntax import tree

if TYPE_CHECKING:
    from feature_extractor.plan.rewrite import JoinRewriter

ASKING: Final = ("filter", "count", "any", "none", "find_first", "find_last")
"""Operators for which `xs.f(e -> a and b)` is `xs.filter(e -> a).f(e -> b)`."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at conditions of several parts, of which one alone would be found by an index."""
    joining = frozenset(
        operator.name for syntax in ("==", "in") for operator in program.registry.by_syntax(syntax)
    )
    asked = [
        _Asked(feature, call, function, parts)
        for call, feature in program.calls(*ASKING)
        if isinstance(function := call.arguments[-1], Lambda)
        and len(parts := conjuncts(function.body)) > 1
        and _has_call(function.body, joining)
    ]
    if asked:
        yield from _unindexed(program, asked)


class _Asked(NamedTuple):
    """A call with a condition of several parts, one of which an index may answer."""

    feature: DeclaredFeature
    call: Call
    function: Lambda
    parts: list[Expression]


def _unindexed(program: LintedProgram, asked: list[_Asked]) -> list[Finding]:
    # The planner is not imported where no program has such a condition.
    from feature_extractor.plan.build import deep_recursion
    from feature_extractor.plan.dependencies import Dependencies
    from feature_extractor.plan.operators import Operators
    from feature_extractor.plan.rewrite import JoinRewriter

    operators = Operators(program.registry)
    rewriter = JoinRewriter(operators, Dependencies(operators))
    found: list[Finding] = []
    with deep_recursion():
        for feature, call, function, parts in asked:
            # The planner's own rewriter learns here which lists the lambdas of the feature run over.
            rewriter.rewrite(feature.value)
            if _is_joined(rewriter, call):
                continue
            for index, part in enumerate(parts):
                if _is_joined(rewriter, _with_condition(call, function, part)):
                    found.append(_finding(program, feature, call, len(parts), index))
                    break
    return found


def _has_call(condition: Expression, operators: frozenset[str]) -> bool:
    """Return whether one of some operators is called: a condition without any that an index answers is left alone."""
    return any(isinstance(part, Call) and part.operator in operators for part in walk(condition))


def _is_joined(rewriter: JoinRewriter, call: Call) -> bool:
    """Return whether the planner puts an index in the place of a condition."""
    rewritten = rewriter.rewrite(call)
    return not isinstance(rewritten, Call) or rewritten.operator != call.operator


def _with_condition(call: Call, function: Lambda, condition: Expression) -> Call:
    alone = replace(function, body=condition, type=condition.type)
    return replace(call, arguments=(*call.arguments[:-1], alone))


def _finding(
    program: LintedProgram, feature: DeclaredFeature, call: Call, count: int, index: int
) -> Finding:
    return Finding(
        program.place(call, feature),
        "the whole list is gone through for each candidate",
        caption="several parts of the condition depend on the candidate",
        notes=(
            "one equality alone is answered by an index, which is built once for all candidates",
        ),
        help=f"write one equality in a `filter` of its own, and the rest in a `{call.operator}` behind it",
        fix=_fix(program, call, count, index),
    )


def _fix(program: LintedProgram, call: Call, count: int, index: int) -> Fix | None:
    node = program.written.call(call, call.operator)
    if node is None or not is_plain(node) or len(arguments(node)) != 2:
        return None
    items, function = arguments(node)
    function = bare(function)
    if not isinstance(function, tree.LambdaExpression):
        return None
    parts = _written_conjuncts(function.body)
    if len(parts) != count:
        return None
    name = function.parameter.text
    rest = " and ".join(part.span.text for i, part in enumerate(parts) if i != index)
    found = f"{name} -> {parts[index].span.text}"
    text = (
        f"filter({items.span.text}, {found}).{call.operator}({name} -> {rest})"
        if node.receiver is None
        else f"{items.span.text}.filter({found}).{call.operator}({name} -> {rest})"
    )
    return program.written.replacing(node, text, "put the equality into a `filter` of its own")


def _written_conjuncts(condition: tree.Expression) -> list[tree.Expression]:
    inner = bare(condition)
    if isinstance(inner, tree.Binary) and inner.operator == "and":
        return [*_written_conjuncts(inner.left), *_written_conjuncts(inner.right)]
    return [condition]


RULE: Final = Rule(
    code="FX502",
    name="unindexed-condition",
    severity=Severity.WARNING,
    summary="A condition goes through a whole list for each candidate where an index would find the elements.",
    check=check,
    by_feature=True,
)
