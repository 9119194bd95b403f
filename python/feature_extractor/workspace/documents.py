"""The open documents, and what is known about each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from feature_extractor.check import Analysis, analyse_text
from feature_extractor.check.modules import Reader, read_file
from feature_extractor.check.scopes import Scope
from feature_extractor.check.typed import CheckedProgram
from feature_extractor.diagnostics import Diagnostic, Source
from feature_extractor.lint.configuration import Configuration, Configure
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.examination import examine
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Rule, Status
from feature_extractor.lint.run import conclude
from feature_extractor.registry import Registry
from feature_extractor.syntax import tree
from feature_extractor.workspace.errors import Errors
from feature_extractor.workspace.names import Mention, NameIndex
from feature_extractor.workspace.units import moved

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""The beginning of a URI (RFC 3986); a single letter is a drive of Windows."""


@dataclass
class DocumentAnalysis:
    """What is known about one program; offsets count code points of its text."""

    analysis: Analysis
    source: Source
    registry: Registry
    configure: Configure = field(repr=False)

    @property
    def program(self) -> CheckedProgram | None:
        """The checked program, or None where it has errors."""
        return self.analysis.program

    @property
    def errors(self) -> list[Diagnostic]:
        """What keeps the program from being compiled, also in its modules."""
        return self.analysis.diagnostics

    @property
    def file(self) -> tree.File | None:
        """The tree of the main file; statements with syntax errors are missing. None for text that is no program."""
        return self.analysis.files[0] if self.analysis.files else None

    @property
    def scope(self) -> Scope | None:
        """The names of the main file, with those that it has from modules."""
        return self.analysis.scopes.get(self.source.path)

    @cached_property
    def findings(self) -> list[Diagnostic]:
        """What the rules of the linter find; nothing where there are errors."""
        if self.analysis.program is None:
            return []
        chosen = self.configure(Path(self.source.path))
        linted = LintedProgram(self.analysis.program, self.analysis, self.registry, chosen.settings)
        return sorted(conclude([examine(linted, chosen)]), key=Diagnostic.sort_key)

    @cached_property
    def indexes(self) -> dict[str, NameIndex]:
        """The names of the main file and of each module, by path."""
        return {
            file.source.path: NameIndex(file, scope, self.registry)
            for file in self.analysis.files
            if (scope := self.analysis.scopes.get(file.source.path)) is not None
        }

    @property
    def names(self) -> NameIndex | None:
        """The names of the main file."""
        return self.indexes.get(self.source.path)

    def mention_at(self, offset: int) -> Mention | None:
        """Return the name at an offset of the main file, with what it stands for."""
        return self.names.at(offset) if self.names is not None else None


class Workspace:
    """Open programs. An open text wins over its file on disk. Not safe for use by several threads at once.

    Documents are named by their path, or by a ``file:`` URI. Any other URI, such as that of a text that was never
    saved, is a name only: such a program has no modules of its own. ``rules`` are those of the linter for all of
    them, or a function that says what holds for each; without it the stable ones.
    """

    def __init__(self, registry: Registry, rules: Sequence[Rule] | Configure | None = None) -> None:
        self._registry = registry
        self._configure = rules if callable(rules) else _always(rules)
        self._texts: dict[str, str] = {}
        self._known: dict[str, DocumentAnalysis] = {}
        self._errors: dict[str, Errors] = {}
        self._found: dict[str, list[Diagnostic]] = {}
        """The errors of each document as it is now, once somebody has asked."""
        self._told: dict[str, tuple[str, list[Diagnostic]]] = {}
        """The text that the linter last looked at, and what it found, of each document."""
        self._read_by: dict[str, set[str]] = {}

    def open(self, path: str | Path, text: str) -> None:
        """Take the text of a document from now on, instead of its file."""
        self.change(path, text)

    def change(self, path: str | Path, text: str) -> None:
        """Take a new text of a document."""
        name = document_name(path)
        self._texts[name] = text
        self._forget(name)

    def close(self, path: str | Path) -> None:
        """Take the file on disk again."""
        name = document_name(path)
        self._texts.pop(name, None)
        self._errors.pop(name, None)
        self._told.pop(name, None)
        self._forget(name)

    def reload(self) -> None:
        """Forget everything that was read from disk, because files there have changed."""
        self._known.clear()
        self._found.clear()

    def diagnostics(self, path: str | Path) -> list[Diagnostic]:
        """Return what is wrong with a document: its errors, or else what the linter finds.

        Errors in modules are among them; the place of each tells its file. Raises UnreadableFile for a document
        that is not open and not on disk.
        """
        return self.errors(path) or self.findings(path)

    def diagnostics_now(self, path: str | Path) -> list[Diagnostic]:
        """Return the errors of a document; without any, the findings that were told before the last edits.

        Such findings move with the text, and those in what was edited are left out. This is for each key press:
        the linter looks at a whole program, which is soon enough when nobody has typed for a moment. Raises
        UnreadableFile.
        """
        name = document_name(path)
        errors = self.errors(name)
        if errors or name not in self._told:
            return errors
        text, findings = self._told[name]
        source = Source(name, self._read(name))
        return list(moved(findings, text, source))

    def tell(self, path: str | Path, text: str, findings: list[Diagnostic]) -> None:
        """Take what the linter has found in a text that an open document has, or had before the last edits."""
        name = document_name(path)
        if name in self._texts:
            self._told[name] = (text, findings)

    def errors(self, path: str | Path) -> list[Diagnostic]:
        """Return the errors of a document; only what an edit concerns is checked again. Raises UnreadableFile."""
        name = document_name(path)
        known = self._known.get(name)
        if known is not None:
            return known.errors
        found = self._found.get(name)
        if found is not None:
            return found
        text = self._read(name)
        errors = self._errors.get(name)
        if errors is None:
            root = Path(name).parent if _is_path(name) else None
            errors = Errors(self._registry, name, root, self._reader(name))
            self._errors[name] = errors
        self._found[name] = errors.of(text)
        return self._found[name]

    def findings(self, path: str | Path) -> list[Diagnostic]:
        """Return what the linter finds in a document; nothing where there are errors. Raises UnreadableFile."""
        return self.analysis(path).findings

    def analysis(self, path: str | Path) -> DocumentAnalysis:
        """Return what is known about a document. Raises UnreadableFile."""
        name = document_name(path)
        known = self._known.get(name)
        if known is None:
            known = self._analyse(name, self._read(name))
            self._known[name] = known
        return known

    def analysis_of(self, path: str | Path, text: str) -> DocumentAnalysis:
        """Return what would be known if a document had another text; nothing is kept of it."""
        return self._analyse(document_name(path), text)

    def dependents(self, path: str | Path) -> list[str]:
        """Return the open documents that use a document as a module, as far as they were looked at."""
        name = document_name(path)
        return [user for user in self._texts if user in self._read_by.get(name, ())]

    def _analyse(self, name: str, text: str) -> DocumentAnalysis:
        root = Path(name).parent if _is_path(name) else None
        analysis = analyse_text(text, self._registry, name, root, read=self._reader(name))
        source = analysis.files[0].source if analysis.files else Source(name, text)
        return DocumentAnalysis(analysis, source, self._registry, self._configure)

    def _reader(self, name: str) -> Reader:
        """Return what reads the modules of a document, and remembers that it did."""

        def read(path: Path) -> str:
            self._read_by.setdefault(document_name(path), set()).add(name)
            return self._read(path)

        return read

    def _read(self, path: Path | str) -> str:
        text = self._texts.get(document_name(path))
        if text is None:
            text = read_file(Path(path))
        return text

    def _forget(self, name: str) -> None:
        for other in (name, *self._read_by.get(name, ())):
            self._known.pop(other, None)
            self._found.pop(other, None)


def document_name(path: str | Path) -> str:
    """Return the name of a document: an absolute path, or a URI that is no file."""
    text = str(path)
    if text.startswith("file:"):
        text = unquote(urlsplit(text).path)
    return str(Path(text).absolute()) if _is_path(text) else text


def _is_path(name: str) -> bool:
    return _SCHEME.match(name) is None


def _always(rules: Sequence[Rule] | None) -> Configure:
    """Return what says the same of each program."""
    if rules is None:
        rules = [rule for rule in all_rules().values() if rule.status is Status.STABLE]
    configuration = Configuration(rules)
    return lambda _: configuration
