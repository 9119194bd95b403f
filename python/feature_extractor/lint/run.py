"""Runs rules over programs."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from feature_extractor.check import analyse_file
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.registry import Registry


def find_programs(path: Path) -> list[Path]:
    """Return a file itself, or the `.fx` files below a folder; hidden folders are left out."""
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        found.extend(Path(folder, name) for name in sorted(files) if name.endswith(".fx"))
    return found


def lint_paths(
    paths: Iterable[Path], registry: Registry, rules: Sequence[Rule]
) -> list[Diagnostic]:
    """Return what the rules find in some files, by file and place.

    A program with errors has these instead of findings of rules, for nothing is certain about it. Errors in
    a module are told once.
    """
    with _without_collections():
        return _lint_paths(paths, registry, rules)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keep the garbage collector from walking the trees of all programs again and again: a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _lint_paths(
    paths: Iterable[Path], registry: Registry, rules: Sequence[Rule]
) -> list[Diagnostic]:
    programs: list[LintedProgram] = []
    errors: dict[tuple[str, int, int, str], Diagnostic] = {}
    for path in paths:
        analysis = analyse_file(path, registry)
        for diagnostic in analysis.diagnostics:
            errors.setdefault(diagnostic.sort_key(), diagnostic)
        if analysis.program is not None:
            programs.append(LintedProgram(analysis.program, analysis, registry))
    findings = [*errors.values(), *lint_programs(programs, rules)]
    findings.sort(key=Diagnostic.sort_key)
    return findings


def lint_programs(programs: Sequence[LintedProgram], rules: Sequence[Rule]) -> list[Diagnostic]:
    """Return what the rules find in programs, without what their comments allow."""
    known = _words(all_rules().values())
    checked = _words(rules)
    for program in programs:
        program.known_words = known
        program.checked_words = checked
    kept: list[Diagnostic] = []
    for rule in sorted(rules, key=lambda rule: rule.about_findings):
        found: list[Finding] = []
        if rule.check is not None:
            for program in programs:
                found.extend(rule.check(program))
        if rule.check_project is not None:
            found.extend(rule.check_project(programs))
        by_source = {id(program.source): program for program in programs}
        seen: set[tuple[int, int, int]] = set()
        for finding in found:
            span = finding.span
            key = (id(span.source), span.start, span.end)
            if key in seen:
                continue
            seen.add(key)
            diagnostic = rule.diagnostic(finding)
            allowed = by_source[id(span.source)].suppressions
            if not any(suppression.covers(diagnostic) for suppression in allowed):
                kept.append(diagnostic)
    return kept


def _words(rules: Iterable[Rule]) -> frozenset[str]:
    return frozenset(word for rule in rules for word in (rule.code, rule.name))
