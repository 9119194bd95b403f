"""Java reads in messages what Python reads in them, and refuses what Python refuses."""

from __future__ import annotations

import random
from typing import Any

import pytest
from feature_extractor.digest import digest_table
from feature_extractor.errors import EngineError
from jvm.conftest import classes, java
from jvm.java import DIRECT_MESSAGES, MESSAGES, JavaError, JavaProcess
from random_messages import Schema
from shown_inputs import shown, shown_package

__all__ = ["classes", "java"]

PROGRAM = """
input request { user: string, seen: list<int>, at: timestamp? }
input candidate { movie: int, title: string?, price: float?, tags: map<string, float> }
"""
VALUES = ("user", "seen", "at", "movie", "title", "price", "tags.keys()", "tags.values()")

MESSAGES_OF_JSON = [
    b'{"user": "Ann", "seen": [1, 2], "candidates": [{"movie": 1, "tags": {}}]}',
    b'{"user": "\\ud800", "seen": [], "at": 5, "candidates": '
    b'{"movie": [1, 2], "price": [1e999, -0.0], "tags": [{"a": 1}, {}]}}',
    b'[{"user": "\xff", "seen": [], "at": "2024-02-29", "candidates": null}]',
    b"[]",
    b"",
    b'{"user": "Ann", "seen": [1], "candidates": [{"movie": 1.5, "tags": {}}]}',
    b'{"user": "Ann", "seen": [1], "candidates": [{"movie": 1}]}',
    b'{"user": null}',
    b"{",
    b"\0",
    b"[[[[[[",
    b"nonsense",
]


def told(answer: Any) -> tuple[Any, ...]:
    """Return what is compared of an answer of Java."""
    return answer.rows, answer.requests, answer.digests[-1], answer.counts


def expected(decoder: Any, messages: list[bytes], inputs: list[str]) -> Any:
    """Return the same of Python, or what its error says."""
    try:
        found = decoder.extract_batch(messages)
    except EngineError as error:
        return str(error)
    counts = found.statistics().inputs
    rows = digest_table(found).rows
    kinds = ("nulls", "not_finite", "not_utf8", "out_of_range", "wrong_size")
    counted = [tuple(getattr(counts[name], kind) for kind in kinds) for name in inputs]
    return found.rows, found.requests, rows, counted


def names(extractor: Any) -> list[str]:
    return [f"{one.domain}.{one.name}" for one in extractor.inputs]


def check(java: JavaProcess, wanted: Any, *arguments: Any, **others: Any) -> None:
    for mode in (MESSAGES, DIRECT_MESSAGES):
        try:
            found: Any = told(java.run_messages(arguments[0], mode, *arguments[1:], **others))
        except JavaError as error:
            found = str(error)
        if isinstance(wanted, str):
            assert isinstance(found, str), f"{found} in place of {wanted}"
            assert wanted in found
        else:
            assert found == wanted


def test_json(java: JavaProcess) -> None:
    extractor = shown(PROGRAM, *VALUES)
    package, decoder = shown_package(PROGRAM, *VALUES), extractor.json_decoder()
    numbers = (len(VALUES), len(names(extractor)))
    refused = 0
    for message in MESSAGES_OF_JSON:
        wanted = expected(decoder, [message], names(extractor))
        refused += isinstance(wanted, str)
        check(java, wanted, package, [message], *numbers)
    assert 0 < refused < len(MESSAGES_OF_JSON)
    sound = MESSAGES_OF_JSON[:4]
    check(java, expected(decoder, sound * 3, names(extractor)), package, sound * 3, *numbers)


@pytest.mark.parametrize("seed", range(25))
def test_random_messages_of_protocol_buffers(java: JavaProcess, seed: int) -> None:
    schema = Schema(seed)
    inputs, expressions = schema.program()
    extractor = shown(inputs, *expressions)
    package = shown_package(inputs, *expressions)
    decoder = extractor.protobuf_decoder(schema.set, schema.name, candidates="rows")
    source = random.Random(seed)
    descriptors = {
        "descriptors": schema.set.SerializeToString(),
        "name": schema.name,
        "candidates": "rows",
    }
    for _ in range(6):
        messages = [schema.message(source) for _ in range(source.choice([1, 1, 3]))]
        if source.random() < 0.2:
            messages[-1] = messages[-1][: source.randrange(len(messages[-1]) + 1)]
        wanted = expected(decoder, messages, names(extractor))
        numbers = (len(expressions), len(names(extractor)))
        check(java, wanted, package, messages, *numbers, **descriptors)
