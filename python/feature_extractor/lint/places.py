"""Where an expression stands: in a let function, which is shared by its calls, or in one place of its own."""

from __future__ import annotations

from feature_extractor.check.typed import Expression
from feature_extractor.diagnostics import Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.written import within
from feature_extractor.syntax import tree


def function_around(program: LintedProgram, span: Span) -> tree.Statement | None:
    """Return the let function of the main file whose body a place lies in."""
    for statement in program.file.statements:
        is_function = (
            isinstance(statement, tree.LetDeclaration) and statement.parameters is not None
        )
        if is_function and within(span, statement.span):
            return statement
    return None


def own_node(program: LintedProgram, expression: Expression) -> tree.Expression | None:
    """Return how an expression was written, or None where a module or a let function wrote it.

    What stands in a function has other types and values at each call: a repair for one of them may break another.
    """
    node = program.written.at(expression)
    if node is None or function_around(program, node.span) is not None:
        return None
    return node
