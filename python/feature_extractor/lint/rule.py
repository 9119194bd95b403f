"""What a rule is: its name card, and the functions that look for what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from feature_extractor.diagnostics import Diagnostic, Fix, Label, Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.setting import Setting


class Status(StrEnum):
    """Whether a rule runs without being asked for: a stable one does, a preview or optional one does not."""

    STABLE = "stable"
    PREVIEW = "preview"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Finding:
    """What a rule found. The code, name and severity are those of the rule."""

    span: Span
    message: str
    caption: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fix: Fix | None = None


ProgramCheck: TypeAlias = Callable[[LintedProgram], Iterator[Finding]]
ProjectCheck: TypeAlias = Callable[[Sequence[LintedProgram]], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule: a stable code, a readable name, how bad a finding is, and one line of summary.

    ``check`` looks at one program, ``check_project`` at all programs of a run. A rule ``about_findings`` runs
    when all others have, because it asks which suppressions they needed. A rule reads its ``settings`` with
    :meth:`LintedProgram.setting`.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    status: Status = Status.STABLE
    check: ProgramCheck | None = None
    check_project: ProjectCheck | None = None
    about_findings: bool = False
    settings: tuple[Setting, ...] = ()

    @property
    def family(self) -> str:
        """The first digit of the code with two zeros: rules of one family are about one subject."""
        return f"{self.code[:3]}00"

    def diagnostic(self, finding: Finding) -> Diagnostic:
        """Return a finding with the code, name and severity of this rule."""
        return Diagnostic(
            self.code,
            finding.message,
            finding.span,
            caption=finding.caption,
            severity=self.severity,
            labels=finding.labels,
            notes=finding.notes,
            help=finding.help,
            fix=finding.fix,
            rule=self.name,
        )
