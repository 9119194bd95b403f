"""Runs rules over programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from feature_extractor.diagnostics import Diagnostic
from feature_extractor.files import Reader, read_file
from feature_extractor.garbage_collection import rare_collections
from feature_extractor.lint.cache import LintCache
from feature_extractor.lint.configuration import Configuration, Configure
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.outcome import Outcome, blamed, keep_allowed
from feature_extractor.lint.processes import LoadRegistry, report_all
from feature_extractor.lint.rule import Rule, Summary
from feature_extractor.lint.suppressions import Comments

if TYPE_CHECKING:
    from feature_extractor.lint.program import LintedProgram
    from feature_extractor.registry import Registry


@rare_collections()
def lint_paths(
    paths: Iterable[Path],
    registry: Registry | LoadRegistry,
    rules: Sequence[Rule] | Configure,
    read: Reader = read_file,
    *,
    jobs: int = 1,
    cache: LintCache | None = None,
) -> list[Diagnostic]:
    """Return what the rules find in some files, by file and place.

    ``rules`` are those for all files, or a function that says what holds for each. A program with errors has these
    instead of findings of rules, for nothing is certain about it. Errors in a module are told once. ``read`` gives
    the texts of files that need not be those on disk. The work is done by ``jobs`` processes; what is in the ``cache``
    is not done again. The ``registry`` may be a function that returns it, which is called where something has to be
    done.
    """
    if callable(rules):
        configure = rules
    else:
        same = Configuration(rules)

        def configure(_: Path) -> Configuration:
            return same

    paths = list(paths)
    known = None if cache is None else cache.find_run(paths, configure, read)
    if known is not None:
        return known
    load = registry if callable(registry) else lambda: registry
    reports = report_all(paths, load, configure, read, jobs, cache)
    errors: dict[tuple[str, int, int, str], Diagnostic] = {}
    for report in reports:
        for diagnostic in report.errors:
            errors.setdefault(diagnostic.sort_key(), diagnostic)
    outcomes = [report.outcome for report in reports if report.outcome is not None]
    findings = [*errors.values(), *conclude(outcomes)]
    findings.sort(key=Diagnostic.sort_key)
    if cache is not None:
        cache.keep_run(paths, configure, reports, findings)
    return findings


def lint_programs(programs: Sequence[LintedProgram], rules: Sequence[Rule]) -> list[Diagnostic]:
    """Return what the rules find in programs, without what their comments allow."""
    from feature_extractor.lint.examination import examine

    configuration = Configuration(rules)
    return conclude([examine(program, configuration) for program in programs])


def conclude(outcomes: Sequence[Outcome]) -> list[Diagnostic]:
    """Return all findings in some programs: compare them, then look at their comments."""
    # A rule of a test is not among those that are known.
    rules = {rule.code: rule for o in outcomes for rule in o.configuration.rules}.values()
    for rule in rules:
        if rule.check_project is not None:
            having = [o for o in outcomes if rule.code in o.configuration.codes]
            summaries = [Summary(outcome.source, outcome.facts[rule.code]) for outcome in having]
            with blamed(rule, "the programs together"):
                keep_allowed(rule, rule.check_project(summaries), having)
    words = Configuration([*all_rules().values()]).words
    for rule in rules:
        if rule.check_comments is not None:
            for outcome in outcomes:
                if rule.code in outcome.configuration.codes:
                    checked = outcome.configuration.words
                    comments = Comments(outcome.suppressions, words, checked)
                    with blamed(rule, outcome.source.path):
                        keep_allowed(rule, rule.check_comments(comments), [outcome])
    return [finding for outcome in outcomes for finding in outcome.findings]
