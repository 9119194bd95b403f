"""`fx repl` on a terminal: both editors, history, completion, interruption."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from feature_extractor.registry import load_registry
from feature_extractor.repl.completion import proposals
from feature_extractor.repl.entries import is_complete, is_statement
from feature_extractor.repl.loop import COMMANDS, Loop
from feature_extractor.repl.reading import LineReader, state_folder
from feature_extractor.repl.session import Session

pexpect = pytest.importorskip("pexpect")
pytest.importorskip("pyarrow")

EDITORS = ["readline", "prompt-toolkit"]


@pytest.fixture(params=EDITORS)
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A session on a terminal of its own; `history` is where its entries should be kept."""
    if request.param == "prompt-toolkit":
        pytest.importorskip("prompt_toolkit")
    python = str(Path(__file__).parents[2] / "python")
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TERM": "dumb" if request.param == "readline" else "vt100",
        "NO_COLOR": "1",
        "PYTHONPATH": python,
        "PROMPT_TOOLKIT_NO_CPR": "1",
    }
    child = pexpect.spawn(
        sys.executable,
        ["-m", "feature_extractor", "repl", "--editor", request.param],
        env=environment,
        cwd=str(tmp_path),
        encoding="utf-8",
        dimensions=(40, 120),
        timeout=30,
    )
    child.delaybeforesend = None
    child.expect_exact("`:help` lists the commands")
    child.expect_exact("fx>")
    yield SimpleNamespace(child=child, history=tmp_path / "state/feature_extractor/repl_history")
    child.close(force=True)


def interrupt(child: Any) -> None:
    """Interrupt until a new prompt comes: between two keys Python's readline sees a signal only with the next one."""
    for _ in range(10):
        child.sendintr()
        if child.expect_exact(["fx>", pexpect.TIMEOUT], timeout=3) == 0:
            return
    raise AssertionError("an interrupt gives no new prompt")


def test_a_session_on_a_terminal(terminal: SimpleNamespace) -> None:
    child = terminal.child
    child.send("let a = [\r")
    child.expect_exact("...")
    child.send("1, 2]\r")
    child.expect_exact("a : list<int>")
    child.send("b + 1\r")
    child.expect_exact("error[FX101]")
    child.expect_exact("fx>")
    child.send("1 + 1")
    child.expect_exact("1 + 1")
    interrupt(child)
    child.send("a.is_nu\t")
    child.expect("a.is_null|is_null|ll")
    child.send("\x15a.map(x -> x * 21)\r")
    child.expect_exact("[21, 42]")
    child.expect_exact("fx>")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0
    kept = terminal.history.read_text(encoding="utf-8")
    assert "a.map(x -> x * 21)" in kept
    assert terminal.history.parent.stat().st_mode & 0o077 == 0


def test_quit_leaves(terminal: SimpleNamespace) -> None:
    terminal.child.send(":quit\r")
    terminal.child.expect(pexpect.EOF)
    terminal.child.wait()
    assert terminal.child.exitstatus == 0


def test_the_folder_of_the_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "there"))
    assert state_folder() == tmp_path / "there/feature_extractor"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder() == tmp_path / ".local/state/feature_extractor"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert state_folder() == tmp_path / "Library/Application Support/feature_extractor"


def test_a_session_needs_no_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    lines = iter(["1", EOFError()])

    def answer(_: str) -> str:
        line = next(lines)
        if isinstance(line, BaseException):
            raise line
        return line

    monkeypatch.setattr("builtins.input", answer)
    assert list(LineReader(lambda _: []).entries()) == ["1"]


# ---- where an entry ends -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        "1 + 1",
        "let a = 1",
        ":load x",
        '"text"',
        "feature a : dense = b # (",
        'a == "("',
        ")",
        "a[0]",
    ],
)
def test_whole_entries(entry: str) -> None:
    assert is_complete(entry)


@pytest.mark.parametrize(
    "entry",
    [
        "1 +",
        "f(",
        "let a =",
        "[1,",
        '"""text',
        "e ->",
        "a ??",
        "if a then",
        "not",
        '@owner("a")',
        '"""About."""',
        "a.",
        "x and # more",
    ],
)
def test_entries_that_go_on(entry: str) -> None:
    assert not is_complete(entry)


def test_statements_and_expressions() -> None:
    for entry in (
        "let a = 1",
        "  let a = 1",
        "# remark\nlet a = 1",
        '@owner("a")\nfeature a : dense = 1',
        '"""D."""',
    ):
        assert is_statement(entry)
    for entry in ("letter + 1", "input.x", "1", '"text"', "[1]", "use(1)"):
        assert not is_statement(entry)


# ---- completion ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("completion")
    found = Session(load_registry(), folder)
    found.declare(
        "input candidate {\n    price: float\n    title: string\n    history: list<{movie: int, at: timestamp}>\n}\n"
        "let recent = history.first()\nlet prices(x) = x + price\nfeature a : dense = price\n"
    )
    return found


def words(session: Session, text: str) -> dict[str, str]:
    remarks = {name: summary for name, (_, summary) in COMMANDS.items()}
    found = proposals(session, text, remarks)
    assert all(text[p.start :] == p.word[: len(text) - p.start] for p in found)
    return {p.word: p.remark for p in found}


def test_names_come_with_their_types(session: Session) -> None:
    assert words(session, "1 + pri") == {"price": "candidate float", "prices": ""}
    assert words(session, "rec")["recent"] == "{movie: int, at: timestamp}?"
    assert "let" in words(session, "l") and "let" not in words(session, "1 + l")


def test_members_fit_what_stands_before_the_point(session: Session) -> None:
    assert words(session, "recent.") == {"movie": "int", "at": "timestamp"}
    texts, numbers = words(session, "title."), words(session, "(price + 1).")
    assert "lower" in texts and "log1p" not in texts
    assert "log1p" in numbers and "lower" not in numbers
    assert {"lower"} == set(words(session, "title.trim().lowe"))
    assert "count" in words(session, "history.") and "tokenize" in words(session, '"a b".')


def test_commands_and_files_are_proposed(session: Session, tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_text("")
    (tmp_path / "folder").mkdir()
    assert words(session, ":ty") == {"type": COMMANDS["type"][1]}
    assert set(words(session, f":load {tmp_path}/")) == {
        f"{tmp_path}/rows.parquet",
        f"{tmp_path}/folder/",
    }
    assert "title" in words(session, ":type tit")
    assert "levenshtein" in words(session, ":ops lev")
    assert words(session, ":drop rec") == {"recent": ""}
    assert words(session, ":load /nowhere/x") == {}


def test_half_written_text_is_no_reason_to_fail(session: Session) -> None:
    loop = Loop(session)
    for text in ("(((.", "a..", ").", '".', "[1, 2.", "x -> x.", "]].x", ".", "# tit", '"tit'):
        loop.propose(text)
