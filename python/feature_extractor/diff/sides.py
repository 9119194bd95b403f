"""Opens what is compared: feature files, packages, and both of them at revisions of git."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from feature_extractor.check.fitted_files import SUFFIX, FittedFile
from feature_extractor.check.program import Analysis, analyse_text
from feature_extractor.check.typed import CheckedProgram
from feature_extractor.errors import CompileError, FeatureExtractorError
from feature_extractor.plan.package import Package, PackageError, read_package
from feature_extractor.registry import Registry
from feature_extractor.standard import PREFIX, stored_path

_RESOURCE_ROWS = 24
"""Where the file of a vocabulary or a table says how many words or rows it has (cpp/src/resource/resource_format.h)."""


class DiffError(FeatureExtractorError):
    """Something cannot be compared; the text says what, and ``hint`` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Side:
    """A program to compare: what its package says, and what the checker says where there is source.

    ``shown`` is how the user named it. ``analysis`` is None for a package whose sources this version cannot check.
    """

    shown: str
    manifest: Mapping[str, Any]
    plan: Mapping[str, Any]
    analysis: Analysis | None
    rows: Mapping[str, int] = field(default_factory=dict)
    """Words or rows of each resource, by its name in the plan."""
    recheck: Callable[[str], Analysis] | None = None
    """Checks another text of the main file in the same surroundings."""

    @property
    def checked(self) -> CheckedProgram | None:
        """The checked program, where the source could be checked."""
        return self.analysis.program if self.analysis is not None else None

    @property
    def sources(self) -> Mapping[str, str]:
        """The texts of the program's files by their path."""
        return self.checked.sources if self.checked is not None else {}


def package_side(shown: str, data: bytes | Path, registry: Registry, stack: ExitStack) -> Side:
    """Open a package; ``stack`` keeps its files for a while. Raises DiffError where it is none or damaged."""
    try:
        package = read_package(data)
    except PackageError as error:
        raise DiffError(f"{shown}: {error}") from None
    recheck, text = _packaged_source(shown, package, registry, stack)
    analysis = recheck(text) if recheck is not None else None
    if (
        analysis is None
        or analysis.program is None
        or _has_other_library(package, analysis.program)
    ):
        recheck = analysis = None
    else:
        analysis = _of_the_package(analysis, package)
    return Side(shown, package.manifest, package.plan, analysis, _rows(package), recheck)


def _of_the_package(analysis: Analysis, package: Package) -> Analysis:
    """Return what was checked without the labels that a package for a server left out of its program."""
    assert analysis.program is not None
    names = {feature["name"] for feature in package.manifest["features"]}
    kept = tuple(feature for feature in analysis.program.features if feature.name in names)
    return replace(analysis, program=replace(analysis.program, features=kept))


def program_side(shown: str, text: str, root: Path | None, path: str, registry: Registry) -> Side:
    """Compile a program given as text; ``path`` is what messages call it, ``root`` the folder of its files.

    Raises CompileError for its mistakes.
    """
    from feature_extractor import _native
    from feature_extractor.garbage_collection import without_collection
    from feature_extractor.plan.errors import PlanError
    from feature_extractor.plan.fold import native_fold
    from feature_extractor.plan.package import build_package

    def recheck(given: str) -> Analysis:
        return analyse_text(given, registry, path, root)

    with without_collection():
        analysis = recheck(text)
        if analysis.program is None:
            raise CompileError(analysis.diagnostics)
        fold = native_fold(_native.evaluate_constants)
        try:
            package = build_package(analysis.program, registry, _native, fold=fold)
        except PlanError as error:
            raise CompileError(error.diagnostics) from None
    return Side(shown, package.manifest, package.plan, analysis, _rows(package), recheck)


def _rows(package: Package) -> dict[str, int]:
    found = {}
    for entry in package.plan["resources"]:
        data = package.members.get(entry["member"], b"")
        if entry["kind"] in ("vocabulary", "table") and len(data) >= _RESOURCE_ROWS + 8:
            found[entry["name"]] = int(struct.unpack_from("<Q", data, _RESOURCE_ROWS)[0])
    return found


def _packaged_source(
    shown: str, package: Package, registry: Registry, stack: ExitStack
) -> tuple[Callable[[str], Analysis] | None, str]:
    """Return what checks the main file of a package, and its text; None where there is none."""
    prefix = "source/"
    sources = {
        name.removeprefix(prefix): data
        for name, data in package.members.items()
        if name.startswith(prefix)
    }
    stem = str(package.manifest.get("name", ""))
    tops = [name for name in sorted(sources) if "/" not in name and Path(name).stem == stem]
    if not tops:
        return None, ""
    root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name, data in sources.items():
        target = root / name
        if not target.resolve().is_relative_to(root.resolve()):
            return None, ""
        # What is generated is generated again.
        if not name.startswith((PREFIX, f"{stem}{SUFFIX}/")):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    _write_fitted(package, root / f"{stem}{SUFFIX}")
    try:
        text = sources[tops[0]].decode()
    except UnicodeDecodeError:
        return None, ""
    return lambda given: analyse_text(given, registry, f"{shown}/{tops[0]}", root), text


def _has_other_library(package: Package, program: CheckedProgram) -> bool:
    """Return whether a package was compiled with modules of the standard library that say something else now."""
    return any(
        package.members.get(f"source/{stored}", b"") != text.encode()
        for path, text in program.sources.items()
        if (stored := stored_path(path)) is not None
    )


def _write_fitted(package: Package, folder: Path) -> None:
    """Write the fitted results of a package as files, without the rows, which no expression shows."""
    for entry in package.manifest.get("fitted", ()):
        columns: tuple[str, ...] = ()
        if "entries" in entry:
            columns = _columns(entry)
        try:
            file = FittedFile(
                entry["name"],
                entry["fit"],
                entry["of"],
                entry["expression"],
                entry["data"],
                entry["method"],
                entry["result"],
                columns,
            )
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{entry['name']}.json").write_text(file.serialise(), encoding="utf-8")
        except (KeyError, TypeError, ValueError, OSError):
            continue


def _columns(entry: Mapping[str, Any]) -> tuple[str, ...]:
    if entry["fit"] == "vocabulary":
        return "word", "count"
    if entry["fit"] == "counts":
        return "key", "count", "share"
    folds = len(entry["result"].get("fold_priors", ()))
    return ("key", "count", "mean", "value", *(f"fold_{fold}" for fold in range(folds)))
