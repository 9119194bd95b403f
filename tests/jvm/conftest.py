"""One Java process for all tests that compare values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .java import JavaProcess, compile_classes, missing


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the compiled Java; skips where it cannot be made."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    return compile_classes(tmp_path_factory.mktemp("classes"))


@pytest.fixture(scope="session")
def java(classes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JavaProcess]:
    """Run one process for all jobs; what -Xcheck:jni reports fails at the end."""
    process = JavaProcess(classes, tmp_path_factory.mktemp("java"))
    yield process
    printed = process.close()
    assert "in native method" not in printed, printed[-4000:]
    assert "WARNING" not in printed, printed[-4000:]
