"""``fx fit``: its messages and exit codes, its inputs, and that `fx run` goes on with what it wrote."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fx_outcome import Run

PROGRAM = """
input candidate {
    price: float?
    tags: list<string>
    at: timestamp
}
resource prices = fit.moments(price)
resource words = fit.vocabulary(tags)
feature z : dense = (price ?? 0.0).z_score(prices.mean, prices.standard_deviation)
feature ids : ids(words) = tags.map(t -> words.lookup(t))
"""
"""A program that is fitted to prices and tags."""

TABLE = pa.table(
    {
        "price": pa.array([1.0, 3.0, None]),
        "tags": pa.array([["a"], ["b", "a"], []], pa.list_(pa.string())),
        "at": pa.array([0, 10**6, 2 * 10**6], pa.timestamp("us")),
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.fx").write_text(PROGRAM)
    pq.write_table(TABLE, tmp_path / "log.parquet")
    return tmp_path


def test_what_was_fitted_runs(fx: Run, folder: Path) -> None:
    assert fx("compile", "shop.fx").code == 1
    fitted = fx("fit", "shop.fx", "-i", "log.parquet", "--time", "at")
    assert fitted.code == 0, fitted.err
    assert fitted.out.splitlines() == [
        "prices  mean 2, standard deviation 1 (of 2 values, 1 null)",
        "words   2 words (of 3 values, 0 nulls)",
        "shop.fitted: 2 fitted resources",
    ]
    assert fitted.err.startswith("1 pass, 3 rows in ")
    assert fx("check", "shop.fx").code == 0
    assert fx("compile", "shop.fx").code == 0
    for program in ("shop.fx", "shop.fxp"):
        rows = fx("run", program, "-i", "log.parquet", "-q").out.splitlines()
        assert [json.loads(row) for row in rows] == [
            {"z": -1, "ids": [1]},
            {"z": 1, "ids": [2, 1]},
            {"z": -2, "ids": []},
        ]
        shown = fx("explain", program).out
        assert "fit.moments(price)" in shown
        assert "mean 2, standard deviation 1" in shown
        described = json.loads(fx("explain", program, "--format", "json").out)
        assert [entry["name"] for entry in described["fitted"]] == ["prices", "words"]
        assert described["fitted"][0]["data"]["to"] == "1970-01-01T00:00:02Z"


def test_files_folders_patterns_and_formats_are_one_table(fx: Run, folder: Path) -> None:
    days = folder / "days"
    for day in ("1", "2"):
        (days / day).mkdir(parents=True)
        pq.write_table(TABLE, days / day / "part.parquet")
    (days / "_SUCCESS").touch()
    (days / "README.txt").touch()
    wanted = None
    for inputs in (
        ["-i", "days"],
        ["-i", "days/*/part.parquet"],
        ["-i", "days/1", "-i", "days/2/part.parquet"],
    ):
        shutil.rmtree(folder / "shop.fitted", ignore_errors=True)
        fitted = fx("fit", "shop.fx", *inputs, "--quiet")
        assert (fitted.code, fitted.out, fitted.err) == (0, "", "")
        text = (folder / "shop.fitted/prices.json").read_text()
        wanted = wanted or text
        assert text == wanted
    assert json.loads(text)["data"]["rows"] == 6


def test_standard_input_is_read_once(
    fx: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = '{"price": 1, "tags": ["a"], "at": 0}\n{"price": 3, "tags": [], "at": 0}\n'
    arguments = ["fit", "shop.fx", "-i", "-", "--input-format", "jsonl", "-q"]

    def given() -> None:
        stream = io.TextIOWrapper(io.BytesIO(lines.encode()))
        monkeypatch.setattr(sys, "stdin", stream)

    given()
    assert fx(*arguments).code == 0
    text = PROGRAM + "resource again = fit.moments((price ?? 0.0) - prices.mean)\n"
    (folder / "shop.fx").write_text(text)
    given()
    second = fx(*arguments)
    assert second.code == 2
    assert "standard input can be read only once" in second.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["fit", "shop.fx"], 2, "Missing option"),
        (["fit", "shop.fx", "-i", "nothing.parquet"], 2, "there is no such file"),
        (["fit", "other.fx", "-i", "log.parquet"], 2, "there is no such file"),
        (["fit", "log.parquet", "-i", "log.parquet"], 2, "neither a feature file"),
        (["fit", "shop.fx", "-i", "empty"], 2, "no table is in this folder"),
        (["fit", "shop.fx", "-i", "log.parquet", "--select", "price"], 1, "did you mean `prices`?"),
        (["fit", "shop.fx", "-i", "log.parquet", "--time", "price"], 1, "`price` is no time"),
        (["fit", "shop.fx", "-i", "log.parquet", "-o", "shop.fx"], 2, "this is a file"),
        (["fit", "shop.fx", "-i", "nulls.parquet"], 1, "`prices` cannot be fitted"),
        (
            ["fit", "shop.fx", "-i", "other.parquet"],
            1,
            "other.parquet: the column `price` of type float? is missing",
        ),
        (["fit", "shop.fx", "-i", "wrong.jsonl"], 1, "expected float, found"),
        (["fit", "plain.fx", "-i", "log.parquet"], 1, "nothing to fit"),
        (["fit", "bad.fx", "-i", "log.parquet"], 1, "FX101"),
        (["fit", "broken.fx", "-i", "log.parquet"], 1, "syntax-error"),
    ],
)
def test_mistakes_are_one_message(
    fx: Run, folder: Path, arguments: list[str], code: int, message: str
) -> None:
    (folder / "empty").mkdir()
    pq.write_table(TABLE.slice(2), folder / "nulls.parquet")
    pq.write_table(TABLE.drop_columns(["price"]), folder / "other.parquet")
    (folder / "wrong.jsonl").write_text('{"price": "x", "tags": [], "at": 0}\n')
    (folder / "plain.fx").write_text("input request { x: int }\nfeature y : dense = x\n")
    (folder / "bad.fx").write_text("input request { x: int }\nresource y = fit.moments(z)\n")
    (folder / "broken.fx").write_text("let = 1\n")
    result = fx(*arguments)
    assert result.code == code, result.err
    assert message in result.err
    assert not (folder / "shop.fitted").exists()


def test_a_package_cannot_be_fitted(fx: Run, folder: Path) -> None:
    (folder / "plain.fx").write_text("input request { x: int }\nfeature y : dense = x\n")
    fx("compile", "plain.fx")
    result = fx("fit", "plain.fxp", "-i", "log.parquet")
    assert (result.code, "this is a package" in result.err) == (2, True)
