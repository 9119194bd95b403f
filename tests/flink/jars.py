"""Compiles the classes for Flink with the jars that PyFlink brings, and caches the jar by its sources."""

from __future__ import annotations

from pathlib import Path

from jvm.jars import cached_jar, compile_java
from jvm.java import CORE, ROOT, missing

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
    resources = FLINK / "main/resources"
    services = sorted(path for path in resources.rglob("META-INF/services/*"))
    # The planner brings the Scala library and its own copies; nothing is compiled against it.
    jars = [str(jar) for jar in (flink_home() / "lib").glob("*.jar") if "planner" not in jar.name]
    without = ["classfile", "path", "processing", "try"]
    return cached_jar(
        CACHE,
        "feature-extractor-flink",
        sources,
        lambda classes: compile_java(sources, ":".join(jars), classes, without=without),
        {str(path.relative_to(resources)): path for path in services},
    )
