"""Runs a second package on a share of the live requests, and says where its values differ."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from feature_extractor.extraction import Extraction, Ids
from feature_extractor.extractor import Extractor

_WAITING = 64
"""So many requests may wait for the second package; what comes while they do is not compared."""


@dataclass(frozen=True)
class Difference:
    """How a feature of the second package compares with that of the live one.

    ``rows`` were compared, ``differing`` of them have other bits; ``live`` and ``shadow`` are the values of the
    first such row.
    """

    feature: str
    rows: int
    differing: int
    live: Any = None
    shadow: Any = None


class Shadow:
    """A second package that computes what the live one has computed, in a thread of its own.

    Requests never wait for it. What they were given must not be changed after the call, for it is read again.
    """

    def __init__(self, extractor: Extractor, share: float, seed: int = 0) -> None:
        if not 0.0 < share <= 1.0:
            raise ValueError("share must be above 0 and at most 1")
        self.extractor = extractor
        self._share = share
        self._random = random.Random(seed)
        self._queue: queue.Queue[tuple[Extraction, Callable[[Extractor], Extraction]] | None]
        self._queue = queue.Queue(_WAITING)
        self._lock = threading.Lock()
        self._ended = False
        self._found: dict[str, Difference] = {}
        self._compared = 0
        self._skipped = 0
        self._failed: tuple[int, str] = (0, "")
        self._thread = threading.Thread(
            target=self._work, name="feature_extractor shadow", daemon=True
        )
        self._thread.start()

    @property
    def compared(self) -> int:
        """How many requests were compared."""
        return self._compared

    @property
    def skipped(self) -> int:
        """How many requests of the share were left out because others waited."""
        return self._skipped

    @property
    def failed(self) -> tuple[int, str]:
        """How many requests the second package could not compute, and what it said last."""
        return self._failed

    def differences(self) -> list[Difference]:
        """Return the features of both packages in the order of the live one, those without a difference too."""
        with self._lock:
            return list(self._found.values())

    def offer(self, live: Extraction, again: Callable[[Extractor], Extraction]) -> None:
        """Take a request of the live package by chance; ``again`` runs it with another extractor."""
        if self._random.random() >= self._share:
            return
        with self._lock:
            if self._ended:
                return
            try:
                self._queue.put_nowait((live, again))
            except queue.Full:
                self._skipped += 1

    def drain(self) -> None:
        """Wait until all that was offered is compared."""
        self._queue.join()

    def close(self) -> None:
        """Compare what waits, then end the thread."""
        with self._lock:
            self._ended = True
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            try:
                if job is None:
                    return
                self._compare(*job)
            finally:
                self._queue.task_done()

    def _compare(self, live: Extraction, again: Callable[[Extractor], Extraction]) -> None:
        try:
            other = again(self.extractor)
        except Exception as error:  # Whatever goes wrong here must not end the thread, and is told.
            self._failed = (self._failed[0] + 1, str(error))
            return
        for name in live:
            if name in other:
                self._add(name, live[name], other[name])
        self._compared += 1

    def _add(self, name: str, live: Any, other: Any) -> None:
        before = self._found.get(name, Difference(name, 0, 0))
        differing = differing_rows(live, other)
        rows = before.rows + len(live)
        if not differing:
            found = Difference(name, rows, before.differing, before.live, before.shadow)
        elif before.differing:
            found = Difference(
                name, rows, before.differing + len(differing), before.live, before.shadow
            )
        else:
            first = differing[0]
            values = [
                _shown(column[first]) if first < len(column) else None for column in (live, other)
            ]
            found = Difference(name, rows, len(differing), *values)
        with self._lock:
            self._found[name] = found


def differing_rows(first: Any, second: Any) -> list[int]:
    """Return the rows whose bits are not the same in two columns of an Extraction; all, where they are of two kinds."""
    if type(first) is not type(second) or len(first) != len(second):
        return list(range(len(first)))
    if isinstance(first, np.ndarray):
        if first.dtype != second.dtype or first.shape != second.shape:
            return list(range(len(first)))
        bits = [np.ascontiguousarray(column).view(np.uint8) for column in (first, second)]
        same = bits[0].reshape(len(first), -1) == bits[1].reshape(len(first), -1)
        return [int(row) for row in np.flatnonzero(~same.all(axis=1))]
    if isinstance(first, Ids):
        return [row for row in range(len(first)) if not _same_ids(first, second, row)]
    return [row for row, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]]


def _same_ids(first: Ids, second: Ids, row: int) -> bool:
    if not np.array_equal(first[row], second[row]):
        return False
    if first.weights is None or second.weights is None:
        return first.weights is second.weights
    parts = [
        ids.weights[ids.offsets[row] : ids.offsets[row + 1]].tobytes()
        for ids in (first, second)
        if ids.weights is not None
    ]
    return parts[0] == parts[1]


def _shown(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
