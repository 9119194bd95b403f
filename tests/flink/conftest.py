"""One process with PyFlink for all tests, since each takes seconds to start; and data for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feature_extractor.digest import TableDigest
from grocery_requests import grocery_requests

from .jars import missing_for_flink
from .rows import json_value, sql_type
from .session import FlinkProcess

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkProcess]:
    """Start PyFlink with the jar."""
    reason = missing_for_flink()
    if reason:
        pytest.skip(reason)
    process = FlinkProcess(tmp_path_factory.mktemp("flink"))
    yield process
    process.close()


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the packages of the small programs, which the tests of Java use, too."""
    folder = tmp_path_factory.mktemp("programs")
    for source in (ROOT / "jvm_bindings/flink/src/test/programs").glob("*.fx"):
        fx.compile(source).save(folder / f"{source.stem}.fxp")
    return folder


@dataclass(frozen=True)
class Samples:
    """A program with its data: lines of JSON, each a request with nested candidates."""

    package: Path
    source: Path
    columns: str
    flat: str
    features: pa.Schema
    digest: TableDigest
    nested: Path

    def requests(self) -> pa.Table:
        """Return the requests as Python reads them."""
        return pq.read_table(self.nested)


def read_digest(folder: Path, schema: pa.Schema) -> TableDigest:
    """Return the digest of the features that Flink wrote as JSON, as columns or as one row in a column."""
    rows: list[dict[str, Any]] = []
    for part in folder.glob("part-*"):
        with part.open() as lines:
            rows += (json.loads(line) for line in lines)
    rows = [row.get("features", row) for row in rows]
    columns = {field.name: [row[field.name] for row in rows] for field in schema}
    return fx.digest_table(pa.table(columns, schema))


@pytest.fixture(scope="session")
def grocery(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Return the grocery program of the examples with samples of real purchases."""
    folder = tmp_path_factory.mktemp("grocery")
    nested = folder / "nested.parquet"
    try:
        table = grocery_requests(tmp_path_factory, 20)
    except FileNotFoundError as error:
        pytest.skip(f"the grocery data is not there: {error}")
    pq.write_table(table, nested)
    source = folder / "requests.json"
    with source.open("w") as lines:
        for row in table.to_pylist():
            values = {field.name: json_value(row[field.name], field.type) for field in table.schema}
            lines.write(json.dumps(values) + "\n")
    package = folder / "grocery.fxp"
    fx.compile(ROOT / "dsl_grammar/examples/grocery.fx").save(package)
    features = pa.table(fx.load(package).extract(table))
    columns = ", ".join(f"`{field.name}` {sql_type(field.type)}" for field in table.schema)
    names = [field.name for field in table.schema.field("candidates").type.value_type]
    kept = [f"r.`{name}`" for name in table.column_names if name != "candidates"]
    flat = (
        f"SELECT {', '.join(kept)}, {', '.join(f'c.`{name}`' for name in names)} FROM requests AS r"
        f" CROSS JOIN UNNEST(r.candidates) AS c ({', '.join(f'`{name}`' for name in names)})"
    )
    digest = fx.digest_table(features)
    return Samples(package, source, columns, flat, features.schema, digest, nested)
