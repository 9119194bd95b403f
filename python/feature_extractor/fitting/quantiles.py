"""Quantiles of a stream in bounded memory, exact where the values are few, and always the same for the same data.

As long as there are at most 262,144 distinct values their counts are kept, and quantiles are exact. Beyond that the
values go into levels of sorted blocks: two full blocks become one by taking every other value, which then counts twice
(Munro and Paterson 1980; Manku, Rajagopalan and Lindsay 1998, "Approximate medians and other quantiles in one pass and
with limited memory"). Which one of a pair is taken alternates, so there is no chance in it. Each such step moves a rank
by at most the weight of one value, and the sum of those weights is the bound that is reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

MOST_DISTINCT: Final = 1 << 18
"""Distinct values up to which quantiles are exact."""
BLOCK: Final = 1 << 16
"""Values of a block of a level."""


class QuantileSummary:
    """The distribution of the values seen so far."""

    def __init__(self, most_distinct: int = MOST_DISTINCT, block: int = BLOCK) -> None:
        self._most_distinct = most_distinct
        self._block = block
        self._values: Floats = np.empty(0, np.float64)
        self._counts: Counts = np.empty(0, np.int64)
        self._levels: list[list[Floats]] | None = None
        self._odd: list[bool] = []
        self.count = 0
        self.error = 0
        self.minimum = math.inf
        self.maximum = -math.inf

    @property
    def exact(self) -> bool:
        """Whether quantiles are exact."""
        return self._levels is None or self.error == 0

    def add(self, values: Floats) -> None:
        """Add finite values."""
        if len(values) == 0:
            return
        # Adding zero makes -0.0 and 0.0 one value.
        distinct, counts = np.unique(values + 0.0, return_counts=True)
        self.add_counted(distinct, counts.astype(np.int64))

    def add_counted(self, distinct: Floats, counts: Counts) -> None:
        """Add growing values with how often each stands; -0.0 is not among them."""
        if len(distinct) == 0:
            return
        self.count += int(counts.sum())
        self.minimum = min(self.minimum, float(distinct[0]))
        self.maximum = max(self.maximum, float(distinct[-1]))
        self._add(distinct, counts)

    def merge(self, other: QuantileSummary) -> None:
        """Add what another summary has seen; the order of merges is part of an inexact result."""
        self.count += other.count
        self.error += other.error
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        if other._levels is None:
            self._add(other._values, other._counts)
            return
        levels = self._level_lists()
        for level, parts in enumerate(other._levels):
            self._reach(level)
            levels[level].extend(parts)
        self._compact()

    def distinct(self) -> list[float] | None:
        """Return the different values in order, or None where they are too many to be known."""
        return None if self._levels is not None else self._values.tolist()

    def distribution(self) -> tuple[Floats, Counts]:
        """Return growing values with how often each stands; exact where the summary is.

        Beyond the limit a value stands for those around it, and may come several times.
        """
        return self._weighted()

    def at(self, positions: Sequence[int]) -> list[float]:
        """Return the values at positions of the sorted values, counted from 0."""
        values, counts = self._weighted()
        after = np.cumsum(counts)
        total = int(after[-1])
        places = np.searchsorted(after, [min(p, total - 1) for p in positions], side="right")
        return [float(value) for value in values[places]]

    def _add(self, values: Floats, counts: Counts) -> None:
        if self._levels is None:
            self._values, self._counts = _merged(self._values, self._counts, values, counts)
            if len(self._values) <= self._most_distinct:
                return
            values, counts = self._values, self._counts
            self._values, self._counts = np.empty(0, np.float64), np.empty(0, np.int64)
        levels = self._level_lists()
        for level in range(int(counts.max()).bit_length() if len(counts) else 0):
            chosen = values[(counts >> level) & 1 == 1]
            if len(chosen):
                self._reach(level)
                levels[level].append(chosen)
        self._compact()

    def _level_lists(self) -> list[list[Floats]]:
        if self._levels is None:
            self._levels = []
            values, counts = self._values, self._counts
            self._values, self._counts = np.empty(0, np.float64), np.empty(0, np.int64)
            if len(values):
                self._add(values, counts)
        return self._levels

    def _reach(self, level: int) -> None:
        assert self._levels is not None
        while len(self._levels) <= level:
            self._levels.append([])
            self._odd.append(False)

    def _compact(self) -> None:
        assert self._levels is not None
        level = 0
        while level < len(self._levels):
            parts = self._levels[level]
            if sum(map(len, parts)) >= 2 * self._block:
                values = np.sort(np.concatenate(parts), kind="stable")
                even = len(values) & ~1
                kept = values[int(self._odd[level]) : even : 2]
                self._odd[level] = not self._odd[level]
                self.error += 1 << level
                self._levels[level] = [values[even:]] if even < len(values) else []
                self._reach(level + 1)
                self._levels[level + 1].append(kept)
            level += 1

    def _weighted(self) -> tuple[Floats, Counts]:
        if self._levels is None:
            return self._values, self._counts
        values = [part for parts in self._levels for part in parts]
        weights = [
            np.full(len(part), 1 << level, np.int64)
            for level, parts in enumerate(self._levels)
            for part in parts
        ]
        return _sorted(np.concatenate(values), np.concatenate(weights))


def _merged(a: Floats, a_counts: Counts, b: Floats, b_counts: Counts) -> tuple[Floats, Counts]:
    """Return two sorted sets of values with their counts as one."""
    if len(a) == 0:
        return b, b_counts
    values, counts = _sorted(np.concatenate((a, b)), np.concatenate((a_counts, b_counts)))
    first = np.concatenate(([True], values[1:] != values[:-1]))
    return values[first], np.add.reduceat(counts, np.flatnonzero(first))


def _sorted(values: Floats, counts: Counts) -> tuple[Floats, Counts]:
    order = np.argsort(values, kind="stable")
    return values[order], counts[order]
