"""Requests of the grocery data, prepared once for all processes of a test run, as reading purchases takes seconds."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

REQUESTS, CANDIDATES = 60, 50


def grocery_requests(
    folders: pytest.TempPathFactory, requests: int = REQUESTS, candidates: int = CANDIDATES
) -> pa.Table:
    """Return a row per request, from all of the year, with its candidates nested in it.

    Raises FileNotFoundError where the data is not installed.
    """
    # Processes that share the tests have folders beside each other.
    shared = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    path = shared / "grocery_requests.parquet"
    with (shared / "grocery_requests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            sys.path.insert(0, str(Path(__file__).parents[1] / "examples/grocery"))
            import prepare

            unfinished = path.with_name("unfinished.parquet")
            prepare.prepare(unfinished, REQUESTS, CANDIDATES)
            unfinished.rename(path)
    table = pq.read_table(path)
    table = table.take([i * REQUESTS // requests for i in range(requests)])
    place = table.schema.get_field_index("candidates")
    field = table.schema.field(place)
    fewer = pc.list_slice(table.column(place), 0, candidates).cast(field.type)
    return table.set_column(place, field, fewer)


def flatten(nested: pa.Table) -> pa.Table:
    """Return a row per candidate, with the columns of its request beside it."""
    lists = nested.column("candidates").combine_chunks()
    elements = lists.flatten()
    parents = pc.list_parent_indices(lists)
    columns: dict[str, Any] = {
        name: nested.column(name).take(parents)
        for name in nested.column_names
        if name != "candidates"
    }
    for field in elements.type:
        columns[field.name] = pc.struct_field(elements, field.name)
    return pa.table(columns)
