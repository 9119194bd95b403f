"""FX617: nothing reads a field of an input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Expression, Field, InputReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.syntax import tree


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the fields of the structs in each input that some feature reads."""
    if not program.features:
        return
    read = {part.name for part in _parts(program) if isinstance(part, Field)}
    # What is fitted to data reads fields, too; a let that nothing uses is reported by itself.
    read |= {node.name.text for node in program.written.of(tree.FieldAccess)}
    inputs = {part.name for part in _parts(program) if isinstance(part, InputReference)}
    for statement in program.file.statements:
        if not isinstance(statement, tree.InputDeclaration):
            continue
        for field in statement.fields:
            used = [name.text for name in field.names if name.text in inputs]
            if not used:
                continue
            for name in _fields(field.type):
                if name.text not in read:
                    yield Finding(
                        name.span,
                        f"nothing reads the field `{name.text}` of `{used[0]}`",
                        caption="every caller has to provide it",
                        help="remove it",
                    )


def _parts(program: LintedProgram) -> Iterator[Expression]:
    return walk(*(feature.value for feature in program.features))


def _fields(type_: tree.TypeExpression) -> Iterator[tree.Identifier]:
    """Yield the names of all fields in a type."""
    waiting: list[tree.TypeExpression] = [type_]
    while waiting:
        part = waiting.pop()
        match part:
            case tree.NamedType():
                waiting.extend(reversed(part.arguments))
            case tree.StructTypeExpression():
                for name, field_type in part.fields:
                    yield name
                    waiting.append(field_type)
            case _:
                pass


RULE: Final = Rule(
    code="FX617",
    name="unused-field",
    severity=Severity.WARNING,
    summary="Nothing reads a field of an input.",
    status=Status.OPTIONAL,
    check=check,
)
