"""Scopes whose lets are written by the compiler: what a fitted resource offers by name."""

from __future__ import annotations

from feature_extractor.check.scopes import LetSymbol, Scope
from feature_extractor.diagnostics import Source
from feature_extractor.syntax import parse_source, tree


def parsed_scope(path: str, text: str) -> Scope:
    """Return a scope with the lets of a text that the compiler wrote."""
    parsed = parse_source(Source(path, text))
    if parsed.diagnostics:
        raise ValueError(f"{path}: {parsed.diagnostics[0].message}")
    scope = Scope(parsed.file.source, is_module=True, is_fitted=True)
    for statement in parsed.file.statements:
        if isinstance(statement, tree.LetDeclaration):
            name = statement.name
            scope.names[name.text] = LetSymbol(name.text, statement, scope, name.span)
    return scope
