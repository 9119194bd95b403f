"""Files that commands write: as a whole or not at all, and never in the place of what is read."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from feature_extractor.whole_files import whole_file
from fx_outcome import Run

WRITING = [
    ("compile", "ranking.fx", "-o"),
    ("explain", "ranking.fx", "-o"),
    ("profile", "log.jsonl", "ranking.fx", "--format", "json", "-q", "-o"),
    ("run", "ranking.fx", "-i", "log.jsonl", "--output-format", "csv", "-q", "-o"),
    ("run", "ranking.fx", "-i", "log.jsonl", "-o", "samples.csv", "-q", "--statistics"),
    ("lint", "ranking.fx", "--write-baseline", "--baseline"),
]
"""Commands without the name of the file that they write."""


def names(arguments: tuple[str, ...]) -> str:
    return f"{arguments[0]} {arguments[-1]}"


@pytest.fixture(autouse=True)
def _files(ranking: str, log: str) -> None:
    """The program and the table that the commands read."""


@pytest.mark.parametrize("arguments", WRITING, ids=names)
def test_a_link_stays_and_permissions_too(
    fx: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to("folder/written")
    assert fx(*arguments, "link").code == 0
    written = tmp_path / "folder" / "written"
    content = written.read_bytes()
    written.chmod(0o640)
    assert fx(*arguments, "link").code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(written.stat().st_mode) == 0o640
    # The counts have a time in them.
    assert "--statistics" in arguments or written.read_bytes() == content
    assert os.listdir(tmp_path / "folder") == ["written"]


@pytest.mark.parametrize("arguments", WRITING[:-1], ids=names)
def test_a_pipe_is_written_to(fx: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """As a device is, which must not be replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert fx(*arguments, "pipe").code == 0
    reader.join(60)
    assert len(found[0]) > 100
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("arguments", WRITING, ids=names)
@pytest.mark.parametrize("target", ["folder", "missing/file", "ranking.fx/file", "loop"])
def test_a_place_that_cannot_be_written(
    fx: Run, tmp_path: Path, arguments: tuple[str, ...], target: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    outcome = fx(*arguments, target)
    assert outcome.code == 2
    lines = [line for line in outcome.err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith(f"error: {target}: "), outcome.err
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".fx_")]


@pytest.mark.parametrize("arguments", WRITING[:-1], ids=names)
def test_what_is_read_is_not_written_over(
    fx: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    before = (tmp_path / "ranking.fx").read_bytes()
    outcome = fx(*arguments, "./ranking.fx")
    assert outcome.code == 2
    assert "the output would overwrite what is read" in outcome.err
    assert (tmp_path / "ranking.fx").read_bytes() == before


def test_only_a_baseline_is_written_over(fx: Run, write: Callable[[str, str], str]) -> None:
    write("notes.txt", "to do\n")
    outcome = fx("lint", "ranking.fx", "--write-baseline", "--baseline", "notes.txt")
    assert outcome.code == 2
    assert outcome.err.splitlines()[1] == (
        "  Remove it, or name another file: only a baseline is written over."
    )
    assert Path("notes.txt").read_text() == "to do\n"


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"old")

    def half() -> None:
        with whole_file(place) as file:
            file.write(b"new")
            file.flush()
            assert place.read_bytes() == b"old"
            raise KeyError("told")

    with pytest.raises(KeyError, match="told"):
        half()
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
    assert place.read_bytes() == b"old"
