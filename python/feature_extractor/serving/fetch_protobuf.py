"""Requests in Protocol Buffers that lack something: decoded by the core, and completed as tables.

What is lacking is a matter of the messages' type: an input that it has no field for is fetched, and one with a field is
what the message says, be it absent or empty. So nothing is fetched for a type that has a field for everything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from feature_extractor.decoding import ProtobufFormat
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extractor import Extractor
from feature_extractor.input_tables import InputTables, with_valid_texts
from feature_extractor.serving.fetching import BoundFetches, Fetch
from feature_extractor.serving.request_parts import Batch, MissingKeyError, RequestParts, list_of


class ProtobufMessages:
    """Messages as parts of requests, for fetches to look at and add to."""

    def __init__(self, parts: RequestParts) -> None:
        self.parts = parts

    @classmethod
    def read(
        cls,
        extractor: Extractor,
        message_format: ProtobufFormat,
        messages: list[Any],
        fetches: BoundFetches,
    ) -> ProtobufMessages | None:
        """Return the requests of messages; None where their type has a field for all that could be fetched.

        Raises EngineError for what is no such message.
        """
        decoder = extractor.prepare(message_format)
        fields = {
            "request": frozenset(decoder.request_fields()),
            "candidate": frozenset(decoder.candidate_fields()),
        }
        if all(name in fields[one.domain] for one in fetches.bound for name in one.patterns):
            return None
        requests, candidates, offsets = extractor.decoded_messages(message_format, messages)
        whole = _Message(requests, len(messages), fields["request"])
        if candidates is None:
            return cls(RequestParts(whole, None, [0]))
        items = _Message(candidates, offsets[-1], fields["candidate"])
        return cls(RequestParts(whole, items, offsets))

    def tables(self) -> InputTables:
        """Return the requests with what was fetched."""
        assert self.parts.request is not None
        requests, candidates = self.parts.request.content, self.parts.candidates
        if candidates is None:
            return InputTables(requests, None, None)
        return InputTables(requests, candidates.content, tuple(self.parts.bounds))


class _Message(Batch):
    """Decoded messages of one type. It has the fields that the type has, also those that nobody has read."""

    def __init__(self, batch: Any, rows: int, fields: Collection[str]) -> None:
        super().__init__(batch)
        self._rows = rows
        self._fields = fields

    @property
    def rows(self) -> int:
        return self._rows

    def has(self, name: str) -> bool:
        return name in self._fields or super().has(name)

    def values(self, name: str) -> list[Any]:
        if self.content.schema.names.count(name) != 1:
            raise MissingKeyError(name)
        # A key that is no text is none.
        return list_of(with_valid_texts(self.content.select([name])).column(0))


def fetching_format(message_format: ProtobufFormat, fetches: Sequence[Fetch]) -> ProtobufFormat:
    """Return the format whose decoders leave out what is fetched, and read what it is fetched by."""
    return ProtobufFormat(
        message_format.descriptor_set,
        message_format.message,
        message_format.candidates,
        message_format.maximum_bytes,
        message_format.maximum_candidates,
        fetched=tuple(name for fetch in fetches for name in fetch.inputs),
        keys=tuple(dict.fromkeys(key for fetch in fetches for key in fetch.keys)),
    )


def check_keys(extractor: Extractor, message_format: ProtobufFormat, fetches: BoundFetches) -> None:
    """Raise FeatureExtractorError where a fetch would never have one of its keys."""
    found = ProtobufMessages.read(extractor, message_format, [], fetches)
    if found is None:
        return
    for one in fetches.bound:
        part = found.parts.part(one.domain)
        if part is None or all(part.has(name) for name in one.patterns):
            continue
        for key in one.fetch.keys:
            try:
                found.parts.values(one.domain, key)
            except MissingKeyError:
                raise FeatureExtractorError(
                    f"The fetch {one.fetch.name!r} needs the key `{key}`, and message {message_format.message} has no "
                    f"such field of numbers, texts or bytes."
                ) from None
