"""Checks whole programs: modules, declarations, lets and features, in this order."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from feature_extractor.check.expressions import BudgetExceeded, ExpressionChecker
from feature_extractor.check.fits import PREFIX, FitReader
from feature_extractor.check.fitted import FitPlan, FittedResolver, resources_of
from feature_extractor.check.fitted_files import SUFFIX, FittedFolder, FittedStore
from feature_extractor.check.interning import Interner
from feature_extractor.check.kinds import KindChecker
from feature_extractor.check.modules import (
    LoadedFile,
    ModuleLoader,
    Reader,
    UnreadableFile,
    read_file,
)
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.resources import ResourceReader
from feature_extractor.check.scopes import (
    DamagedSymbol,
    Environment,
    FeatureSymbol,
    FitSymbol,
    InputSymbol,
    LetSymbol,
    ModuleSymbol,
    ResourceSymbol,
    Scope,
    Symbol,
)
from feature_extractor.check.typed import CheckedProgram, Expression, Feature, Input
from feature_extractor.check.written_types import TypeReader
from feature_extractor.diagnostics import Diagnostic, Label, Source, Span
from feature_extractor.diagnostics.diagnostic import Severity
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.registry import Registry
from feature_extractor.surrogates import without_surrogates
from feature_extractor.syntax import tree
from feature_extractor.types import ErrorType

DOMAINS: Final = ("request", "candidate")
"""The domains that a program may declare inputs in."""

_NAMES: Final = (tree.Name, tree.Identifier)


@dataclass
class Analysis:
    """What is known about a program, also where it has mistakes.

    ``values`` has the checked value of every let without parameters of the main file and of every
    feature, by name; a value with a mistake has the type ErrorType. ``files`` are the trees of the
    main file and its modules, the main one first, and ``scopes`` the names of each by its path.
    """

    program: CheckedProgram | None
    diagnostics: list[Diagnostic]
    values: dict[str, Expression] = field(default_factory=dict)
    files: list[tree.File] = field(default_factory=list)
    scopes: dict[str, Scope] = field(default_factory=dict)

    def close(self) -> None:
        """Free the memory of an analysis that is not looked at again: a scope and its lets refer to each other."""
        if self.files:
            # Scopes of modules may be those of other programs too.
            self.scopes[self.files[0].source.path].names.clear()


def check_file(
    path: str | Path, registry: Registry
) -> tuple[CheckedProgram | None, list[Diagnostic]]:
    """Check a feature file and its modules; the program is None where there are errors."""
    analysis = analyse_file(path, registry)
    return analysis.program, analysis.diagnostics


def check_text(
    text: str, registry: Registry, path: str = "<text>", root: Path | None = None
) -> tuple[CheckedProgram | None, list[Diagnostic]]:
    """Check a program given as text; ``root`` is the folder of its modules and resources, if it has
    any.
    """
    analysis = analyse_text(text, registry, path, root)
    return analysis.program, analysis.diagnostics


def analyse_file(path: str | Path, registry: Registry, read: Reader = read_file) -> Analysis:
    """Check a feature file and its modules, and return all that was found out.

    ``read`` gives the texts of files that need not be those on disk; resources are always read from there.
    """
    shown = str(path)
    try:
        text = read(Path(path))
    except UnreadableFile as error:
        finding = Diagnostic("FX005", f"{shown}: {error}", None, path=shown)
        return Analysis(None, [finding])
    return analyse_text(text, registry, shown, Path(path).parent, read)


def analyse_text(
    text: str,
    registry: Registry,
    path: str = "<text>",
    root: Path | None = None,
    read: Reader = read_file,
) -> Analysis:
    """Check a program given as text, and return all that was found out; ``read`` is for its modules."""
    checker = ProgramChecker(registry, path, root, read)
    try:
        return checker.run(text)
    except RecursionError:
        # The limits keep recursion shallow; this is for callers that are deep in the stack
        # themselves.
        span = Span(Source(path, text), 0, 0)
        finding = Diagnostic("FX006", "the program is nested too deeply to be checked here", span)
        return Analysis(None, [finding])
    finally:
        checker.close()


@dataclass
class FitAnalysis:
    """What a program fits to data.

    ``program`` has the inputs and resources, and no features. ``names`` are all fitted resources; ``moment`` is
    the time of a row, where the name that was asked for is one of the program.
    """

    program: CheckedProgram
    names: list[str]
    plan: FitPlan
    moment: Expression | None
    diagnostics: list[Diagnostic]


def analyse_fits(
    path: str | Path,
    registry: Registry,
    store: FittedStore,
    wanted: frozenset[str],
    time: str = "",
) -> FitAnalysis:
    """Check what a feature file fits to data; features are left unread.

    Files of resources that are not ``wanted`` are taken from ``store``. Raises UnreadableFile.
    """
    text = read_file(Path(path))
    checker = ProgramChecker(registry, str(path), Path(path).parent)
    return checker.run_fits(text, store, wanted, time)


class ProgramChecker:
    """Checks one program, once; an editor's inspection is one that stays."""

    def __init__(
        self, registry: Registry, path: str, root: Path | None, read: Reader = read_file
    ) -> None:
        self._path = without_surrogates(path)
        self._root = root
        self._read = read
        self._reporter = Reporter()
        self._interner = Interner()
        self._expressions = ExpressionChecker(registry, self._interner, self._reporter)
        self._types = TypeReader(self._reporter)
        self._kinds = KindChecker(self._expressions, self._reporter)
        self._resources = ResourceReader(self._reporter, self._types)
        self._scopes: dict[str, Scope] = {}
        self._inputs: list[Input] = []

    def close(self) -> None:
        """Free the memory of a checker that is not asked again."""
        self._expressions.close()

    def run(self, text: str) -> Analysis:
        prefix = os.path.dirname(self._path).replace(os.sep, "/")
        loader = ModuleLoader(self._root, prefix, self._reporter, self._read)
        main = loader.load(os.path.basename(self._path), Source(self._path, text))
        for loaded in modules_first(main):
            self._declare(loaded, is_module=loaded is not main)
        self._expressions.has_candidates = any(i.domain == "candidate" for i in self._inputs)
        scope = self._scopes[main.key]
        values: dict[str, Expression] = {}
        features: list[Feature] = []
        plan = FitPlan([], [], [], [])
        try:
            plan = self._resolver(loader, prefix, scope).resolve(scope)
            self._check_lets(scope, values)
            features = self._check_features(main, scope, values)
        except BudgetExceeded:
            pass
        diagnostics = [*loader.diagnostics, *self._reporter.diagnostics]
        diagnostics.sort(key=Diagnostic.sort_key)
        files = [loaded.parsed for loaded in reversed(modules_first(main))]
        scopes = {scope.source.path: scope for scope in self._scopes.values()}
        if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
            return Analysis(None, diagnostics, values, files, scopes)
        used = self._interner.used_resources
        if plan.requests:
            # What only a fitted expression read is not part of the package.
            used = used & resources_of(features)
        program = CheckedProgram(
            path=self._path,
            inputs=tuple(self._inputs),
            resources=tuple(
                resource for resource in self._resources.declared if resource.name in used
            ),
            features=tuple(features),
            description=main.parsed.description,
            sources=loader.sources,
            fitted=tuple(file.summary() for file in plan.used),
        )
        return Analysis(program, diagnostics, values, files, scopes)

    def run_fits(
        self, text: str, store: FittedStore, wanted: frozenset[str], time: str
    ) -> FitAnalysis:
        """Check what is fitted to data, and nothing else; ``wanted`` is what is about to be fitted."""
        prefix = os.path.dirname(self._path).replace(os.sep, "/")
        loader = ModuleLoader(self._root, prefix, self._reporter, self._read)
        main = loader.load(os.path.basename(self._path), Source(self._path, text))
        for loaded in modules_first(main):
            self._declare(loaded, is_module=loaded is not main)
        self._expressions.has_candidates = any(i.domain == "candidate" for i in self._inputs)
        scope = self._scopes[main.key]
        names = [name for name, symbol in scope.names.items() if isinstance(symbol, FitSymbol)]
        plan = FitPlan([], [], [], [])
        moment: Expression | None = None
        try:
            plan = self._resolver(loader, prefix, scope, store).resolve(scope, wanted & {*names})
            symbol = scope.names.get(time)
            if isinstance(symbol, InputSymbol | LetSymbol):
                place = tree.Name(symbol.span, time)
                moment = self._expressions.value(place, Environment(scope, {}))
        except BudgetExceeded:
            pass
        diagnostics = [*loader.diagnostics, *self._reporter.diagnostics]
        diagnostics.sort(key=Diagnostic.sort_key)
        program = CheckedProgram(
            path=self._path,
            inputs=tuple(self._inputs),
            resources=tuple(
                resource
                for resource in self._resources.declared
                if resource.name in self._interner.used_resources
            ),
            features=(),
            sources=loader.sources,
        )
        return FitAnalysis(program, names, plan, moment, diagnostics)

    def _resolver(
        self, loader: ModuleLoader, prefix: str, scope: Scope, store: FittedStore | None = None
    ) -> FittedResolver:
        reader = FitReader(self._expressions, self._reporter, self._resources.content)
        stem = os.path.splitext(os.path.basename(self._path))[0]
        folder = None if self._root is None else self._root / f"{stem}{SUFFIX}"
        return FittedResolver(
            reader,
            self._resources,
            self._interner,
            self._reporter,
            store or FittedFolder(folder, posixpath.join(prefix, f"{stem}{SUFFIX}")),
            loader.sources.__setitem__,
            lambda names: self._check_lets(scope, {}, names),
        )

    # ---- declarations ----------------------------------------------------------------------------

    def _declare(self, loaded: LoadedFile, is_module: bool) -> None:
        """Fill the scope of a file; the scopes of its modules are filled already.

        That of a module with nothing but functions is the same for all programs, and so it is made once.
        """
        known = _KNOWN_MODULES.get(loaded.parsed) if is_module else None
        if known is not None:
            self._scopes[loaded.key] = known
            return
        scope = self._declared(loaded, is_module)
        if is_module and not self._reporter.diagnostics and _has_only_lets(loaded):
            _KNOWN_MODULES[loaded.parsed] = scope

    def _declared(self, loaded: LoadedFile, is_module: bool) -> Scope:
        scope = Scope(loaded.parsed.source, is_module)
        self._scopes[loaded.key] = scope
        for name in loaded.parsed.damaged:
            scope.names[name] = DamagedSymbol(name)
        for statement in loaded.parsed.statements:
            match statement:
                case tree.InputDeclaration():
                    self._declare_input(statement, scope)
                case tree.ResourceDeclaration() if statement.constructor.text.startswith(PREFIX):
                    self._declare_fit(statement, scope)
                case tree.ResourceDeclaration():
                    symbol = self._resources.read(statement, self._root, scope)
                    self._add(scope, statement.name.text, statement.name.span, symbol)
                case tree.LetDeclaration():
                    self._declare_let(statement, scope)
                case tree.FeatureDeclaration() if not is_module:
                    declared = statement.name
                    feature = FeatureSymbol(declared.text, declared.span)
                    known = scope.features.setdefault(declared.text, feature)
                    if known is not feature:
                        self._report_twice(declared.text, declared.span, known.span)
                case _:
                    pass
        for use, used in loaded.uses:
            self._import(scope, use, used)
        return scope

    def _declare_fit(self, node: tree.ResourceDeclaration, scope: Scope) -> None:
        name = node.name
        if not scope.is_module:
            self._add(scope, name.text, name.span, FitSymbol(name.text, node, name.span))
            return
        self._reporter.report(
            "FX160",
            "a module has no data to be fitted to",
            node.constructor.span,
            help="fit in the program's main file, and hand the results to the lets of the module",
        )
        self._add(scope, name.text, name.span, DamagedSymbol(name.text))

    def _add(self, scope: Scope, name: str, span: Span, symbol: Symbol) -> None:
        known = scope.names.get(name)
        if known is not None and not isinstance(known, DamagedSymbol):
            self._report_twice(name, span, known.span)
            return
        scope.names[name] = symbol

    def _report_twice(self, name: str, span: Span, first: Span) -> None:
        self._reporter.report(
            "FX102",
            f"the name `{name}` is declared twice",
            span,
            labels=(Label(first, "first here"),),
        )

    def _declare_input(self, node: tree.InputDeclaration, scope: Scope) -> None:
        domain = node.domain.text
        if domain not in DOMAINS:
            meant = closest(domain, DOMAINS)
            self._reporter.report(
                "FX101",
                f"there is no input `{domain}`",
                node.domain.span,
                caption=f"did you mean `{meant}`?" if meant else "",
                help="inputs are `request` (one per request) or `candidate` (many per request)",
            )
        for declared in node.fields:
            type_ = self._types.read(declared.type)
            for name in declared.names:
                symbol: Symbol
                if isinstance(type_, ErrorType) or domain not in DOMAINS:
                    symbol = DamagedSymbol(name.text)
                else:
                    symbol = InputSymbol(name.text, domain, type_, name.span, not scope.is_module)
                self._add(scope, name.text, name.span, symbol)
                if not scope.is_module:
                    self._inputs.append(
                        Input(domain, name.text, type_, name.span, declared.description)
                    )

    def _declare_let(self, node: tree.LetDeclaration, scope: Scope) -> None:
        seen: dict[str, Span] = {}
        optional = False
        for parameter in node.parameters or ():
            name = parameter.name
            if name.text in seen:
                self._reporter.report(
                    "FX102",
                    f"the parameter `{name.text}` is declared twice",
                    name.span,
                    labels=(Label(seen[name.text], "first here"),),
                )
            seen[name.text] = name.span
            if optional and parameter.default is None:
                self._reporter.report(
                    "FX107",
                    f"`{name.text}` needs a default, because a parameter before it has one",
                    name.span,
                )
            optional = optional or parameter.default is not None
        symbol = LetSymbol(node.name.text, node, scope, node.name.span)
        self._add(scope, node.name.text, node.name.span, symbol)

    def _import(self, scope: Scope, use: tree.UseDeclaration, used: LoadedFile | None) -> None:
        alias = use.alias
        if used is None:
            if alias is not None:
                self._add(scope, alias.text, alias.span, DamagedSymbol(alias.text))
            else:
                scope.uncertain = True
            return
        module = self._scopes[used.key]
        if alias is not None:
            self._add(scope, alias.text, alias.span, ModuleSymbol(alias.text, module, alias.span))
            return
        scope.uncertain = scope.uncertain or module.uncertain
        for name, symbol in module.names.items():
            own = isinstance(symbol, LetSymbol) and symbol.scope is module
            own = own or (
                isinstance(symbol, ResourceSymbol) and symbol.span.source is module.source
            )
            if not own and not isinstance(symbol, DamagedSymbol):
                continue
            known = scope.names.get(name)
            if isinstance(symbol, DamagedSymbol) or known is symbol:
                scope.names.setdefault(name, symbol)
            elif known is not None and not isinstance(known, DamagedSymbol):
                self._reporter.report(
                    "FX102",
                    f"`{name}` of this module is declared already",
                    use.path_span,
                    labels=(Label(known.span, "declared here"),),
                    help='give the module a name: `use "..." as name`, then write `name.'
                    + f"{name}`",
                )
            else:
                scope.names[name] = symbol

    # ---- values ----------------------------------------------------------------------------------

    def _check_lets(
        self, scope: Scope, values: dict[str, Expression], names: set[str] | None = None
    ) -> None:
        """Check all lets of the main file, so that unused ones are not left unread; or those of some names."""
        own = {
            name: symbol
            for name, symbol in scope.names.items()
            if isinstance(symbol, LetSymbol)
            and symbol.scope is scope
            and (names is None or name in names)
        }
        for symbol in _used_first(own):
            if not symbol.is_function:
                values[symbol.name] = self._expressions.lets.value(symbol, symbol.span)

    def _check_features(
        self,
        main: LoadedFile,
        scope: Scope,
        values: dict[str, Expression],
        chosen: Callable[[tree.Statement], bool] = lambda statement: True,
    ) -> list[Feature]:
        """Check the features and the functions of the main file that are chosen."""
        features: list[Feature] = []
        environment = Environment(scope, {})
        for statement in main.parsed.statements:
            if not isinstance(statement, tree.FeatureDeclaration) or not chosen(statement):
                continue
            owner = self._owner(statement.annotations)
            feature = self._kinds.feature(statement, environment, owner)
            if feature is not None:
                features.append(feature)
                values[feature.name] = feature.value
        for symbol in scope.names.values():
            if not isinstance(symbol, LetSymbol) or symbol.scope is not scope:
                continue
            if symbol.is_function and chosen(symbol.declaration):
                self._expressions.lets.check_function(symbol)
        return features

    def _owner(self, annotations: list[tree.Annotation]) -> str:
        owner = ""
        for annotation in annotations:
            name = annotation.name.text
            if name != "owner":
                meant = closest(name, ("owner",))
                self._reporter.report(
                    "FX161",
                    f"unknown annotation `@{name}`",
                    annotation.name.span,
                    caption=f"did you mean `@{meant}`?" if meant else "",
                    help='the only annotation is `@owner("team")`',
                )
                continue
            value = annotation.arguments[0].value if len(annotation.arguments) == 1 else None
            if isinstance(value, tree.Literal) and isinstance(value.value, str):
                owner = value.value
            else:
                self._reporter.report(
                    "FX161",
                    "`@owner` takes the name of a team",
                    annotation.span,
                    help='write `@owner("team")`',
                )
        return owner


_KNOWN_MODULES: Final[WeakKeyDictionary[tree.File, Scope]] = WeakKeyDictionary()
"""The names of modules that have lets only, by their trees. Nobody changes them once they are filled."""


def _has_only_lets(loaded: LoadedFile) -> bool:
    return not loaded.parsed.damaged and all(
        isinstance(statement, tree.LetDeclaration | tree.Description)
        for statement in loaded.parsed.statements
    )


def modules_first(main: LoadedFile) -> list[LoadedFile]:
    """Return all files, each after the modules that it uses."""
    result: list[LoadedFile] = []
    seen = {main.key}
    stack: list[tuple[LoadedFile, int]] = [(main, 0)]
    while stack:
        loaded, position = stack.pop()
        if position == len(loaded.uses):
            result.append(loaded)
            continue
        stack.append((loaded, position + 1))
        used = loaded.uses[position][1]
        if used is not None and used.key not in seen:
            seen.add(used.key)
            stack.append((used, 0))
    return result


def _used_first(symbols: dict[str, LetSymbol]) -> list[LetSymbol]:
    """Return lets so that each comes after those it names; circles are left as they are.

    Checking in this order keeps the checker's recursion flat, however long the chain of lets is.
    """
    names: dict[str, list[str]] = {}
    for name, symbol in symbols.items():
        found: list[str] = []
        stack: list[tree.Node] = [symbol.declaration]
        while stack:
            node = stack.pop()
            if isinstance(node, _NAMES):
                if node.text in symbols:
                    found.append(node.text)
            else:
                stack += tree.children(node)
        names[name] = found
    result: list[LetSymbol] = []
    seen: set[str] = set()
    for first in symbols:
        if first in seen:
            continue
        seen.add(first)
        waiting: list[tuple[str, int]] = [(first, 0)]
        while waiting:
            name, position = waiting.pop()
            if position == len(names[name]):
                result.append(symbols[name])
                continue
            waiting.append((name, position + 1))
            used = names[name][position]
            if used not in seen:
                seen.add(used)
                waiting.append((used, 0))
    return result
