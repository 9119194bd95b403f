"""Compiling feature files: text to a checked program, a plan, and a package."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feature_extractor.check.program import check_file, check_text
from feature_extractor.check.typed import CheckedProgram
from feature_extractor.core_registry import load_core_registry
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.errors import CompileError
from feature_extractor.garbage_collection import without_collection
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.fold import native_fold
from feature_extractor.plan.package import Package, build_package
from feature_extractor.plan.trial import try_package
from feature_extractor.plugins import load_named_plugins
from feature_extractor.registry import Registry

if TYPE_CHECKING:
    from feature_extractor.extractor import Extractor


class Program:
    """A compiled program: checked, planned, with its resources; ready to be saved or run."""

    def __init__(
        self,
        checked: CheckedProgram,
        package: Package,
        warnings: tuple[Diagnostic, ...],
        loaded: tuple[Any, str],
    ) -> None:
        self._checked = checked
        self._package = package
        self._warnings = warnings
        # What the compiler's own trial load gave, for the first that asks for an extractor.
        self._loaded = [loaded]

    def __getstate__(self) -> dict[str, Any]:
        # What is loaded stays in its process; a copy loads when it is asked to.
        return {**self.__dict__, "_loaded": []}

    @property
    def checked(self) -> CheckedProgram:
        """The checked program, for tools that look into it."""
        return self._checked

    @property
    def package(self) -> Package:
        """The package in memory: manifest, plan, resources, sources."""
        return self._package

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the checker found that is no error."""
        return self._warnings

    @property
    def digest(self) -> str:
        """The digest that the package will have."""
        return str(self._package.manifest["digest"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the package to a file. The same program gives the same bytes. Raises OSError."""
        self._package.write(path)

    def with_golden_rows(self, table: Any, *, requests: int = 64) -> Program:
        """Return the program with the first requests of a table, and their results, in its package.

        ``table`` is what :meth:`Extractor.extract` takes. Whoever loads the package computes the rows, and refuses it
        where a bit differs. Raises EngineError, InputTableError and GoldenRowsError for a table that does not fit.
        """
        from feature_extractor import _native
        from feature_extractor.golden import golden_tables, with_golden_rows

        extractor = self.extractor()
        tables = golden_tables(self._package, extractor, table, requests)
        package = with_golden_rows(self._package, extractor, tables)
        return Program(
            self._checked, package, self._warnings, _native.load_package(package.to_bytes())
        )

    def extractor(self) -> Extractor:
        """Return an extractor of this program, as if it had been saved and loaded."""
        from feature_extractor.extractor import Extractor, load

        try:
            native, manifest = self._loaded.pop()
        except IndexError:
            return load(self._package.to_bytes())
        return Extractor(native, json.loads(manifest))

    def _repr_html_(self) -> str:
        """Return the program as notebooks show it."""
        from feature_extractor.notebook import program_html

        return program_html(self)

    def __repr__(self) -> str:
        count = len(self._checked.features)
        return (
            f"Program({self._package.manifest['name']!r}, {count} features, digest {self.digest})"
        )


def compile(
    source: str | os.PathLike[str],
    *,
    labels: bool = True,
    optimise: bool = True,
    registry: Registry | None = None,
) -> Program:
    """Compile a feature file with its modules and resources.

    Raises CompileError with all mistakes that were found (each with its place, the reason and what to
    do). ``labels=False`` leaves the features of kind ``label`` out, so that a server need not be given
    the inputs that only they read; the other features are the same. ``optimise=False`` makes the plain
    plan, which computes the same values more slowly.
    """
    registry = registry or _registry()
    with without_collection():
        checked, diagnostics = check_file(Path(source), registry)
        return _finish(checked, diagnostics, registry, labels, optimise)


def compile_text(
    text: str,
    *,
    path: str = "<text>",
    root: str | os.PathLike[str] | None = None,
    labels: bool = True,
    optimise: bool = True,
    registry: Registry | None = None,
) -> Program:
    """Compile a program given as text; ``root`` is the folder of its modules and resources."""
    registry = registry or _registry()
    folder = None if root is None else Path(root)
    with without_collection():
        checked, diagnostics = check_text(text, registry, path, folder)
        return _finish(checked, diagnostics, registry, labels, optimise)


def _registry() -> Registry:
    load_named_plugins()
    return load_core_registry()


def _finish(
    checked: CheckedProgram | None,
    diagnostics: list[Diagnostic],
    registry: Registry,
    labels: bool,
    optimise: bool,
) -> Program:
    from feature_extractor import _native

    if checked is None:
        raise CompileError(diagnostics)
    if not labels:
        kept = tuple(feature for feature in checked.features if feature.kind != "label")
        checked = replace(checked, features=kept)
    fold = native_fold(_native.evaluate_constants) if optimise else None
    try:
        package = build_package(checked, registry, _native, fold=fold, optimise=optimise)
        loaded = try_package(checked, package, _native.load_package)
    except PlanError as error:
        raise CompileError([*diagnostics, *error.diagnostics]) from None
    return Program(checked, package, tuple(diagnostics), loaded)
