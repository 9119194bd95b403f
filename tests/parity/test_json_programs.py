"""Random programs give the same bits for requests in JSON, in Python, in the C library and in Java."""

from __future__ import annotations

import feature_extractor as fx
import pyarrow as pa
import pytest
from c_abi.c_library import CLibrary, find_library
from feature_extractor.cli.tables.json_text import lines
from feature_extractor.digest import digest_table
from jvm.java import DIRECT_MESSAGES, MESSAGES, JavaProcess

from .random_packages import ROW, TRIALS, Trial, trial


def _messages(tried: Trial) -> list[bytes]:
    """Return each request as a line of JSON, with its candidates."""
    return [
        lines(batch).encode() for batch in tried.data.nested_table().to_batches(max_chunksize=1)
    ]


def _with_rows(features: pa.RecordBatch) -> pa.Table:
    row = pa.array(range(features.num_rows), pa.int64())
    return pa.table({ROW: row, **dict(zip(features.schema.names, features.columns, strict=True))})


@pytest.mark.parametrize("number", TRIALS)
def test_python(number: int) -> None:
    tried = trial(number)
    decoder = fx.load(tried.package).json_decoder()
    found = decoder.extract_batch(_messages(tried), threads=2, chunk_rows=16)
    tried.check("JSON", _with_rows(found.to_arrow()))


@pytest.mark.parametrize("number", TRIALS[:2])
def test_c(number: int) -> None:
    path = find_library()
    if path is None:
        pytest.skip("the C library is not built; run `make c-library`")
    tried, library = trial(number), CLibrary(path)
    extractor = library.made("load_bytes", tried.package, len(tried.package), None)
    session = library.session(extractor)
    decoder = library.made("decoder_json", extractor, None)
    extraction = library.extract_messages(session, decoder, _messages(tried))
    tried.check("C, JSON", _with_rows(library.export(extraction, extractor)))
    library.extraction_free(extraction)
    library.decoder_free(decoder)
    library.session_free(session)
    library.extractor_free(extractor)


@pytest.mark.parametrize("number", TRIALS[:3])
def test_java(java: JavaProcess, number: int) -> None:
    tried = trial(number)
    names = tried.truth.schema.names
    inputs = len(tried.data.request_inputs) + len(tried.data.candidate_inputs)
    for mode in (MESSAGES, DIRECT_MESSAGES):
        answer = java.run_messages(tried.package, mode, _messages(tried), len(names), inputs)
        assert answer.digests[-1] == digest_table(tried.truth).rows
