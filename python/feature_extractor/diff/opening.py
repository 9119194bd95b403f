"""Finds out what the two arguments of a comparison name: files, packages, folders, or these at a revision of git."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from feature_extractor.check.modules import UnreadableFile, decode, read_file
from feature_extractor.diagnostics import Source
from feature_extractor.diff.comparison import compare
from feature_extractor.diff.report import FolderDiff, ProgramDiff
from feature_extractor.diff.revisions import Revision
from feature_extractor.diff.sides import DiffError, Side, package_side, program_side
from feature_extractor.explain import Assumptions
from feature_extractor.registry import Registry
from feature_extractor.syntax import parse_source, tree

PROGRAM = ".fx"
PACKAGE = ".fxp"


@dataclass(frozen=True)
class _Given:
    """One of the two arguments. ``names`` are the programs of a folder, None for a single one."""

    shown: str
    open: Callable[[str], Side]
    names: tuple[str, ...] | None = None
    notes: list[str] = field(default_factory=list)


def diff(
    old: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    registry: Registry | None = None,
    assumptions: Assumptions | None = None,
) -> ProgramDiff | FolderDiff:
    """Compare two programs, or the programs of two folders, by what they mean.

    Each is the path of a feature file, of a package or of a folder, or one at a revision of git:
    ``HEAD~1:features.fx``.
    Raises DiffError for what cannot be read, CompileError for mistakes in a program.
    """
    from feature_extractor.core_registry import load_core_registry
    from feature_extractor.plugins import load_named_plugins

    if registry is None:
        load_named_plugins()
        registry = load_core_registry()
    with ExitStack() as stack:
        given = [_given(os.fspath(name), registry, stack) for name in (old, new)]
        first, second = given
        if (first.names is None) != (second.names is None):
            folder, other = (first, second) if first.names is not None else (second, first)
            raise DiffError(
                f"{folder.shown} is a folder, and {other.shown} is not",
                "Compare two programs, or two folders.",
            )
        if first.names is None or second.names is None:
            return _with_notes(
                compare(first.open(""), second.open(""), registry, assumptions), given
            )
        common = [name for name in first.names if name in second.names]
        programs = tuple(
            (name, compare(first.open(name), second.open(name), registry, assumptions))
            for name in common
        )
        return FolderDiff(
            first.shown,
            second.shown,
            programs,
            tuple(name for name in second.names if name not in first.names),
            tuple(name for name in first.names if name not in second.names),
        )


def _with_notes(found: ProgramDiff, given: list[_Given]) -> ProgramDiff:
    from dataclasses import replace

    notes = [note for one in given for note in one.notes]
    return replace(found, notes=(*found.notes, *dict.fromkeys(notes)))


def _given(name: str, registry: Registry, stack: ExitStack) -> _Given:
    try:
        exists = os.path.exists(name)
    except ValueError:
        raise DiffError("a path cannot hold a NUL character") from None
    if not exists and ":" in name and not name.startswith(":"):
        return _at_revision(name, registry, stack)
    if not name:
        raise DiffError("the name of a file is empty")
    place = Path(name)
    if place.is_dir():
        return _Given(
            name, lambda inner: _open_file(place / inner, registry, stack), _programs_below(place)
        )
    return _Given(name, lambda _: _open_file(place, registry, stack))


def _open_file(place: Path, registry: Registry, stack: ExitStack) -> Side:
    shown = str(place)
    try:
        with place.open("rb") as file:
            is_package = file.read(2) == b"PK"
    except FileNotFoundError:
        raise DiffError(f"{shown}: there is no such file") from None
    except OSError as error:
        raise DiffError(f"{shown}: it cannot be read: {error.strerror}") from None
    if is_package:
        return package_side(shown, place, registry, stack)
    try:
        text = read_file(place)
    except UnreadableFile as error:
        raise DiffError(f"{shown}: {error}") from None
    return program_side(shown, text, place.parent, shown, registry)


def _programs_below(folder: Path) -> tuple[str, ...]:
    """Return the programs and packages of a folder; a file without features is a module."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == PACKAGE and path.is_file():
            found.append(path.relative_to(folder).as_posix())
        elif path.suffix == PROGRAM and path.is_file():
            try:
                text = read_file(path)
            except UnreadableFile as error:
                raise DiffError(f"{path}: {error}") from None
            if _has_features(text):
                found.append(path.relative_to(folder).as_posix())
    return tuple(found)


def _has_features(text: str) -> bool:
    """Return whether a file has features, or a mistake that the compiler will tell."""
    parsed = parse_source(Source("", text))
    return bool(parsed.diagnostics) or any(
        isinstance(statement, tree.FeatureDeclaration) for statement in parsed.file.statements
    )


def _at_revision(name: str, registry: Registry, stack: ExitStack) -> _Given:
    commit, _, written = name.partition(":")
    revision = Revision(commit)
    path = revision.path(written)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

    def open_(inner: str) -> Side:
        here = (path if path != "." else "") + ("/" + inner if inner else "")
        return _open_revised(revision, here.lstrip("/"), folder, registry, stack)

    if revision.kind(path) == "tree":
        names = []
        for inner in revision.programs(path):
            content = revision.read(inner if path == "." else f"{path}/{inner}") or b""
            if inner.endswith(PACKAGE) or _has_features(content.decode("utf-8", "replace")):
                names.append(inner)
        return _Given(name, open_, tuple(names), revision.notes)
    return _Given(name, open_, None, revision.notes)


def _open_revised(
    revision: Revision, path: str, folder: Path, registry: Registry, stack: ExitStack
) -> Side:
    shown = f"{revision.name}:{path}"
    content = revision.read(path)
    if content is None:
        raise DiffError(f"{shown}: this is not a file")
    if content.startswith(b"PK"):
        return package_side(shown, content, registry, stack)
    try:
        text = decode(content)
    except UnreadableFile as error:
        raise DiffError(f"{shown}: {error}") from None
    revision.materialise(path, folder)
    # The last part of the path must be the file's own name, from which the checker takes that of the fitted folder.
    place = shown if "/" in path else f"{revision.name}:./{path}"
    return program_side(shown, text, (folder / path).parent, place, registry)
