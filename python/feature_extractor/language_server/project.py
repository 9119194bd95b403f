"""The files that an editor works with: texts that are open, texts on disk, and what is known about each."""

from __future__ import annotations

import os
import posixpath
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from lsprotocol.types import PositionEncodingKind
from pygls.uris import from_fs_path, to_fs_path

from feature_extractor.check.inspection import Inspection
from feature_extractor.check.modules import UnreadableFile, read_file
from feature_extractor.diagnostics import Diagnostic, Source, render_short
from feature_extractor.errors import SettingsError
from feature_extractor.language_server.positions import LineTable
from feature_extractor.lint.baseline import Baseline, BaselineError
from feature_extractor.lint.configuration import Configuration
from feature_extractor.registry import Registry
from feature_extractor.settings import Settings, SettingsFinder
from feature_extractor.standard import PREFIX, SHOWN, module_source, module_texts
from feature_extractor.surrogates import without_surrogates
from feature_extractor.syntax import parse_again, tree
from feature_extractor.syntax.statements import Layout, cut
from feature_extractor.workspace import NameIndex, Workspace

_MOST_FILES: Final = 2_000
"""Feature files of the opened folders that are searched for uses of a name."""

_KEPT_TEXTS: Final = 256
"""Parsed files that are kept; each is parsed again when its text has changed."""


@dataclass(eq=False)
class Text:
    """One text of a file, with what was worked out about it; a changed text is another object.

    ``path`` is how the compiler calls the file: an absolute path, or `<std>/ctr.fx`. ``version`` is that of the
    editor, or None for a file on disk.
    """

    uri: str
    path: str
    source: Source
    encoding: str
    version: int | None = None

    @property
    def text(self) -> str:
        """The characters of the file."""
        return self.source.text

    @cached_property
    def lines(self) -> LineTable:
        """The lines in the units of the client."""
        return LineTable(self.text, self.encoding)

    @cached_property
    def file(self) -> tree.File:
        """The syntax tree; statements with mistakes are missing."""
        return parse_again(self.path, self.text).file

    @cached_property
    def layout(self) -> Layout:
        """Where statements begin and end, mistakes or not."""
        return cut(self.source)

    def statement_at(self, offset: int) -> tree.Statement | None:
        """Return the statement around an offset, if it has no mistake."""
        for statement in self.file.statements:
            if statement.span.start <= offset <= statement.span.end:
                return statement
        return None

    def piece_at(self, offset: int) -> tuple[int, int]:
        """Return where the statement around an offset begins and ends, mistakes or not."""
        found = (0, len(self.text))
        for piece in self.layout.pieces:
            if piece.start > offset:
                return (found[0], min(found[1], piece.start))
            found = (piece.start, piece.end)
        return found


@dataclass
class Project:
    """All files that an editor works with. ``folders`` are those that it has opened."""

    registry: Registry
    encoding: str = PositionEncodingKind.Utf16
    folders: list[str] = field(default_factory=list)
    workspace: Workspace = field(init=False)
    _open: dict[str, Text] = field(default_factory=dict)
    _on_disk: OrderedDict[str, tuple[tuple[int, int], Text]] = field(default_factory=OrderedDict)
    _inspections: OrderedDict[str, tuple[tuple[object, ...], Inspection]] = field(
        default_factory=OrderedDict
    )
    _names: WeakKeyDictionary[Inspection, NameIndex] = field(default_factory=WeakKeyDictionary)

    _settings: SettingsFinder = field(default_factory=SettingsFinder)
    complaints: list[str] = field(default_factory=list)
    """What is wrong with settings files; whoever talks with the editor tells it, and empties the list."""
    _told: set[str] = field(default_factory=set)
    _baselines: dict[Path, tuple[tuple[int, int], Baseline | None]] = field(default_factory=dict)
    has_forgotten: bool = False
    """Whether files on disk have changed since somebody has set this to False."""

    def __post_init__(self) -> None:
        self.workspace = Workspace(self.registry, self._configuration)

    def _configuration(self, path: Path) -> Configuration:
        """Return what the linter looks for in a file, by the nearest `fx.toml` or `pyproject.toml`."""
        try:
            settings = self._settings.settings(path)
            if not settings.excludes(path):
                return settings.configuration(path)
            return Configuration([])
        except SettingsError as error:
            self._complain(render_short(error.diagnostics[0]))
        return Settings().configuration(path)

    def findings(self, path: str) -> list[Diagnostic]:
        """Return what the linter finds in a file and its baseline does not know; nothing where there are errors.

        Raises UnreadableFile.
        """
        found = self.workspace.findings(path)
        baseline = self._baseline(Path(path)) if found else None
        return baseline.compare(found, {}).new if baseline is not None else found

    def _baseline(self, path: Path) -> Baseline | None:
        """Return the baseline that the settings of a file name; None where there is none that can be read."""
        try:
            file = self._settings.settings(path).baseline
        except SettingsError:
            return None
        if file is None:
            return None
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)
        known = self._baselines.get(file)
        if known is None or known[0] != stamp:
            baseline = None
            try:
                baseline = Baseline.read(file)
            except BaselineError as error:
                self._complain(f"{file}: {error}")
            known = self._baselines[file] = (stamp, baseline)
        return known[1]

    def _complain(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self.complaints.append(text)

    # ---- open files ------------------------------------------------------------------------------

    def open(self, uri: str, text: str, version: int | None) -> Text:
        """Take the text of a file from the editor, from now on; also for a change of it."""
        path = path_of(uri)
        opened = Text(uri, path, Source(path, without_surrogates(text)), self.encoding, version)
        if path not in self._open:
            # A module that was missing until now may be here.
            self._inspections.clear()
        self._open[path] = opened
        self.workspace.change(path, opened.text)
        return opened

    def close(self, uri: str) -> None:
        """Take the text of a file from the disk again."""
        path = path_of(uri)
        if self._open.pop(path, None) is not None:
            self._inspections.clear()
            self.workspace.close(path)

    def forget(self) -> None:
        """Forget what was worked out: files on disk, such as resources, may have changed."""
        self._inspections.clear()
        self._on_disk.clear()
        self._settings = SettingsFinder()
        self._told.clear()
        self.has_forgotten = True
        self.workspace.reload()

    @property
    def opened(self) -> list[Text]:
        """All files that are open."""
        return list(self._open.values())

    def opened_at(self, path: str) -> Text | None:
        """Return the open file at a path, or None where it is not open."""
        return self._open.get(path)

    def by_uri(self, uri: str) -> Text | None:
        """Return an open file, or one on disk; None where there is neither."""
        return self.by_path(path_of(uri))

    def by_path(self, path: str) -> Text | None:
        """Return the file at a path; None where it cannot be read."""
        opened = self._open.get(path)
        if opened is not None:
            return opened
        if path.startswith(SHOWN):
            return self._standard(path)
        try:
            status = os.stat(path)
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._on_disk.get(path)
            if known is not None and known[0] == stamp and known[1].encoding == self.encoding:
                self._on_disk.move_to_end(path)
                return known[1]
            text = read_file(Path(path))
        except (OSError, ValueError, UnreadableFile):
            return None
        found = Text(uri_of(path), path, Source(path, text), self.encoding)
        self._keep(path, stamp, found)
        return found

    def _standard(self, path: str) -> Text | None:
        known = self._on_disk.get(path)
        if known is not None and known[1].encoding == self.encoding:
            return known[1]
        source = module_source(PREFIX + path.removeprefix(SHOWN))
        if source is None:
            return None
        found = Text(uri_of(path), path, source, self.encoding)
        self._keep(path, (0, 0), found)
        return found

    def _keep(self, path: str, stamp: tuple[int, int], text: Text) -> None:
        self._on_disk[path] = (stamp, text)
        while len(self._on_disk) > _KEPT_TEXTS:
            self._on_disk.popitem(last=False)

    def read(self, path: Path) -> str:
        """Return the text of a file for the checker, which looks at open files as they are in the editor."""
        opened = self._open.get(os.path.normpath(path))
        return opened.text if opened is not None else read_file(path)

    # ---- modules ---------------------------------------------------------------------------------

    def module_path(self, user: str, written: str) -> str:
        """Return the path of the module that a file means by ``use "written"``."""
        if written.startswith(PREFIX):
            return SHOWN + written.removeprefix(PREFIX)
        if user.startswith(SHOWN):
            return SHOWN + posixpath.normpath(written)
        return os.path.normpath(os.path.join(os.path.dirname(user), *written.split("/")))

    def modules_of(self, text: Text) -> Iterator[tuple[tree.UseDeclaration, str]]:
        """Yield the modules that a file names, with their paths, whether they exist or not."""
        for statement in text.file.statements:
            if isinstance(statement, tree.UseDeclaration):
                yield statement, self.module_path(text.path, statement.path)

    def files(self) -> Iterator[str]:
        """Yield the paths of the feature files of the opened folders, and of the open ones."""
        seen: set[str] = set(self._open)
        yield from list(seen)
        for folder in self.folders:
            for path in feature_files(folder):
                if len(seen) >= _MOST_FILES:
                    return
                if path not in seen:
                    seen.add(path)
                    yield path

    def users_of(self, path: str) -> list[Text]:
        """Return the open files that need a module, also through others; those that were looked at."""
        users = self.workspace.dependents(path)
        return [self._open[user] for user in users if user in self._open and user != path]

    # ---- meanings --------------------------------------------------------------------------------

    def inspection(self, text: Text) -> Inspection:
        """Return what the program of a file means; it stays until the file or one of its modules changes."""
        return self._inspect(text.path, text.text, text.path)

    def names(self, text: Text) -> NameIndex:
        """Return what each name of a file stands for."""
        inspection = self.inspection(text)
        known = self._names.get(inspection)
        if known is None:
            known = NameIndex(inspection.file, inspection.scope, self.registry)
            self._names[inspection] = known
        return known

    def inspection_around(self, text: Text, start: int, end: int) -> Inspection:
        """Return what a program means without one of its statements, the one that is being written.

        As long as somebody types inside of this statement, the rest of the program is read once only.
        """
        rest = text.text[:start] + text.text[end:]
        return self._inspect(text.path, rest, f"{text.path}\0around")

    def _inspect(self, path: str, content: str, key: str) -> Inspection:
        known = self._inspections.get(key)
        if known is not None:
            texts = self._state(path, content, known[1])
            if texts == known[0]:
                self._inspections.move_to_end(key)
                return known[1]
        has_folder = os.path.isabs(path)
        root = Path(path).parent if has_folder else None
        made = Inspection(content, self.registry, path, root, self.read)
        self._inspections[key] = (self._state(path, content, made), made)
        while len(self._inspections) > 16:
            self._inspections.popitem(last=False)
        return made

    def _state(self, path: str, content: str, inspection: Inspection) -> tuple[object, ...]:
        """Return what an inspection depends on: the texts of its files, by identity where they are kept."""
        modules = (self.by_path(file.source.path) for file in inspection.files[1:])
        return (content, inspection.registry, *(module and module.source for module in modules))


def path_of(uri: str) -> str:
    """Return the path of a URI as the compiler calls it; a URI that is no file stands for itself."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    if not path:
        return uri
    path = os.path.normpath(path)
    for name, place in _standard_files().items():
        if place == path:
            return name
    return path


@lru_cache(maxsize=1024)
def uri_of(path: str) -> str:
    """Return the URI of a path of the compiler."""
    place = _standard_files().get(path, path) if path.startswith(SHOWN) else path
    if not os.path.isabs(place):
        return place
    return from_fs_path(place) or place


def _standard_files() -> dict[str, str]:
    """Return where the modules of the standard library lie on disk, by how the compiler calls them."""
    if not _STANDARD_FILES:
        folder = Path(str(resources.files("feature_extractor").joinpath("dsl_grammar", "std")))
        if not folder.is_dir():
            folder = Path(__file__).resolve().parents[3] / "dsl_grammar" / "std"
        for name in module_texts():
            short = name.removeprefix(PREFIX)
            _STANDARD_FILES[SHOWN + short] = os.path.normpath(folder / short)
    return _STANDARD_FILES


_STANDARD_FILES: Final[dict[str, str]] = {}


def feature_files(folder: str) -> Iterable[str]:
    """Yield the `.fx` files below a folder; hidden folders are left out."""
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".fx"):
                yield os.path.normpath(os.path.join(place, name))
