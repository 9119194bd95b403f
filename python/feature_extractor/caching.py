"""What an extractor says about its cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feature_extractor import _native


@dataclass(frozen=True)
class CacheCounts:
    """What became of the candidates of all requests so far, and what the cache holds now.

    A candidate is a ``hit`` where its values were there and a ``miss`` where they were computed. ``entries`` candidates
    take ``bytes`` of memory; ``evictions`` were given up for others.
    """

    hits: int
    misses: int
    evictions: int
    entries: int
    bytes: int


class Cache:
    """The values of candidates that requests brought, kept by the content of the candidates' inputs.

    It belongs to one extractor, so values of another package are never used. Threads share it.
    """

    def __init__(self, native: _native.Cache, without: tuple[str, ...]) -> None:
        self._native = native
        self._without = without

    @property
    def capacity(self) -> int:
        """The most bytes that it takes."""
        return self._native.capacity

    @property
    def without(self) -> tuple[str, ...]:
        """The candidate inputs that it leaves out."""
        return self._without

    def counts(self) -> CacheCounts:
        """Return the counts of this moment."""
        return CacheCounts(**self._native.counts())

    def __repr__(self) -> str:
        return f"Cache({self.capacity} bytes, {self.counts()})"
