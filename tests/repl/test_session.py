"""`fx repl` from a pipe: declarations, values on rows, commands, and mistakes that end nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feature_extractor.cli import main

pa = pytest.importorskip("pyarrow")
from pyarrow import parquet

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = pa.table(
    {
        "title": ["Red apple", "Läufer \x1b[31m", None],
        "price": [1.5, 2.0, 3.0],
        "count": [1, 2, 3],
        "at": pa.array([MOMENT] * 3, pa.timestamp("us", "UTC")),
        "history": [[{"movie": 1, "tag": "a"}], [], [{"movie": 2, "tag": None}]],
        "place": pa.array([[1.0, 2.0]] * 3, pa.list_(pa.float32(), 2)),
        "taste": pa.array([[("a", 1.0)], [], []], pa.map_(pa.string(), pa.float64())),
        "exact": pa.array([1, 2, 3]).cast(pa.decimal128(30, 2)),
        "let": [1, 2, 3],
    }
)

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Give entries to `fx repl` by standard input; returns the exit code and both outputs together."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    parquet.write_table(TABLE, tmp_path / "rows.parquet")

    def run(entries: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(entries))
        monkeypatch.setattr("sys.stderr", __import__("sys").stdout)
        code = main(["repl", *arguments])
        return code, capsys.readouterr().out

    return run


def values(say: Say, expression: str, *before: str) -> str:
    code, out = say("\n".join([*before, expression]) + "\n", "--load", "rows.parquet")
    assert code == 0, out
    return out.partition("3 rows of rows.parquet\n")[2]


def test_constants_need_no_rows(say: Say) -> None:
    assert say("1 + 2\n[1.5, 2]\n30d / 2\n") == (
        0,
        "int  (constant)\n3\nlist<float>  (constant)\n[1.5, 2.0]\nduration  (constant)\n15d\n",
    )


def test_inputs_are_declared_as_the_table_has_them(say: Say) -> None:
    code, out = say(":load rows.parquet\n:show\n")
    block = (
        "input candidate {\n    title: string?\n    price: float\n    count: int\n    at: timestamp\n"
        "    history: list<{movie: int, tag: string?}>\n    place: vector<2>\n    taste: map<string, float>\n}\n"
    )
    assert code == 0
    assert out.startswith(block) and out.endswith(f"3 rows of rows.parquet\n{block}")
    assert "the column `exact` of type decimal128(30, 2) is left out" in out
    assert "the column `let` is left out" in out


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("title", 'string?  (per candidate)\n1  "Red apple"\n2  "Läufer \\u{1B}[31m"\n3  null\n'),
        ("price > 1.5", "bool  (per candidate)\n1  false\n2  true\n3  true\n"),
        ("at + 1d", 'timestamp  (per candidate)\n1  t"2026-01-02T00:00:00Z"\n'),
        ("history.map(e -> e.movie)", "list<int>  (per candidate)\n1  [1]\n2  []\n3  [2]\n"),
        (
            "history",
            'list<{movie: int, tag: string?}>  (per candidate)\n1  [{movie: 1, tag: "a"}]\n2  []\n'
            "3  [{movie: 2, tag: null}]\n",
        ),
        (
            "history.first()",
            '{movie: int, tag: string?}?  (per candidate)\n1  {movie: 1, tag: "a"}\n2  null\n',
        ),
        ("place", "vector<2>  (per candidate)\n1  [1, 2]\n"),
        ("taste", 'map<string, float>  (per candidate)\n1  {"a": 1.0}\n2  {}\n'),
        ("{a: count, b: 2}", "{a: int, b: int}  (per candidate)\n1  {a: 1, b: 2}\n"),
        ("price\n  .clip(0.0, 2.0)", "float  (per candidate)\n1  1.5\n2  2.0\n3  2.0\n"),
        ("max(\n[count, 2]\n)", "int?  (per candidate)\n1  2\n2  2\n3  3\n"),
    ],
)
def test_values_are_shown_as_programs_write_them(say: Say, expression: str, shown: str) -> None:
    assert values(say, expression).startswith(shown)


def test_a_mistake_is_shown_with_its_place_and_ends_nothing(say: Say) -> None:
    code, out = say("pric * 2\n1 +\n  title\n(price\ncount + 1\n)\n5\n", "--load", "rows.parquet")
    assert code == 1
    assert " --> <entry>:1:1\n  |\n1 | pric * 2\n  | ^^^^ did you mean `price`?\n" in out
    assert " --> <entry>:1:3\n  |\n1 | 1 +\n" in out or " --> <entry>:2:3\n" in out
    assert out.endswith("int  (constant)\n5\n")


def test_a_statement_with_a_mistake_changes_nothing(say: Say) -> None:
    code, out = say("let a = 1\nlet a = b\na\nlet a = 2\na\n")
    assert code == 1
    assert "<entry>:1:9" in out and "unknown name `b`" in out
    assert out.count("int  (constant)\n1\n") == 1
    assert out.endswith("a : int  (constant)  (before it was another)\nint  (constant)\n2\n")


def test_declarations_are_replaced_in_their_place(say: Say) -> None:
    entries = "let a = 1\nlet f(x) = x + a\nlet a = 2\n:show\n:drop a\n:drop f\n:drop a\n:show\n"
    code, out = say(entries)
    assert code == 1
    assert "let a = 2\nlet f(x) = x + a\n" in out
    assert "<session>:1:" in out and "unknown name `a`" in out
    assert out.endswith("nothing is declared yet\n")


def test_features_are_run_and_saved(say: Say, tmp_path: Path) -> None:
    code, out = say(
        '"How many."\nfeature a : dense = count\n'
        '"""Of what was seen."""\n@owner("team")\nfeature b : ids(10) = history.map(e -> e.movie)\n'
        'feature c : text = title ?? "none"\n:run\n:run b\n:save out.fx\n:save out.txt\n',
        "--load",
        "rows.parquet",
    )
    assert "a  b    c\n1  [1]  'Red apple'\n" in out
    assert "b\n[1]\n[]\n[2]\n" in out
    assert "out.fx: 4 declarations\n" in out and "ends in `.fx`" in out
    assert code == 1
    saved = (tmp_path / "out.fx").read_text(encoding="utf-8")
    assert '"""Of what was seen."""\n@owner("team")\nfeature b : ids(10)' in saved
    assert main(["check", "out.fx"]) == 0


def test_a_program_is_opened_with_its_modules_and_resources(say: Say, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "words.txt").write_text("red\napple\n")
    (tmp_path / "shop" / "m.fx").write_text("let double(x) = x * 2\n")
    (tmp_path / "shop" / "shop.fx").write_text(
        'use "m.fx"\nresource words = vocabulary("words.txt")\ninput request { now: timestamp }\n'
        "input candidate { title: string?, count: int }\nfeature a : dense = double(count)\n"
    )
    rows = "".join(
        f'{{"now": "2026-01-01", "title": "{t}", "count": {n}}}\n'
        for n, t in enumerate(["Red", "Apple pie"])
    )
    (tmp_path / "log.jsonl").write_text(rows)
    code, out = say(
        'words.lookup((title ?? "").lower().tokenize())\ndouble(count)\nnow\nzzz.lookup(1)\n',
        "shop/shop.fx",
        "--load",
        "log.jsonl",
    )
    assert "1  [1]\n2  [2, 0]\n" in out
    assert "int  (per candidate)\n1  0\n2  2\n" in out
    assert "timestamp  (per request)" in out
    assert code == 1


def test_text_needs_declared_types(say: Say, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    code, out = say(":load a.csv\ninput candidate { x: int }\n:load a.csv\nx + 1\n")
    assert "csv does not tell the types" in out
    assert out.endswith("1 row of a.csv\nint  (per candidate)\n1  2\n")
    assert code == 1


def test_nested_tables_have_requests_and_candidates(say: Say, tmp_path: Path) -> None:
    nested = pa.table({"user": ["Ann"], "candidates": [[{"movie": 1}, {"movie": 2}]]})
    parquet.write_table(nested, tmp_path / "nested.parquet")
    code, out = say("collect(movie).sum()\nmovie\nuser\n", "--load", "nested.parquet")
    assert code == 0
    assert "input request {\n    user: string\n}\ninput candidate {\n    movie: int\n}\n" in out
    assert 'string  (per request)\n1  "Ann"\n2  "Ann"\n' in out


@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        (":help", ":load FILE [ROWS]"),
        (":type price + 1", "float  (per candidate)"),
        (":t 1", "int  (constant)"),
        (":explain price * 2.0", "multiply"),
        (":ops levenshtein", "Count the edits"),
        (":rows 1\ncount", "int  (per candidate)\n1  1\n"),
        (":rows none", "write a number of rows"),
        (":rows", "write `:rows N`"),
        (":lod x", "Did you mean `:load`?"),
        (":run", "no feature is declared"),
        (":save a.fx\n:reset\n:save a.fx", "nothing is declared yet"),
        (":load missing.parquet", "there is no such file"),
        ('"\udcfc".upper()', "what is not valid UTF-8"),
        (":load .", "this is a directory"),
        (":drop nothing", "nothing is declared as `nothing`"),
        (":load rows.parquet 2", "2 rows of rows.parquet"),
        (":", "there is no command `:`"),
        ("# only a remark\n1", "int  (constant)\n1\n"),
        (":quit\n:help", ""),
    ],
)
def test_commands(say: Say, entry: str, answer: str) -> None:
    _, out = say(f"{entry}\n", "--load", "rows.parquet")
    assert "Traceback" not in out
    tail = out.partition("3 rows of rows.parquet\n")[2]
    assert answer in tail if answer else tail == ""


def test_as_many_rows_are_shown_as_are_asked_for(say: Say) -> None:
    _, out = say("count\n", "--load", "rows.parquet", "--rows", "2")
    assert out.partition("3 rows of rows.parquet\n")[2] == "int  (per candidate)\n1  1\n2  2\n"


def test_any_entry_gets_an_answer(say: Say) -> None:
    entries = [
        "let",
        "feature a",
        "input {",
        "}",
        '"',
        '"""',
        "@",
        "a.b.c(",
        ")",
        "x -> y",
        "\0",
        "é",
    ]
    entries += ['use "x.fx"', "let a = a", "let a = b = c"]
    for entry in entries:
        code, out = say(f"{entry}\n\n")
        assert code == 1, (entry, out)
        assert "error" in out and "Traceback" not in out and "mistake in fx" not in out
