"""FX618: a program uses what its authors want nobody to use any more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.registry import Registry
from feature_extractor.standard import PREFIX, stored_path
from feature_extractor.syntax import tree

_DEPRECATED: Final = re.compile(r"^\s*Deprecated:\s*(.*?)\s*$", re.MULTILINE)
"""A line of a description, as Go and Java have it."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for deprecated operators, and for lets whose description says that they are."""
    for name, advice in _deprecated_operators(program.registry):
        for call, feature in program.calls(name):
            yield Finding(
                program.place(call, feature), f"the operator `{name}` is deprecated", help=advice
            )
    yield from _lets(program)


@cache
def _deprecated_operators(registry: Registry) -> list[tuple[str, str]]:
    """Return the deprecated operators with what their authors advise."""
    return [
        (operator.name, operator.deprecated)
        for operator in registry.operators
        if operator.deprecated
    ]


def _lets(program: LintedProgram) -> Iterator[Finding]:
    """Look at the names in the main file, those of its own lets and of modules."""
    if not any(map(_deprecated, program.files)):
        return
    own = dict(_deprecated(program.file))
    modules: dict[str, Mapping[str, str]] = {}
    for use in program.file.statements:
        if not isinstance(use, tree.UseDeclaration):
            continue
        found = _deprecated_of(program, use.path)
        if use.alias is None:
            own = {**found, **own}
        else:
            modules[use.alias.text] = found
    if not own and not any(modules.values()):
        return
    for node in program.written.nodes:
        name, advice = _used(node, own, modules)
        if advice is not None and name is not None:
            yield Finding(
                name.span,
                f"`{name.text}` is deprecated",
                help=advice or "its description says why",
            )


def _used(
    node: tree.Node, own: Mapping[str, str], modules: Mapping[str, Mapping[str, str]]
) -> tuple[tree.Identifier | tree.Name | None, str | None]:
    """Return the deprecated name that a node reads or calls, with the advice."""
    match node:
        case tree.Name():
            return node, own.get(node.text)
        case tree.Call(receiver=tree.Name(text=alias)) if alias in modules:
            return node.name, modules[alias].get(node.name.text)
        case tree.FieldAccess(base=tree.Name(text=alias)) if alias in modules:
            return node.name, modules[alias].get(node.name.text)
        case tree.Call():
            return node.name, own.get(node.name.text)
        case _:
            return None, None


def _deprecated_of(program: LintedProgram, path: str) -> Mapping[str, str]:
    """Return the deprecated lets of the module with a path, as `use` names it."""
    for file in program.files[1:]:
        known = stored_path(file.source.path) or file.source.path.replace("\\", "/")
        if known == path or (known.endswith(f"/{path}") and not path.startswith(PREFIX)):
            return _deprecated(file)
    return {}


@lru_cache(maxsize=256)
def _deprecated(file: tree.File) -> Mapping[str, str]:
    """Return the advice for each deprecated let of a file; programs share the trees of their modules."""
    found: dict[str, str] = {}
    for statement in file.statements:
        if isinstance(statement, tree.LetDeclaration) and statement.description is not None:
            match = _DEPRECATED.search(statement.description.text)
            if match is not None:
                found[statement.name.text] = match[1]
    return found


RULE: Final = Rule(
    code="FX618",
    name="deprecated-name",
    severity=Severity.WARNING,
    summary="A deprecated operator or let is used.",
    check=check,
)
