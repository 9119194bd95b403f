"""Makes the fixes of findings, and looks at the programs again until there is nothing left to fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from feature_extractor.diagnostics import (
    Applicability,
    Diagnostic,
    Severity,
    Source,
    apply_fixes,
)
from feature_extractor.files import read_file
from feature_extractor.surrogates import without_surrogates

MAXIMUM_ROUNDS: Final = 50
"""After so many rounds two rules undo what the other does."""


class Texts:
    """The texts of files: those that were changed, and all others as they are on disk."""

    def __init__(self) -> None:
        self._changed: dict[Path, str] = {}

    def __call__(self, path: Path) -> str:
        """Return the text of a file; raises UnreadableFile."""
        known = self._changed.get(path.resolve()) if self._changed else None
        return read_file(path) if known is None else known

    def change(self, path: Path, text: str) -> None:
        """Let a file have another text from now on."""
        self._changed[path.resolve()] = text


Lint: TypeAlias = Callable[[Texts], list[Diagnostic]]
"""Returns the findings in all programs of the run, by file and place."""
Check: TypeAlias = Callable[[Path, Texts], int]
"""Returns the number of errors of one program, those of its modules too."""


@dataclass
class FixedFile:
    """A file that was changed, and the findings that are gone from it."""

    path: Path
    before: str
    after: str
    fixed: list[Diagnostic] = field(default_factory=list)


@dataclass
class Fixing:
    """What came of a run: the findings that are left, and the files whose text is another one.

    ``refused`` are findings whose fix would have brought errors into a program; such a fix is a mistake of its rule.
    ``converged`` is False where there was still something to fix when the run was stopped.
    """

    findings: list[Diagnostic]
    files: list[FixedFile]
    refused: list[Diagnostic]
    converged: bool

    @property
    def fixed(self) -> int:
        """How many findings were repaired."""
        return sum(len(file.fixed) for file in self.files)


def fix_programs(
    paths: Iterable[Path], lint: Lint, check: Check, allowed: frozenset[Applicability]
) -> Fixing:
    """Make all allowed fixes in some files, in memory.

    A program that compiles still does so afterwards, and one with errors does not have more of them: each change is
    checked by itself and with all programs of the run. Only the files of ``paths`` are changed, not their modules
    elsewhere.
    """
    return _Run({without_surrogates(str(path)): path for path in paths}, lint, check, allowed).run()


class _Run:
    def __init__(
        self,
        paths: dict[str, Path],
        lint: Lint,
        check: Check,
        allowed: frozenset[Applicability],
    ) -> None:
        self._paths = paths
        self._lint = lint
        self._check = check
        self._allowed = allowed
        self._texts = Texts()
        self._files: dict[str, FixedFile] = {}
        self._refused: dict[tuple[str, ...], Diagnostic] = {}

    def run(self) -> Fixing:
        findings = self._lint(self._texts)
        converged = False
        for _ in range(MAXIMUM_ROUNDS):
            changes = list(self._changes(findings))
            if not changes:
                converged = True
                break
            for path, text, _ in changes:
                self._texts.change(self._paths[path], text)
            after = self._lint(self._texts)
            if _errors(after) > _errors(findings):
                self._take_back(changes, findings)
                continue
            for path, text, made in changes:
                file = self._files[path]
                file.after = text
                file.fixed.extend(made)
            findings = after
        files = [file for file in self._files.values() if file.after != file.before]
        return Fixing(findings, files, list(self._refused.values()), converged)

    def _changes(self, findings: list[Diagnostic]) -> Iterator[tuple[str, str, list[Diagnostic]]]:
        """Yield the files that change in this round, with their next text and the findings that it repairs."""
        by_path: dict[str, list[Diagnostic]] = {}
        for finding in findings:
            fix, span = finding.fix, finding.span
            if fix is None or span is None or fix.applicability not in self._allowed:
                continue
            if span.path in self._paths and _key(finding) not in self._refused:
                by_path.setdefault(span.path, []).append(finding)
        for path, fixable in by_path.items():
            span = fixable[0].span
            assert span is not None
            source = span.source
            self._files.setdefault(path, FixedFile(self._paths[path], source.text, source.text))
            text, made = self._sound(source, fixable)
            if made and text != source.text:
                yield path, text, made

    def _sound(self, source: Source, fixable: list[Diagnostic]) -> tuple[str, list[Diagnostic]]:
        """Return the text with as many fixes as leave no more errors than there were, and their findings."""
        text, made = _applied(source, fixable)
        before = self._check(self._paths[source.path], self._texts)
        if self._errors_with(source, text) <= before:
            return text, made
        sound: list[Diagnostic] = []
        text = source.text
        for finding in made:
            tried, fitting = _applied(source, [*sound, finding])
            if self._errors_with(source, tried) <= before:
                text, sound = tried, fitting
            else:
                self._refused[_key(finding)] = finding
        return text, sound

    def _errors_with(self, source: Source, text: str) -> int:
        """Return the number of errors that a file would have with another text."""
        path = self._paths[source.path]
        self._texts.change(path, text)
        errors = self._check(path, self._texts)
        self._texts.change(path, source.text)
        return errors

    def _take_back(
        self, changes: list[tuple[str, str, list[Diagnostic]]], findings: list[Diagnostic]
    ) -> None:
        """Undo a round that brought errors into other programs, and make none of its fixes again."""
        for path, _, made in changes:
            self._texts.change(self._paths[path], self._files[path].after)
            self._refused.update((_key(finding), finding) for finding in made)


def _applied(source: Source, findings: list[Diagnostic]) -> tuple[str, list[Diagnostic]]:
    """Return the text with the fixes of findings, as far as they fit together, and the findings it repairs."""
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    text, made = apply_fixes(source, fixes)
    wanted = {id(fix) for fix in made}
    return text, [finding for finding in findings if id(finding.fix) in wanted]


def _errors(findings: Iterable[Diagnostic]) -> int:
    """Return how many errors of the compiler are among some findings."""
    return sum(not finding.rule and finding.severity is Severity.ERROR for finding in findings)


def _key(finding: Diagnostic) -> tuple[str, ...]:
    """Return what names a finding as long as its text stays."""
    span = finding.span
    place = (span.path, span.text) if span is not None else (finding.path, "")
    return (*place, finding.code, finding.message)
