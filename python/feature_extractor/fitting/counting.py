"""How often each word or key occurs: exact up to a number of different ones, then with a known error.

Beyond the limit the rarest half is dropped, and what it may have counted is taken from all (Misra and Gries 1982; the
step in bulk is that of Anderson et al. 2017, "A high-performance algorithm for identifying frequent items in data
streams").
A count is then too small by at most ``error``, and a word that occurs more often than that is never lost.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

MOST_WORDS: Final = 2_000_000
"""Different words or keys that are counted exactly."""


class Counter:
    """Counts of words (str) or keys (int)."""

    def __init__(self, most: int = MOST_WORDS) -> None:
        self._most = most
        self._counts: dict[Any, int] = {}
        self.total = 0
        self.error = 0

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, word: Any) -> int:
        """Return how often a word was counted; too small by at most ``error``."""
        return self._counts.get(word, 0)

    def add(self, words: list[Any], counts: list[int]) -> None:
        """Add counts, each word once."""
        known = self._counts
        get = known.get
        for word, count in zip(words, counts, strict=True):
            known[word] = get(word, 0) + count
        self.total += sum(counts)
        self._shrink()

    def merge(self, other: Counter) -> None:
        """Add what another one has counted."""
        self.error += other.error
        total = self.total + other.total
        self.add(list(other._counts), list(other._counts.values()))
        self.total = total

    def _shrink(self) -> None:
        while len(self._counts) > self._most:
            counts = np.fromiter(self._counts.values(), np.int64, len(self._counts))
            taken = int(np.partition(counts, len(counts) // 2)[len(counts) // 2])
            self._counts = {w: c - taken for w, c in self._counts.items() if c > taken}
            self.error += taken

    def most_frequent(self, minimum: int, limit: int) -> list[tuple[Any, int]]:
        """Return words with their counts, the most frequent first; of equal ones the smaller first.

        Texts are compared by their code points, which is the order of their bytes in UTF-8.
        """
        chosen = [(word, count) for word, count in self._counts.items() if count >= minimum]
        chosen.sort(key=lambda entry: (-entry[1], entry[0]))
        return chosen[:limit]
