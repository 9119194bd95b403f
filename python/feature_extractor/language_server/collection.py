"""When Python looks for objects that only hold each other: in pauses, and not while somebody waits for an answer.

A look at the objects of a program of 500 features takes as long as several key presses. Nearly all memory is freed
without it.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Final

from feature_extractor.language_server.server import FeatureServer

_PAUSE: Final = 2.0
"""Seconds without a change of any text."""
_THRESHOLDS: Final = (50_000, 20, 1_000)
"""New objects until the youngest are looked at, and such looks until older ones are."""


def collect_in_pauses(server: FeatureServer) -> None:
    """Look in pauses from now on. What is loaded already stays for as long as the process, and is never looked at."""
    pending: list[asyncio.TimerHandle] = []

    def changed(_: str) -> None:
        while pending:
            pending.pop().cancel()
        pending.append(asyncio.get_running_loop().call_later(_PAUSE, gc.collect))

    server.changed.append(changed)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
