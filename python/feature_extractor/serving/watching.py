"""The threads that ask places for what is new."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from feature_extractor.serving.places import Place


@dataclass(frozen=True)
class Receiver:
    """What is done with what a watch finds.

    ``push`` makes it live, and raises where it is refused, which it has told then; its last argument says whether it is
    still wanted. ``refuse`` tells that a place cannot be read. ``forgive`` takes that back, as it can be read again and
    has what it had; of that it tells the reason for which it was refused, or "".
    """

    push: Callable[[Path | bytes, str, Callable[[], bool]], object]
    refuse: Callable[[str, str], None]
    forgive: Callable[[str, str], None]


class Watch:
    """The thread that asks a place."""

    def __init__(self, place: Place, every: float, receiver: Receiver) -> None:
        self._place = place
        self._every = every
        self._receiver = receiver
        self._ended = threading.Event()
        self._trouble = ""
        self._refused = ""
        self._thread = threading.Thread(
            target=self._work, name=f"feature_extractor watch {place.name}", daemon=True
        )

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def end(self) -> None:
        """Ask no more, and let nothing that was found become live."""
        self._ended.set()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the thread, which a place that does not answer may hold up."""
        self._thread.join(max(0.0, seconds))

    def _work(self) -> None:
        while not self._ended.is_set():
            found = None
            try:
                found = self._place.changed()
            except Exception as error:  # The watch goes on, whatever the place does.
                reason = getattr(error, "strerror", None) or str(error)
                if reason != self._trouble:  # A place that is away is told once.
                    self._trouble = reason
                    self._receiver.refuse(self._place.name, f"it cannot be read: {reason}")
            else:
                if self._trouble:
                    self._trouble = ""
                    self._receiver.forgive(self._place.name, self._refused)
            if found is not None:
                self._refused = ""
                try:
                    self._receiver.push(found, self._place.name, lambda: not self._ended.is_set())
                except Exception as error:  # It is among the refusals.
                    self._refused = str(error).strip()
            self._ended.wait(self._every)
