"""Looks at one program by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from feature_extractor.check import analyse_file
from feature_extractor.check.modules import Reader
from feature_extractor.check.typed import CheckedProgram
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.outcome import Outcome, Report
from feature_extractor.lint.plugin_rules import RulePluginError
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.registry import Registry
from feature_extractor.standard import stored_path


def report_on(path: Path, registry: Registry, configuration: Configuration, read: Reader) -> Report:
    """Return what can be said of a file without looking at other programs."""
    analysis = analyse_file(path, registry, read)
    if analysis.program is None:
        # What is missing on disk may be there the next time, so nothing says when this holds no more.
        return Report(analysis.diagnostics, None)
    program = LintedProgram(analysis.program, analysis, registry, configuration.settings)
    report = Report(analysis.diagnostics, examine(program, configuration))
    if not analysis.program.fitted:
        report.texts = _texts(analysis.program)
        resources = [Path(resource.path) for resource in analysis.program.resources]
        report.files = [*resources, *sorted(program.files_read)]
    return report


def examine(program: LintedProgram, configuration: Configuration) -> Outcome:
    """Return what the rules find in a program, without what its comments allow."""
    outcome = Outcome(program.source, configuration, [], program.suppressions, {})
    for rule in configuration.rules:
        with blamed(rule, program.path):
            if rule.check is not None:
                keep_allowed(rule, rule.check(program), [outcome])
            if rule.summarise is not None:
                outcome.facts[rule.code] = rule.summarise(program)
    return outcome


@contextmanager
def blamed(rule: Rule, where: str) -> Iterator[None]:
    """Say which rule of a plug-in failed and on what, whatever it raises."""
    try:
        yield
    except Exception as error:
        if not rule.plugin:
            raise
        raise RulePluginError(
            f"the rule {rule.code} of {rule.plugin} failed on {where}: {type(error).__name__}: {error}"
        ) from error


def keep_allowed(rule: Rule, findings: Iterable[Finding], outcomes: Sequence[Outcome]) -> None:
    """Add the findings of a rule that no comment takes away to their programs; one for each place."""
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


def _texts(program: CheckedProgram) -> dict[str, str]:
    return {path: text for path, text in program.sources.items() if stored_path(path) is None}
