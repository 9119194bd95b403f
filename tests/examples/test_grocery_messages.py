"""The requests of the grocery example have one digest, whatever shape they come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feature_extractor.cli.tables.json_text import lines
from feature_extractor.testing.messages import RequestMessages

PROGRAM = Path(__file__).resolve().parents[2] / "dsl_grammar" / "examples" / "grocery.fx"


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile(PROGRAM).extractor()


@pytest.fixture(scope="module")
def requests(grocery_samples: tuple[Path, Path]) -> pa.Table:
    return pq.read_table(grocery_samples[0])


@pytest.fixture(scope="module")
def expected(extractor: fx.Extractor, grocery_samples: tuple[Path, Path]) -> Any:
    """The digest of the batch, a row per candidate."""
    return extractor.extract(pq.read_table(grocery_samples[1])).digest()


def test_dicts(extractor: fx.Extractor, requests: pa.Table, expected: Any) -> None:
    digests = [
        extractor.extract_request(row, row["candidates"]).digest() for row in requests.to_pylist()
    ]
    assert sum(digests[1:], start=digests[0]) == expected


def test_json(extractor: fx.Extractor, requests: pa.Table, expected: Any) -> None:
    messages = [lines(batch) for batch in requests.to_batches(max_chunksize=1)]
    decoder = extractor.json_decoder()
    digests = [decoder.extract(message).digest() for message in messages]
    assert sum(digests[1:], start=digests[0]) == expected
    assert decoder.extract_batch(messages, threads=2).digest() == expected
    assert decoder.extract("".join(messages)).digest() == expected


def test_protobuf(extractor: fx.Extractor, requests: pa.Table, expected: Any) -> None:
    made = RequestMessages(extractor.inputs)
    decoder = extractor.protobuf_decoder(made.descriptor_set, made.name)
    messages = [made.message(row, row["candidates"]) for row in requests.to_pylist()]
    digests = [decoder.extract(message).digest() for message in messages]
    assert sum(digests[1:], start=digests[0]) == expected
    assert decoder.extract_batch(messages, threads=2).digest() == expected


def test_arrow(extractor: fx.Extractor, requests: pa.Table, expected: Any) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, requests.schema) as writer:
        writer.write_table(requests)
    assert extractor.extract(pa.ipc.open_stream(sink.getvalue()).read_all()).digest() == expected
