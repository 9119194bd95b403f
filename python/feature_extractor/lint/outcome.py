"""What the rules found in one program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from feature_extractor.diagnostics import Diagnostic, Source
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.plugin_rules import RulePluginError
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.suppressions import Suppression


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


Basis: TypeAlias = dict[str, list[Any]]
"""JSON values: pairs of names and digests of ``texts`` and of ``files``."""


@dataclass
class Report:
    """All that is said of one file: its errors, or the outcome of the rules.

    ``texts`` are the texts that this follows from, by path and without those of the standard library; ``files`` are
    other files that were looked at. They are None where what was said may change though no file does. ``basis`` has the
    digests of both, once a cache has made them.
    """

    errors: list[Diagnostic]
    outcome: Outcome | None
    texts: dict[str, str] | None = None
    files: list[Path] = field(default_factory=list)
    basis: Basis | None = None


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
