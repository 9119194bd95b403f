"""Samples of the grocery data that tests share, since preparing them takes seconds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def grocery_samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Prepare 40 requests of 20 candidates, as a row per request and as a row per candidate."""
    sys.path.insert(0, str(ROOT / "examples" / "grocery"))
    import prepare

    folder = tmp_path_factory.mktemp("grocery")
    nested, flat = folder / "nested.parquet", folder / "flat.parquet"
    prepare.prepare(nested, 40, 20)
    prepare.prepare(flat, 40, 20, flat=True)
    return nested, flat
