"""Arrow files whose buffers do not hold what they promise: told, never read beyond their ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fx_outcome import Run

pa = pytest.importorskip("pyarrow")
from pyarrow import ipc

WriteFile = Callable[[str, str], str]
PROGRAM = """
input candidate { title: string, words: list<string>, kind: string, size: {width: float, note: string?} }
feature title : text = title
feature words : ids(100) = words.hash_bucket(100)
feature kind  : text = kind
feature width : dense = size.width
feature note  : text = size.note ?? "none"
"""
FORMS = {"x.arrow": ipc.new_file, "x.arrows": ipc.new_stream}


def table() -> Any:
    return pa.table(
        {
            "title": ["Alien", "Big", "Casablanca"],
            "words": pa.array([["a", "b"], [], ["c"]], pa.large_list(pa.large_string())),
            "kind": pa.DictionaryArray.from_arrays(
                pa.array([2, 0, 1], pa.int32()), ["film", "show", "ad"]
            ),
            "size": [{"width": 1.5, "note": "old"}, {"width": 2.5, "note": None}, None],
        }
    )


def written(new: Callable[..., Any], given: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with new(sink, given.schema) as writer:
        writer.write_table(given)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def little(*numbers: int, size: int) -> bytes:
    return b"".join(number.to_bytes(size, "little", signed=True) for number in numbers)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("column", "found", "damage"),
    [
        ("title", little(0, 5, 8, 18, size=4), little(0, 5, 8, 2**31 - 1, size=4)),
        ("title", little(0, 5, 8, 18, size=4), little(0, 2**30, 8, 18, size=4)),
        ("title", little(0, 5, 8, 18, size=4), little(-(2**31), 5, 8, 18, size=4)),
        ("words", little(0, 2, 2, 3, size=8), little(0, 2**60, 2, 3, size=8)),
        ("words", little(0, 1, 2, 3, size=8), little(0, 1, 2, 2**62, size=8)),
        ("kind", little(2, 0, 1, size=4), little(2, 0, 2**20, size=4)),
        ("kind", little(2, 0, 1, size=4), little(2, -7, 1, size=4)),
        ("size", little(0, 3, 3, 3, size=4), little(0, 2**30, 3, 3, size=4)),
    ],
)
def test_what_points_elsewhere_is_told(
    fx: Run, write: WriteFile, tmp_path: Path, name: str, column: str, found: bytes, damage: bytes
) -> None:
    program = write("p.fx", PROGRAM)
    content = written(FORMS[name], table())
    assert content.count(found) == 1
    (tmp_path / name).write_bytes(content.replace(found, damage))
    outcome = fx("run", program, "-i", str(tmp_path / name))
    assert outcome.code == 1
    assert outcome.err.startswith(
        f"error: {tmp_path / name}: the file is damaged: column '{column}': "
    )
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("name", FORMS)
def test_any_byte_may_be_wrong(fx: Run, write: WriteFile, tmp_path: Path, name: str) -> None:
    program = write("p.fx", PROGRAM)
    content = written(FORMS[name], table())
    draw = random.Random(name)
    codes = []
    for _ in range(120):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            damaged[draw.randrange(len(damaged))] = draw.choice(
                [0, 1, 127, 255, draw.randrange(256)]
            )
        (tmp_path / name).write_bytes(damaged)
        outcome = fx("run", program, "-i", str(tmp_path / name))
        codes.append(outcome.code)
        assert outcome.code in (0, 1), outcome.err
        assert outcome.code == 0 or outcome.err.startswith("error: "), outcome.err
    assert min(codes.count(0), codes.count(1)) > 10


@pytest.mark.parametrize("name", FORMS)
def test_text_that_is_not_utf8_is_no_damage(
    fx: Run, write: WriteFile, tmp_path: Path, name: str
) -> None:
    """As in all other tables it is null, and counted."""
    program = write("p.fx", PROGRAM)
    content = written(FORMS[name], table())
    for valid, wrong in ((b"Casablanca", b"Casa\xfflanca"), (b"filmshowad", b"fil\xffshowad")):
        assert content.count(valid) == 1
        content = content.replace(valid, wrong)
    (tmp_path / name).write_bytes(content)
    outcome = fx("run", program, "-i", str(tmp_path / name), "--output-format", "jsonl")
    assert outcome.code == 0, outcome.err
    assert '"title":"Big"' in outcome.out.replace(" ", "")
    assert "Casa" not in outcome.out
    assert "not utf8" in outcome.err
