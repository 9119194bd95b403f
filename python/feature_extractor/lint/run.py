"""Runs rules over programs."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feature_extractor.check import analyse_file
from feature_extractor.check.modules import Reader, read_file
from feature_extractor.diagnostics import Diagnostic, Source
from feature_extractor.lint.configuration import Configuration, Configure
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.plugin_rules import RulePluginError
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Summary
from feature_extractor.lint.suppressions import Comments, Suppression
from feature_extractor.registry import Registry


def lint_paths(
    paths: Iterable[Path],
    registry: Registry,
    rules: Sequence[Rule] | Configure,
    read: Reader = read_file,
) -> list[Diagnostic]:
    """Return what the rules find in some files, by file and place.

    ``rules`` are those for all files, or a function that says what holds for each. A program with errors has these
    instead of findings of rules, for nothing is certain about it. Errors in a module are told once. ``read`` gives
    the texts of files that need not be those on disk.
    """
    if callable(rules):
        configure = rules
    else:
        same = Configuration(rules)

        def configure(_: Path) -> Configuration:
            return same

    with _without_collections():
        return _lint_paths(paths, registry, configure, read)


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
    paths: Iterable[Path], registry: Registry, configure: Configure, read: Reader
) -> list[Diagnostic]:
    outcomes: list[Outcome] = []
    errors: dict[tuple[str, int, int, str], Diagnostic] = {}
    for path in paths:
        analysis = analyse_file(path, registry, read)
        for diagnostic in analysis.diagnostics:
            errors.setdefault(diagnostic.sort_key(), diagnostic)
        if analysis.program is not None:
            chosen = configure(path)
            program = LintedProgram(analysis.program, analysis, registry, chosen.settings)
            outcomes.append(examine(program, chosen))
    findings = [*errors.values(), *conclude(outcomes)]
    findings.sort(key=Diagnostic.sort_key)
    return findings


@dataclass
class Outcome:
    """What the rules found in one program, and what the others of a run need to know of it.

    ``facts`` has what each rule that compares programs keeps of this one, by code.
    """

    source: Source
    configuration: Configuration
    findings: list[Diagnostic]
    suppressions: list[Suppression]
    facts: dict[str, Any]


def lint_programs(programs: Sequence[LintedProgram], rules: Sequence[Rule]) -> list[Diagnostic]:
    """Return what the rules find in programs, without what their comments allow."""
    configuration = Configuration(rules)
    return conclude([examine(program, configuration) for program in programs])


def examine(program: LintedProgram, configuration: Configuration) -> Outcome:
    """Return what can be said of a program without looking at others."""
    outcome = Outcome(program.source, configuration, [], program.suppressions, {})
    for rule in configuration.rules:
        with _blamed(rule, program.path):
            if rule.check is not None:
                _keep(rule, rule.check(program), [outcome])
            if rule.summarise is not None:
                outcome.facts[rule.code] = rule.summarise(program)
    return outcome


def conclude(outcomes: Sequence[Outcome]) -> list[Diagnostic]:
    """Return all findings in some programs: compare them, then look at their comments."""
    # A rule of a test is not among those that are known.
    rules = {rule.code: rule for o in outcomes for rule in o.configuration.rules}.values()
    for rule in rules:
        if rule.check_project is not None:
            having = [o for o in outcomes if rule.code in o.configuration.codes]
            summaries = [Summary(outcome.source, outcome.facts[rule.code]) for outcome in having]
            with _blamed(rule, "the programs together"):
                _keep(rule, rule.check_project(summaries), having)
    words = Configuration([*all_rules().values()]).words
    for rule in rules:
        if rule.check_comments is not None:
            for outcome in outcomes:
                if rule.code in outcome.configuration.codes:
                    checked = outcome.configuration.words
                    comments = Comments(outcome.suppressions, words, checked)
                    with _blamed(rule, outcome.source.path):
                        _keep(rule, rule.check_comments(comments), [outcome])
    return [finding for outcome in outcomes for finding in outcome.findings]


@contextmanager
def _blamed(rule: Rule, where: str) -> Iterator[None]:
    """Say which rule of a plug-in failed and on what, whatever it raises."""
    try:
        yield
    except Exception as error:
        if not rule.plugin:
            raise
        raise RulePluginError(
            f"the rule {rule.code} of {rule.plugin} failed on {where}: {type(error).__name__}: {error}"
        ) from error


def _keep(rule: Rule, findings: Iterable[Finding], outcomes: Sequence[Outcome]) -> None:
    """Add the findings of a rule that no comment allows to their programs; one for each place."""
    by_source = {id(outcome.source): outcome for outcome in outcomes}
    seen: set[tuple[int, int, int]] = set()
    for finding in findings:
        span = finding.span
        key = (id(span.source), span.start, span.end)
        if key in seen:
            continue
        seen.add(key)
        outcome = by_source[id(span.source)]
        diagnostic = rule.diagnostic(finding, outcome.configuration.severity(rule))
        if not any(suppression.covers(diagnostic) for suppression in outcome.suppressions):
            outcome.findings.append(diagnostic)
