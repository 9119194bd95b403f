"""Compares the inputs of a program with the schema that its settings name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from feature_extractor.check.typed import InputReference
from feature_extractor.diagnostics import Span
from feature_extractor.lint.columns import (
    Column,
    Problem,
    Schema,
    SchemaError,
    compare,
    read_schema,
)
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.setting import Setting
from feature_extractor.syntax import tree

if TYPE_CHECKING:
    from feature_extractor.lint.program import LintedProgram

_STEP: Final = re.compile(r"\.\w+|\[\]|\{key\}|\{value\}")

NESTED: Final = "candidates"
"""The column that holds the candidates of a request as a list of structs."""

SCHEMA: Final = Setting(
    "schema",
    list[str],
    (),
    "files with the columns of the data: Parquet, Arrow, Avro (`.avsc`), Spark (`.json`) or Protocol Buffers (`.desc`)",
    are_files=True,
)


@dataclass(frozen=True)
class Drift:
    """A difference between an input and its column; ``span`` is the place of the part that differs."""

    span: Span
    domain: str
    schema: str
    problem: Problem


def schemas(program: LintedProgram, rule: Rule) -> list[Schema]:
    """Return the schemas that a program is compared with. Raises SchemaError."""
    paths = [Path(path) for path in program.setting(rule, SCHEMA.name)]
    program.files_read.update(paths)
    return [read_schema(path) for path in paths]


def drifts(program: LintedProgram, found: list[Schema]) -> Iterator[Drift]:
    """Yield the differences of all inputs that features read; nobody looks at the columns of the others."""
    if not found:
        return
    used = {
        part.name
        for feature in program.features
        for part in feature.parts
        if isinstance(part, InputReference)
    }
    paths = ", ".join(schema.path for schema in found)
    for declared in program.program.inputs:
        if declared.name not in used:
            continue
        _, type_ = program.inputs[declared.name]
        column = _column(found, declared.domain, declared.name)
        problems = (
            [Problem("missing", declared.name, f"the data has no column `{declared.name}`")]
            if column is None
            else compare(type_, column, declared.name)
        )
        for problem in problems:
            span = _place(program, declared.name, problem)
            yield Drift(span, declared.domain, paths, problem)


def drift_findings(program: LintedProgram, rule: Rule, kind: str, help: str) -> Iterator[Finding]:
    """Yield the differences of one kind; ``rule`` has the schemas, and tells of one that cannot be read."""
    try:
        found = schemas(program, rule)
    except SchemaError:
        return
    for drift in drifts(program, found):
        if drift.problem.kind == kind:
            yield Finding(
                drift.span, drift.problem.message, caption=f"by {drift.schema}", help=help
            )


def _place(program: LintedProgram, name: str, problem: Problem) -> Span:
    """Return where the part of a declaration stands that a problem is about."""
    name_span, _ = program.inputs[name]
    written = next(
        field.type
        for statement in program.file.statements
        if isinstance(statement, tree.InputDeclaration)
        for field in statement.fields
        if any(declared.text == name for declared in field.names)
    )
    steps = _STEP.findall(problem.place.removeprefix(name))
    if not steps and problem.kind == "missing":
        return name_span
    span = written.span
    for step in steps:
        match written:
            case tree.NamedType() if not step.startswith("."):
                position = 1 if step == "{value}" else 0
                if position >= len(written.arguments):
                    return span
                written = written.arguments[position]
                span = written.span
            case tree.StructTypeExpression():
                found = {field.text: (field.span, type_) for field, type_ in written.fields}
                if step[1:] not in found:
                    return span
                field_span, written = found[step[1:]]
                span = field_span if problem.kind == "missing" else written.span
            case _:
                return span
    return span


def names(found: list[Schema], domain: str) -> list[str]:
    """Return the names of the columns that an input of a domain may be read from."""
    return [name for schema in found for name in _columns(schema, domain)]


def _column(found: list[Schema], domain: str, name: str) -> Column | None:
    for schema in found:
        column = _columns(schema, domain).get(name)
        if column is not None:
            return column
    return None


def _columns(schema: Schema, domain: str) -> dict[str, Column]:
    """Return the columns of a domain: those of candidates may lie in a list of structs."""
    nested = schema.by_name.get(NESTED)
    if domain == "candidate" and nested is not None and nested.type.kind == "list":
        element = nested.type.columns[0].type
        if element.kind == "struct":
            return {column.name: column for column in element.columns}
    return schema.by_name
