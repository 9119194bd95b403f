"""How much one request and all requests together may take."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Limits:
    """What is refused, so that no request and no number of requests can bring the server down.

    A body with more than ``body_bytes`` gets 413, and one that takes longer than ``body_seconds`` to come 408. A
    request with more than ``candidates`` candidates gets 422. ``threads`` requests are computed at a time and ``queue``
    more may wait; further ones get 503 with Retry-After. ``package_bytes`` is for packages that are pushed.
    """

    body_bytes: int = 8 << 20
    body_seconds: float = 10.0
    candidates: int = 10_000
    threads: int = field(default_factory=processors)
    queue: int = 64
    package_bytes: int = 1 << 30

    def __post_init__(self) -> None:
        least = {"body_bytes": 1, "candidates": 1, "threads": 1, "queue": 0, "package_bytes": 1}
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise ValueError(f"{name} must be at least {bound}")
        if self.body_seconds <= 0:
            raise ValueError("body_seconds must be above 0")
