"""Programs and results in a notebook, and the cell magic, in a real shell of IPython."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest

pa = pytest.importorskip("pyarrow")
pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

TEXT = '''"""About <b>shops</b> & more."""
input request { now: timestamp }
input candidate {
    price: float?
    title: string
    at: timestamp
    place: vector<2>
}
"The price, <script>alert(1)</script>."
feature price : dense = price ?? 0.0
feature age : dense = (now - at) / 1d
feature words : ids(1000, max = 3) = title.tokenize().hash_bucket(1000)
feature weighted : weighted(10) = title.tokenize().map(w -> {id: w.length() % 10, weight: 0.5})
feature title : text = title
feature place : dense = place
'''
ROWS = [
    {"now": 0, "price": None, "title": "<i>Red</i> apple", "at": 0, "place": [1.0, 2.0]},
    {"now": 86_400_000_000, "price": 2.5, "title": "b" * 200, "at": 0, "place": [0.5, 0.0]},
]
VOID = {"br", "meta"}


class Checked(HTMLParser):
    """Reads HTML, and refuses tags that are not closed, scripts, and references to elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe")
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("src", "href") and (name == "xmlns" or "://" not in (value or ""))
        self.seen.append(tag)
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and not (self.get_starttag_text() or "").endswith(f"{tag}/>"):
            assert self.open and self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def program() -> fx.Program:
    return fx.compile_text(TEXT, path="shop.fx")


def test_a_program_is_a_table_and_a_graph(program: fx.Program) -> None:
    page = Checked(program._repr_html_())
    assert page.seen.count("table") == 1 and page.seen.count("svg") == 1
    assert page.seen.count("tr") == 1 + 6
    assert "The price, <script>alert(1)</script>." in page.text
    assert "About <b>shops</b> & more." in page.text
    assert program.digest in page.text
    steps = [s for s in program.package.plan["steps"] if s["do"] != "constant"]
    assert page.seen.count("rect") == len(steps)
    assert re.search(r"<svg role='img' aria-label='The \d+ steps", program._repr_html_())


def test_an_extractor_shows_inputs_and_features(program: fx.Program) -> None:
    page = Checked(program.extractor()._repr_html_())
    assert page.seen.count("table") == 2
    assert "vector<2>" in page.text and "weighted(10)" in page.text


def test_a_result_shows_its_first_rows(program: fx.Program) -> None:
    extraction = program.extractor().extract(ROWS * 20)
    page = Checked(extraction._repr_html_())
    assert page.seen.count("tr") == 1 + 10
    assert "40 rows, 6 features" in page.text and "30 more rows" in page.text
    assert "<i>Red</i> apple" in page.text and "b" * 100 not in page.text
    assert "{6: 0.5" in page.text or "0.5}" in page.text
    assert Checked(program.extractor().extract(ROWS[:0])._repr_html_()).seen.count("tr") == 1


def test_large_programs_stay_small() -> None:
    lines = "".join(f"feature f{n} : dense = x + {n}.5\n" for n in range(300))
    program = fx.compile_text(f"input candidate {{ x: float }}\n{lines}")
    page = Checked(program._repr_html_())
    assert page.seen.count("tr") == 1 + 200 and "and 100 more" in page.text
    assert "svg" not in page.seen and "too many for a picture" in page.text
    result = Checked(program.extractor().extract([{"x": 1.0}])._repr_html_())
    assert "270 more features" in result.text


def test_serving_does_not_need_the_notebook(program: fx.Program) -> None:
    assert repr(program) == f"Program('shop', 6 features, digest {program.digest})"


# ---- the cell magic ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A shell of its own, which leaves neither a history nor hooks behind."""
    config = Config()
    config.HistoryManager.enabled = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        made = InteractiveShell.instance(config=config)
        yield made
        made.restore_sys_module_state()
        InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    shell.reset(new_session=False)
    shell.run_line_magic("load_ext", "feature_extractor.jupyter")
    shell.user_ns["orders"] = pa.table({"price": [1.0, None], "title": ["Red apple", "pear"]})
    yield shell
    shell.run_line_magic("unload_ext", "feature_extractor.jupyter")
    assert "fx" not in shell.magics_manager.magics["cell"]


CELL = "feature price : dense = price ?? -1.0\nfeature words : ids(100) = title.tokenize().hash_bucket(100)\n"


def test_a_cell_runs_on_a_frame(notebook: Any) -> None:
    result = notebook.run_cell(f"%%fx orders\n{CELL}")
    assert result.success
    assert result.result["price"].tolist() == [1.0, -1.0]
    assert result.result["words"].lengths().tolist() == [2, 1]


@pytest.mark.parametrize("library", ["pandas", "polars", "dict", "list"])
def test_frames_of_any_library(notebook: Any, library: str) -> None:
    table = notebook.user_ns["orders"]
    if library in ("pandas", "polars"):
        pytest.importorskip(library)
    made = {
        "pandas": lambda: table.to_pandas().set_index(__import__("numpy").array([7, 9])),
        "polars": lambda: __import__("polars").from_arrow(table),
        "dict": table.to_pydict,
        "list": table.to_pylist,
    }
    notebook.user_ns["frame"] = made[library]()
    result = notebook.run_cell(f"%%fx frame\n{CELL}")
    assert result.result["price"].tolist() == [1.0, -1.0]


def test_columns_of_objects_are_left_out(notebook: Any) -> None:
    pandas = pytest.importorskip("pandas")
    notebook.user_ns["odd"] = pandas.DataFrame({"a": [1, 2], "thing": [object(), 3]})
    result = notebook.run_cell("%%fx odd\nfeature a : dense = a\n")
    assert result.result["a"].tolist() == [1.0, 2.0]


def test_results_and_programs_are_kept_under_names(notebook: Any) -> None:
    pytest.importorskip("pandas")
    assert (
        notebook.run_cell(f"%%fx orders -o samples -p shop --to pandas --rows 1\n{CELL}").result
        is None
    )
    assert notebook.user_ns["samples"]["price"].tolist() == [1.0]
    assert isinstance(notebook.user_ns["shop"], fx.Program)
    only = notebook.run_cell("%%fx\ninput candidate { a: int }\nfeature a : dense = a\n")
    assert isinstance(only.result, fx.Program)


def test_declared_inputs_are_taken_as_they_are(
    notebook: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = notebook.run_cell(
        "%%fx orders\ninput candidate { price: int }\nfeature a : dense = price\n"
    )
    assert not result.success
    out = capsys.readouterr()
    assert "price" in out.out + out.err and "Traceback" not in out.out + out.err


def test_modules_and_resources_are_found(notebook: Any, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "m.fx").write_text("let twice(x) = x * 2.0\n")
    cell = 'use "m.fx"\nfeature a : dense = twice(price ?? 1.5)\n'
    assert notebook.run_cell(f"%%fx orders --root shop\n{cell}").result["a"].tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("line", "cell", "message"),
    [
        ("orders", "feature a : dense = prize\n", "did you mean `price`?"),
        ("orders", "feature a : dense =\n", "error[FX001]"),
        (
            "order",
            "feature a : dense = 1\n",
            "there is no variable `order`; did you mean `orders`?",
        ),
        ("orders --nothing", "feature a : dense = 1\n", "No such option"),
        ("orders --to excel", "feature a : dense = 1\n", "excel"),
        ("orders 'open", "feature a : dense = 1\n", "No closing quotation"),
        ("orders -o 'a b'", "feature a : dense = 1\n", "cannot be the name of a variable"),
        ("number", "feature a : dense = 1\n", "this is not a frame"),
        ("twice", "feature a : dense = 1\n", "two columns have the same name"),
        ("strange", "input candidate { a: int }\nfeature a : dense = a\n", "a"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    notebook: Any, capsys: pytest.CaptureFixture[str], line: str, cell: str, message: str
) -> None:
    notebook.user_ns["number"] = 7
    if line == "twice":
        pandas = pytest.importorskip("pandas")
        notebook.user_ns["twice"] = pandas.DataFrame([[1, 2]], columns=["a", "a"])
    notebook.user_ns["strange"] = pa.table({"a": ["x"]})
    result = notebook.run_cell(f"%%fx {line}\n{cell}")
    assert not result.success
    captured = capsys.readouterr()
    out = re.sub(r"\x1b\[[0-9;]*m", "", captured.out + captured.err)
    assert message in out
    assert "Traceback" not in out and "jupyter.py" not in out


def test_a_mistake_of_compile_is_shown_as_our_message(
    notebook: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = notebook.run_cell(
        "import feature_extractor\nfeature_extractor.compile_text('let a = b')"
    )
    assert isinstance(result.error_in_exec, fx.CompileError)
    captured = capsys.readouterr()
    out = re.sub(r"\x1b\[[0-9;]*m", "", captured.out + captured.err)
    assert "error[FX101] unknown-name: unknown name `b`" in out
    assert "Traceback" not in out


def test_the_help_lists_the_options(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert notebook.run_cell("%%fx --help\n1").success
    assert "--output NAME" in capsys.readouterr().out


def test_lines_of_messages_are_those_of_the_cell(
    notebook: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run_cell("%%fx orders\n\n# A remark.\nfeature a : dense = prize\n")
    captured = capsys.readouterr()
    assert "<cell>:3:21" in re.sub(r"\x1b\[[0-9;]*m", "", captured.out + captured.err)
