"""``fx digest``: equal where the values are, whatever the files look like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fx_outcome import Run

pa = pytest.importorskip("pyarrow")
from pyarrow import parquet


@pytest.fixture
def samples(fx: Run, ranking: str, log: str) -> str:
    """Return a Parquet file of features."""
    assert fx("run", ranking, "-i", log, "-o", "samples.parquet", "-q").code == 0
    return "samples.parquet"


def test_columns_rows_and_sizes_are_printed(fx: Run, samples: str) -> None:
    found = fx("digest", samples)
    assert (found.code, found.err) == (0, "")
    lines = found.out.splitlines()
    table = parquet.read_table(samples)
    assert [line.split()[0] for line in lines[:-1]] == [*table.column_names, "rows"]
    assert all(len(line.split()[1]) == 32 for line in lines[:-1])
    assert lines[-1] == f"{table.num_rows} rows, {table.num_columns} columns"


def test_files_order_and_formats_do_not_matter(
    fx: Run, ranking: str, log: str, samples: str
) -> None:
    table = parquet.read_table(samples)
    for index in reversed(range(table.num_rows)):
        parquet.write_table(table.slice(index, 1), f"part-{index}.parquet")
    same = fx("digest", samples, "--compare", "part-*.parquet")
    assert (same.code, same.err) == (0, "")
    assert same.out.startswith(f"equal: {table.num_rows} rows, ")
    assert fx("digest", "part-2.parquet", "part-0.parquet", "part-1.parquet").out == (
        fx("digest", samples).out
    )
    for suffix in ("arrow", "arrows", "jsonl", "csv"):
        fx("run", ranking, "-i", log, "-o", f"other.{suffix}", "-q")
        typed = ["--types", ranking] if suffix in ("jsonl", "csv") else []
        found = fx("digest", f"other.{suffix}", *typed, "--compare", samples)
        assert (found.code, found.err) == (0, ""), found.out


def test_a_program_is_run(fx: Run, ranking: str, log: str, samples: str) -> None:
    found = fx("digest", ranking, "--input", log, "--compare", samples)
    assert (found.code, found.err) == (0, "")
    assert fx("digest", ranking, "-i", log).out == fx("digest", samples).out
    some = ["--select", "bucket,name"]
    assert fx("digest", ranking, "-i", log, *some).out == fx("digest", samples, *some).out


def test_differences_are_named(fx: Run, samples: str) -> None:
    table = parquet.read_table(samples)
    index = table.column_names.index("bucket")
    other = pa.array([9, *table["bucket"].to_pylist()[1:]])
    parquet.write_table(table.set_column(index, "bucket", other), "other.parquet")
    found = fx("digest", samples, "--compare", "other.parquet")
    assert found.code == 1
    assert found.out.startswith("bucket: ")
    assert found.out.count("\n") == 1
    told = fx("digest", samples, "--compare", "other.parquet", "--format", "json")
    assert json.loads(told.out)["differences"] == ["bucket"]
    assert fx("digest", samples, "--compare", "other.parquet", "--select", "name").code == 0

    parquet.write_table(table.slice(1), "fewer.parquet")
    found = fx("digest", samples, "--compare", "fewer.parquet")
    assert (found.code, found.out.splitlines()[0]) == (1, "3 rows, but 2 to compare with")

    moved = table.set_column(index, "bucket", table["bucket"].take([1, 0, 2]))
    parquet.write_table(moved, "moved.parquet")
    found = fx("digest", samples, "--compare", "moved.parquet")
    assert (found.code, "in another way" in found.out) == (1, True)
    parquet.write_table(table.select(table.column_names[::-1]), "turned.parquet")
    found = fx("digest", samples, "--compare", "turned.parquet")
    assert (found.code, "have another order" in found.out) == (1, True)


def test_a_digest_in_json_is_compared(fx: Run, samples: str) -> None:
    written = fx("digest", samples, "--format", "json").out
    Path("digest.json").write_text(written, encoding="utf-8")
    assert fx("digest", samples, "--compare", "digest.json").code == 0
    wrong = json.loads(written) | {"rows": "0" * 32}
    Path("digest.json").write_text(json.dumps(wrong), encoding="utf-8")
    assert fx("digest", samples, "--compare", "digest.json").code == 1
    Path("digest.json").write_text("[1]", encoding="utf-8")
    found = fx("digest", samples, "--compare", "digest.json")
    assert (found.code, "this is not a digest" in found.err) == (1, True)


def test_mistakes_are_told(fx: Run, ranking: str, log: str, samples: str) -> None:
    for arguments, code, told in [
        ([log], 2, "--types PROGRAM"),
        (["absent.parquet"], 2, "there is no such file"),
        ([samples, "--select", "absent"], 1, "there is no column `absent`"),
        ([log, "--types", ranking, "--select", "absent"], 2, "there is no feature `absent`"),
        ([samples, samples, "-i", log], 2, "--input takes one program"),
        ([samples, "--compare", "*.absent"], 2, "no file fits"),
    ]:
        found = fx("digest", *arguments)
        assert (found.code, told in found.err) == (code, True), found.err
    parquet.write_table(pa.table({"price": pa.array([1], pa.decimal128(9, 2))}), "odd.parquet")
    found = fx("digest", "odd.parquet")
    assert (found.code, "Column 'price' is of Arrow format" in found.err) == (1, True)
    found = fx("digest", samples, "odd.parquet")
    assert (found.code, "odd.parquet" in found.err) == (1, True)
