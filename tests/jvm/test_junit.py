"""The tests of the Java library itself, in Maven."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from .java import LIBRARY, ROOT, missing


def test_junit() -> None:
    reason = missing()
    if reason:
        pytest.skip(reason)
    if shutil.which("mvn") is None:
        pytest.skip("Maven is not installed")
    run = subprocess.run(
        [
            ROOT / "scripts/build_jars.sh",
            LIBRARY.parent,
            sys.executable,
            "--projects",
            "core",
            "test",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    printed = run.stdout + run.stderr
    if "Could not transfer artifact" in printed or "Could not resolve" in printed:
        pytest.skip(
            "Maven's registry cannot be reached, and what the tests need is not downloaded yet"
        )
    assert run.returncode == 0, printed[-6000:]
