"""`fx profile`: the page, its pictures, JSON and text, and tables of several files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.cli import main

pa = pytest.importorskip("pyarrow")
from pyarrow import parquet

PROGRAM = '''"""Features of <b>shops</b>."""
input candidate {
    price: float?
    title: string
}
"""The price, <script>alert(1)</script>.

A line
that goes on, with `code & more`."""
@owner("search & ads")
feature price : dense = 1.0 / (price ?? 0.0)
feature words : ids(8, max = 2) = title.tokenize().hash_bucket(8)
feature size : dense = title.length()
feature title : text = title
feature weighted : weighted(9) = title.tokenize().map(w -> {id: w.length() % 9, weight: 0.5})
feature fixed : label = 1.0
'''
VOID = {"meta", "br", "line", "rect", "polyline"}


class Page(HTMLParser):
    """Reads the page, and refuses what it should not have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.pictures: list[str] = []
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag not in ("script", "link", "img", "iframe", "object", "base")
        assert not any(name.startswith("on") or name == "src" for name in given)
        assert not any("://" in (value or "") for value in given.values())
        if "href" in given:
            assert given["href"] and given["href"].startswith("#")
            self.targets.add(given["href"][1:])
        if given.get("id"):
            self.ids.add(given["id"] or "")
        if tag == "svg":
            assert given["role"] == "img" and given["aria-label"]
            self.pictures.append(given["aria-label"])
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data
        else:
            assert "url(" not in data and "@import" not in data


Fx = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fx:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.fx").write_text(PROGRAM)
    words = ["red", "apple", "<i>pie</i>", "läufer", "\x1b[31m", "big"]
    for name, rows in (("a", 60), ("b", 40)):
        table = pa.table(
            {
                "price": pa.array([None if n % 4 == 0 else 0.5 * n for n in range(rows)]),
                "title": [" ".join(words[: n % 6 + 1]) for n in range(rows)],
            }
        )
        parquet.write_table(table, tmp_path / f"{name}.parquet")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["profile", *arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return call


def test_the_page_is_whole_and_needs_nothing(run: Fx, tmp_path: Path) -> None:
    assert run("a.parquet", "b.parquet", "shop.fx", "-o", "report.html") == (0, "", "")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.targets == page.ids == {f"f{n}" for n in range(6)}
    assert "color-scheme: light dark" in text and "prefers-color-scheme: dark" in text
    for name in ("price", "size", "fixed", "the lengths of words", "the weights of weighted"):
        assert any(label.startswith(f"Histogram of {name}:") for label in page.pictures), name
    for name in ("words", "title", "weighted"):
        assert any(label.endswith(f"most frequent values of {name}") for label in page.pictures)
    assert "rect" in page.tags and page.tags.count("h3") == 6
    assert "The price, <script>alert(1)</script>." in page.text
    assert "<p>A line that goes on, with <code>code &amp; more</code>.</p>" in text
    assert "<i>pie</i>" in page.text and "\x1b" not in page.text
    assert "a.parquet, b.parquet: 100 rows" in page.text
    assert "search & ads" in page.text
    assert "6 different" not in page.text and "collisions" in page.text
    heads = re.findall(r"<h3>(\w+)</h3>", text)
    assert set(heads[:3]) == {"price", "fixed", "words"}


def test_drift_has_its_pictures(run: Fx, tmp_path: Path) -> None:
    assert run("a.parquet", "shop.fx", "--against", "b.parquet", "-o", "report.html")[0] == 0
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert sum("in both data sets" in label for label in page.pictures) == 6 + 3
    assert "Against" in page.text and "Jensen" not in page.text and "nats" in page.text


def test_json_has_all(run: Fx, tmp_path: Path) -> None:
    code, out, _ = run("*.parquet", "shop.fx", "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert found["data"] == {"files": ["a.parquet", "b.parquet"], "rows": 100, "requests": 2}
    by_name = {one["name"]: one for one in found["features"]}
    price = by_name["price"]["distribution"]
    assert price["defaulted"] == 25 and price["default_share"] == 0.25
    assert by_name["price"]["nulls"] == {"candidate.price": 0.25}
    assert by_name["fixed"]["weight"] >= 4
    assert by_name["words"]["collisions"]["buckets"] == 8
    weights = [one["weight"] for one in found["features"]]
    assert weights == sorted(weights, reverse=True)
    assert run("*.parquet", "shop.fx", "-o", "report.json")[0] == 0
    assert json.loads((tmp_path / "report.json").read_text()) == found


def test_text_lists_what_deserves_a_look(run: Fx) -> None:
    code, out, _ = run("a.parquet", "shop.fx")
    assert code == 0
    assert re.search(r"^price +25 % +\d+ +25 % of the values are the default", out, re.M)
    assert re.search(r"^fixed +1 +all values are the same$", out, re.M)
    assert out.endswith("to look at; `-o report.html` shows all of them\n")


def test_a_package_has_a_profile_too(run: Fx, tmp_path: Path) -> None:
    fx.compile(tmp_path / "shop.fx").save(tmp_path / "shop.fxp")
    results = []
    for program in ("shop.fx", "shop.fxp"):
        code, out, _ = run("a.parquet", program, "--format", "json")
        assert code == 0
        results.append(json.loads(out))
    assert results[0]["digest"] == results[1]["digest"]
    first, second = ({o["name"]: o for o in r["features"]} for r in results)
    for name, one in first.items():
        assert one["distribution"] == second[name]["distribution"]
    assert (
        second["words"]["collisions"]["estimated"] and not first["words"]["collisions"]["estimated"]
    )


def test_nested_tables_and_limits(run: Fx, tmp_path: Path) -> None:
    nested = pa.table({"candidates": [[{"price": 1.0, "title": f"t{n}"}] * 3 for n in range(10)]})
    parquet.write_table(nested, tmp_path / "nested.parquet")
    code, out, _ = run("nested.parquet", "shop.fx", "--format", "json", "--limit", "4")
    assert code == 0
    assert json.loads(out)["data"] == {"files": ["nested.parquet"], "rows": 12, "requests": 4}


def test_batches_change_nothing(run: Fx, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.loads(run("a.parquet", "shop.fx", "--format", "json")[1])
    monkeypatch.setattr("feature_extractor.profile.run.BATCH_ROWS", 7)
    parts = json.loads(run("a.parquet", "shop.fx", "--format", "json", "--threads", "1")[1])
    assert parts["data"]["requests"] == 9
    assert parts["features"] == whole["features"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("a.parquet",), 2, "Name the data and the program"),
        (("missing.parquet", "shop.fx"), 2, "there is no such file"),
        (("a.parquet", "missing.fx"), 2, "there is no such file"),
        (("shop.fx", "a.parquet"), 2, "neither a feature file"),
        (("a.parquet", "bad.fx"), 1, "error[FX101]"),
        (("a.parquet", "empty.fx"), 1, "no features"),
        (("other.parquet", "shop.fx"), 1, "price"),
        (("a.parquet", "shop.fx", "-o", "report.txt"), 2, "ends in .html or .json"),
    ],
)
def test_failures_are_told_in_a_line(
    run: Fx, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    (tmp_path / "bad.fx").write_text("feature a : dense = b\n")
    (tmp_path / "empty.fx").write_text("let a = 1\n")
    parquet.write_table(pa.table({"price": ["x"], "title": ["y"]}), tmp_path / "other.parquet")
    found = run(*arguments)
    assert found[0] == code and message in found[2]


def test_profile_in_python_takes_frames(tmp_path: Path) -> None:
    from feature_extractor.profile import profile

    (tmp_path / "shop.fx").write_text(PROGRAM)
    rows: list[dict[str, Any]] = [{"price": 2.0, "title": "a b"}, {"price": None, "title": ""}]
    found = profile(tmp_path / "shop.fx", rows)
    assert found.feature("price").distribution.defaulted == 1
    with pytest.raises(KeyError):
        found.feature("none")
