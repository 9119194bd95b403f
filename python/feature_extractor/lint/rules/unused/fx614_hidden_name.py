"""FX614: a name hides another one that a reader will take it for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from feature_extractor.diagnostics import Label, Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at lambda variables and at lets."""
    names = {name: (span, "input") for name, (span, _) in program.inputs.items()}
    for statement in program.file.statements:
        match statement:
            case tree.LetDeclaration():
                names[statement.name.text] = (statement.name.span, "let")
            case tree.ResourceDeclaration():
                names[statement.name.text] = (statement.name.span, "resource")
            case tree.UseDeclaration(alias=tree.Identifier() as alias):
                names[alias.text] = (alias.span, "module")
            case _:
                pass
    for statement in program.file.statements:
        if isinstance(statement, tree.LetDeclaration):
            operator = program.registry.find(statement.name.text)
            if operator is not None and statement.parameters is not None:
                yield Finding(
                    statement.name.span,
                    f"the let `{statement.name.text}` hides the operator `{operator.name}`",
                    caption="in this file, and in those that use it without a name of their own",
                    notes=(f"the operator: {operator.summary}",),
                    help="give the let a name that says what it does differently",
                )
            local = {p.name.text: (p.name.span, "parameter") for p in statement.parameters or ()}
            yield from _lambdas(statement.value, {**names, **local})
        elif isinstance(statement, tree.FeatureDeclaration):
            yield from _lambdas(statement.value, names)


def _lambdas(root: tree.Expression, names: Mapping[str, tuple[Span, str]]) -> Iterator[Finding]:
    """Look at the lambda variables of an expression, with the names that are known around each."""
    waiting: list[tuple[tree.Node, Mapping[str, tuple[Span, str]]]] = [(root, names)]
    while waiting:
        node, known = waiting.pop()
        if isinstance(node, tree.LambdaExpression):
            variable = node.parameter
            hidden = known.get(variable.text)
            if hidden is not None:
                span, what = hidden
                yield Finding(
                    variable.span,
                    f"the lambda variable `{variable.text}` hides the {what} of this name",
                    labels=(Label(span, f"the {what}"),),
                    help="give the variable another name, so that both can be told apart",
                )
            known = {**known, variable.text: (variable.span, "lambda variable")}
        waiting.extend((child, known) for child in reversed(list(tree.children(node))))


RULE: Final = Rule(
    code="FX614",
    name="hidden-name",
    severity=Severity.WARNING,
    summary="A lambda variable hides a name around it, or a let hides an operator.",
    check=check,
)
