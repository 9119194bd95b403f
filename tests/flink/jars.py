"""Compiles the classes for Flink with the jars that PyFlink brings, and caches the jar by its sources."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

from jvm.java import CORE, LIBRARY, OLDEST_JAVA, ROOT, missing, tool

FLINK = ROOT / "jvm_bindings/flink/src"
CACHE = ROOT / "build/flink"
ENVIRONMENT = ROOT / ".venv-jvm"


def flink_home() -> Path:
    """Return the folder of the pyflink package, which is a whole distribution of Flink."""
    return next(ENVIRONMENT.glob("lib/python3*/site-packages/pyflink"), Path("missing"))


def missing_for_flink() -> str:
    """Return what stands in the way of running Flink here; empty where nothing does."""
    if not (flink_home() / "lib").is_dir():
        return "no Flink: run `scripts/bootstrap.sh --jvm`"
    return missing()


def jar() -> Path:
    """Return a jar with the core, the classes for Flink and the programs of tests, compiled if they changed."""
    folders = [CORE / "src/main/java", FLINK / "main/java"]
    folders.append(FLINK / "test/java/org/featureextractor/flink/parity")
    sources = sorted(path for folder in folders for path in folder.rglob("*.java"))
    services = sorted((FLINK / "main/resources").rglob("META-INF/services/*"))
    state = hashlib.sha256()
    for path in (*sources, *services, LIBRARY):
        state.update(path.read_bytes())
    path = CACHE / f"feature-extractor-flink-{state.hexdigest()[:16]}.jar"
    if not path.exists():
        shutil.rmtree(CACHE, ignore_errors=True)
        _compile(sources, CACHE / "classes")
        for service in services:
            target = CACHE / "classes" / service.relative_to(FLINK / "main/resources")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(service, target)
        _pack(CACHE / "classes", path)
    return path


def _compile(sources: list[Path], classes: Path) -> None:
    classes.mkdir(parents=True)
    # The planner brings the Scala library and its own copies; nothing is compiled against it.
    jars = [str(jar) for jar in (flink_home() / "lib").glob("*.jar") if "planner" not in jar.name]
    options = ["-Xlint:all,-classfile,-path,-processing,-try", "-Werror", "-proc:none"]
    options += ["--release", str(OLDEST_JAVA), "-cp", ":".join(jars), "-d", str(classes)]
    run = subprocess.run(
        [tool("javac"), *options, *map(str, sources)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def _pack(classes: Path, path: Path) -> None:
    unfinished = path.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for file in sorted(path for path in classes.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(classes))
        archive.write(LIBRARY, f"natives/linux-x86_64/{LIBRARY.name}")
    unfinished.rename(path)
