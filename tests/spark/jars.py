"""Compiles the jar for Spark with the Scala compiler that Spark itself brings, and caches it by its sources."""

from __future__ import annotations

from pathlib import Path

from jvm.jars import cached_jar, compile_java, run_compiler
from jvm.java import CORE, ROOT, SHORT_LIVED, missing, tool

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
    class_path = f"{spark_home(version) / 'jars'}/*"
    return cached_jar(
        CACHE / version,
        "feature-extractor-spark",
        sources,
        lambda classes: _compile(sources, class_path, classes),
    )


def _compile(sources: list[Path], class_path: str, classes: Path) -> None:
    java = [source for source in sources if source.suffix == ".java"]
    scala = [str(source) for source in sources if source.suffix == ".scala"]
    # The annotations of Spark's own classes are not on the class path.
    compile_java(java, class_path, classes, without=["classfile", "path", "processing"])
    options = ["-deprecation", "-feature", "-Xfatal-warnings"]
    compiler = [tool("java"), *SHORT_LIVED, "-Xss8m", "-cp", class_path, "scala.tools.nsc.Main"]
    class_path = f"{classes}:{class_path}"
    run_compiler([*compiler, *options, "-classpath", class_path, "-d", str(classes), *scala])
