"""Requests in the bytes that servers receive, decoded by the native core straight into columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from feature_extractor import _native
from feature_extractor.extraction import Extraction

MAXIMUM_BYTES = 64 << 20
"""The most bytes of one message, unless a decoder is made with another limit."""
MAXIMUM_CANDIDATES = 1 << 20
"""The most candidates of one call, unless a decoder is made with another limit."""


class MessageFormat(Protocol):
    """How messages are written, independent of any package. Formats are equal where their decoders are."""

    def decoder(self, extractor: _native.Extractor) -> _native.MessageDecoder:
        """Return a decoder for an extractor; raises EngineError where the format does not fit it."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class JsonFormat:
    """JSON with a limit of bytes for each message and of candidates for each call."""

    maximum_bytes: int
    maximum_candidates: int

    def decoder(self, extractor: _native.Extractor) -> _native.MessageDecoder:
        return extractor.json_decoder(*_limits(self.maximum_bytes, self.maximum_candidates))


class MessageDecoder:
    """Extracts from messages; threads may share it.

    Made by ``json_decoder`` of an :class:`Extractor` or of a :class:`Service`; the service's works with the package
    that is live when a call begins.
    """

    def __init__(self, run: Callable[[list[Any], int, int], Extraction], name: str) -> None:
        self._run = run
        self._name = name

    def extract(self, message: Any, *, threads: int = 1, chunk_rows: int = 1024) -> Extraction:
        """Extract one message: a request with its candidates, or several requests where the format has them.

        ``message`` is bytes or another object with a buffer; a str for JSON. Raises EngineError where it does not
        fit, with the request, the field, the byte and what was expected.
        """
        return self._run([message], threads, chunk_rows)

    def extract_batch(
        self, messages: Iterable[Any], *, threads: int = 1, chunk_rows: int = 1024
    ) -> Extraction:
        """Extract the requests of all messages in one call; they may have different numbers of candidates."""
        return self._run(list(messages), threads, chunk_rows)

    def __repr__(self) -> str:
        return f"MessageDecoder({self._name})"


def _limits(maximum_bytes: int, maximum_candidates: int) -> tuple[int, int]:
    if maximum_bytes < 0 or maximum_candidates < 0:
        raise ValueError("maximum_bytes and maximum_candidates must not be negative")
    return maximum_bytes, maximum_candidates
