"""Every overload is called with hostile arguments: it must neither crash nor hang, and all levels must agree.

Extremes of each type, NaN and infinities at the boundary, empty and enormous texts, lists and maps, texts that are no
UTF-8, equal keys, nulls and garbage behind them. The calls run in a process of their own with little memory, watched by
a clock: where it stops, the overload has a name. ``FEATURE_EXTRACTOR_HOSTILE_ROWS`` sets the size of the slow run.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from .hostile_calls import overloads

PATIENCE = 60.0
"""Seconds without a word from the process; the slowest overload needs far less than a tenth, also on a busy machine."""
PARTS = 4


def _run(numbers: range, rows: int, large: int, seed: int) -> list[str]:
    """Try overloads, and return what went wrong; after a crash or a hang it goes on behind it."""
    wrong: list[str] = []
    first = numbers.start
    while first < numbers.stop:
        script = Path(__file__).with_name("hostile_calls.py")
        arguments = [str(n) for n in (first, numbers.stop, rows, large, seed)]
        process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        tried, name, ended = first - 1, "nothing was tried", True
        while ended:
            try:
                line = lines.get(timeout=PATIENCE)
            except queue.Empty:
                wrong.append(f"hangs: {name}")
                process.kill()
                break
            if not line:
                break
            word, number, *rest = line.rstrip("\n").split(" ", 2)
            if word == "try":
                tried, name = int(number), rest[0]
            elif word == "differs":
                wrong.append(f"{name}: {rest[0]}")
        process.wait()
        reader.join()
        if process.returncode not in (0, -9):
            assert process.stderr is not None
            why = process.stderr.read()[-2000:]
            wrong.append(f"ends with {process.returncode}: {name}\n{why}")
            assert tried >= first, why
        first = numbers.stop if process.returncode == 0 else tried + 1
    return wrong


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_crash_no_hang_no_difference(part: int) -> None:
    count = len(overloads())
    numbers = range(count * part // PARTS, count * (part + 1) // PARTS)
    wrong = _run(numbers, rows=12, large=60_000, seed=part)
    assert not wrong, f"{len(wrong)} overloads:\n" + "\n".join(wrong)


@pytest.mark.slow
def test_many_and_enormous_arguments() -> None:
    rows = int(os.environ.get("FEATURE_EXTRACTOR_HOSTILE_ROWS", "200"))
    wrong = [
        found
        for seed in range(100, 105)
        for found in _run(range(len(overloads())), rows, 1_000_000, seed)
    ]
    assert not wrong, f"{len(wrong)} overloads:\n" + "\n".join(wrong)


def test_a_crash_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this file promises of itself: the overload at which the process stops is named."""
    monkeypatch.setenv("FEATURE_EXTRACTOR_HOSTILE_CRASH", "1")
    (wrong,) = _run(range(0, 3), rows=2, large=100, seed=0)
    assert wrong.startswith("ends with -11: ") or wrong.startswith("ends with -6: ")
    assert overloads()[1].name in wrong
