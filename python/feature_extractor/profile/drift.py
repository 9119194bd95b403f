"""How far two distributions are apart: population stability index, Kullback-Leibler and Jensen-Shannon divergence.

Values are counted in the same bins, which come from the first data set. With p and q the shares of the bins in the
first and the second one:

* PSI = sum((q - p) * ln(q / p)): N. Siddiqi, "Credit Risk Scorecards" (2006), who calls less than 0.1 no change, up to
  0.25 some, and more a shift. It is Jeffreys' divergence KL(p, q) + KL(q, p).
* KL(q, p) = sum(q * ln(q / p)), in nats: S. Kullback and R. A. Leibler, "On information and sufficiency" (1951). It is
  what is lost where the second data are taken to be distributed like the first.
* JS = (KL(p, m) + KL(q, m)) / 2 with m = (p + q) / 2, in bits, from 0 (equal) to 1 (nothing in common): J. Lin,
  "Divergence measures based on the Shannon entropy" (1991).

A bin that is empty in one of the two would make PSI and KL infinite, so half a value is added to each bin of both
(the Krichevsky-Trofimov estimator, 1981): share = (count + 1/2) / (total + bins / 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from feature_extractor.fitting.quantiles import QuantileSummary

BINS: Final = 10
"""Bins of numbers, with about the same number of values of the first data set each."""
SOME_CHANGE: Final = 0.1
SHIFT: Final = 0.25

_NORMAL_99: Final = 2.3263478740408408
"""The quantile of 0.99 of the normal distribution."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Drift:
    """The divergences, and the bins with the counts of both data sets."""

    psi: float
    kl: float
    js: float
    bins: tuple[str, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]


def by_chance(bins: int, first: int, second: int) -> float:
    """Return the PSI that two tables of the same distribution exceed once in a hundred times.

    It is distributed like chi-squared with bins - 1 degrees of freedom, times 1/n + 1/m (B. Yurdakul, "Statistical
    properties of population stability index", 2018). The quantile is that of E. B. Wilson and M. M. Hilferty, "The
    distribution of chi-square" (1931).
    """
    freedom = bins - 1
    if freedom < 1 or not first or not second:
        return 0.0
    spread = 2.0 / (9.0 * freedom)
    quantile = freedom * float((1.0 - spread + _NORMAL_99 * math.sqrt(spread)) ** 3)
    return quantile * (1.0 / first + 1.0 / second)


def shares(counts: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the shares of bins, with half a value more in each."""
    numbers = np.asarray(counts, np.float64)
    result: npt.NDArray[np.float64] = (numbers + 0.5) / (numbers.sum() + len(numbers) / 2)
    return result


def drift(bins: Sequence[str], first: Sequence[int], second: Sequence[int]) -> Drift:
    """Return how far the counts of two data sets in the same bins are apart."""
    p, q = shares(first), shares(second)
    middle = (p + q) / 2
    kl = float((q * np.log(q / p)).sum())
    psi = float(((q - p) * np.log(q / p)).sum())
    js = float((p * np.log2(p / middle)).sum() + (q * np.log2(q / middle)).sum()) / 2
    return Drift(
        psi, kl, max(0.0, js), tuple(bins), tuple(map(int, first)), tuple(map(int, second))
    )


def with_others(
    names: Sequence[str], first: Sequence[int], second: Sequence[int], totals: tuple[int, int]
) -> Drift:
    """Return the drift of counts of single values; what is not among them has a bin of its own."""
    rest = totals[0] - sum(first), totals[1] - sum(second)
    if any(rest):
        return drift([*names, "all others"], [*first, rest[0]], [*second, rest[1]])
    return drift(names, first, second)


def boundaries(summary: QuantileSummary) -> list[float]:
    """Return growing boundaries of bins for numbers, the deciles; equal ones become one.

    A bin holds what is at least its lower boundary.
    """
    found = summary.at([i * summary.count // BINS for i in range(1, BINS)])
    return sorted({value for value in found if value > summary.minimum})


def counted(summary: QuantileSummary, edges: Sequence[float]) -> list[int]:
    """Return how many values lie in each bin."""
    counts: Counts = np.zeros(len(edges) + 1, np.int64)
    if summary.count:
        values, weights = summary.distribution()
        np.add.at(counts, np.searchsorted(edges, values, side="right"), weights)
    return [int(count) for count in counts]


def number_drift(first: QuantileSummary, second: QuantileSummary) -> Drift | None:
    """Return the drift of numbers; None where one of the two has no value.

    Up to ten different values of the first data set have a bin each, so that new values are seen. Of more the bins are
    the deciles.
    """
    if not first.count or not second.count:
        return None
    known = first.distinct()
    if known is not None and len(known) <= BINS:
        return with_others(
            [f"{value:.6g}" for value in known],
            _equal(first, known),
            _equal(second, known),
            (first.count, second.count),
        )
    edges = boundaries(first)
    names = [f"{edge:.4g}" for edge in edges]
    inner = (f"{low} to {high}" for low, high in pairwise(names))
    bins = [f"below {names[0]}", *inner, f"{names[-1]} and more"] if names else ["all"]
    return drift(bins, counted(first, edges), counted(second, edges))


def _equal(summary: QuantileSummary, known: Sequence[float]) -> list[int]:
    """Return how often each of some growing values stands in a summary."""
    values, weights = summary.distribution()
    places = np.searchsorted(known, values)
    near = np.asarray(known)[np.minimum(places, len(known) - 1)]
    same = near == values
    counts: Counts = np.zeros(len(known), np.int64)
    np.add.at(counts, places[same], weights[same])
    return [int(count) for count in counts]
