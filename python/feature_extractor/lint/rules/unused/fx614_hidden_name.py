"""FX614: a name hides another one that a reader will take it for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from feature_extractor.diagnostics import Label, Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import within
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
    for let in program.names.lets:
        operator = program.registry.find(let.name.text)
        if operator is not None and let.parameters is not None:
            yield Finding(
                let.name.span,
                f"the let `{let.name.text}` hides the operator `{operator.name}`",
                caption="in this file, and in those that use it without a name of their own",
                notes=(f"the operator: {operator.summary}",),
                help="give the let a name that says what it does differently",
            )
    yield from _lambdas(program, names)


def _lambdas(program: LintedProgram, names: Mapping[str, tuple[Span, str]]) -> Iterator[Finding]:
    """Look at all lambdas, in the order of the file, with the lambdas and the let function around each."""
    functions = [let for let in program.names.lets if let.parameters]
    around: list[tree.LambdaExpression] = []
    position = 0
    for function in program.written.of(tree.LambdaExpression):
        while around and around[-1].span.end <= function.span.start:
            around.pop()
        while position < len(functions) and functions[position].span.end <= function.span.start:
            position += 1
        variable = function.parameter
        hidden = names.get(variable.text)
        if position < len(functions) and within(function.span, functions[position].span):
            for parameter in functions[position].parameters or ():
                if parameter.name.text == variable.text:
                    hidden = (parameter.name.span, "parameter")
        for outer in around:
            if outer.parameter.text == variable.text:
                hidden = (outer.parameter.span, "lambda variable")
        around.append(function)
        if hidden is not None:
            span, what = hidden
            yield Finding(
                variable.span,
                f"the lambda variable `{variable.text}` hides the {what} of this name",
                labels=(Label(span, f"the {what}"),),
                help="give the variable another name, so that both can be told apart",
            )


RULE: Final = Rule(
    code="FX614",
    name="hidden-name",
    severity=Severity.WARNING,
    summary="A lambda variable hides a name around it, or a let hides an operator.",
    check=check,
)
