"""Requests in JSON that lack something: read, completed and written again, for the core to read like all others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from feature_extractor.decoding import JsonFormat
from feature_extractor.extractor import InputDescription
from feature_extractor.serving.fetching import BoundFetches
from feature_extractor.serving.request_parts import Columns, Joined, RequestParts, Rows

_REQUEST = "request"
_CANDIDATES = "candidates"
COMPLETED: Final = JsonFormat(2**62, 2**62)
"""For messages that were completed: the limits are those of what a client has sent, which was asked before."""


class JsonMessages:
    """Messages in JSON as parts of requests. None of :meth:`read` for what the core will refuse anyway."""

    def __init__(
        self, messages: list[list[dict[str, Any]]], inputs: Sequence[InputDescription]
    ) -> None:
        self._messages = messages
        names = {one.name for one in inputs if one.domain == "request"}
        self._nested = [
            isinstance(one.get(_REQUEST), dict) and _REQUEST not in names
            for message in messages
            for one in message
        ]
        requests = [one for message in messages for one in message]
        self._requests = Rows(
            [
                one[_REQUEST] if nested else one
                for one, nested in zip(requests, self._nested, strict=True)
            ],
            in_json=True,
        )
        self._candidates: Joined | None = None
        bounds = [0] * (len(requests) + 1)
        if any(one.domain == "candidate" for one in inputs):
            # A candidate that is null has no values, and nothing is fetched for it.
            nothing = {one.name: None for one in inputs if one.domain == "candidate"}
            self._candidates = Joined(
                [
                    _candidates(one[_CANDIDATES], nothing)
                    if _CANDIDATES in one
                    else _Formless(None)
                    for one in requests
                ]
            )
            for number, part in enumerate(self._candidates.parts):
                bounds[number + 1] = bounds[number] + part.rows
        self.parts = RequestParts(self._requests, self._candidates, bounds)

    @classmethod
    def read(
        cls,
        messages: Sequence[Any],
        inputs: Sequence[InputDescription],
        message_format: JsonFormat = COMPLETED,
    ) -> JsonMessages | None:
        """Return the requests of messages."""
        read: list[list[dict[str, Any]]] = []
        try:
            for message in messages:
                text = message if isinstance(message, str) else _text(message)
                if _size(message, text) > message_format.maximum_bytes:
                    return None
                requests: list[Any] = []
                for value in _values(text.removeprefix("\ufeff")):
                    requests += value if isinstance(value, list) else [value]
                if not all(isinstance(one, dict) for one in requests):
                    return None
                read.append(requests)
            return cls(read, inputs)
        except (ValueError, TypeError, RecursionError):
            return None

    def may_be_refused(self, message_format: JsonFormat) -> bool:
        """Whether the candidates are too many, or have no form that candidates have."""
        if self._candidates is None:
            return False
        too_many = self._candidates.rows > message_format.maximum_candidates
        return too_many or any(isinstance(part, _Formless) for part in self._candidates.parts)

    def written(self) -> list[bytes]:
        """Return the messages with what was fetched."""
        rows = self._requests.content
        parts = [] if self._candidates is None else [one.content for one in self._candidates.parts]
        return self._written(rows, parts)

    def written_with_nulls(self, fetches: BoundFetches) -> list[bytes]:
        """Return the messages with null for all that would be fetched: the core tells of the rest what is wrong."""
        nulls: dict[str, dict[str, None]] = {"request": {}, "candidate": {}}
        for one in fetches.bound:
            nulls[one.domain].update(dict.fromkeys(one.patterns))
        rows = [{**nulls["request"], **row} for row in self._requests.content]
        parts = [] if self._candidates is None else [one.content for one in self._candidates.parts]
        completed = [
            [{**nulls["candidate"], **one} if isinstance(one, dict) else one for one in part]
            if isinstance(part, list)
            else part
            for part in parts
        ]
        return self._written(rows, completed)

    def _written(self, rows: Sequence[Mapping[str, Any]], parts: Sequence[Any]) -> list[bytes]:
        found = []
        number = 0
        for message in self._messages:
            # ASCII alone, as that has a form for halves of surrogate pairs too.
            texts = []
            for one in message:
                row = rows[number]
                whole = {**one, _REQUEST: row} if self._nested[number] else dict(row)
                if parts and _CANDIDATES in one:
                    whole[_CANDIDATES] = parts[number]
                texts.append(json.dumps(whole, separators=(",", ":")))
                number += 1
            found.append("\n".join(texts or ["[]"]).encode())
        return found


class _Formless(Rows):
    """What stands where candidates should be. It stays as it is, and has no rows that something is fetched for."""

    def __init__(self, given: Any) -> None:
        super().__init__([], in_json=True)
        self.content = given

    @property
    def rows(self) -> int:
        return 0

    def has(self, name: str) -> bool:
        return True


def _text(message: Any) -> str:
    """Return a message as text; what is no UTF-8 in it stays such, so that the core counts it."""
    content = bytes(message)
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Two halves of pairs for each byte: one may make a pair with what stands before it, but never both.
        text = content.decode("utf-8", "surrogateescape")
        return re.sub("[\udc80-\udcff]", lambda found: found[0] * 2, text)


def _size(message: Any, text: str) -> int:
    if not isinstance(message, str):
        return memoryview(message).nbytes
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _values(text: str) -> Iterator[Any]:
    """Yield the values of a text, each on a line of its own; raises ValueError where they are not."""
    # Python's integers have no -0, which is a float of its own.
    has_negative_zero = "-0" in text and _NEGATIVE_ZERO.search(text) is not None
    decoder = json.JSONDecoder(parse_int=_int if has_negative_zero else None)
    place = 0
    while True:
        end = place
        while place < len(text) and text[place] in " \t\r\n":
            place += 1
        if place == len(text):
            return
        if end and "\n" not in text[end:place]:
            raise ValueError("the next value must begin on a new line")
        value, place = decoder.raw_decode(text, place)
        yield value


_NEGATIVE_ZERO: Final = re.compile(r"-0(?![0-9.eE])")


def _int(digits: str) -> float:
    return -0.0 if digits == "-0" else int(digits)


def _candidates(given: Any, nothing: Mapping[str, None]) -> Rows | Columns:
    """Return candidates in either form; of one that is null its inputs are ``nothing``."""
    if given is None:
        return Rows([], in_json=True)
    if isinstance(given, dict):
        return Columns(given, in_json=True)
    if isinstance(given, list) and all(one is None or isinstance(one, dict) for one in given):
        return Rows([nothing if one is None else one for one in given], in_json=True)
    return _Formless(given)
