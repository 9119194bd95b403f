"""Spark sessions that tests share, since each takes seconds to start; and data for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import feature_extractor as fx
import pyarrow.parquet as pq
import pytest
from feature_extractor.digest import TableDigest, digest_table
from grocery_requests import flatten, grocery_requests

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


@pytest.fixture(scope="session")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Return the grocery program of the examples with samples of real purchases."""
    folder = tmp_path_factory.mktemp("grocery")
    nested = folder / "nested.parquet"
    try:
        table = grocery_requests(tmp_path_factory)
    except FileNotFoundError as error:
        pytest.skip(f"the grocery data is not there: {error}")
    pq.write_table(table, nested)
    program = fx.compile(ROOT / "dsl_grammar/examples/grocery.fx")
    package = folder / "grocery.fxp"
    program.save(package)
    flat = folder / "flat.parquet"
    pq.write_table(flatten(table), flat, row_group_size=1000)
    digest = fx.load(package).extract(table).digest()
    return Samples(package, nested, flat, digest)
