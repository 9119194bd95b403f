"""What a thing is: its type, its nulls, where and at which cost it is computed, and what was written about it."""

from __future__ import annotations

from typing import Final

from lsprotocol import types

from feature_extractor.check.inspection import Inspection, Meaning, walk
from feature_extractor.check.scopes import ModuleSymbol
from feature_extractor.diagnostics import Span
from feature_extractor.language_server.documentation import (
    KINDS,
    TYPES,
    code_block,
    cost_text,
    domain_text,
    join_sentences,
    nulls,
    operator_text,
    show_function,
)
from feature_extractor.language_server.places import path_to
from feature_extractor.language_server.project import Project, Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.registry import Operator
from feature_extractor.syntax import tree
from feature_extractor.types import ErrorType, Type
from feature_extractor.workspace import Target

_MOST_TYPE_CHARACTERS: Final = 400
_MOST_LETS: Final = 30


def register(server: FeatureServer) -> None:
    """Answer requests for hovers."""

    @server.answer(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        text = server.text(params)
        if text is None:
            return None
        found = describe(server.project, text, text.lines.offset(params.position))
        if found is None:
            return None
        content, span = found
        document = server.client_capabilities.text_document
        formats = document.hover.content_format if document and document.hover else None
        return types.Hover(server.markup(content, formats), text.lines.span(span))


def describe(project: Project, text: Text, offset: int) -> tuple[str, Span] | None:
    """Return what stands at an offset, in Markdown, and its place; None where there is nothing to tell."""
    inspection = project.inspection(text)
    path = path_to(inspection.file, offset)
    if not path:
        return None
    if isinstance(path[0], tree.UseDeclaration):
        place = path[0].path_span
        if place.start <= offset <= place.end:
            found = _module(project, text.path, path[0])
            return None if found is None else (found, place)
    statement = path[0]
    assert isinstance(statement, tree.Statement)
    inspection.examine(statement)
    mention = project.names(text).at(offset)
    if mention is not None:
        target, span = mention.target, mention.span
        if target.kind == "operator":
            operator = project.registry.find(target.name)
            return None if operator is None else (_operator(inspection, path, operator), span)
        declared = _declared(project, inspection, target, path)
        return None if declared is None else (declared, span)
    node = path[-1]
    outer = path[-2] if len(path) > 1 else statement
    if isinstance(node, tree.Identifier) and isinstance(outer, tree.Kind) and outer.name is node:
        return (KINDS[node.text], node.span) if node.text in KINDS else None
    if isinstance(node, tree.Identifier) and isinstance(outer, tree.NamedType):
        return (f"`{node.text}`: {TYPES[node.text]}", node.span) if node.text in TYPES else None
    if isinstance(node, tree.Identifier) and isinstance(outer, tree.FieldAccess | tree.Call):
        node = outer
    for written in reversed(path):
        syntax = _written_operator(inspection, written, offset)
        if syntax is not None:
            return syntax
    if isinstance(node, tree.FieldAccess):
        return _value(inspection, f"(field) {node.name.text}", node), node.name.span
    if isinstance(node, tree.Literal | tree.ListLiteral | tree.StructLiteral):
        return _value(inspection, "(literal)", node), node.span
    return None


def _written_operator(
    inspection: Inspection, node: tree.Node, offset: int
) -> tuple[str, Span] | None:
    """Return what the operator sign at an offset means, such as ``+`` or ``and``."""
    if not isinstance(node, tree.Binary | tree.Unary):
        return None
    place = node.operator_span
    if not place.start <= offset <= place.end:
        return None
    syntax = {"not in": "in"}.get(node.operator, node.operator)
    if isinstance(node, tree.Unary) and syntax == "-":
        syntax = "unary -"
    for operator in inspection.registry.by_syntax(syntax):
        return _operator(inspection, [node], operator), place
    return None


def _operator(inspection: Inspection, path: list[tree.Node], operator: Operator) -> str:
    """Return what an operator does; what it gives in this call comes first."""
    call = next(
        (n for n in reversed(path) if isinstance(n, tree.Call | tree.Binary | tree.Unary)), None
    )
    parts = []
    if call is not None:
        shown = [m for m in inspection.meanings(call) if not isinstance(m.type, ErrorType)]
        if shown:
            parts.append(f"Here it gives {_types(shown)}.")
    return "\n\n".join([operator_text(operator), *parts])


def _types(meanings: list[Meaning]) -> str:
    shown = [f"`{_short(meaning.type)}`" for meaning in meanings[:3]]
    return " or ".join(shown) + (" and others" if len(meanings) > 3 else "")


def _short(type_: Type) -> str:
    text = str(type_)
    return text if len(text) <= _MOST_TYPE_CHARACTERS else f"{text[:_MOST_TYPE_CHARACTERS]}..."


def _value(inspection: Inspection, head: str, node: tree.Expression) -> str:
    """Return the type of an expression and what is known about its value."""
    found = [m for m in inspection.meanings(node) if not isinstance(m.type, ErrorType)]
    if not found:
        return code_block(head)
    return _described(inspection, head, found)


def _described(inspection: Inspection, head: str, found: list[Meaning]) -> str:
    if len({meaning.type for meaning in found}) > 1:
        return f"{code_block(head)}\n\nIn the calls of this program: {_types(found)}."
    expression = found[0].expression
    facts = join_sentences(
        [
            nulls(expression.type),
            domain_text(expression),
            cost_text(expression, inspection.registry),
        ]
    )
    return f"{code_block(f'{head}: {_short(expression.type)}')}\n\n{facts}"


def _declared(
    project: Project, inspection: Inspection, target: Target, path: list[tree.Node]
) -> str | None:
    """Return what a declared name is."""
    name = target.name
    if target.kind in ("parameter", "variable"):
        return _local(inspection, target, path)
    if target.kind == "module":
        return _module_named(project, inspection.file, name)
    found = _declaration(project, target)
    if found is None:
        return None
    home, declaration = found
    home.examine(declaration)
    description = _description(declaration, name)
    head = ""
    match declaration:
        case tree.InputDeclaration():
            type_ = getattr(home.scope.names.get(name), "type", None)
            head = code_block(f"input {declaration.domain.text} {name}: {type_ or '?'}")
            when = (
                "once per request" if declaration.domain.text == "request" else "for each candidate"
            )
            if isinstance(type_, Type):
                head += f"\n\n{nulls(type_)} Given {when}."
        case tree.LetDeclaration(parameters=None):
            head = _value(home, f"let {name}", declaration.value)
        case tree.LetDeclaration():
            head = code_block(f"let {show_function(declaration)}")
            call = next((n for n in reversed(path) if isinstance(n, tree.Call)), None)
            given = inspection.meanings(call) if call is not None else []
            shown = [meaning for meaning in given if not isinstance(meaning.type, ErrorType)]
            if shown:
                head += f"\n\nHere it gives {_types(shown)}."
        case tree.ResourceDeclaration():
            head = code_block(" ".join(declaration.span.text.split()))
        case tree.FeatureDeclaration():
            head = _value(home, f"feature {name}", declaration.value)
            head = head.replace(
                f"feature {name}", f"feature {name} : {declaration.kind.span.text}", 1
            )
            head = head.replace(
                f"{declaration.kind.span.text}: ", f"{declaration.kind.span.text}  # ", 1
            )
            owner = _owner(declaration)
            if owner:
                description = "\n\n".join(filter(None, [description, f"Owner: {owner}."]))
        case _:
            return None
    return "\n\n".join(filter(None, [head, description]))


def _module_named(project: Project, file: tree.File, name: str) -> str:
    """Return what a module has that a file gave a name of its own."""
    for statement in file.statements:
        alias = statement.alias if isinstance(statement, tree.UseDeclaration) else None
        if isinstance(statement, tree.UseDeclaration) and alias is not None and alias.text == name:
            return _module(project, file.source.path, statement) or ""
    return code_block(f"(module) {name}")


def _module(project: Project, user: str, statement: tree.UseDeclaration) -> str | None:
    """Return what a module says of itself, and the heads of its lets."""
    module = project.by_path(project.module_path(user, statement.path))
    if module is None:
        return None
    heads = [
        f"let {show_function(s)}" if s.parameters is not None else f"let {s.name.text}"
        for s in module.file.statements
        if isinstance(s, tree.LetDeclaration)
    ]
    shown = heads[:_MOST_LETS]
    if len(heads) > len(shown):
        shown.append(f"# and {len(heads) - len(shown)} more")
    parts = [f"`{statement.path}`", module.file.description.strip(), code_block("\n".join(shown))]
    return "\n\n".join(filter(None, parts))


def describe_name(project: Project, text: Text, name: str, module: str = "") -> str:
    """Return what a name of a file is, in Markdown; that of a module where one is given."""
    inspection = project.inspection(text)
    scope = inspection.scope
    if module:
        outer = scope.names.get(module)
        if not isinstance(outer, ModuleSymbol):
            return ""
        scope = outer.scope
    symbol = scope.names.get(name)
    span: Span | None = getattr(symbol, "span", None)
    if span is None:
        return ""
    return _declared(project, inspection, Target("", name, span), []) or ""


def _local(inspection: Inspection, target: Target, path: list[tree.Node]) -> str:
    """Return what a parameter or the variable of a lambda is."""
    found: dict[Type, Meaning] = {}
    statement = path[0]
    declared = target.declaration
    for node in walk(statement):
        if isinstance(node, tree.Name) and node.text == target.name:
            names = inspection.meanings(node)
            within = declared is not None and declared.source is inspection.file.source
            if within:
                found.update({m.type: m for m in names if not isinstance(m.type, ErrorType)})
    word = "parameter" if target.kind == "parameter" else "element"
    if not found:
        return code_block(f"({word}) {target.name}")
    shown = list(found.values())
    if len(shown) > 1:
        return f"{code_block(f'({word}) {target.name}')}\n\nIn the calls of this program: {_types(shown)}."
    type_ = shown[0].type
    return f"{code_block(f'({word}) {target.name}: {_short(type_)}')}\n\n{nulls(type_)}"


def _declaration(project: Project, target: Target) -> tuple[Inspection, tree.Statement] | None:
    """Return the statement that declares something, with what its file means."""
    place = target.declaration
    text = project.by_path(place.path) if place is not None else None
    if text is None or place is None:
        return None
    home = project.inspection(text)
    for statement in home.file.statements:
        if statement.span.start <= place.start <= statement.span.end:
            return home, statement
    return None


def _description(declaration: tree.Statement | None, name: str) -> str:
    if isinstance(declaration, tree.InputDeclaration):
        for field in declaration.fields:
            if any(identifier.text == name for identifier in field.names):
                return field.description.strip()
        return ""
    if declaration is None or declaration.description is None:
        return ""
    return declaration.description.text.strip()


def _owner(declaration: tree.FeatureDeclaration) -> str:
    for annotation in declaration.annotations:
        for argument in annotation.arguments:
            if annotation.name.text == "owner" and isinstance(argument.value, tree.Literal):
                return str(argument.value.value)
    return ""
