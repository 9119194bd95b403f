"""The order in which packages and tables come to a service, and why some of them are not live."""

from __future__ import annotations

import datetime
import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

from feature_extractor.errors import FeatureExtractorError

_LOGGER = logging.getLogger("feature_extractor.serving")
_KEPT_REFUSALS: Final = 20
PACKAGE: Final = "package"
CATALOGUE: Final = "catalogue"
"""What a service is given while it works, and may refuse."""


@dataclass(frozen=True)
class Refusal:
    """A ``package``, or the table of a ``catalogue``, that did not become live, and why."""

    source: str
    at: datetime.datetime
    reason: str
    what: str = PACKAGE


@dataclass(frozen=True)
class _Trouble:
    """Why what came last is not live."""

    source: str
    told: str
    number: int


class OvertakenError(FeatureExtractorError):
    """What was pushed later is live already."""


class Arrivals:
    """Numbers what comes, so that of two things at once the later one counts, however long each takes to be read.

    Threads may share it. Packages and tables have numbers of their own.
    """

    def __init__(self) -> None:
        # Nothing else is waited for while it is held.
        self._lock = threading.Lock()
        self._last = {PACKAGE: 0, CATALOGUE: 0}
        self._live = {PACKAGE: 0, CATALOGUE: 0}
        self._refused = {PACKAGE: 0, CATALOGUE: 0}
        self._refusals: deque[Refusal] = deque(maxlen=_KEPT_REFUSALS)
        self._troubles: dict[str, _Trouble] = {}

    def number(self, what: str) -> int:
        """Return the number of what comes now."""
        with self._lock:
            self._last[what] += 1
            return self._last[what]

    def check(self, what: str, number: int) -> None:
        """Raise OvertakenError where a later one is live."""
        with self._lock:
            if number < self._live[what]:
                name = "package" if what == PACKAGE else "table"
                raise OvertakenError(f"A {name} that was pushed after this one is live already.")

    def became_live(self, what: str, number: int) -> None:
        """Note that it is live; what was told of earlier ones is no trouble any more."""
        with self._lock:
            self._live[what] = max(self._live[what], number)
            trouble = self._troubles.get(what)
            is_over = trouble is not None and trouble.number <= number
            if is_over:
                del self._troubles[what]
        if is_over:
            # As loud as what was told of the trouble.
            _LOGGER.warning("a good %s has come after the one that was refused, and is live", what)

    def refuse(self, what: str, source: str, reason: str, number: int | None = None) -> None:
        """Keep and log why something did not become live; without a number it is the last that came."""
        now = datetime.datetime.now(datetime.UTC)
        told = reason if reason.startswith(source) else f"{source}: {reason}"
        with self._lock:
            self._refused[what] += 1
            self._refusals.append(Refusal(source, now, reason, what))
            at = self._last[what] if number is None else number
            # What is wrong with one that was overtaken troubles nobody.
            if at >= self._live[what]:
                self._troubles[what] = _Trouble(source, told, at)
        _LOGGER.error("a %s is refused, and the live one stays: %s", what, told)

    def forgive(self, what: str, source: str, reason: str = "") -> None:
        """Take back what is told of a place: only ``reason``, if there is one, still speaks against what is there."""
        with self._lock:
            trouble = self._troubles.get(what)
            if trouble is None or trouble.source != source:
                return
            if reason:
                told = reason if reason.startswith(source) else f"{source}: {reason}"
                self._troubles[what] = _Trouble(source, told, trouble.number)
            else:
                del self._troubles[what]
        _LOGGER.warning("%s can be read again", source)

    def forget_trouble(self, what: str) -> None:
        """Take back all that is told: somebody has decided what is live."""
        with self._lock:
            self._troubles.pop(what, None)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The last ones that were refused, the newest at the end."""
        with self._lock:
            return tuple(self._refusals)

    def refused(self, what: str) -> int:
        """How many were refused."""
        return self._refused[what]

    @property
    def troubles(self) -> dict[str, str]:
        """Why what came last is not live, by what it is."""
        with self._lock:
            return {what: trouble.told for what, trouble in self._troubles.items()}
