"""One process with PyFlink for all tests, since each takes seconds to start; and data for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feature_extractor.digest import TableDigest

from .jars import missing_for_flink
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


def sql_type(type_: pa.DataType) -> str:
    """Return the type of Flink's SQL for a type of Arrow."""
    names = {
        pa.int64(): "BIGINT",
        pa.string(): "STRING",
        pa.bool_(): "BOOLEAN",
        pa.float32(): "FLOAT",
        pa.float64(): "DOUBLE",
    }
    if type_ in names:
        return names[type_]
    if pa.types.is_timestamp(type_):
        return "TIMESTAMP_LTZ(6)"
    if pa.types.is_map(type_):
        return f"MAP<{sql_type(type_.key_type)}, {sql_type(type_.item_type)}>"
    if pa.types.is_struct(type_):
        return f"ROW<{', '.join(f'`{field.name}` {sql_type(field.type)}' for field in type_)}>"
    return f"ARRAY<{sql_type(type_.value_type)}>"


def json_value(value: Any, type_: pa.DataType) -> Any:
    """Return a value as Flink reads it from JSON."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%fZ")
    if pa.types.is_map(type_):
        return dict(value)
    if pa.types.is_struct(type_):
        return {field.name: json_value(value[field.name], field.type) for field in type_}
    if isinstance(value, list):
        return [json_value(item, type_.value_type) for item in value]
    return value


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
    sys.path.insert(0, str(ROOT / "examples/grocery"))
    import prepare

    folder = tmp_path_factory.mktemp("grocery")
    nested = folder / "nested.parquet"
    try:
        prepare.prepare(nested, 20, 50)
    except FileNotFoundError as error:
        pytest.skip(f"the grocery data is not there: {error}")
    table = pq.read_table(nested)
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
    return Samples(package, source, columns, flat, features.schema, fx.digest_table(features))
