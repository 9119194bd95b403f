"""Finds the errors of a program again after each key press, and looks only at what an edit concerns.

An edit of lets and features concerns them, and all that name them, directly or through lets; one of inputs concerns
all that name a field that has changed. The mistakes of all others stay what they were. Where that is not certain,
everything is checked: after a change of resources or modules; where the first input of a candidate comes or the last
one goes; where a mistake is told in the call of a function, because the first call tells it; and where a new name
could be what another mistake proposes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

from feature_extractor.check import analyse_text
from feature_extractor.check.expressions import MAXIMUM_STEPS, BudgetExceeded
from feature_extractor.check.modules import ModuleLoader, Reader
from feature_extractor.check.program import ProgramChecker, modules_first
from feature_extractor.check.scopes import FitSymbol
from feature_extractor.diagnostics import Diagnostic, Source
from feature_extractor.registry import Registry
from feature_extractor.syntax import ParseResult, tree
from feature_extractor.syntax.limits import MAXIMUM_FILE_CHARACTERS
from feature_extractor.syntax.statements import cut
from feature_extractor.workspace.units import Places, Unit, units_of

_MANY: Final = 100
"""From so many mistakes on, limits decide which of them are told."""
_FORGIVEN: Final = ("FX005", "FX006", "FX150", "FX151")
"""Mistakes that are about more than their statement: limits, and circles of lets."""
_IN_A_CALL: Final = "in this call of "
_Fields: TypeAlias = Sequence[tuple[str, str]]


class Errors:
    """The errors of one document, whatever its text is at the moment."""

    def __init__(self, registry: Registry, name: str, root: Path | None, read: Reader) -> None:
        self._registry = registry
        self._name = name
        self._root = root
        self._read = read
        self._units: list[Unit] = []
        self._modules: dict[str, str] | None = None
        """The texts of the modules at the last look; None where the next one has to be at everything."""
        self._has_candidates = False
        self.complete_checks = 0
        """How often everything was looked at."""

    def of(self, text: str) -> list[Diagnostic]:
        """Return the errors of a text, as checking it from scratch would tell them."""
        try:
            found = self._of(text)
        except (BudgetExceeded, RecursionError):
            found = None
        if found is not None:
            return found
        self.complete_checks += 1
        self._modules = None
        return analyse_text(text, self._registry, self._name, self._root, self._read).diagnostics

    def _of(self, text: str) -> list[Diagnostic] | None:
        source = Source(self._name, text)
        if len(text) > MAXIMUM_FILE_CHARACTERS or "\0" in text:
            return None
        layout = cut(source)
        before = self._units
        units, starts = units_of(source, layout, before)
        self._units = units
        places = Places(source, units, starts)
        checker = _UnitChecker(self._registry, self._name, self._root, self._read)
        syntax = [*layout.diagnostics, *_syntax(units, places)]
        if not checker.declare(source, units) or len(syntax) >= _MANY:
            return None
        concerned = self._concerned(before, units, checker)
        self._modules = None
        self._has_candidates = checker.has_candidates
        if concerned is None or not self._settle(checker, concerned, units, places):
            self.complete_checks += 1
            checker = _UnitChecker(self._registry, self._name, self._root, self._read)
            checker.declare(source, units)
            if not self._settle(checker, set(units), units, places):
                return None
        self._modules = checker.modules
        values = [found for unit in units for found in unit.found]
        if len(syntax) + len(checker.declared) + len(values) >= _MANY:
            return None
        everything = [*syntax, *map(places.diagnostic, [*checker.declared, *values])]
        return sorted(everything, key=Diagnostic.sort_key)

    def _concerned(
        self, before: Sequence[Unit], units: Sequence[Unit], checker: _UnitChecker
    ) -> set[Unit] | None:
        """Return the units whose values an edit concerns; None for all."""
        if self._modules != checker.modules or not before:
            return None
        if self._has_candidates != checker.has_candidates:
            return None
        new, old = set(units) - set(before), set(before) - set(units)
        if not all(unit.is_plain or unit.is_input for unit in new | old):
            return None
        names = {name for unit in new | old if unit.is_plain for name in unit.declared}
        names |= _changed_inputs(
            [field for unit in before if unit in old for field in unit.inputs],
            [field for unit in units if unit in new for field in unit.inputs],
        )
        concerned = set(new)
        changed = True
        while changed:
            changed = False
            for unit in units:
                if unit not in concerned and not names.isdisjoint(unit.mentioned):
                    concerned.add(unit)
                    changed = changed or not names >= unit.lets
                    names |= unit.lets
        forms = ([u.form for u in before if u in old], [u.form for u in units if u in new])
        told = [found for unit in [*units, *old] for found in unit.found]
        others = any(unit.found for unit in units if unit not in concerned)
        if (forms[0] != forms[1] and others) or any(map(_is_wide, told)):
            return None
        return concerned

    def _settle(
        self, checker: _UnitChecker, concerned: set[Unit], units: Sequence[Unit], places: Places
    ) -> bool:
        """Check some units, and give each its mistakes; False where that does not tell all about the others."""
        found = checker.check(concerned)
        is_everything = len(concerned) == len(units)
        known = {_key(d) for unit in units if unit not in concerned for d in unit.found}
        of_unit: dict[Unit, list[Diagnostic]] = {unit: [] for unit in concerned}
        for diagnostic in found:
            unit = places.unit_of(diagnostic.span)
            if unit is None or (_is_wide(diagnostic) and not is_everything):
                return False
            if unit in of_unit:
                of_unit[unit].append(diagnostic)
            elif _key(diagnostic) not in known:
                return False
        for unit, diagnostics in of_unit.items():
            unit.found = diagnostics
        return True


def _changed_inputs(before: _Fields, now: _Fields) -> set[str]:
    """Return the names of fields that are others now; of two with one name the first one counts, so order does too."""
    names = {name for name, _ in [*before, *now]}
    return {
        name
        for name in names
        if [meaning for other, meaning in before if other == name]
        != [meaning for other, meaning in now if other == name]
    }


def _is_wide(found: Diagnostic) -> bool:
    """Return whether a mistake may be told otherwise after an edit of something else."""
    return found.code in _FORGIVEN or any(
        label.text.startswith(_IN_A_CALL) for label in found.labels
    )


def _key(found: Diagnostic) -> tuple[object, ...]:
    assert found.span is not None
    return found.code, id(found.span.source), found.span.start, found.span.end


def _syntax(units: Sequence[Unit], places: Places) -> list[Diagnostic]:
    return [places.diagnostic(found) for unit in units for found in unit.result.diagnostics]


class _UnitChecker(ProgramChecker):
    """Checks some units of a program whose names are all declared."""

    def declare(self, source: Source, units: Sequence[Unit]) -> bool:
        """Declare all names; returns whether this is a program that can be checked in parts."""
        statements = [statement for unit in units for statement in unit.statements]
        damaged = {name for unit in units for name in unit.result.file.damaged}
        parsed = ParseResult(tree.File(source, statements, [], damaged), [])
        prefix = os.path.dirname(self._path).replace(os.sep, "/")
        loader = ModuleLoader(self._root, prefix, self._reporter, self._read)
        self._main = loader.load_parsed(os.path.basename(self._path), parsed)
        for loaded in modules_first(self._main):
            self._declare(loaded, is_module=loaded is not self._main)
        self.has_candidates = any(i.domain == "candidate" for i in self._inputs)
        self._expressions.has_candidates = self.has_candidates
        self.modules = {path: text for path, text in loader.sources.items() if path != source.path}
        self.declared = [*loader.diagnostics, *self._reporter.diagnostics]
        self._told = len(self._reporter.diagnostics)
        names = self._scopes[self._main.key].names.values()
        return not any(isinstance(symbol, FitSymbol) for symbol in names)

    def check(self, units: set[Unit]) -> list[Diagnostic]:
        """Return the mistakes that the values of some units have. Raises BudgetExceeded."""
        chosen = {id(statement) for unit in units for statement in unit.statements}
        scope = self._scopes[self._main.key]
        names = {
            statement.name.text
            for unit in units
            for statement in unit.statements
            if isinstance(statement, tree.LetDeclaration)
        }
        self._check_lets(scope, {}, names)
        self._check_features(self._main, scope, {}, lambda statement: id(statement) in chosen)
        if self._expressions.steps > MAXIMUM_STEPS // 2:
            raise BudgetExceeded
        return self._reporter.diagnostics[self._told :]
