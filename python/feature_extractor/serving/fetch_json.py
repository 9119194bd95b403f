"""Requests in JSON that lack something: read, completed and written again, for the core to read like all others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feature_extractor.extractor import InputDescription
from feature_extractor.serving.request_parts import Columns, Joined, RequestParts, Rows

_REQUEST = "request"
_CANDIDATES = "candidates"


class JsonMessages:
    """Messages in JSON as parts of requests. None of :meth:`read` for what the core will refuse anyway."""

    def __init__(
        self, messages: list[list[dict[str, Any]]], are_lists: list[bool], inputs: Sequence[Any]
    ) -> None:
        self._messages = messages
        self._are_lists = are_lists
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
            self._candidates = Joined([_candidates(one.get(_CANDIDATES)) for one in requests])
            for number, part in enumerate(self._candidates.parts):
                bounds[number + 1] = bounds[number] + part.rows
        self.parts = RequestParts(self._requests, self._candidates, bounds)

    @classmethod
    def read(
        cls, messages: Sequence[Any], inputs: Sequence[InputDescription]
    ) -> JsonMessages | None:
        """Return the requests of messages."""
        read: list[list[dict[str, Any]]] = []
        are_lists = []
        try:
            for message in messages:
                text = message if isinstance(message, str) else _text(message)
                values = list(_values(text))
                are_lists.append(len(values) == 1 and isinstance(values[0], list))
                requests = values[0] if are_lists[-1] else values
                if not all(isinstance(one, dict) for one in requests):
                    return None
                read.append(requests)
            return cls(read, are_lists, inputs)
        except (ValueError, TypeError, RecursionError):
            return None

    def written(self) -> list[bytes]:
        """Return the messages with what was fetched."""
        found = []
        number = 0
        for message, is_list in zip(self._messages, self._are_lists, strict=True):
            requests = []
            for one in message:
                row: Mapping[str, Any] = self._requests.content[number]
                whole = {**one, _REQUEST: row} if self._nested[number] else dict(row)
                if self._candidates is not None and _CANDIDATES in one:
                    whole[_CANDIDATES] = self._candidates.parts[number].content
                requests.append(whole)
                number += 1
            # ASCII alone, as that has a form for halves of surrogate pairs too.
            texts = (
                [json.dumps(requests, separators=(",", ":"))]
                if is_list
                else [json.dumps(one, separators=(",", ":")) for one in requests]
            )
            found.append("\n".join(texts).encode())
        return found


def _text(message: Any) -> str:
    """Return a message as text; what is no UTF-8 in it stays such, so that the core counts it."""
    content = bytes(message)
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Two halves of pairs for each byte: one may make a pair with what stands before it, but never both.
        text = content.decode("utf-8", "surrogateescape")
        return re.sub("[\udc80-\udcff]", lambda found: found[0] * 2, text)


def _values(text: str) -> Iterator[Any]:
    """Yield the values of a text, one after the other."""
    decoder = json.JSONDecoder()
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n":
            place += 1
        if place == len(text):
            return
        value, place = decoder.raw_decode(text, place)
        yield value


def _candidates(given: Any) -> Rows | Columns:
    """Return candidates in either form; raises TypeError for anything else."""
    if given is None:
        return Rows([], in_json=True)
    if isinstance(given, dict):
        return Columns(given, in_json=True)
    if isinstance(given, list) and all(one is None or isinstance(one, dict) for one in given):
        return Rows([one or {} for one in given], in_json=True)
    raise TypeError("candidates are an array or an object")
