"""Runs ``fx`` in this process, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from feature_extractor.cli import main
from fx_outcome import RANKING, ROWS, Outcome, Run


@pytest.fixture
def fx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run ``fx`` with some arguments; the current folder is the test's own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = main(list(arguments))
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    """Write a text file into the test's folder and return its name."""

    def write_file(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write_file


@pytest.fixture
def ranking(write: Callable[[str, str], str]) -> str:
    """A program with each kind of input and of feature."""
    return write("ranking.fx", RANKING)


@pytest.fixture
def log(write: Callable[[str, str], str]) -> str:
    """ROWS as JSON lines."""
    return write("log.jsonl", "".join(json.dumps(row) + "\n" for row in ROWS))


@pytest.fixture(autouse=True)
def cache_elsewhere(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the cache of the linter out of the folders that tests look into."""
    monkeypatch.setenv("FX_CACHE_DIR", str(tmp_path_factory.mktemp("cache") / "fx"))
