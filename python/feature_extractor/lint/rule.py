"""What a rule is: its name card, and the functions that look for what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from feature_extractor.diagnostics import Diagnostic, Fix, Label, Severity, Source, Span
from feature_extractor.lint.setting import Setting
from feature_extractor.lint.suppressions import Comments

if TYPE_CHECKING:
    from feature_extractor.lint.program import LintedProgram


class Status(StrEnum):
    """Whether a rule runs without being asked for: a stable one does, an optional one does not."""

    STABLE = "stable"
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


@dataclass(frozen=True)
class Summary:
    """What a rule that compares programs keeps of one of them.

    ``facts`` is what the rule's ``summarise`` gave, as JSON values: lists, dicts with string keys, strings, numbers,
    booleans and None. A place in the program's main file is a list of two offsets.
    """

    source: Source
    facts: Any

    @property
    def path(self) -> str:
        """The path of the program as messages show it."""
        return self.source.path

    def span(self, offsets: Sequence[int]) -> Span:
        """Return the place with these offsets."""
        return Span(self.source, offsets[0], offsets[1])


ProgramCheck: TypeAlias = "Callable[[LintedProgram], Iterator[Finding]]"
Summarise: TypeAlias = "Callable[[LintedProgram], Any]"
ProjectCheck: TypeAlias = Callable[[Sequence[Summary]], Iterator[Finding]]
CommentCheck: TypeAlias = Callable[[Comments], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule: a stable code, a readable name, how bad a finding is, and one line of summary.

    ``check`` looks at one program. ``check_project`` compares the programs of a run: it sees what ``summarise`` said
    of each, because a program may have been checked in another process or in an earlier run. ``check_comments`` runs
    when all other rules have, and asks which suppressions they needed. A rule reads its ``settings`` with
    :meth:`LintedProgram.setting`. A rule of a plug-in brings its ``page`` with it, as Markdown; ``plugin`` is filled in
    with the name and version of the distribution.

    A rule that judges ``by_feature`` looks at the typed value of each by its own: features in which it finds nothing
    may as well not be there. It is not asked again about features that are alike. At first it may look at their shape:
    at operators, types and domains, at which parts are the same one, which constants are null, and at the kind and
    which of its parameters are there. Before it reads a name it calls
    :meth:`LintedProgram.look_at_names`, before a constant :meth:`LintedProgram.look_closer`, and before anything else
    that is not of the value :meth:`LintedProgram.look_further`; to ask for places and for what was written does so by
    itself. Any other rule
    looks at each program as a whole.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    status: Status = Status.STABLE
    check: ProgramCheck | None = None
    summarise: Summarise | None = None
    check_project: ProjectCheck | None = None
    check_comments: CommentCheck | None = None
    settings: tuple[Setting, ...] = ()
    by_feature: bool = False
    page: str = ""
    plugin: str = ""

    @property
    def family(self) -> str:
        """The first digit of the code with two zeros: rules of one family are about one subject."""
        return f"{self.code[:3]}00"

    def diagnostic(self, finding: Finding, severity: Severity | None = None) -> Diagnostic:
        """Return a finding with the code, name and severity of this rule, or another severity."""
        return Diagnostic(
            self.code,
            finding.message,
            finding.span,
            caption=finding.caption,
            severity=severity or self.severity,
            labels=finding.labels,
            notes=finding.notes,
            help=finding.help,
            fix=finding.fix,
            rule=self.name,
        )
