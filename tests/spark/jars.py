"""Compiles the jar for Spark with the Scala compiler that Spark itself brings, and caches it by its sources."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

from jvm.java import CORE, LIBRARY, OLDEST_JAVA, ROOT, missing, tool

SPARK = ROOT / "jvm_bindings/spark/src/main"
CACHE = ROOT / "build/spark"
ENVIRONMENTS = {
    "3.5": ROOT / ".venv-spark35",
    "4.0": ROOT / ".venv-jvm",
    "4.3": ROOT / ".venv-spark43",
}


def spark_home(version: str) -> Path:
    """Return the folder of the pyspark package of an environment."""
    return next(ENVIRONMENTS[version].glob("lib/python3*/site-packages/pyspark"), Path("missing"))


def missing_for(version: str) -> str:
    """Return what stands in the way of running this Spark here; empty where nothing does."""
    if not spark_home(version).is_dir():
        mode = {"3.5": "--spark35", "4.0": "--jvm", "4.3": "--spark43"}[version]
        return f"no Spark {version}: run `scripts/bootstrap.sh {mode}`"
    return missing()


def _sources(version: str) -> list[Path]:
    folders = [CORE / "src/main/java", SPARK / "java", SPARK / "scala"]
    folders.append(SPARK / f"scala-spark{version[0]}")
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def jar(version: str) -> Path:
    """Return the jar for a version of Spark, compiled if its sources or the library changed."""
    sources = _sources(version)
    state = hashlib.sha256(version.encode())
    for path in (*sources, LIBRARY):
        state.update(path.read_bytes())
    folder = CACHE / version
    path = folder / f"feature-extractor-spark-{state.hexdigest()[:16]}.jar"
    if not path.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _compile(sources, spark_home(version) / "jars", folder / "classes")
        _pack(folder / "classes", path)
    return path


def _compile(sources: list[Path], jars: Path, classes: Path) -> None:
    classes.mkdir(parents=True)
    path = f"{jars}/*"
    java = [str(source) for source in sources if source.suffix == ".java"]
    scala = [str(source) for source in sources if source.suffix == ".scala"]
    # The annotations of Spark's own classes are not on the class path.
    options = ["-Xlint:all,-classfile,-path,-processing", "-Werror", "--release", str(OLDEST_JAVA)]
    _run([tool("javac"), *options, "-cp", path, "-d", str(classes), *java])
    options = ["-deprecation", "-feature", "-Xfatal-warnings"]
    compiler = [tool("java"), "-Xss8m", "-cp", path, "scala.tools.nsc.Main", *options]
    _run([*compiler, "-classpath", f"{classes}:{path}", "-d", str(classes), *scala])


def _run(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def _pack(classes: Path, path: Path) -> None:
    unfinished = path.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for file in sorted(classes.rglob("*.class")):
            archive.write(file, file.relative_to(classes))
        archive.write(LIBRARY, f"natives/linux-x86_64/{LIBRARY.name}")
    unfinished.rename(path)
