"""Timing several ways to do one thing in turns, so that a noisy machine is noisy for all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any


def interleaved(
    sides: Mapping[str, Callable[[], object]],
    repetitions: int = 9,
    seconds_per_side: float = 2.0,
    clock: Callable[[], float] = time.perf_counter,
    warm_runs: int = 0,
) -> dict[str, list[float]]:
    """Return for each side the seconds of its runs, without a first one that warms it up.

    The sides run in turns. One that has used its ``seconds_per_side`` runs no further, but at least
    three times. With ``time.process_time`` as the clock, what other processes
    take of the processor does not count; that is right for one thread only. With ``warm_runs`` a
    turn is one run that is not counted, for the sides before it have filled the caches with their
    own, and then so many runs that are: a server computes request after request.
    """
    for run in sides.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in sides}
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for repetition in range(repetitions):
            for name, run in sides.items():
                if repetition >= 3 and sum(taken[name]) > seconds_per_side:
                    continue
                if warm_runs > 0:
                    run()
                for _ in range(max(1, warm_runs)):
                    started = clock()
                    result = run()
                    taken[name].append(clock() - started)
                    del result
    finally:
        if was_enabled:
            gc.enable()
    return taken


def medians(taken: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the median seconds of each side."""
    return {name: median(seconds) for name, seconds in taken.items()}


def require_close(what: str, theirs: Any, ours: Any, tolerance: float, ordered: bool) -> None:
    """Raise AssertionError where two sides give other numbers; without ``ordered`` in whatever order."""
    import numpy as np

    theirs, ours = np.asarray(theirs, np.float64), np.asarray(ours)
    if not ordered:
        theirs, ours = np.sort(theirs), np.sort(ours)
    np.testing.assert_allclose(theirs, ours, tolerance, tolerance, err_msg=what)


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is aligned left, the others right."""
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]

    def row(cells: Sequence[str]) -> str:
        aligned = [cells[0].ljust(widths[0])]
        aligned += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return "| " + " | ".join(aligned) + " |"

    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join([row(header), row(rule), *(row(line) for line in lines)])
