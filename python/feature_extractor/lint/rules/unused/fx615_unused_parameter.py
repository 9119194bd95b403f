"""FX615: a parameter, or the variable of a condition, is not used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import bare, below
from feature_extractor.syntax import tree

DECIDING: Final = {
    "filter",
    "any",
    "all",
    "none",
    "count",
    "find_first",
    "find_last",
    "take_while",
    "drop_while",
    "sort_by",
    "min_by",
    "max_by",
    "top_by",
    "distinct_by",
}
"""Operators whose lambda tells elements apart; `map(e -> 1)` makes a list of ones on purpose."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at let functions, and at lambdas that have to look at their element."""
    for let in program.names.lets:
        for parameter in let.parameters or ():
            name = parameter.name.text
            if not name.startswith("_") and not _mentions(let.value, name):
                yield Finding(
                    parameter.name.span,
                    f"`{let.name.text}` does not use its parameter `{name}`",
                    caption="every call has to give it" if parameter.default is None else "",
                    help=f"remove it, or write `_{name}` where callers need it",
                )
    for node in program.written.of(tree.Call):
        if node.name.text not in DECIDING:
            continue
        for argument in node.arguments:
            function = bare(argument.value)
            if not isinstance(function, tree.LambdaExpression):
                continue
            name = function.parameter.text
            if name.startswith("_") or isinstance(bare(function.body), tree.Literal):
                continue
            if not _mentions(function.body, name):
                yield Finding(
                    function.span,
                    f"`{node.name.text}` asks the same of every element: `{name}` is not used",
                    help=f"use `{name}`; or write `_ -> ...` where this is meant",
                )


def _mentions(node: tree.Expression, name: str) -> bool:
    return any(
        part.text == name
        if isinstance(part, tree.Name)
        else isinstance(part, tree.Call) and part.name.text == name
        for part in below(node)
    )


RULE: Final = Rule(
    code="FX615",
    name="unused-parameter",
    severity=Severity.WARNING,
    summary="A parameter of a let, or the variable of a condition, is not used.",
    check=check,
)
