"""A damaged plan is refused, or runs; it never takes its host down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("count", "seed"), [(1200, 1), pytest.param(40_000, 2, marks=pytest.mark.slow)]
)
def test_damaged_plans_never_crash(count: int, seed: int) -> None:
    """The loader verifies everything that the engine relies on."""
    script = Path(__file__).with_name("hostile_plans.py")
    done = subprocess.run(
        [sys.executable, str(script), str(count), str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    refused = int(done.stdout.split()[0])
    assert 0 < refused < count
