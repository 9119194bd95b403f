"""Random messages under random descriptors give what Google's library reads in them."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.errors import EngineError
from google.protobuf.message import DecodeError
from random_messages import Schema
from shown_inputs import shown

SCHEMAS = range(60)

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered in cast")


@cache
def made(seed: int) -> tuple[Schema, fx.Extractor, Any]:
    schema = Schema(seed)
    inputs, expressions = schema.program()
    extractor = shown(inputs, *expressions)
    return schema, extractor, extractor.protobuf_decoder(schema.set, schema.name, candidates="rows")


def check(seed: int, raw: bytes) -> bool:
    """Compare one message; return whether there was something to compare."""
    schema, extractor, decoder = made(seed)
    try:
        expected = schema.expected(raw)
    except (DecodeError, UnicodeDecodeError):
        # What is read of it does not matter, as long as nothing breaks.
        outcome(decoder, raw)
        return False
    result, refused = outcome(decoder, raw)
    if expected is None:
        assert result is None
        assert "is missing" in refused
        return True
    assert result is not None, refused
    request, rows = expected
    columns = {one.name: [row[one.name] for row in rows] for one in schema.candidate}
    assert result.to_arrow() == extractor.extract_request(request, columns).to_arrow(), raw
    return True


def outcome(decoder: Any, raw: bytes) -> tuple[fx.Extraction | None, str]:
    try:
        return decoder.extract(raw), ""
    except EngineError as error:
        return None, str(error)


@pytest.mark.parametrize("seed", SCHEMAS)
def test_messages(seed: int) -> None:
    source = random.Random(seed)
    schema = made(seed)[0]
    # Some of the fields that are thrown in make a message that Google's library refuses.
    assert sum(check(seed, schema.message(source)) for _ in range(12)) >= 4


@pytest.mark.parametrize("seed", SCHEMAS)
def test_damaged_messages(seed: int) -> None:
    source = random.Random(seed)
    schema = made(seed)[0]
    for _ in range(40):
        raw = bytearray(schema.message(source) or b"\x08\x01")
        for _ in range(source.choice([1, 1, 2, 4])):
            kind = source.randrange(4)
            at = source.randrange(len(raw)) if raw else 0
            if kind == 0 and raw:
                raw[at] = source.randrange(256)
            elif kind == 1:
                del raw[at:]
            elif kind == 2 and raw:
                raw[at] ^= 1 << source.randrange(8)
            else:
                raw[at:at] = source.randbytes(source.randrange(4))
        if schema.has_map():
            # Google's library for Python drops an entry of a map with a field that it does not know; others keep it.
            outcome(made(seed)[2], bytes(raw))
        else:
            check(seed, bytes(raw))


def test_damage_leaves_much_to_compare() -> None:
    """Otherwise the test above would pass with a decoder that refuses everything."""
    source = random.Random(1)
    compared = 0
    for seed in SCHEMAS[:20]:
        message = made(seed)[0].message(source)
        compared += sum(check(seed, message[:size]) for size in range(0, len(message), 3))
    assert compared > 40
