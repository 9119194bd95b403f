"""Files of programs are read whole, up to a size, and a refusal says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from feature_extractor.files import LARGEST_FILE, UnreadableFile, read_file


@pytest.mark.parametrize("size", [0, 1, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, LARGEST_FILE])
def test_a_file_is_read_whole(tmp_path: Path, size: int) -> None:
    text = "".join(chr(97 + number % 26) for number in range(26)) * (size // 26 + 1)
    path = tmp_path / "long.fx"
    path.write_text(text[:size])
    assert read_file(path) == text[:size]


def test_a_character_may_lie_across_blocks(tmp_path: Path) -> None:
    text = "x" + "ä€😀" * 30_000
    path = tmp_path / "wide.fx"
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert read_file(path) == text


def _too_large(folder: Path) -> Path:
    path = folder / "large.fx"
    path.write_bytes(b"x" * (LARGEST_FILE + 1))
    return path


def _in_another_encoding(folder: Path) -> Path:
    path = folder / "latin.fx"
    path.write_bytes(b"# one\n# caf\xe9\n")
    return path


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.fx"
    os.mkfifo(path)
    return path


def _circle(folder: Path) -> Path:
    path = folder / "circle.fx"
    path.symlink_to(path)
    return path


def _below_a_file(folder: Path) -> Path:
    (folder / "file.fx").write_text("")
    return folder / "file.fx" / "other.fx"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_too_large, "the file is too large"),
        (_in_another_encoding, "line 2 is not valid UTF-8"),
        (_pipe, "it is not a file"),
        (lambda folder: folder, "it is not a file"),
        (_circle, "there is no such file"),
        (_below_a_file, "there is no such file"),
        (lambda folder: folder / "none.fx", "there is no such file"),
        (lambda folder: folder / "none\0.fx", "there is no such file"),
        (lambda folder: folder / ("x" * 300), "it cannot be read: File name too long"),
    ],
)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, make: Callable[[Path], Path], message: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_file(make(tmp_path))
    assert str(refused.value) == message
