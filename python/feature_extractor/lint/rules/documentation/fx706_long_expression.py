"""FX706: an expression is too long, or too deep, to be read at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.setting import Setting
from feature_extractor.syntax import tree

_OPERATIONS: Final[tuple[type[tree.Node], ...]] = (
    tree.Call,
    tree.Binary,
    tree.Unary,
    tree.Conditional,
    tree.Index,
)


def check(program: LintedProgram) -> Iterator[Finding]:
    """Count the operators in the value of each let and feature, and how deep conditions and lambdas are nested."""
    most = program.setting(RULE, "operators")
    deepest = program.setting(RULE, "nesting")
    for statement in _long(program, most, deepest):
        count, depth = _measured(statement.value)
        if count > most:
            problem = (
                f"the value of `{statement.name.text}` has {count} operators, more than {most}"
            )
        elif depth > deepest:
            problem = (
                f"the value of `{statement.name.text}` has lambdas and conditions "
                f"{depth} levels deep, more than {deepest}"
            )
        else:
            continue
        yield Finding(
            statement.name.span,
            problem,
            help="give its parts names by `let`: they cost nothing, and can be described and used again",
        )


def _long(
    program: LintedProgram, most: int, deepest: int
) -> Iterator[tree.LetDeclaration | tree.FeatureDeclaration]:
    """Yield the statements with more nodes, or more lambdas and conditions: only they have to be measured."""
    written = program.written.of(tree.LambdaExpression, tree.Conditional)
    nesting = sorted([node.span.start for node in written])
    for statement in program.file.statements:
        if isinstance(statement, tree.LetDeclaration | tree.FeatureDeclaration):
            _, start, end = statement.span
            inside = bisect_left(nesting, end) - bisect_left(nesting, start)
            if inside > deepest or len(program.written.below(statement)) > most:
                yield statement


def _measured(value: tree.Expression) -> tuple[int, int]:
    """Return the number of operators, and the deepest nesting of lambdas and conditions."""
    count = deepest = 0
    waiting: list[tuple[tree.Node, int, bool]] = [(value, 0, False)]
    while waiting:
        node, depth, is_case = waiting.pop()
        if isinstance(node, tree.Conditional) and is_case:
            # One more case of the same chain is no deeper.
            inner = depth
        else:
            inner = depth + isinstance(node, tree.LambdaExpression | tree.Conditional)
        count += isinstance(node, _OPERATIONS)
        deepest = max(deepest, inner)
        for child in tree.children(node):
            chained = isinstance(node, tree.Conditional) and child is node.alternative
            waiting.append((child, inner, chained))
    return count, deepest


RULE: Final = Rule(
    code="FX706",
    name="long-expression",
    severity=Severity.INFORMATION,
    summary="An expression is too long, or nested too deeply, to be read at once.",
    check=check,
    settings=(
        Setting("operators", int, 40, "the most operators and calls in one value"),
        Setting("nesting", int, 5, "the most levels of lambdas and conditions inside each other"),
    ),
)
