"""What each name of a file stands for: where it is declared, and which others mean the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from feature_extractor.check.scopes import DamagedSymbol, LetSymbol, ModuleSymbol, Scope, Symbol
from feature_extractor.diagnostics import Span
from feature_extractor.registry import Registry
from feature_extractor.syntax import tree


@dataclass(frozen=True)
class Target:
    """What a name stands for.

    ``kind`` is ``input``, ``let``, ``resource``, ``feature``, ``module``, ``parameter`` (of a let function),
    ``variable`` (of a lambda) or ``operator``. ``declaration`` is the place of the name where it is declared; an
    operator has none. Two targets are equal where they are the same thing.
    """

    kind: str
    name: str
    declaration: Span | None = None


@dataclass(frozen=True)
class Mention:
    """A name at a place; ``is_declaration`` where it is declared there."""

    span: Span
    target: Target
    is_declaration: bool = False


Locals: TypeAlias = Mapping[str, Target]

_KINDS = {
    "InputSymbol": "input",
    "LetSymbol": "let",
    "ResourceSymbol": "resource",
    "FitSymbol": "resource",
    "ValueSymbol": "resource",
    "FeatureSymbol": "feature",
    "ModuleSymbol": "module",
}


class NameIndex:
    """All names of a file that are known, by place."""

    def __init__(self, file: tree.File, scope: Scope, registry: Registry) -> None:
        self._scope = scope
        self._registry = registry
        found = [mention for statement in file.statements for mention in self._statement(statement)]
        self.mentions = sorted(found, key=lambda mention: mention.span.start)
        self._starts = [mention.span.start for mention in self.mentions]

    def at(self, offset: int) -> Mention | None:
        """Return the name that an offset lies in, or right behind."""
        position = bisect_right(self._starts, offset) - 1
        if position < 0:
            return None
        mention = self.mentions[position]
        return mention if offset <= mention.span.end else None

    def of(self, target: Target) -> list[Mention]:
        """Return every place that means this, also where it is declared."""
        return [mention for mention in self.mentions if mention.target == target]

    # ---- declarations ----------------------------------------------------------------------------

    def _statement(self, node: tree.Statement) -> Iterator[Mention]:
        match node:
            case tree.InputDeclaration():
                for field in node.fields:
                    for name in field.names:
                        yield _declared("input", name)
            case tree.ResourceDeclaration():
                yield _declared("resource", node.name)
                for argument in node.arguments:
                    yield from self._expression(argument.value, {})
            case tree.LetDeclaration():
                yield _declared("let", node.name)
                yield from self._let(node)
            case tree.FeatureDeclaration():
                yield _declared("feature", node.name)
                for argument in node.kind.arguments:
                    yield from self._expression(argument.value, {})
                yield from self._expression(node.value, {})
            case tree.UseDeclaration() if node.alias is not None:
                yield _declared("module", node.alias)
            case _:
                pass

    def _let(self, node: tree.LetDeclaration) -> Iterator[Mention]:
        locals_: dict[str, Target] = {}
        for parameter in node.parameters or ():
            yield _declared("parameter", parameter.name)
            if parameter.default is not None:
                yield from self._expression(parameter.default, {})
            locals_[parameter.name.text] = _target("parameter", parameter.name)
        yield from self._expression(node.value, locals_)

    # ---- expressions -----------------------------------------------------------------------------

    def _expression(self, root: tree.Node, locals_: Locals) -> Iterator[Mention]:
        waiting: list[tuple[tree.Node, Locals]] = [(root, locals_)]
        while waiting:
            node, known = waiting.pop()
            match node:
                case tree.Name():
                    target = known.get(node.text) or self._named(node.text)
                    if target is not None:
                        yield Mention(node.span, target)
                case tree.LambdaExpression():
                    yield _declared("variable", node.parameter)
                    inner = {**known, node.parameter.text: _target("variable", node.parameter)}
                    waiting.append((node.body, inner))
                    continue
                case tree.FieldAccess():
                    module = self._module(node.base, known)
                    target = _of_module(module, node.name.text)
                    if target is not None:
                        yield Mention(node.name.span, target)
                case tree.Call():
                    yield from self._call(node, known)
                case _:
                    pass
            waiting.extend((child, known) for child in tree.children(node))

    def _call(self, node: tree.Call, known: Locals) -> Iterator[Mention]:
        name = node.name
        module = self._module(node.receiver, known)
        symbol = (module or self._scope).names.get(name.text)
        target = _target_of(symbol) if symbol is not None else None
        if target is None and module is None:
            full = name.text
            if (
                isinstance(node.receiver, tree.Name)
                and node.receiver.text in self._registry.plugins
            ):
                full = f"{node.receiver.text}.{full}"
            if self._registry.find(full) is not None:
                target = Target("operator", full)
        if target is not None:
            yield Mention(name.span, target)
        if isinstance(symbol, LetSymbol):
            parameters = {p.name.text: p.name for p in symbol.declaration.parameters or ()}
            for argument in node.arguments:
                if argument.name is not None and argument.name.text in parameters:
                    parameter = parameters[argument.name.text]
                    yield Mention(argument.name.span, _target("parameter", parameter))

    def _named(self, text: str) -> Target | None:
        symbol = self._scope.names.get(text) or self._scope.features.get(text)
        return _target_of(symbol) if symbol is not None else None

    def _module(self, node: tree.Expression | None, known: Locals) -> Scope | None:
        if not isinstance(node, tree.Name) or node.text in known:
            return None
        symbol = self._scope.names.get(node.text)
        return symbol.scope if isinstance(symbol, ModuleSymbol) else None


def _declared(kind: str, name: tree.Identifier) -> Mention:
    return Mention(name.span, _target(kind, name), is_declaration=True)


def _target(kind: str, name: tree.Identifier) -> Target:
    return Target(kind, name.text, name.span)


def _of_module(module: Scope | None, name: str) -> Target | None:
    symbol = module.names.get(name) if module is not None else None
    return _target_of(symbol) if symbol is not None else None


def _target_of(symbol: Symbol) -> Target | None:
    if isinstance(symbol, DamagedSymbol):
        return None
    kind = _KINDS[type(symbol).__name__]
    if isinstance(symbol, ModuleSymbol) and symbol.is_fitted:
        kind = "resource"
    return Target(kind, symbol.name, symbol.span)
