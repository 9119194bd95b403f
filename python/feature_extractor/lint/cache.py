"""Keeps what was found in files that have not changed, in a folder ``.fx_cache``.

An entry is JSON, never code: a folder may come from anywhere. It is used only where the text of the program, of its
modules and the other files that were read are the same, and the rules, their settings, the operators and this compiler
too. Whatever is wrong with an entry, the file is looked at again.

Entries are lines of a few files, and all that are new are written at the end of a run: to make a file for each
takes longer than to look at a small program. The last large run has an entry for all its findings together, which holds
as long as nothing at all has changed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import xxhash

from feature_extractor import __version__
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.files import Reader, UnreadableFile
from feature_extractor.lint.configuration import Configuration, Configure
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.outcome import Basis, Report
from feature_extractor.lint.records import from_record, to_record
from feature_extractor.lint.rule import Rule
from feature_extractor.standard import module_texts, stored_path

FOLDER: Final = ".fx_cache"
"""The name of the folder, where nothing else is asked for."""
_LARGEST_CONTENT: Final = 4 << 20
"""Of larger files that a program names, only size and time of the last change are compared."""
_FEWEST: Final = 16
"""From so many programs on a run is kept as a whole."""
_RUN: Final = "run.json"
"""The file of the last such run."""
_NAME: Final = 32
"""Characters of the name of an entry, and of a digest."""
_LARGEST_FILE: Final = 32 << 20
"""Characters of a file of entries; in a larger one only those of the last run stay."""
_UNUSABLE: Final = (
    OSError,
    UnreadableFile,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
)
"""What is raised where an entry is not there, is none, or does not hold any more."""
_PARTS: Final = ("check", "diagnostics", "dsl_grammar", "explain", "lint", "plan", "syntax")
_SOURCES: Final = (".py", ".fx", ".lark", ".json")
_CORE: Final = "_native."
"""How the name of the core begins, which tries constants where it is there."""


class LintCache:
    """The entries for one set of operators. Several runs may use one folder at the same time.

    ``plugins`` identify the operators that programs may call beside those of this package.
    """

    def __init__(self, folder: Path, plugins: Iterable[str] = ()) -> None:
        self.folder = folder
        self._entries = folder / _digest(_compiler(), *plugins)
        self._prefixes: dict[int, tuple[Configuration, str]] = {}
        self._read_before: dict[str, dict[str, str]] = {}
        """The lines of the files that were read in this run."""
        self._current: dict[str, str] = {}
        """The lines of this run, found or made, by the names of their entries."""
        self._changed: set[str] = set()
        """The first digits of the names of those that were made."""

    def find(self, path: Path, configuration: Configuration, read: Reader) -> Report | None:
        """Return what was found in a file before, or None where that does not hold any more."""
        name = self._name(path, configuration)
        line = self._lines(name[0]).get(name, "")
        try:
            record, basis = opened(line)
            texts = _unchanged(basis, read)
            report = from_record(record, lambda name: _text(name, texts), configuration)
        except _UNUSABLE:
            return None
        report.basis = basis
        self._current[name] = line
        return report

    def keep(self, path: Path, configuration: Configuration, line: str) -> None:
        """Remember the report on a file, as one line, until :meth:`write`."""
        name = self._name(path, configuration)
        self._current[name] = line
        self._changed.add(name[0])

    def write(self) -> None:
        """Write what is to be remembered; where that is not possible, nothing happens."""
        for first in sorted(self._changed):
            # Another run may have written meanwhile.
            self._read_before.pop(first, None)
            own = {name: line for name, line in self._current.items() if name[0] == first}
            lines = {**self._lines(first), **own}
            if sum(map(len, lines.values())) > _LARGEST_FILE:
                lines = own
            with suppress(OSError):
                self._replace(
                    self._file(first), "".join(f"{name} {line}\n" for name, line in lines.items())
                )
        self._changed.clear()
        self._current.clear()
        self._read_before.clear()

    def find_run(
        self, paths: Sequence[Path], configure: Configure, read: Reader
    ) -> list[Diagnostic] | None:
        """Return what was found in all programs of a run, if they were those of the last large run and nothing changed.

        This is one file to read, and none of the findings of single programs have to be put together again.
        """
        if len(paths) < _FEWEST:
            return None
        try:
            line = (self._entries / _RUN).read_text(encoding="utf-8")
            (key, record), basis = opened(line)
            if key != self._key(paths, configure):
                return None
            texts = _unchanged(basis, read)
            return from_record(record, lambda name: _text(name, texts), Configuration(())).errors
        except _UNUSABLE:
            return None

    def keep_run(
        self,
        paths: Sequence[Path],
        configure: Configure,
        reports: Sequence[Report],
        findings: list[Diagnostic],
    ) -> None:
        """Remember what was found in all programs of a run; where that is not possible, nothing happens."""
        if len(paths) < _FEWEST:
            return
        known: dict[str, dict[str, Any]] = {"texts": {}, "files": {}}
        for report in reports:
            if report.basis is None:
                return
            for kind, digests in known.items():
                for name, digest in report.basis[kind]:
                    if digests.setdefault(name, digest) != digest:
                        return  # The file has changed while the programs were looked at.
        basis = {kind: list(digests.items()) for kind, digests in known.items()}
        record = to_record(Report(findings, None))[0]
        with suppress(OSError, TypeError, ValueError):
            line = closed((self._key(paths, configure), record), basis)
            self._replace(self._entries / _RUN, line)

    def _key(self, paths: Sequence[Path], configure: Configure) -> str:
        """Return what identifies a run beside the texts: its programs, what holds for each, and all rules there are."""
        prefixes = (self._prefix(configure(path)) for path in paths)
        words = (f"{rule.code} {rule.name}" for rule in all_rules().values())
        return _digest(*map(str, paths), *prefixes, *words)

    def _file(self, first: str) -> Path:
        """Return the file of the entries whose names begin with a digit."""
        return self._entries / f"{first}.jsonl"

    def _lines(self, first: str) -> dict[str, str]:
        """Return the lines of the entries whose names begin with a digit, by these names."""
        known = self._read_before.get(first)
        if known is None:
            try:
                text = self._file(first).read_text(encoding="utf-8")
            except _UNUSABLE:
                text = ""
            known = {line[:_NAME]: line[_NAME + 1 :] for line in text.split("\n") if line}
            self._read_before[first] = known
        return known

    def _replace(self, place: Path, text: str) -> None:
        self._prepare()
        import tempfile

        handle, name = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, place)
        except OSError:
            with suppress(OSError):
                os.unlink(name)
            raise

    def _prepare(self) -> None:
        """Make the folder, which git leaves alone, and remove the entries of other versions from it."""
        if self._entries.is_dir():
            return
        self.folder.mkdir(exist_ok=True)
        import shutil

        (self.folder / ".gitignore").write_text("# Made by `fx lint`.\n*\n", encoding="utf-8")
        for other in self.folder.iterdir():
            if other.is_dir():
                shutil.rmtree(other, ignore_errors=True)
        self._entries.mkdir(exist_ok=True)

    def _name(self, path: Path, configuration: Configuration) -> str:
        return _digest(str(path), self._prefix(configuration))

    def _prefix(self, configuration: Configuration) -> str:
        """Return what all files of one configuration have in common; most files of a run share one."""
        known = self._prefixes.get(id(configuration))
        if known is None:
            plugins = sorted(_plugin(rule) for rule in configuration.rules if rule.plugin)
            digest = _digest(os.getcwd(), configuration.key, *plugins)
            # The configuration is kept, so that no other one gets its identity.
            known = self._prefixes[id(configuration)] = (configuration, digest)
        return known[1]


def remove_cache(folder: Path) -> bool:
    """Remove a cache; returns whether there was one. Raises OSError."""
    import shutil

    if not (folder / ".gitignore").is_file():
        return False
    shutil.rmtree(folder)
    return True


def basis_of(report: Report) -> Basis | None:
    """Return the digests of what a report follows from; None where it may change though no file does."""
    if report.texts is None:
        return None
    return {
        "texts": [[name, _digest(text)] for name, text in report.texts.items()],
        "files": [[str(file), _stamp(file)] for file in report.files],
    }


def closed(record: Any, basis: Basis | None) -> str:
    """Return a record and what it follows from as one line, behind its digest.

    Raises TypeError or ValueError for what is not JSON.
    """
    body = json.dumps([record, basis], separators=(",", ":"))
    return f"{_digest(body)} {body}"


def opened(line: str) -> tuple[Any, Any]:
    """Return the record and the basis of a line again. Raises ValueError where it is damaged."""
    body = line[_NAME + 1 :]
    if line[:_NAME] != _digest(body):
        raise ValueError("the entry is damaged")
    record, basis = json.loads(body)
    return record, basis


def _unchanged(basis: Basis, read: Reader) -> dict[str, str]:
    """Return the texts that an entry follows from. Raises one of _UNUSABLE where something changed."""
    texts: dict[str, str] = {}
    for name, known in basis["texts"]:
        texts[name] = read(Path(name))
        if _digest(texts[name]) != known:
            raise ValueError("a text has changed")
    if any(_stamp(Path(name)) != known for name, known in basis["files"]):
        raise ValueError("a file has changed")
    return texts


def _text(name: str, texts: dict[str, str]) -> str:
    stored = stored_path(name)
    return texts[name] if stored is None else module_texts()[stored]


def _digest(*texts: str) -> str:
    hashed = xxhash.xxh3_128()
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        hashed.update(len(data).to_bytes(8, "little"))
        hashed.update(data)
    return hashed.hexdigest()


def _stamp(path: Path) -> list[int | str] | None:
    """Return what identifies the content of a file, or of a folder's list of files; None where there is none."""
    try:
        status = path.stat()
        if status.st_size > _LARGEST_CONTENT:
            return [status.st_size, status.st_mtime_ns]
        return [status.st_size, xxhash.xxh3_128_hexdigest(path.read_bytes())]
    except OSError:
        return None


def _plugin(rule: Rule) -> str:
    """Return what identifies a rule of a plug-in: whose it is, and its file as it was last changed."""
    check = rule.check or rule.check_project or rule.check_comments
    module = sys.modules.get(getattr(check, "__module__", ""))
    return f"{rule.code} {rule.plugin} {_stamp(Path(getattr(module, '__file__', None) or ''))}"


@cache
def _compiler() -> str:
    """Return what identifies this compiler: its version, and its files and operators as they were last changed."""
    return _digest(__version__, *sorted(_files()))


def _files() -> Iterator[str]:
    """Yield the names and times of these files; the grammar and the operators of a checkout lie beside the package."""
    package = Path(__file__).parents[1]
    root = str(package.parents[1])
    waiting = [*(str(package / part) for part in _PARTS), f"{root}/dsl_grammar"]
    for folder in (str(package), f"{root}/operators"):
        yield from (text for _, text in _sources(folder, root) if text)
    while waiting:
        for path, text in _sources(waiting.pop(), root):
            if text:
                yield text
            else:
                waiting.append(path)


def _sources(folder: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield what lies in a folder, if there is one: the path of each source with its name and time, and of folders."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            is_core = entry.name.startswith(_CORE) and entry.is_file()
            if is_core or entry.name.endswith(_SOURCES):
                yield entry.path, f"{entry.path[len(root) :]} {entry.stat().st_mtime_ns}"
            elif entry.is_dir():
                yield entry.path, ""
