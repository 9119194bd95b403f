"""Spark sessions that tests share, since each takes seconds to start; and data for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from feature_extractor.digest import TableDigest, digest_table

from .jars import missing_for
from .session import SparkProcess

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkProcess]:
    """Start Spark 4.0 with the jar, without its extensions: the functions are registered when used."""
    reason = missing_for("4.0")
    if reason:
        pytest.skip(reason)
    process = SparkProcess("4.0", tmp_path_factory.mktemp("spark"), {})
    yield process
    process.close()


@dataclass(frozen=True)
class Samples:
    """A program with its data: as a row per request with nested candidates, and as a row per candidate."""

    package: Path
    nested: Path
    flat: Path
    digest: TableDigest


def read_digest(path: Path | str) -> TableDigest:
    """Return the digest of what Spark wrote."""
    return digest_table(pq.read_table(path))


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


@pytest.fixture(scope="session")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Return the grocery program of the examples with samples of real purchases."""
    import sys

    sys.path.insert(0, str(ROOT / "examples/grocery"))
    import prepare

    folder = tmp_path_factory.mktemp("grocery")
    nested = folder / "nested.parquet"
    try:
        prepare.prepare(nested, 60, 50)
    except FileNotFoundError as error:
        pytest.skip(f"the grocery data is not there: {error}")
    program = fx.compile(ROOT / "dsl_grammar/examples/grocery.fx")
    package = folder / "grocery.fxp"
    program.save(package)
    table = pq.read_table(nested)
    flat = folder / "flat.parquet"
    pq.write_table(flatten(table), flat, row_group_size=1000)
    digest = fx.load(package).extract(table).digest()
    return Samples(package, nested, flat, digest)
