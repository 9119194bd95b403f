"""``fx run``: the same values in and out of every format."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import feature_extractor
import pytest
from fx_outcome import ROWS, Run

pa = pytest.importorskip("pyarrow")
from pyarrow import csv, ipc, parquet

SOURCE = Path(feature_extractor.__file__).parents[1]
WriteFile = Callable[[str, str], str]
INPUTS = "user,age,now,taste,history,movie,tags,vector,length"

EXPECTED: list[dict[str, Any]] = [
    {"half_age": 0, "seen": 1, "name": "ann", "bucket": 1, "where": [0.5, 0.25], "hours": 1.5},
    {"half_age": 0, "seen": 0, "name": "ann", "bucket": 2, "where": [0.1, 1], "hours": 0},
    {"half_age": 2, "seen": 0, "name": 'zoë "z", ltd.\n', "bucket": 3, "where": [0, 0], "hours": 1},
]
"""The features whose values can be told without the program; floats as the shortest text of float32."""


def test_json_lines_to_standard_output(fx: Run, ranking: str, log: str) -> None:
    found = fx("run", ranking, "--input", log, "--quiet")
    assert (found.code, found.err) == (0, "")
    rows = found.rows()
    assert [{name: row[name] for name in EXPECTED[0]} for row in rows] == EXPECTED
    assert [row["ratio"] for row in rows] == [-0.09090909, 0, 1]
    assert [len(row["tag_ids"]) for row in rows] == [2, 0, 2]
    assert [entry["weight"] for entry in rows[0]["liked"]] == [2.5, 0.5]
    assert [entry["id"] for entry in rows[0]["liked"]] == rows[0]["tag_ids"]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow", "arrows", "feather"])
def test_inputs_and_features_survive_each_format(
    fx: Run, ranking: str, log: str, suffix: str
) -> None:
    direct = fx("run", ranking, "-i", log, "-q", "--keep", INPUTS)
    first = fx("run", ranking, "-i", log, "-o", f"kept.{suffix}", "-q", "--keep", INPUTS)
    assert (first.code, first.out, first.err) == (0, "", "")
    second = fx("run", ranking, "-i", f"kept.{suffix}", "-q", "--keep", INPUTS)
    assert second.err == ""
    assert second.rows() == direct.rows()


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow"])
def test_standard_input_and_output(fx: Run, ranking: str, log: str, suffix: str) -> None:
    direct = fx("run", ranking, "-i", log, "-q")
    fx("run", ranking, "-i", log, "-o", f"kept.{suffix}", "-q", "--keep", INPUTS)
    command = [sys.executable, "-m", "feature_extractor", "run", ranking, "-i", "-"]
    command += ["--input-format", suffix, "-q"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    data = Path(f"kept.{suffix}").read_bytes()
    lines = subprocess.run(command, input=data, capture_output=True, check=True, env=environment)
    assert lines.stdout.decode() == direct.out
    again = subprocess.run(
        [*command, "--output-format", suffix],
        input=data,
        capture_output=True,
        check=True,
        env=environment,
    )
    names = json.loads(direct.out.splitlines()[0]).keys()
    assert table_names(suffix, again.stdout) == list(names)


def table_names(suffix: str, data: bytes) -> list[str]:
    match suffix:
        case "parquet":
            names = parquet.read_table(io.BytesIO(data)).column_names
        case "csv":
            names = csv.read_csv(io.BytesIO(data)).column_names
        case "arrow":
            names = ipc.open_stream(data).read_all().column_names
        case _:
            names = list(json.loads(data.splitlines()[0]))
    return list(names)


def test_types_in_parquet(fx: Run, ranking: str, log: str) -> None:
    fx("run", ranking, "-i", log, "-o", "out.parquet", "-q", "--keep", "user,now,length")
    schema = parquet.read_schema("out.parquet")
    assert schema.field("user").type == pa.large_string()
    assert schema.field("now").type == pa.timestamp("us", tz="UTC")
    assert schema.field("length").type == pa.duration("us")
    assert schema.field("half_age").type == pa.float32()
    assert schema.field("bucket").type == pa.int64()
    assert pa.types.is_fixed_size_list(schema.field("where").type)


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 1000])
@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow", "arrows"])
def test_batches_do_not_change_the_values(
    fx: Run, ranking: str, write: WriteFile, suffix: str, batch_rows: int
) -> None:
    log = write("many.jsonl", "".join(json.dumps(row) + "\n" for row in ROWS * 5))
    direct = fx("run", ranking, "-i", log, "-q")
    fx("run", ranking, "-i", log, "-o", f"x.{suffix}", "-q", "--keep", INPUTS)
    found = fx("run", ranking, "-i", f"x.{suffix}", "-q", "--batch-rows", str(batch_rows))
    assert found.out == direct.out
    assert len(found.rows()) == 15


def test_select_limit_and_keep(fx: Run, ranking: str, write: WriteFile) -> None:
    rows = [{**row, "key": key} for row, key in zip(ROWS, [7, "k", None], strict=True)]
    log = write("keyed.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    run = ("run", ranking, "-i", log, "-q", "--keep", "key,movie")
    found = fx(*run, "--select", "bucket,seen")
    assert [list(row) for row in found.rows()] == [["key", "movie", "bucket", "seen"]] * 3
    assert [row["key"] for row in found.rows()] == [7, "k", None]
    assert len(fx(*run, "--limit", "2").rows()) == 2
    assert fx(*run, "--limit", "0").out == ""
    # In formats with types, a column that the program does not declare is text.
    fx(*run, "-o", "out.parquet")
    assert parquet.read_table("out.parquet")["key"].to_pylist() == ["7", "k", None]


def test_several_inputs_and_patterns(fx: Run, ranking: str, log: str, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress((tmp_path / log).read_bytes()))
    one = fx("run", ranking, "-i", log, "-q")
    two = fx("run", ranking, "-i", "*.jsonl*", "-i", log, "-q")
    assert two.out == one.out * 3
    assert len(fx("run", ranking, "-i", "*.jsonl*", "-q", "--limit", "4").rows()) == 4


def test_a_package_gives_the_same(fx: Run, ranking: str, log: str) -> None:
    fx("compile", ranking)
    assert fx("run", "ranking.fxp", "-i", log).out == fx("run", ranking, "-i", log).out


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow"])
def test_tables_without_rows(fx: Run, ranking: str, log: str, suffix: str) -> None:
    fx("run", ranking, "-i", log, "-o", f"x.{suffix}", "--keep", INPUTS, "--limit", "0")
    found = fx("run", ranking, "-i", f"x.{suffix}", "-o", "out.parquet", "--keep", "movie")
    assert found.code == 0
    assert "0 rows" in found.err
    table = parquet.read_table("out.parquet")
    assert table.num_rows == 0
    assert table.column_names[:2] == ["movie", "half_age"]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow"])
def test_tables_without_a_column_of_the_program(fx: Run, write: WriteFile, suffix: str) -> None:
    other = write("other.fx", "input candidate { n: int }\nfeature n : id(9) = n\n")
    write("n.jsonl", '{"n": 1}\n{"n": 2}\n')
    fx("run", other, "-i", "n.jsonl", "-o", f"x.{suffix}")
    constant = write("constant.fx", "feature a : dense = 1\n")
    assert fx("run", constant, "-i", f"x.{suffix}").rows() == [{"a": 1}, {"a": 1}]
    missing = write("missing.fx", "input candidate { m: int }\nfeature m : id(9) = m\n")
    fx("run", other, "-i", "n.jsonl", "-o", f"empty.{suffix}", "--limit", "0")
    # Where JSON lines have no line they name no column.
    for table in [f"x.{suffix}"] + [f"empty.{suffix}"] * (suffix != "jsonl"):
        found = fx("run", missing, "-i", table)
        assert found.code == 1, table
        assert f"error: {table}: " in found.err
        assert "is missing" in found.err


# ---- nested candidates ---------------------------------------------------------------------------


def nested_rows() -> list[dict[str, Any]]:
    """ROWS with one row per request, and one request without candidates between."""
    outer = ("user", "age", "now", "taste", "history")
    grouped = [([0, 1], ROWS[0]), ([], {**ROWS[0], "user": "Nobody"}), ([2], ROWS[2])]
    return [
        {name: row[name] for name in outer}
        | {"candidates": [{k: v for k, v in ROWS[i].items() if k not in outer} for i in indices]}
        for indices, row in grouped
    ]


@pytest.mark.parametrize("batch_rows", ["1", "2", "1000"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "arrow"])
def test_nested_candidates(
    fx: Run, ranking: str, log: str, write: WriteFile, suffix: str, batch_rows: str
) -> None:
    flat = fx("run", ranking, "-i", log, "-q", "--keep", "user,movie")
    lines = write("nested.jsonl", "".join(json.dumps(row) + "\n" for row in nested_rows()))
    if suffix == "csv":
        import csv as plain_csv

        with open("nested.csv", "w", newline="", encoding="utf-8") as file:
            writer = plain_csv.writer(file)
            writer.writerow(nested_rows()[0])
            for row in nested_rows():
                cells = [v if isinstance(v, str) else json.dumps(v) for v in row.values()]
                writer.writerow(["" if cell == "null" else cell for cell in cells])
    elif suffix != "jsonl":
        rows = [json.loads(line) for line in Path(lines).read_text().splitlines()]
        for row in rows:
            now = row["now"]
            row["now"] = (
                datetime.fromisoformat(now)
                if isinstance(now, str)
                else (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now))
            )
            row["taste"] = list(row["taste"].items())
            for seen in row["history"]:
                seen["at"] = datetime.fromisoformat(seen["at"])
            for candidate in row["candidates"]:
                length = candidate["length"]
                candidate["length"] = 5_400_000_000 if length == "1h30m" else length
        instant = pa.timestamp("us", tz="UTC")
        schema = pa.schema(
            {
                "user": pa.string(),
                "age": pa.int32(),
                "now": instant,
                "taste": pa.map_(pa.string(), pa.float64()),
                "history": pa.list_(pa.struct({"at": instant, "movie": pa.int16()})),
                "candidates": pa.list_(
                    pa.struct(
                        {
                            "length": pa.duration("us"),
                            "movie": pa.int64(),
                            "tags": pa.list_(pa.string()),
                            "vector": pa.list_(pa.float32()),
                        }
                    )
                ),
            }
        )
        table = pa.Table.from_pylist(rows, schema)
        if suffix == "parquet":
            parquet.write_table(table, "nested.parquet")
        else:
            with ipc.new_file("nested.arrow", schema) as sink:
                sink.write_table(table)
    found = fx(
        *("run", ranking, "-i", f"nested.{suffix}", "-q", "--keep", "user,movie"),
        *("--batch-rows", batch_rows),
    )
    assert found.err == ""
    assert found.rows() == flat.rows()


# ---- how cells are typed -------------------------------------------------------------------------


def one_input(write: WriteFile, declared: str, feature: str) -> str:
    return write("one.fx", f"input request {{ x: {declared} }}\nfeature y : {feature}\n")


CELLS = [
    ("bool", "dense = if x then 2.0 else 1.0", True, "true", 2),
    ("bool", "dense = if x then 2.0 else 1.0", False, "0", 1),
    ("int", "id(2 ** 40) = x", 2**33, str(2**33), 2**33),
    ("int", "id(100) = x", 3.0, "3", 3),
    ("float", "dense = x", 3, "3", 3),
    ("float", "dense(default = -1.0) = x", float("nan"), "nan", -1),
    ("float", "dense = x", 1e-7, "1E-7", 1e-07),
    ("string", "text = x", "", '""', ""),
    ("string", "text = x", "NULL", "NULL", "NULL"),
    ("string", 'text = x ?? "none"', None, "", "none"),
    ("bytes", "dense = if x == b\"\\x00\\x01\\x02\" then 3.0 else 0.0", "AAEC", "AAEC", 3),
    ("timestamp", "dense = (x - t\"2026-01-01T00:00:00Z\") / 1h", "2026-01-01T02:00:00+01:00",
     "2026-01-01T02:00:00+01:00", 1),
    ("timestamp", "dense = (x - t\"2026-01-01T00:00:00Z\") / 1h", "2026-01-01", "2026-01-01", 0),
    ("timestamp", "dense = (x - t\"1970-01-01T00:00:00Z\") / 1us", 5, "5", 5),
    ("duration", "dense = x / 1s", "-1m30s", "-1m30s", -90),
    ("duration", "dense = x / 1s", 2_000_000, "2000000", 2),
    ("list<int>", "ids(10, max = 5) = x", [1, 2], '"[1, 2]"', [1, 2]),
    ("list<string>", "ids(9, max = 5) = x.map(e -> e.length())", ["a", "ü"], '"[""a"",""ü""]"', [1, 1]),
    ("map<int, float>", "dense = x[7] ?? 0.0", {"7": 0.5}, '"{""7"": 0.5}"', 0.5),
    ("map<string, int>", 'dense = (x["k"] ?? 0) / 1', [{"key": "k", "value": 4}],
     '"[{""key"": ""k"", ""value"": 4}]"', 4),
    ("vector<2>", "dense = x", [1, 2.5], '"[1, 2.5]"', [1, 2.5]),
    ("{a: int, b: string?}", "dense = x.a / 2", {"a": 1, "more": []}, '"{""a"": 1}"', 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "feature", "value", "cell", "expected"), CELLS)
def test_typed_cells(
    fx: Run, write: WriteFile, declared: str, feature: str, value: Any, cell: str, expected: Any
) -> None:
    nullable = "?" if value is None else ""
    program = one_input(write, declared + nullable, feature)
    lines = write("x.jsonl", json.dumps({"x": value}) + "\n")
    assert fx("run", program, "-q", "-i", lines).rows() == [{"y": expected}]
    cells = write("x.csv", f"z,x\n1,{cell}\n")
    assert fx("run", program, "-q", "-i", cells).rows() == [{"y": expected}]


BAD_CELLS = [
    ("bool", 1, "yes", "bool"),
    ("int", 1.5, "1.5", "int"),
    ("int", "1", " 1", "int"),
    ("int", 2**63, str(2**63), "int of 64 bits"),
    ("int", True, "true", "int"),
    ("float", "1", "1_0", "float"),
    ("float", [], "one", "float"),
    ("string", 5, None, "string"),
    ("bytes", "*", "*", "bytes in base64"),
    ("timestamp", "tomorrow", "tomorrow", "timestamp"),
    ("timestamp", 1.5, "1.5", "timestamp"),
    ("duration", "1 hour", "1 hour", "duration"),
    ("duration", "1h1d", "1h1d", "duration"),
    ("list<int>", {}, "{}", "list<int>"),
    ("list<int>", [1, "2"], '"[1, ""2""]"', "int"),
    ("map<int, float>", {"a": 1}, '"{""a"": 1}"', "a key of map<int, float>"),
    ("vector<2>", "1,2", '"1,2"', "vector<2>"),
    ("{a: int}", {"b": 1}, '"{""b"": 1}"', "the field `a` of type int is missing"),
]


@pytest.mark.parametrize(("declared", "value", "cell", "expected"), BAD_CELLS)
def test_a_bad_cell_names_row_and_column(
    fx: Run, write: WriteFile, declared: str, value: Any, cell: str | None, expected: str
) -> None:
    program = write(
        "x.fx", f"input request {{ x: {declared}? }}\nfeature y : dense = {probe(declared)}\n"
    )
    lines = write("x.jsonl", json.dumps({"x": None}) + "\n\n" + json.dumps({"x": value}) + "\n")
    found = fx("run", program, "-i", lines, "-o", "out.parquet")
    assert found.code == 1
    assert found.err.startswith("error: x.jsonl: line 3, column `x")
    assert expected in found.err
    if cell is not None:
        cells = write("x.csv", f"z,x\n1,\n2,{cell}\n")
        found = fx("run", program, "-i", cells, "-o", "out.parquet")
        assert found.code == 1
        assert found.err.startswith("error: x.csv: row 2, column `x")
        assert expected in found.err
    assert not [name for name in os.listdir() if name.startswith((".out", "out"))]


def probe(declared: str) -> str:
    """Return an expression that reads x."""
    if declared.startswith("{"):
        return "if x.a == 1 then 1.0 else 0.0"
    return "x[7] ?? 0.0" if declared.startswith("map") else "if x.is_null() then 1.0 else 0.0"


def test_places_within_a_cell(fx: Run, write: WriteFile) -> None:
    program = write(
        "x.fx",
        "input request { h: list<{at: timestamp, tags: map<string, int>}> }\n"
        'feature y : dense = h.count(e -> e.at > t"2026-01-01T00:00:00Z" and (e.tags["k"] ?? 0) > 0)\n',
    )
    row = {"h": [{"at": "2026-01-01", "tags": {}}, {"at": 0, "tags": {"k": "one"}}]}
    found = fx("run", program, "-i", write("x.jsonl", json.dumps(row)))
    assert (
        found.err == 'error: x.jsonl: line 1, column `h[1].tags["k"]`: expected int, found "one"\n'
    )


def test_long_types_are_cut_in_the_table_of_nulls(fx: Run, write: WriteFile) -> None:
    program = write(
        "x.fx",
        "input request { h: list<{at: timestamp, dwell: float?, title: string}> }\n"
        "feature y : dense = h.mean(e -> e.dwell) ?? 0.0\n",
    )
    rows = write("x.jsonl", '{"h": [{"at": 0, "dwell": null, "title": "a"}]}\n')
    found = fx("run", program, "-i", rows)
    assert [line.split() for line in found.err.splitlines() if line.startswith("request.h")] == [
        ["request.h", "list<{...}>", "1"]
    ]


def test_arrow_types_that_other_tools_write(fx: Run, write: WriteFile) -> None:
    program = write(
        "x.fx",
        "input request { day: timestamp, n: int, s: string }\n"
        'feature days : dense = (day - t"2026-01-01T00:00:00Z") / 1d\n'
        "feature n : dense = n / 1\nfeature s : text = s\n",
    )
    table = pa.table(
        {
            "day": pa.array([date(2026, 1, 3)]),
            "n": pa.array([7], pa.uint8()),
            "s": pa.array(["word"]).dictionary_encode(),
        }
    )
    parquet.write_table(table, "x.parquet")
    found = fx("run", program, "-i", "x.parquet", "-q")
    assert found.rows() == [{"days": 2, "n": 7, "s": "word"}]
    kept = fx("run", program, "-i", "x.parquet", "-q", "--keep", "day", "--select", "days")
    assert kept.rows() == [{"day": "2026-01-03", "days": 2}]


# ---- statistics ----------------------------------------------------------------------------------


def test_counts_on_stderr(fx: Run, ranking: str, log: str) -> None:
    found = fx("run", ranking, "-i", log)
    lines = found.err.splitlines()
    assert lines[0].startswith("3 rows of 2 requests in ")
    table = [line.split() for line in lines]
    assert ["where", "dense", "1", "33.3", "%"] in table
    assert ["ratio", "label", "1", "33.3", "%"] in table
    assert ["candidate.vector", "vector<2>", "0", "1"] in table
    assert not any(line[:1] == ["bucket"] for line in table)
    (place,) = [line for line in table if line and "divide" in " ".join(line)]
    assert place[0].startswith("ranking.fx:26:")


def test_counts_as_json(fx: Run, ranking: str, log: str) -> None:
    fx("run", ranking, "-i", log, "-q", "--statistics", "counts.json", "--batch-rows", "1")
    counts = json.loads(Path("counts.json").read_text())
    assert (counts["rows"], counts["batches"]) == (3, 3)
    assert counts["features"]["ratio"] == {"defaulted": 1}
    assert counts["features"]["bucket"] == {"defaulted": 0}
    assert counts["inputs"]["candidate.vector"]["wrong_size"] == 1
    (divided,) = [e for e in counts["nulls_at"] if "divide" in e["operators"]]
    assert divided["count"] == 1


# ---- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["-i", "missing.csv"], 2, "missing.csv: there is no such file"),
        (["-i", "."], 2, ".: this is a directory, not a file"),
        (["-i", "*.zip"], 2, "*.zip: no file fits this pattern"),
        (["-i", "ranking.fx"], 2, "ranking.fx: this is a program, and a table is expected"),
        (["-i", "log.txt"], 2, "log.txt: there is no such file"),
        (["-i", "log.parquet.gz"], 2, "log.parquet.gz: only csv and jsonl files may be compressed"),
        (["-i", "-"], 2, "the format of standard input is not known"),
        (["-i", "log.jsonl", "-o", "x"], 2, "x: the suffix does not tell the format"),
        (["-i", "log.jsonl", "-o", "none/x.csv"], 2, "none/x.csv: there is no directory none"),
        (["-i", "log.jsonl", "-o", "log.jsonl"], 2, "log.jsonl: the output would overwrite"),
        (["-i", "log.jsonl", "--select", "buckt"], 2, "there is no feature `buckt`"),
        (["-i", "log.jsonl", "--keep", "key"], 1, "log.jsonl: there is no column `key` to keep"),
        (["-i", "log.jsonl", "--keep", "movie", "-i", "x.csv"], 2, "x.csv: there is no such file"),
        (["-i", "log.jsonl", "--threads", "0"], 2, "Invalid value for '--threads'"),
        (["-i", "ranking.fx", "--input-format", "parquet"], 1, "ranking.fx: "),
        (["-i", "ranking.fx", "--input-format", "arrow"], 1, "ranking.fx: "),
        (["-i", "ranking.fx", "--input-format", "csv"], 1, "ranking.fx: "),
        (
            ["-i", "ranking.fx", "--input-format", "jsonl"],
            1,
            "ranking.fx: line 1, character 3: not JSON: ",
        ),
    ],
)
def test_failures_are_one_line(
    fx: Run, ranking: str, log: str, arguments: list[str], code: int, expected: str
) -> None:
    found = fx("run", ranking, *arguments)
    assert found.code == code
    assert found.err.startswith(f"error: {expected}")
    assert len(found.err.splitlines()) <= 2
    assert "mistake in fx" not in found.err


def test_a_feature_cannot_take_the_name_of_a_kept_column(fx: Run, write: WriteFile) -> None:
    program = write("x.fx", "input request { x: int }\nfeature x : dense = x / 2\n")
    found = fx("run", program, "-i", write("x.csv", "x\n1\n"), "--keep", "x")
    assert found.code == 2
    assert "`x` is a column to keep and a feature" in found.err


def test_a_missing_column(fx: Run, ranking: str, write: WriteFile) -> None:
    parquet.write_table(pa.table({"movie": [1]}), "x.parquet")
    found = fx("run", ranking, "-i", "x.parquet")
    assert found.code == 1
    assert found.err == (
        "error: x.parquet: the column `user` of type string is missing\n  The table has movie.\n"
    )
    # Also what the program does not read is told: the column may have another name there.
    parquet.write_table(pa.table({"user_": ["Ann"], "movie": [1]}), "x.parquet")
    assert "Did you mean `user_`?" in fx("run", ranking, "-i", "x.parquet").err
    found = fx("run", ranking, "-i", write("x.jsonl", '{"movie": 1}\n'))
    assert found.code == 1
    assert found.err.startswith(
        "error: x.jsonl: line 1: the column `user` of type string is missing"
    )


def test_another_type(fx: Run, write: WriteFile) -> None:
    program = write("x.fx", "input request { x: int }\nfeature y : dense = x / 2\n")
    parquet.write_table(pa.table({"x": ["one"]}), "x.parquet")
    found = fx("run", program, "-i", "x.parquet")
    assert found.code == 1
    assert found.err.startswith(
        "error: x.parquet: Column 'x' must be int, but the data has string."
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b""),
        ("x.csv", b"\n"),
        ("x.csv", b"x\n1,2\n"),
        ("x.csv", b'x\n"1\n'),
        ("x.csv", b"x,x\n1,2\n"),
        ("x.csv", b"\xff\xfe\n1\n"),
        ("x.csv", b"x\n\xff\n"),
        ("x.csv.gz", b"x\n1\n"),
        ("x.jsonl", b"[]\n"),
        ("x.jsonl", b'{"x": 1} {"x": 2}\n'),
        ("x.jsonl", b'{"x": \xff}\n'),
        ("x.jsonl", b"[" * 100_000),
        ("x.jsonl", b'{"x": ' + b"[" * 100_000),
        ("x.parquet", b""),
        ("x.parquet", b"PAR1" + b"\0" * 100 + b"PAR1"),
        ("x.arrow", b""),
        ("x.arrow", b"ARROW1\0\0" + b"\xff" * 100),
        ("x.arrow", b"\xff" * 100),
    ],
)
def test_damaged_tables(fx: Run, write: WriteFile, tmp_path: Path, name: str, data: bytes) -> None:
    program = write("x.fx", "input request { x: int }\nfeature y : dense = x / 2\n")
    (tmp_path / name).write_bytes(data)
    found = fx("run", program, "-i", name, "-o", "out.parquet")
    assert found.code == 1
    assert found.err.startswith(f"error: {name}: ")
    assert "mistake in fx" not in found.err
    assert not (tmp_path / "out.parquet").exists()


def test_text_that_is_not_utf8_is_null_and_counted(
    fx: Run, write: WriteFile, tmp_path: Path
) -> None:
    program = write("x.fx", 'input request { x: string }\nfeature y : text = x ?? "none"\n')
    (tmp_path / "x.csv").write_bytes(b"x\na\n\xff\n")
    found = fx("run", program, "-i", "x.csv")
    assert found.rows() == [{"y": "a"}, {"y": "none"}]
    assert "not utf8" in found.err


def test_a_failed_run_leaves_the_old_file(fx: Run, write: WriteFile, tmp_path: Path) -> None:
    program = write("x.fx", "input request { x: int }\nfeature y : dense = x / 2\n")
    write("out.csv", "old\n")
    lines = write("x.jsonl", '{"x": 1}\n' * 10 + '{"x": "a"}\n')
    assert fx("run", program, "-i", lines, "-o", "out.csv", "--batch-rows", "2").code == 1
    assert (tmp_path / "out.csv").read_text() == "old\n"
    assert sorted(os.listdir()) == ["out.csv", "x.fx", "x.jsonl"]


def test_a_full_disk_is_told(fx: Run, ranking: str, log: str) -> None:
    for form in ("jsonl", "csv", "parquet", "arrow"):
        found = fx("run", ranking, "-i", log, "-o", "/dev/full", "--output-format", form)
        assert found.code == 2
        assert "no space left on device" in found.err.lower()


def test_a_damaged_package_is_refused(fx: Run, ranking: str, log: str, tmp_path: Path) -> None:
    fx("compile", ranking)
    data = (tmp_path / "ranking.fxp").read_bytes()
    (tmp_path / "cut.fxp").write_bytes(data[:3000])
    found = fx("run", "cut.fxp", "-i", log)
    assert found.code == 2
    assert found.err.startswith("error: cut.fxp: The package is damaged")
    (tmp_path / "new.fxp").write_bytes(data.replace(b'{"format":1,"name"', b'{"format":9,"name"'))
    found = fx("run", "new.fxp", "-i", log)
    assert found.code == 2
    assert len(found.err.splitlines()) == 1


def test_mistakes_in_the_program_are_shown(fx: Run, write: WriteFile, log: str) -> None:
    program = write("bad.fx", "input request { age: int }\nfeature half : dense = agee / 2\n")
    found = fx("run", program, "-i", log)
    assert found.code == 1
    assert " --> bad.fx:2:24\n" in found.err


def test_without_pyarrow_the_command_to_install_it_is_told(
    fx: Run, ranking: str, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = fx("run", ranking, "-i", log)
    assert found.code == 2
    assert "pip install pyarrow" in found.err


def test_interrupted(fx: Run, ranking: str, log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from feature_extractor.extractor import Extractor

    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Extractor, "extract", interrupted)
    found = fx("run", ranking, "-i", log, "-o", "out.parquet")
    assert (found.code, found.err) == (130, "error: interrupted\n")
    assert not [name for name in os.listdir() if "out" in name]


def test_a_progress_bar_on_a_terminal_only(fx: Run, ranking: str, log: str) -> None:
    command = [sys.executable, "-m", "feature_extractor", "run", ranking, "-i", log, "-o", "x.csv"]
    in_a_terminal = (
        f"import os, pty, sys; os.environ['TERM'] = 'xterm'; sys.exit(pty.spawn({command!r}) >> 8)"
    )
    run = subprocess.run(
        [sys.executable, "-c", in_a_terminal],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "NO_COLOR": ""},
    )
    assert run.returncode == 0
    # The bar hides the cursor while it is drawn, and shows it again.
    assert "\x1b[?25l" in run.stdout
    assert "\x1b[?25h" in run.stdout
    assert "3 rows of 2 requests in" in run.stdout
    assert "\x1b" not in fx("run", ranking, "-i", log, "-o", "x.csv").err
