"""``fx fmt``: files, folders, standard input, exit codes."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest
from feature_extractor.cli import main

UGLY = "let  a=1\n"
FINE = "let a = 1\n"
WRONG = "let = 1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of each sort; it is the current one."""
    monkeypatch.chdir(tmp_path)
    Path("inner").mkdir()
    Path("ugly.fx").write_text(UGLY)
    Path("inner/fine.fx").write_text(FINE)
    Path("inner/notes.txt").write_text(UGLY)
    return tmp_path


def test_a_folder_is_formatted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.chmod("ugly.fx", 0o640)
    assert main(["fmt", "."]) == 0
    assert Path("ugly.fx").read_text() == FINE
    assert stat.S_IMODE(os.stat("ugly.fx").st_mode) == 0o640
    assert Path("inner/notes.txt").read_text() == UGLY
    assert capsys.readouterr().out == ("formatted ugly.fx\n1 file formatted, 1 file is in style\n")
    assert sorted(path.name for path in folder.iterdir()) == ["inner", "ugly.fx"]
    assert main(["fmt", "."]) == 0
    assert capsys.readouterr().out == "2 files are in style\n"


def test_check_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--check", "ugly.fx", "inner"]) == 1
    assert Path("ugly.fx").read_text() == UGLY
    assert "would format ugly.fx" in capsys.readouterr().out
    assert main(["fmt", "--check", "inner"]) == 0


def test_diff_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "--diff", "ugly.fx"]) == 1
    assert Path("ugly.fx").read_text() == UGLY
    assert capsys.readouterr().out == (
        "--- ugly.fx\n+++ ugly.fx\n@@ -1 +1 @@\n-let  a=1\n+let a = 1\n"
    )


def test_mistakes_leave_a_file_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.fx").write_text(WRONG)
    assert main(["fmt", "a.fx", "ugly.fx"]) == 1
    assert Path("a.fx").read_text() == WRONG
    assert Path("ugly.fx").read_text() == FINE
    said = capsys.readouterr()
    assert "error[FX001] syntax-error" in said.err
    assert "a.fx:1:5" in said.err
    assert said.out.endswith("1 file formatted, 1 file left alone\n")


@pytest.mark.parametrize("content", [b'let a = "\xff"\n', b"PK\0\0"])
def test_what_is_no_program(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    Path("a.fx").write_bytes(content)
    assert main(["fmt", "a.fx", "missing.fx", "ugly.fx"]) == 2
    assert Path("a.fx").read_bytes() == content
    assert Path("ugly.fx").read_text() == FINE
    said = capsys.readouterr().err
    assert "error: a.fx: " in said
    assert "error: missing.fx: there is no such file" in said
    assert "Traceback" not in said


def test_a_link_stays_a_link(folder: Path) -> None:
    Path("link.fx").symlink_to("ugly.fx")
    assert main(["fmt", "link.fx"]) == 0
    assert Path("link.fx").is_symlink()
    assert Path("ugly.fx").read_text() == FINE


def test_lines_end_as_on_unix(folder: Path) -> None:
    Path("ugly.fx").write_bytes(b"let a = 1\r\n")
    assert main(["fmt", "--check", "ugly.fx"]) == 1
    assert main(["fmt", "ugly.fx"]) == 0
    assert Path("ugly.fx").read_bytes() == FINE.encode()


def test_standard_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for text, arguments, code, said in [
        (UGLY, [], 0, FINE),
        (UGLY, ["--check"], 1, ""),
        (FINE, ["--check"], 0, ""),
        (WRONG, [], 1, ""),
    ]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert main(["fmt", "-", *arguments]) == code
        assert capfdbinary.readouterr().out.decode() == said
    assert main(["fmt", "-", "ugly.fx"]) == 2


@pytest.mark.parametrize("path", ["ugly.fx", "."])
def test_settings_that_are_named_must_be_there(
    folder: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    assert main(["fmt", path, "--config", "missing.toml"]) == 2
    assert capsys.readouterr().err == "error: missing.toml: there is no such file\n"
    Path("fx.toml").write_text("")
    assert main(["fmt", path, "--config", "fx.toml", "--isolated"]) == 2
    assert Path("ugly.fx").read_text() == UGLY
