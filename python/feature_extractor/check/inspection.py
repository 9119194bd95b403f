"""Tells what single expressions of a program mean, also where others have mistakes: for editors.

A compiler asks for all values at once, and for none of them where there is a mistake. An editor asks for the
type at one place, in a program that is being written. Here names are declared first, and a statement is checked
when somebody asks for a place in it; each expression keeps the types that it was found to have.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from feature_extractor.check.expressions import BudgetExceeded, ExpressionChecker
from feature_extractor.check.interning import Interner
from feature_extractor.check.kinds import KindChecker
from feature_extractor.check.modules import ModuleLoader, Reader, read_file
from feature_extractor.check.program import ProgramChecker, modules_first
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import Environment, FitSymbol, LetSymbol, Scope
from feature_extractor.check.typed import Expression
from feature_extractor.diagnostics import Diagnostic, Source
from feature_extractor.registry import Registry
from feature_extractor.syntax import tree
from feature_extractor.types import ErrorType, ListType, Type

_MOST_MEANINGS: Final = 8
"""Of the calls of a let function, so many different ones are kept for each expression of its body."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an expression was found to be, and the names around it."""

    expression: Expression
    environment: Environment

    @property
    def type(self) -> Type:
        """The type of the expression."""
        return self.expression.type


class _RecordingChecker(ExpressionChecker):
    """Checks expressions, and remembers what it found out about each."""

    def __init__(self, registry: Registry, interner: Interner, reporter: Reporter) -> None:
        super().__init__(registry, interner, reporter)
        self.meanings: dict[int, list[Meaning]] = {}
        self._nodes: list[tree.Expression] = []

    def check(self, node: tree.Expression, environment: Environment) -> Expression:
        result = super().check(node, environment)
        known = self.meanings.get(id(node))
        if known is None:
            known = self.meanings[id(node)] = []
            # A node is found by its identity, so it must stay alive.
            self._nodes.append(node)
        if len(known) < _MOST_MEANINGS and all(m.type != result.type for m in known):
            known.append(Meaning(result, environment))
        return result

    def begin(self) -> None:
        """Start a new question: the limit of steps is one of a compilation, not of an editor's day."""
        self._steps = 0
        self.lets.nesting = 0


class Inspection(ProgramChecker):
    """A program whose names are declared, and whose expressions are checked when they are asked for."""

    def __init__(
        self,
        text: str,
        registry: Registry,
        path: str = "<text>",
        root: Path | None = None,
        read: Reader = read_file,
    ) -> None:
        super().__init__(registry, path, root, read)
        recording = _RecordingChecker(registry, self._interner, self._reporter)
        self._recording = self._expressions = recording
        self._kinds = KindChecker(recording, self._reporter)
        prefix = os.path.dirname(path).replace(os.sep, "/")
        loader = ModuleLoader(root, prefix, self._reporter, read)
        self._main = loader.load(os.path.basename(path), Source(path, text))
        self._examined: set[int] = set()
        for loaded in modules_first(self._main):
            self._declare(loaded, is_module=loaded is not self._main)
        recording.has_candidates = any(i.domain == "candidate" for i in self._inputs)
        if any(isinstance(symbol, FitSymbol) for symbol in self.scope.names.values()):
            with contextlib.suppress(BudgetExceeded, RecursionError):
                self._resolver(loader, prefix, self.scope).resolve(self.scope)

    @property
    def registry(self) -> Registry:
        """The operators that the program may call."""
        return self._recording.registry

    @property
    def scope(self) -> Scope:
        """The names of the main file."""
        return self._scopes[self._main.key]

    @property
    def file(self) -> tree.File:
        """The tree of the main file."""
        return self._main.parsed

    @property
    def files(self) -> list[tree.File]:
        """The trees of all files, the main one first."""
        return [loaded.parsed for loaded in reversed(modules_first(self._main))]

    @property
    def findings(self) -> list[Diagnostic]:
        """What was found to be wrong with the declarations, and with what was examined."""
        return self._reporter.diagnostics

    def examine(self, statement: tree.Statement) -> None:
        """Check the expressions of a statement, which may be one that is not in the file yet."""
        if id(statement) in self._examined:
            return
        self._examined.add(id(statement))
        self._recording.begin()
        try:
            self._examine(statement)
        except (BudgetExceeded, RecursionError):
            # What was found out until here is kept.
            self._recording.begin()

    def _examine(self, statement: tree.Statement) -> None:
        environment = Environment(self.scope, {})
        match statement:
            case tree.FeatureDeclaration():
                self._kinds.feature(statement, environment, "")
                if not self._recording.meanings.get(id(statement.value)):
                    self._recording.value(statement.value, environment)
            case tree.LetDeclaration(parameters=None):
                symbol = self.scope.names.get(statement.name.text)
                if isinstance(symbol, LetSymbol) and symbol.declaration is statement:
                    self._recording.lets.value(symbol, symbol.span)
                else:
                    self._recording.check(statement.value, environment)
            case tree.LetDeclaration():
                self._examine_function(statement)
            case tree.ResourceDeclaration():
                for argument in statement.arguments:
                    if not self._recording.meanings.get(id(argument.value)):
                        self._recording.check(argument.value, environment)
            case _:
                pass

    def _examine_function(self, statement: tree.LetDeclaration) -> None:
        """Check a function with the arguments of its calls; its parameters have no other types."""
        name = statement.name.text
        known = self.scope.names.get(name)
        if isinstance(known, LetSymbol) and known.declaration is statement:
            symbol = known
        else:
            symbol = LetSymbol(name, statement, self.scope, statement.name.span)
            self.scope.names[name] = symbol
        try:
            for user in self.file.statements:
                if user is not statement and name in _called_names(user):
                    if symbol is not known and isinstance(user, tree.LetDeclaration):
                        # The value of the let was found with the function as it was before.
                        self._recording.check(user.value, Environment(self.scope, {}))
                    else:
                        self._examined.discard(id(user))
                        self.examine(user)
            self._recording.lets.check_function(symbol)
        finally:
            if known is not None:
                self.scope.names[name] = known
            else:
                del self.scope.names[name]

    def meanings(self, node: tree.Expression) -> list[Meaning]:
        """Return what an examined expression was found to be, mistakes last.

        There are several in the body of a let function, which is checked for each of its calls.
        """
        found = self._recording.meanings.get(id(node), [])
        return sorted(found, key=lambda meaning: isinstance(meaning.type, ErrorType))

    def type_of(self, node: tree.Expression) -> Type | None:
        """Return the type of an examined expression, or None where it is not known."""
        found = self.meanings(node)
        if not found or isinstance(found[0].type, ErrorType):
            return None
        return found[0].type

    def check_in(self, node: tree.Expression, around: Environment) -> None:
        """Check an expression that nobody has asked about yet, with the names around it."""
        self._recording.begin()
        try:
            self._recording.check(node, around)
        except (BudgetExceeded, RecursionError):
            self._recording.begin()

    def check_lambda(self, node: tree.LambdaExpression, xs: Type, around: Environment) -> bool:
        """Check a lambda that no operator has asked about yet, over the elements of a list.

        False where ``xs`` is no list.
        """
        if not isinstance(xs, ListType):
            return False
        name = node.parameter.text
        variable = self._interner.variable(xs.element, name, node.parameter.span)
        self.check_in(node.body, around.bind(name, variable))
        return True


def _called_names(statement: tree.Statement) -> set[str]:
    """Return the names of all calls of a statement."""
    return {node.name.text for node in walk(statement) if isinstance(node, tree.Call)}


def walk(node: tree.Node) -> Iterator[tree.Node]:
    """Yield a node and everything below it, outer parts first."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(list(tree.children(part))))
