"""How many different values a stream has, in bounded memory: exact up to a number, then with a known error.

The smallest hashes of the values are kept (K. Beyer, P. Haas, B. Reinwald, Y. Sismanis and R. Gemulla, "On synopses
for distinct-value estimation under multiset operations", SIGMOD 2007). Up to ``most`` different values all hashes are
there and the number is exact, but for collisions of 64 bits. Beyond that, with u the largest of the k kept hashes as a
part of the whole range, (k - 1) / u is an estimate without bias, with a relative standard error of about
1 / sqrt(k - 2).
There is no chance in it: the hash has no seed, and the order of values and of merges does not matter.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xxhash

MOST: Final = 1 << 14
"""Different values up to which the number is exact; beyond that the standard error is 0.8 %."""

Hashes = npt.NDArray[np.uint64]


class Distinct:
    """The number of different values seen so far."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._smallest: Hashes = np.empty(0, np.uint64)
        self.exact = True

    def add_numbers(self, values: npt.NDArray[Any]) -> None:
        """Add integers of 64 bits, or floats; -0.0 and 0.0 are one value."""
        if values.dtype.kind == "f":
            values = np.asarray(values, np.float64) + 0.0
        self._add(_mixed(np.ascontiguousarray(values).view(np.uint64)))

    def add_texts(self, values: list[Any]) -> None:
        """Add str or bytes, each at least once."""
        hashes = (xxhash.xxh3_64_intdigest(v.encode() if isinstance(v, str) else v) for v in values)
        self._add(np.fromiter(hashes, np.uint64, len(values)))

    def merge(self, other: Distinct) -> None:
        """Add what another one has seen."""
        self.exact = self.exact and other.exact
        self._add(other._smallest)

    def _add(self, hashes: Hashes) -> None:
        if len(self._smallest) == self._most:
            # A hash at the end is known already; one behind it would push the set over its size.
            over = hashes > self._smallest[-1]
            self.exact = self.exact and not over.any()
            hashes = hashes[~over]
        if len(hashes) == 0:
            return
        together = np.unique(np.concatenate((self._smallest, hashes)))
        if len(together) > self._most:
            self.exact = False
            together = together[: self._most]
        self._smallest = together

    def number(self) -> int:
        """Return how many different values there were; an estimate where ``exact`` is false."""
        kept = len(self._smallest)
        if self.exact or kept < 2:
            return kept
        return round((kept - 1) * 2.0**64 / (float(self._smallest[-1]) + 1.0))

    def error(self) -> float:
        """Return the relative standard error of the number."""
        return 0.0 if self.exact else 1.0 / math.sqrt(self._most - 2)


def _mixed(values: npt.NDArray[np.uint64]) -> Hashes:
    """Return well mixed bits: the finaliser of SplitMix64 (Steele, Lea and Flood 2014), a bijection of 64 bits."""
    with np.errstate(over="ignore"):
        x = values + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: Hashes = x ^ (x >> np.uint64(31))
    return mixed
