"""What names stand for: the scope of a file, and the local names of an expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from feature_extractor.check.typed import Expression, Resource
from feature_extractor.diagnostics import Source, Span
from feature_extractor.syntax import tree
from feature_extractor.types import Type


@dataclass(eq=False)
class InputSymbol:
    """A declared input; ``readable`` is False in a module, whose inputs belong to another program."""

    name: str
    domain: str
    type: Type
    span: Span
    readable: bool = True


@dataclass(eq=False)
class LetSymbol:
    """A let, with or without parameters, and the scope in which its body is read."""

    name: str
    declaration: tree.LetDeclaration
    scope: Scope
    span: Span

    @property
    def is_function(self) -> bool:
        """Whether the let has a parameter list."""
        return self.declaration.parameters is not None


@dataclass(eq=False)
class ResourceSymbol:
    """A resource; ``resource.name`` is unique in the program, ``name`` is what this file calls it."""

    name: str
    resource: Resource
    type: Type
    span: Span


@dataclass(eq=False)
class FeatureSymbol:
    """A feature; it is known so that reading it can be refused with a reason."""

    name: str
    span: Span


@dataclass(eq=False)
class ModuleSymbol:
    """A module that was given a name of its own: ``use "..." as name``.

    A fitted resource whose results are read by name is one too; ``is_fitted`` says so.
    """

    name: str
    scope: Scope
    span: Span
    is_fitted: bool = False


@dataclass(eq=False)
class FitSymbol:
    """A resource that is fitted to data, before its results are known."""

    name: str
    declaration: tree.ResourceDeclaration
    span: Span


@dataclass(eq=False)
class ValueSymbol:
    """A name for a value that was checked elsewhere: a result of a fitted resource."""

    name: str
    value: Expression
    span: Span


@dataclass(eq=False)
class DamagedSymbol:
    """A name whose declaration has a mistake that was reported already."""

    name: str


Symbol: TypeAlias = (
    InputSymbol
    | LetSymbol
    | ResourceSymbol
    | FeatureSymbol
    | ModuleSymbol
    | FitSymbol
    | ValueSymbol
    | DamagedSymbol
)


@dataclass(eq=False)
class Scope:
    """The names of one file."""

    source: Source
    is_module: bool = False
    is_fitted: bool = False
    names: dict[str, Symbol] = field(default_factory=dict)
    features: dict[str, FeatureSymbol] = field(default_factory=dict)
    uncertain: bool = False
    """Whether a declaration or module could not be read, so that an unknown name may come from
    there.
    """


@dataclass(slots=True, eq=False)
class Environment:
    """Where an expression is read: its file's names, and the parameters and lambda variables around
    it.
    """

    scope: Scope
    locals: Mapping[str, Expression]

    def bind(self, name: str, value: Expression) -> Environment:
        """Return an environment with one more local name."""
        return Environment(self.scope, {**self.locals, name: value})

    def is_damaged(self, node: tree.Expression | None) -> bool:
        """Return whether an expression names a declaration with a mistake: what it offers is not known."""
        if not isinstance(node, tree.Name) or node.text in self.locals:
            return False
        return isinstance(self.scope.names.get(node.text), DamagedSymbol | FitSymbol)
