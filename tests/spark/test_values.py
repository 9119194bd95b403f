"""Types, nulls and mistakes in Spark."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feature_extractor.digest import digest_table
from jvm.job_process import JobError

from .session import SparkProcess, write_arrow

KINDS = Path(__file__).parents[2] / "jvm_bindings/core/src/test/programs/kinds.fx"
ROWS = 300


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a package with a feature of each kind, and an input of each type."""
    path = tmp_path_factory.mktemp("kinds") / "kinds.fxp"
    fx.compile(KINDS).save(path)
    return path


def kinds_table() -> pa.Table:
    """Return rows with the types that are not those of the program, but can be read as such, and nulls everywhere."""
    source = random.Random(5)

    def some(make: Any) -> list[Any]:
        return [None if source.random() < 0.2 else make() for _ in range(ROWS)]

    def text() -> str:
        return "".join(source.choices("abé日 ", k=source.randint(0, 12)))

    role = pa.struct(
        [
            ("extra", pa.int8()),
            ("roles", pa.list_(pa.string())),
            ("name", pa.string()),
            ("born", pa.int16()),
        ]
    )

    def person() -> Any:
        if source.random() < 0.2:
            return None
        roles = None if source.random() < 0.2 else [text(), None][: source.randint(0, 2)]
        return {
            "extra": 1,
            "roles": roles,
            "name": text(),
            "born": source.choice([None, 1950, 1990]),
        }

    def vector() -> Any:
        return [source.gauss(0, 1), None, 2.0][: source.randint(1, 3)]

    users = [None, "ANN", "bob"]
    tastes = [None, [], [("a", 0.5), ("b", None), ("é", float("nan"))]]
    number = sorted(source.choices(range(3), k=ROWS))
    return pa.table(
        {
            "row": pa.array(range(ROWS), pa.int64()),
            "user": pa.array([users[i] for i in number], pa.string()),
            "age": pa.array([[None, 3, 41][i] for i in number], pa.int8()),
            "seen": pa.array([[None, [1, None, 3], []][i] for i in number], pa.list_(pa.int32())),
            "taste": pa.array([tastes[i] for i in number], pa.map_(pa.string(), pa.float32())),
            "movie": pa.array(some(lambda: source.randint(-5, 5)), pa.int16()),
            "price": pa.array(
                some(lambda: source.choice([1.5, float("inf"), float("nan")])), pa.float32()
            ),
            "adult": pa.array(some(lambda: source.random() < 0.5), pa.bool_()),
            "at": pa.array(some(lambda: date(2024, 2, source.randint(1, 28))), pa.date32()),
            "length": pa.array(
                some(lambda: timedelta(seconds=source.randint(-9999, 9999))), pa.duration("us")
            ),
            "tags": pa.array(
                some(lambda: [text(), None, "a"][: source.randint(0, 3)]), pa.list_(pa.string())
            ),
            "v": pa.array(
                some(vector),
                pa.list_(pa.float64()),
            ),
            "raw": pa.array(some(lambda: bytes(source.choices(range(256), k=3))), pa.binary()),
            "cast": pa.array(
                some(lambda: [person() for _ in range(source.randint(0, 3))]), pa.list_(role)
            ),
        }
    )


def test_every_type(spark: SparkProcess, kinds: Path, tmp_path: Path) -> None:
    table = kinds_table()
    source = write_arrow(table, tmp_path / "table.arrow")
    truth = fx.load(kinds).extract(table).digest()
    for method in ("jvm", "arrow"):
        output = tmp_path / method
        case = {"source": str(source), "package": str(kinds), "output": str(output)}
        assert spark.run("extract_arrow_files", cases=[case], method=method) == []
        found = pq.read_table(output)
        assert digest_table(found.drop_columns(["row"])) == truth, method


def test_instants_without_a_zone_and_maps_as_lists(
    spark: SparkProcess, kinds: Path, tmp_path: Path
) -> None:
    table = kinds_table()
    moments = [datetime(2024, 1, 1, hour % 24) for hour in range(ROWS)]
    pairs = pa.list_(pa.struct([("key", pa.string()), ("value", pa.float64())]))
    tastes = [[{"key": "a", "value": 2.0}, None] if i % 3 else None for i in range(ROWS)]
    table = table.set_column(
        table.column_names.index("at"), "at", pa.array(moments, pa.timestamp("us"))
    )
    table = table.set_column(table.column_names.index("taste"), "taste", pa.array(tastes, pairs))
    source = write_arrow(table, tmp_path / "table.arrow")
    output = tmp_path / "output"
    case = {"source": str(source), "package": str(kinds), "output": str(output)}
    assert spark.run("extract_arrow_files", cases=[case]) == []
    truth = fx.load(kinds).extract(table).digest()
    assert digest_table(pq.read_table(output).drop_columns(["row"])) == truth


def test_packages_that_cannot_be_loaded_are_told(
    spark: SparkProcess, kinds: Path, tmp_path: Path
) -> None:
    source = tmp_path / "table.parquet"
    pq.write_table(kinds_table(), source)
    cut = tmp_path / "cut.fxp"
    cut.write_bytes(kinds.read_bytes()[:3000])
    for package, told in ((cut, "The package is damaged"), (tmp_path / "no.fxp", "no package")):
        with pytest.raises(JobError, match=told) as caught:
            spark.run("extract_parquet", source=source, package=package, output=tmp_path / "out")
        assert caught.value.kind == "EngineError"


def test_mistakes_are_explained(spark: SparkProcess, kinds: Path, tmp_path: Path) -> None:
    source = tmp_path / "table.parquet"
    table = kinds_table().drop_columns(["length"])
    length = pa.array([timedelta(hours=1)] * ROWS, pa.duration("us"))
    pq.write_table(table.append_column("length", length.cast(pa.int64())), source)

    def refused(query: str) -> str:
        with pytest.raises(JobError) as caught:
            spark.run("sql_rows", query=query, log=source)
        assert caught.value.kind == "AnalysisException", caught.value
        return caught.value.text

    call = f"fx_extract('{kinds}', struct(*))"
    text = refused(f"SELECT {call} FROM log")
    assert "Column 'length' must be duration?, but the data has bigint." in text
    text = refused(f"SELECT fx_extract('{kinds}', struct(user, movie)) FROM log")
    assert (
        "Column 'age' is missing: the program declares it as a request input of type int?" in text
    )
    assert "Column 'price' is missing" in text
    assert "The data has: user, movie." in text
    length = "CAST(length AS INTERVAL SECOND) AS length"
    renamed = ", ".join(n for n in table.column_names if n not in ("row", "price"))
    text = refused(
        f"SELECT fx_extract('{kinds}', struct({renamed}, {length}, CAST(price AS DECIMAL(9, 2)) AS price)) FROM log"
    )
    assert (
        "Column 'price' must be float, but the data has decimal(9,2). Decimals have no exact"
        in text
    )
    text = refused(
        f"SELECT fx_extract('{kinds}', struct({renamed.replace('cast', 'array(struct(1 AS name)) AS cast')},"
        f" {length}, price)) FROM log"
    )
    assert "Column 'cast[].name' must be string, but the data has int." in text
    assert "There is no package '/no/such.fxp'" in refused(
        "SELECT fx_extract('/no/such.fxp', struct(*)) FROM log"
    )
    assert "It takes the path of a package" in refused(
        "SELECT fx_extract(user, struct(*)) FROM log"
    )
    assert "must be a struct with the inputs, but it is int" in refused(
        f"SELECT fx_extract('{kinds}', 1) FROM log"
    )
    broken = tmp_path / "broken.fxp"
    broken.write_bytes(kinds.read_bytes()[:-100])
    assert "fx_extract" in refused(f"SELECT fx_extract('{broken}', struct(*)) FROM log")


def test_sql_in_all_places(spark: SparkProcess, kinds: Path, tmp_path: Path) -> None:
    table = kinds_table().drop_columns(["length"])
    source = tmp_path / "table.parquet"
    pq.write_table(table, source)
    whole = table.append_column("length", pa.nulls(ROWS, pa.duration("us")))
    truth = pa.table(fx.load(kinds).extract(whole).to_arrow())
    bucket, half = truth.column("bucket").to_pylist(), truth.column("half").to_pylist()
    fields = ", ".join(name for name in table.column_names if name != "row")
    call = f"fx_extract('{kinds}', struct({fields}, CAST(NULL AS INTERVAL SECOND) AS length))"

    def rows(query: str) -> list[Any]:
        found: list[Any] = spark.run("sql_rows", query=query.replace("FX", call), log=source)
        return found

    def plan(query: str) -> str:
        text: str = spark.run("plan", query=query.replace("FX", call), log=source)
        return text

    # A condition on a feature, which is then shown as well: computed once.
    query = "SELECT row, fx.bucket FROM (SELECT row, FX AS fx FROM log) WHERE fx.bucket > 4 ORDER BY row"
    assert rows(query) == [[i, b] for i, b in enumerate(bucket) if b > 4]
    assert plan(query).count("ExtractFeatures") == 1
    # A condition on a column is moved below the features, to the scan.
    query = "SELECT row, fx.bucket FROM (SELECT row, FX AS fx FROM log) WHERE row = 7"
    assert rows(query) == [[7, bucket[7]]]
    assert "PushedFilters: [IsNotNull(row), EqualTo(row,7)]" in plan(query)
    assert "1 features" in plan(query)
    query = "SELECT FX.bucket AS b, count(*), max(FX.half) FROM log GROUP BY FX.bucket ORDER BY b"
    groups = sorted(set(bucket))
    assert rows(query) == [
        [b, bucket.count(b), max(h for h, c in zip(half, bucket, strict=True) if b == c)]
        for b in groups
    ]
    query = "SELECT row FROM log ORDER BY FX.bucket DESC, row LIMIT 5"
    assert rows(query) == [[i] for i in sorted(range(ROWS), key=lambda i: (-bucket[i], i))[:5]]
    query = "SELECT count(*) FROM log a JOIN (SELECT FX.bucket AS b FROM log WHERE row < 3) ON a.row = b"
    assert rows(query) == [[3]]
    query = "SELECT l.row FROM log l WHERE FX.bucket = 9 AND row IN (SELECT row FROM log WHERE FX.half > 1.0)"
    wanted = [i for i in range(ROWS) if bucket[i] == 9 and half[i] > 1.0]
    assert sorted(rows(query)) == [[i] for i in wanted]
    query = "SELECT FX.bucket FROM log UNION ALL SELECT FX.bucket FROM log"
    assert len(rows(query)) == 2 * ROWS
    assert rows("SELECT FX IS NULL FROM log LIMIT 1") == [[False]]
    assert rows(
        "SELECT named.fx.bucket FROM (SELECT struct(FX AS fx) AS named FROM log) LIMIT 1"
    ) == [[bucket[0]]]
    # A program whose input is what the same program computed.
    inner = call.replace("price", "CAST(FX.half AS DOUBLE) AS price")
    found = rows(f"SELECT ({inner}).double FROM log ORDER BY row LIMIT 3")
    assert found == [[2 * h] for h in half[:3]]
