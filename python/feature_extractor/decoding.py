"""Requests in the bytes that servers receive, decoded by the native core straight into columns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

from feature_extractor import _native
from feature_extractor.extraction import Extraction

Computation: TypeAlias = Callable[[], Extraction]
"""Computes the features of a call whose requests are complete."""

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


@dataclass(frozen=True)
class ProtobufFormat:
    """Protocol Buffers: a serialised FileDescriptorSet, the message of a request, and the field of its candidates.

    ``fetched`` names inputs that the messages may have no field for, and ``keys`` fields that are read although they
    may be no inputs: for a host that fetches what messages lack.
    """

    descriptor_set: bytes
    message: str
    candidates: str
    maximum_bytes: int
    maximum_candidates: int
    fetched: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def decoder(self, extractor: _native.Extractor) -> _native.MessageDecoder:
        limits = _limits(self.maximum_bytes, self.maximum_candidates)
        return extractor.protobuf_decoder(
            self.descriptor_set,
            self.message,
            self.candidates,
            *limits,
            list(self.fetched),
            list(self.keys),
        )


class MessageDecoder:
    """Extracts from messages; threads may share it.

    Made by ``json_decoder`` and ``protobuf_decoder`` of an :class:`Extractor` or of a :class:`Service`; the service's
    works with the package that is live when a call begins.
    """

    def __init__(
        self,
        run: Callable[[MessageFormat, list[Any], int, int], Extraction],
        message_format: MessageFormat,
        begin: Callable[[MessageFormat, list[Any], int, int], Awaitable[Computation]] | None = None,
    ) -> None:
        self._run = run
        self._format = message_format
        self._begin = begin

    def extract(self, message: Any, *, threads: int = 1, chunk_rows: int = 1024) -> Extraction:
        """Extract one message: a request with its candidates, or several requests where the format has them.

        ``message`` is bytes or another object with a buffer; a str for JSON. Raises EngineError where it does not
        fit, with the request, the field, the byte and what was expected.
        """
        return self._run(self._format, [message], threads, chunk_rows)

    def extract_batch(
        self, messages: Iterable[Any], *, threads: int = 1, chunk_rows: int = 1024
    ) -> Extraction:
        """Extract the requests of all messages in one call; they may have different numbers of candidates."""
        return self._run(self._format, list(messages), threads, chunk_rows)

    async def begin(self, message: Any, *, threads: int = 1, chunk_rows: int = 1024) -> Computation:
        """Await what a :class:`Service` fetches for a message, and return what computes its features in any thread.

        The call of what is returned raises as :meth:`extract` does. It is for hosts with an event loop: no thread
        waits for a fetch.
        """
        if self._begin is None:
            return partial(self._run, self._format, [message], threads, chunk_rows)
        return await self._begin(self._format, [message], threads, chunk_rows)

    def __repr__(self) -> str:
        return f"MessageDecoder({type(self._format).__name__})"


class DecoderMaker:
    """What extractors and services have in common: they make decoders, and say how messages are run."""

    def _message_decoder(self, message_format: MessageFormat) -> MessageDecoder:
        """Return a decoder; raises EngineError where the format does not fit the program."""
        raise NotImplementedError

    def json_decoder(
        self,
        *,
        maximum_bytes: int = MAXIMUM_BYTES,
        maximum_candidates: int = MAXIMUM_CANDIDATES,
    ) -> MessageDecoder:
        """Return a decoder of requests in JSON.

        A request is an object with a member per request input and ``candidates``: an array of objects, or an object
        of arrays. A message holds one such object, an array of them, or one after the other on lines of their own.
        Messages with more bytes, and calls with more candidates than the limits are refused.
        """
        return self._message_decoder(JsonFormat(maximum_bytes, maximum_candidates))

    def protobuf_decoder(
        self,
        descriptor_set: Any,
        message: str,
        *,
        candidates: str = "candidates",
        maximum_bytes: int = MAXIMUM_BYTES,
        maximum_candidates: int = MAXIMUM_CANDIDATES,
    ) -> MessageDecoder:
        """Return a decoder of requests in Protocol Buffers.

        ``descriptor_set`` is a ``google.protobuf.FileDescriptorSet``, as bytes or as a message, with all that
        ``message``, the full name of a request's message, needs. Inputs are the fields of their names; ``candidates``
        names the field with the repeated message of the candidates. Raises EngineError where the message does not fit
        the program, with both types. The limits are those of :meth:`json_decoder`.
        """
        if hasattr(descriptor_set, "SerializeToString"):
            descriptor_set = descriptor_set.SerializeToString()
        if not isinstance(descriptor_set, bytes | bytearray | memoryview):
            raise TypeError(
                "descriptor_set must be a FileDescriptorSet or its bytes (what is in the file that protoc writes), "
                f"not {descriptor_set!r} ({type(descriptor_set).__name__})"
            )
        return self._message_decoder(
            ProtobufFormat(
                bytes(descriptor_set), message, candidates, maximum_bytes, maximum_candidates
            )
        )


def _limits(maximum_bytes: int, maximum_candidates: int) -> tuple[int, int]:
    if maximum_bytes < 0 or maximum_candidates < 0:
        raise ValueError("maximum_bytes and maximum_candidates must not be negative")
    return maximum_bytes, maximum_candidates
