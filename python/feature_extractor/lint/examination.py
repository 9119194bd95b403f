"""Looks at one program by itself."""

from __future__ import annotations

from pathlib import Path

from feature_extractor.check import analyse_file
from feature_extractor.check.typed import CheckedProgram
from feature_extractor.files import Reader
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.outcome import Outcome, Report, blamed, keep_allowed
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.sharing import Sharing
from feature_extractor.registry import Registry
from feature_extractor.standard import stored_path


def report_on(
    path: Path,
    registry: Registry,
    configuration: Configuration,
    read: Reader,
    sharing: Sharing | None = None,
) -> Report:
    """Return what can be said of a file without looking at other programs.

    ``sharing`` is what was learnt from the files before; it only saves time.
    """
    analysis = analyse_file(path, registry, read)
    if analysis.program is None:
        analysis.close()
        # What is missing on disk may be there the next time, so nothing says when this holds no more.
        return Report(analysis.diagnostics, None)
    program = LintedProgram(analysis.program, analysis, registry, configuration.settings)
    report = Report(analysis.diagnostics, examine(program, configuration, sharing))
    if not analysis.program.fitted:
        report.texts = _texts(analysis.program)
        resources = [Path(resource.path) for resource in analysis.program.resources]
        report.files = [*resources, *sorted(program.files_read)]
    program.close()
    analysis.close()
    return report


def examine(
    program: LintedProgram, configuration: Configuration, sharing: Sharing | None = None
) -> Outcome:
    """Return what the rules find in a program, without what its comments allow."""
    outcome = Outcome(program.source, configuration, [], program.suppressions, {})
    questions = None
    if sharing is not None:
        questions = sharing.of(configuration, program.registry).begin(program)
    for rule in configuration.rules:
        try:
            if rule.check is not None:
                # Most rules find nothing in most programs: then nothing has to be kept.
                found = (
                    list(rule.check(program))
                    if questions is None or not rule.by_feature
                    else questions.ask(rule)
                )
                if found:
                    keep_allowed(rule, found, [outcome])
            if rule.summarise is not None:
                outcome.facts[rule.code] = rule.summarise(program)
        except Exception:
            with blamed(rule, program.path):
                raise
    if questions is not None:
        questions.learn()
    return outcome


def _texts(program: CheckedProgram) -> dict[str, str]:
    return {path: text for path, text in program.sources.items() if stored_path(path) is None}
