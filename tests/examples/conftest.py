"""Samples of the grocery data that tests share."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from grocery_requests import flatten, grocery_requests


@pytest.fixture(scope="session")
def grocery_samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return 40 requests of 20 candidates, as a row per request and as a row per candidate."""
    folder = tmp_path_factory.mktemp("grocery")
    nested, flat = folder / "nested.parquet", folder / "flat.parquet"
    table = grocery_requests(tmp_path_factory, 40, 20)
    pq.write_table(table, nested)
    pq.write_table(flatten(table), flat)
    return nested, flat
