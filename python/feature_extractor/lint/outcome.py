"""What the rules found in one program."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feature_extractor.diagnostics import Diagnostic, Source
from feature_extractor.lint.configuration import Configuration
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


@dataclass
class Report:
    """All that is said of one file: its errors, or the outcome of the rules.

    ``texts`` are the texts that this follows from, by path and without those of the standard library; ``files`` are
    other files that were looked at. They are None where what was said may change though no file does.
    """

    errors: list[Diagnostic]
    outcome: Outcome | None
    texts: dict[str, str] | None = None
    files: list[Path] = field(default_factory=list)
