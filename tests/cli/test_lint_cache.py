"""`fx lint` keeps what it found; `fx clean` removes that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fx_outcome import Run

Write = Callable[[str, str], str]
UNUSED = "input request { x: float }\nlet unused = x\nfeature a : dense = x\n"


def test_the_cache_lies_in_the_folder_where_fx_runs(
    fx: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FX_CACHE_DIR")
    write("a.fx", UNUSED)
    first = fx("lint", ".", "--no-cache")
    assert not (tmp_path / ".fx_cache").exists()
    for _ in range(2):
        assert fx("lint", ".") == first
    assert list((tmp_path / ".fx_cache").rglob("*.jsonl"))
    assert fx("clean").out == ".fx_cache: removed\n"
    assert not (tmp_path / ".fx_cache").exists()
    assert fx("clean").out == ".fx_cache: there is no cache here\n"
    # Nothing that is no cache is removed.
    assert fx("clean", "--cache-dir", str(tmp_path)).out.endswith("there is no cache here\n")
    assert (tmp_path / "a.fx").exists()


def test_the_number_of_processes_is_at_least_one(fx: Run, write: Write) -> None:
    write("a.fx", UNUSED)
    assert fx("lint", "a.fx", "--jobs", "0").code == 2
    assert fx("lint", "a.fx", "--jobs", "3").code == 1
