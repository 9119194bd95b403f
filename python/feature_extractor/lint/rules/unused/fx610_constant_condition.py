"""FX610: a condition reads nothing, so that one side of it is dead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from feature_extractor.check.typed import Collect, Expression, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import bare, below
from feature_extractor.syntax import tree


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at what is written; a let function that is called with a constant is no mistake."""
    constants = _Constants(program)
    for node in program.written.of(tree.Conditional, tree.Binary):
        for condition, what in _conditions(node):
            if constants.has(condition):
                yield Finding(
                    condition.span,
                    f"this {what} does not depend on any input",
                    caption="always the same",
                    help="keep what is used, and remove the rest",
                )


def _conditions(node: tree.Node) -> Iterator[tuple[tree.Expression, str]]:
    """Yield what decides in a node."""
    match node:
        case tree.Conditional():
            yield node.condition, "condition"
        case tree.Binary(operator="and" | "or"):
            for side in (node.left, node.right):
                inner = bare(side)
                # Of `a and b and c` each part is looked at by itself.
                if not (isinstance(inner, tree.Binary) and inner.operator in ("and", "or")):
                    yield side, f"side of `{node.operator}`"
        case _:
            pass


class _Constants:
    """Knows which lets of a file read no input."""

    def __init__(self, program: LintedProgram) -> None:
        self._program = program

    def has(self, condition: tree.Expression) -> bool:
        """Return whether all that a condition reads are literals and lets that read nothing."""
        for part in below(condition):
            match part:
                case tree.Name(text=name):
                    if name in self._local or not self._is_constant(name):
                        return False
                case tree.Call(name=name):
                    if name.text in self._lets or name.text == "collect":
                        return False
                case _:
                    pass
        return True

    @cached_property
    def _values(self) -> dict[str, Expression]:
        """The values of the lets without parameters, by name."""
        values = self._program.values
        lets = [let for let in self._program.names.lets if let.parameters is None]
        return {let.name.text: values[let.name.text] for let in lets if let.name.text in values}

    @cached_property
    def _lets(self) -> set[str]:
        return {let.name.text for let in self._program.names.lets}

    @cached_property
    def _local(self) -> set[str]:
        """The names of all parameters and lambda variables: one of them may hide a let."""
        written = self._program.written
        variables = {node.parameter.text for node in written.of(tree.LambdaExpression)}
        return variables | {node.name.text for node in written.of(tree.Parameter)}

    def _is_constant(self, name: str) -> bool:
        value: Expression | None = self._values.get(name)
        return value is not None and not any(
            isinstance(part, InputReference | Collect) for part in walk(value)
        )


RULE: Final = Rule(
    code="FX610",
    name="constant-condition",
    severity=Severity.WARNING,
    summary="A condition reads no input, so that one side of it is never used.",
    check=check,
)
