"""Tables, SQL and streams of Flink give the bits of Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import feature_extractor as fx
import pyarrow as pa
import pytest
from jvm.java import ROOT, java_home
from jvm.job_process import JobError

from .conftest import Samples, read_digest
from .jars import ENVIRONMENT, jar, missing_for_flink
from .session import FlinkProcess


@pytest.mark.parametrize("way", ["nested", "flat"])
def test_tables(flink: FlinkProcess, grocery: Samples, tmp_path: Path, way: str) -> None:
    query = grocery.flat if way == "flat" else ""
    output = tmp_path / "out"
    flink.run(
        "extract_json",
        columns=grocery.columns,
        source=grocery.source,
        package=grocery.package,
        output=output,
        query=query,
    )
    assert read_digest(output, grocery.features) == grocery.digest


def test_sql(flink: FlinkProcess, grocery: Samples, tmp_path: Path) -> None:
    output = tmp_path / "out"
    plan = flink.run(
        "sql_json",
        columns=grocery.columns,
        source=grocery.source,
        package=grocery.package,
        output=output,
        samples=grocery.flat,
    )
    assert "AsyncCalc" in plan
    assert read_digest(output, grocery.features) == grocery.digest


VALUES = "('ann', CAST(1 AS BIGINT), CAST(NULL AS BIGINT)), ('bob', 2, 40), ('cy', 3, 500)"


def test_sql_forms(flink: FlinkProcess, programs: Path) -> None:
    columns = "`user`, base, x"

    def run(query: str) -> list[str]:
        package = programs / "first.fxp"
        return flink.run("sql_rows", package=package, query=query, values=VALUES, columns=columns)

    columns_in_order = "fx_extract(PACKAGE, ROW(`user`, base, x))"
    inner = f"SELECT {columns_in_order} AS features FROM samples"
    one_by_one = f"SELECT features.who, features.`sum` FROM ({inner})"
    assert run(one_by_one) == ["<Row('ann', 1.0)>", "<Row('bob', 42.0)>", "<Row('cy', 503.0)>"]
    named = "CAST(ROW(x, `user`, base) AS ROW<x BIGINT, `user` STRING, base BIGINT>)"
    unnamed = "fx_extract(PACKAGE, ROW(`user`, base, x))"
    chosen = f"SELECT fx_extract(PACKAGE, {named}).`sum` FROM samples WHERE {unnamed}.`sum` > 2"
    assert run(chosen) == ["<Row(42.0)>", "<Row(503.0)>"]
    candidates = "ARRAY[CAST(ROW(x) AS ROW<x BIGINT>), CAST(ROW(7) AS ROW<x BIGINT>)]"
    kind = "ROW<`user` STRING, base BIGINT, candidates ARRAY<ROW<x BIGINT>>>"
    request = f"CAST(ROW(`user`, base, {candidates}) AS {kind})"
    nested = f"SELECT fx_extract(PACKAGE, {request}) FROM samples WHERE base > 1"
    assert run(nested) == [
        "<Row([<Row(42.0, 'bob')>, <Row(9.0, 'bob')>])>",
        "<Row([<Row(503.0, 'cy')>, <Row(10.0, 'cy')>])>",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fx_extract(PACKAGE, ROW(base, x))", "has 2 columns, and the features of 'first' read 3"),
        ("fx_extract(PACKAGE, ROW(base, base, x))", "Column 'user' is of type BIGINT"),
        ("fx_extract(PACKAGE, base)", "one row: fx_extract('package', ROW(`user`, `base`, `x`))"),
        ("fx_extract(`user`, ROW(base, x))", "the path of a package, as a literal"),
        ("fx_extract('/no/such.fxp', ROW(base, x))", "'/no/such.fxp' cannot be read"),
        (
            "fx_extract(PACKAGE, ROW(`user`, base, CAST(x AS DECIMAL(9, 2))))",
            "CAST the column to DOUBLE",
        ),
    ],
)
def test_mistakes_in_sql(flink: FlinkProcess, programs: Path, query: str, expected: str) -> None:
    with pytest.raises(JobError) as error:
        flink.run(
            "sql_rows",
            package=programs / "first.fxp",
            query=f"SELECT {query} FROM samples",
            values=VALUES,
            columns="`user`, base, x",
        )
    assert expected in error.value.text


def test_the_memory_of_the_function_is_bounded(flink: FlinkProcess, programs: Path) -> None:
    with pytest.raises(JobError) as error:
        flink.run(
            "sql_rows",
            package=programs / "first.fxp",
            query="SELECT fx_extract(PACKAGE, ROW(`user`, base, x)) FROM samples",
            values=VALUES,
            columns="`user`, base, x",
            memory="1kb",
        )
    assert "A task of fx_extract may hold 1024 bytes. Raise the job parameter" in error.value.trace


def test_mistakes_in_tables(flink: FlinkProcess, programs: Path) -> None:
    package = programs / "first.fxp"
    with pytest.raises(JobError) as error:
        flink.run("mistakes", package=package, columns="`user` STRING, x BIGINT")
    assert error.value.kind == "FlinkError"
    assert error.value.text.startswith("The table has no column 'base' of type BIGINT")
    with pytest.raises(JobError) as error:
        flink.run("mistakes", package="/no/such.fxp", columns="x BIGINT")
    assert "The package '/no/such.fxp' cannot be read" in error.value.text


@pytest.mark.parametrize(
    ("more", "keep", "swaps", "read"),
    [
        ("note STRING, history ARRAY<BIGINT>", ["x"], False, "x, user"),
        ("note STRING, history ARRAY<BIGINT>", ["note"], False, "x, user, note"),
        ("note STRING, history ARRAY<BIGINT>", ["x"], True, "x, user, base"),
        ("note STRING, candidates ARRAY<ROW<x BIGINT, note STRING>>", ["user"], False, ""),
    ],
)
def test_only_needed_columns_are_read(
    flink: FlinkProcess, tmp_path: Path, more: str, keep: list[str], swaps: bool, read: str
) -> None:
    program = (
        "input request {\n    user: string?\n    base: int?\n}\ninput candidate {\n    x: int?\n}\n"
    )
    program += "feature number : dense = x ?? 0\nfeature who : text = user ?? ''\n"
    fx.compile_text(program.replace("''", '""')).save(tmp_path / "two.fxp")
    columns = f"x BIGINT, `user` STRING, base BIGINT, {more}"
    (tmp_path / "rows.json").write_text("")
    plan = flink.run(
        "plan_of_extract",
        package=tmp_path / "two.fxp",
        columns=columns,
        source=tmp_path / "rows.json",
        keep=keep,
        swaps=swaps,
    )
    found = re.search(r"TableSourceScan\(.*?, fields=\[([^]]*)\]\)", plan)
    assert found is not None, plan
    # With candidates in an array a projection would copy them, to save one text.
    assert found[1] == (read or "x, user, base, note, candidates")


def test_streams(flink: FlinkProcess, programs: Path) -> None:
    first, second = programs / "first.fxp", programs / "second.fxp"
    rows = flink.run("stream_rows", package=first, update=None, digests=False)
    assert rows == [[i, float(i + 1), "ann"] for i in range(40)] + [[None, 2.0, "bob"]]
    digests = {}
    for path, factor in ((first, 1), (second, 100)):
        digests[fx.load(path).digest] = factor
    rows = flink.run("stream_rows", package=first, update=second, digests=True)
    assert len(rows) == 41
    for x, total, who, digest in rows:
        assert total == (x or 0) + (1 if who == "ann" else 2) * digests[digest]


def test_example(tmp_path: Path) -> None:
    reason = missing_for_flink()
    if reason:
        pytest.skip(reason)
    folder = ROOT / "examples/flink"
    package = tmp_path / "orders.fxp"
    program = fx.compile(folder / "orders.fx")
    program.save(package)
    python = str(ENVIRONMENT / "bin/python")
    environment = {
        **os.environ,
        "JAVA_HOME": str(java_home()),
        "PYTHONPATH": str(ROOT / "python"),
    }
    files = [str(jar()), str(package), str(folder / "orders.json"), str(tmp_path / "samples")]
    run = subprocess.run(
        [python, str(folder / "job.py"), *files],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line for part in (tmp_path / "samples").glob("part-*") for line in part.open()]
    rows = [json.loads(line) for line in lines]
    with (folder / "orders.json").open() as orders:
        expected = pa.table(
            fx.load(package).extract(pa.Table.from_pylist(list(map(json.loads, orders))))
        )
    assert [row["words"] for row in rows] == expected["words"].to_pylist()
    for name in ("customer_id", "price_log", "bought_same", "price_change"):
        assert (
            pa.array([row[name] for row in rows], expected.schema.field(name).type)
            == expected[name].combine_chunks()
        )
    assert {row["package"] for row in rows} == {fx.load(package).digest}
    documentation = (ROOT / "docs/flink.md").read_text()
    assert lines[0].strip() in documentation
