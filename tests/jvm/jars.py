"""Compiles a jar for an engine without Maven, and caches it by its sources and the native library."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .java import LIBRARY, OLDEST_JAVA, SHORT_LIVED, tool


def cached_jar(
    folder: Path,
    name: str,
    sources: Sequence[Path],
    compile_classes: Callable[[Path], None],
    resources: Mapping[str, Path] | None = None,
) -> Path:
    """Return a jar with classes and the native library, made anew if one of its files changed.

    Args:
        folder: belongs to this jar alone; what was there before goes.
        name: the jar's, to which a digest of its files is added.
        sources: what the classes are compiled from.
        compile_classes: writes the classes into the folder that it is given.
        resources: further files, by their place in the jar.
    """
    resources = resources or {}
    state = hashlib.sha256()
    for path in (*sources, *resources.values(), LIBRARY):
        state.update(path.read_bytes())
    path = folder / f"{name}-{state.hexdigest()[:16]}.jar"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Another process may want the same jar at the same time.
    with open(folder.with_name(f"{folder.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _make(path, folder, compile_classes, resources)
    return path


def _make(
    path: Path,
    folder: Path,
    compile_classes: Callable[[Path], None],
    resources: Mapping[str, Path],
) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    classes = folder / "classes"
    classes.mkdir(parents=True)
    compile_classes(classes)
    unfinished = path.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for file in sorted(classes.rglob("*.class")):
            archive.write(file, file.relative_to(classes))
        for place, file in resources.items():
            archive.write(file, place)
        archive.write(LIBRARY, f"natives/linux-x86_64/{LIBRARY.name}")
    unfinished.rename(path)


def compile_java(
    sources: Sequence[Path], class_path: str, classes: Path, *, without: Sequence[str]
) -> None:
    """Compile Java sources with all warnings as errors, but those that ``without`` names."""
    lint = ",".join(["-Xlint:all", *(f"-{warning}" for warning in without)])
    options = [lint, "-Werror", "-proc:none", "--release", str(OLDEST_JAVA)]
    command = [tool("javac"), *(f"-J{option}" for option in SHORT_LIVED), *options]
    run_compiler([*command, "-cp", class_path, "-d", str(classes), *map(str, sources)])


def run_compiler(command: Sequence[str]) -> None:
    """Run a compiler, whose messages are shown if it fails."""
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
