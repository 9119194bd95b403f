"""Keeps Python's collector of circular garbage away from work that leaves none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_RARELY: Final = (1_000_000, 10, 1_000)


@contextmanager
def without_collection() -> Iterator[None]:
    """Put off the collector: while a program is compiled, all of it is alive.

    What was made meanwhile then counts as old, so that the next collection of new objects need not
    look through all of it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            _count_as_old()
            gc.enable()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector look hardly ever, for a long run that frees its objects by counting references.

    Code of others in such a run may leave objects that refer to each other in a circle, which only the collector finds.
    What is there at the end counts as old.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        _count_as_old()
        gc.set_threshold(*before)


def _count_as_old() -> None:
    """Make all objects old ones; where the process has frozen objects of its own, that is left alone."""
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()
