"""Finds what a name at a place stands for, and every other place that means the same, in all files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feature_extractor.check.inspection import walk
from feature_extractor.diagnostics import Span
from feature_extractor.language_server.places import path_to
from feature_extractor.language_server.project import Project, Text
from feature_extractor.syntax import tree
from feature_extractor.types import StructType
from feature_extractor.workspace import Mention, Target


@dataclass(frozen=True)
class Use:
    """A place in a file that stands for something; ``is_declaration`` where it is declared there."""

    text: Text
    span: Span
    is_declaration: bool


def same(left: Target, right: Target) -> bool:
    """Return whether two names of perhaps different readings of a file stand for one thing."""
    if left.kind != right.kind or left.name != right.name:
        return False
    if left.declaration is None or right.declaration is None:
        return left.declaration is right.declaration
    first, second = left.declaration, right.declaration
    return first.path == second.path and first.start == second.start


def mention_at(project: Project, text: Text, offset: int) -> Mention | None:
    """Return the name at an offset, or right before it, with what it stands for."""
    return project.names(text).at(offset)


def uses_in(project: Project, text: Text, target: Target) -> Iterator[Use]:
    """Yield every place in a file that means this."""
    for mention in project.names(text).mentions:
        if same(mention.target, target):
            yield Use(text, mention.span, mention.is_declaration)


def uses(project: Project, text: Text, target: Target) -> list[Use]:
    """Return every place in all files that means this; the file that asks comes first."""
    found = list(uses_in(project, text, target))
    if target.kind in ("variable", "input", "feature", "module"):
        return found
    for other in _may_mean(project, target):
        if other.path != text.path and target.name in other.text:
            found.extend(uses_in(project, other, target))
    return found


def _may_mean(project: Project, target: Target) -> Iterator[Text]:
    """Yield the files in which a name may mean this.

    A let or resource is known in its own file, and in those that name this file behind `use`. Operators are known
    everywhere; of them only the open files are looked through.
    """
    if target.declaration is None:
        yield from project.opened
        return
    home = target.declaration.path
    module = home.replace("\\", "/").rpartition("/")[2]
    for path in dict.fromkeys([home, *project.files()]):
        text = project.by_path(path)
        if text is not None and (path == home or module in text.text):
            yield text


def field_declarations(project: Project, text: Text, offset: int) -> list[Span]:
    """Return where the field at an offset may be declared: in the inputs and tables with such structs."""
    path = path_to(text.file, offset)
    if len(path) < 2 or not isinstance(path[-1], tree.Identifier):
        return []
    access = path[-2]
    if not isinstance(access, tree.FieldAccess) or access.name is not path[-1]:
        return []
    inspection = project.inspection(text)
    statement = path[0]
    assert isinstance(statement, tree.Statement)
    # The trees of the text and of the inspection are two readings of the same characters.
    place = access.span
    for own in inspection.file.statements:
        if own.span.start != statement.span.start:
            continue
        inspection.examine(own)
        for node in walk(own):
            if isinstance(node, tree.FieldAccess) and node.span[1:] == place[1:]:
                type_ = inspection.type_of(node.base)
                if isinstance(type_, StructType):
                    return list(_fields(text.file, type_, access.name.text))
    return []


def _fields(file: tree.File, type_: StructType, name: str) -> Iterator[Span]:
    names = [field for field, _ in type_.fields]
    for statement in file.statements:
        for node in walk(statement):
            if isinstance(node, tree.StructTypeExpression):
                declared = {identifier.text: identifier for identifier, _ in node.fields}
                if list(declared) == names and name in declared:
                    yield declared[name].span
            elif isinstance(node, tree.StructLiteral):
                members = {identifier.text: identifier for identifier, _ in node.members}
                if list(members) == names and name in members:
                    yield members[name].span
