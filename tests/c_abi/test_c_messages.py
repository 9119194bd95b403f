"""Messages through the C interface: the values that tables give, in the session's memory."""

from __future__ import annotations

import json
from ctypes import byref, c_void_p
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from c_data import OFFSETS, candidate_rows, request_rows
from c_library import INVALID_ARGUMENT, LIMIT, NOT_FOUND, CError, CLibrary, DecoderOptions
from google.protobuf import descriptor_pb2


@pytest.fixture
def messages() -> list[bytes]:
    """Return the requests of the test data, each with its candidates."""
    candidates = candidate_rows(OFFSETS[-1])
    found = []
    for r, row in enumerate(request_rows(3)):
        assert row is not None
        taste = dict(row["taste"])  # type: ignore[call-overload]
        own = candidates[OFFSETS[r] : OFFSETS[r + 1]]
        found.append(json.dumps(row | {"taste": taste, "candidates": own}).encode())
    return found


def test_messages_give_what_tables_give(
    library: CLibrary, loaded: c_void_p, requests: Any, candidates: Any, messages: list[bytes]
) -> None:
    session = library.session(loaded, threads=2)
    decoder = library.made("decoder_json", loaded, None)
    expected = library.extract_requests(session, requests, candidates, OFFSETS)
    values = library.values(loaded, expected)
    for batch in (messages, [b"\n".join(messages)]):
        extraction = library.extract_messages(session, decoder, batch)
        assert library.extraction_requests(extraction) == 3
        assert library.values(loaded, extraction) == values
        library.extraction_free(extraction)
    library.decoder_free(decoder)
    library.extraction_free(expected)
    library.session_free(session)


def test_the_memory_is_the_sessions(
    library: CLibrary, loaded: c_void_p, messages: list[bytes]
) -> None:
    session = library.session(loaded, reserve_step=1)
    decoder = library.made("decoder_json", loaded, None)
    library.extraction_free(library.extract_messages(session, decoder, messages))
    held = library.session_memory(session)
    for _ in range(3):
        library.extraction_free(library.extract_messages(session, decoder, messages))
        assert library.session_memory(session) == held, "it was warm"
    library.decoder_free(decoder)
    library.session_trim(session)
    assert library.session_memory(session) == 0
    library.session_free(session)


def test_a_message_that_does_not_fit(library: CLibrary, loaded: c_void_p) -> None:
    session = library.session(loaded)
    options = DecoderOptions(maximum_bytes=30)
    decoder = library.made("decoder_json", loaded, byref(options))
    for message, code, text in [
        (b'{"user": 7}', INVALID_ARGUMENT, "Request 0, `user`, byte 9"),
        (b'{"user": "' + b"x" * 30, LIMIT, "at most 30"),
    ]:
        with pytest.raises(CError, match=text) as refused:
            library.extract_messages(session, decoder, [message])
        assert refused.value.code == code
    assert library.extraction_rows(library.extract_messages(session, decoder, [])) == 0
    library.decoder_free(decoder)
    library.session_free(session)


def test_a_decoder_of_another_extractor_is_refused(
    library: CLibrary, loaded: c_void_p, package: Any
) -> None:
    other = library.load(package)
    session = library.session(loaded)
    decoder = library.made("decoder_json", other, None)
    library.extractor_free(other)
    with pytest.raises(CError, match="not of the same extractor"):
        library.extract_messages(session, decoder, [b"{}"])
    with pytest.raises(CError, match="must not be negative"):
        library.made("decoder_json", loaded, byref(DecoderOptions(maximum_bytes=-1)))
    library.decoder_free(decoder)
    library.session_free(session)


def test_protobuf(library: CLibrary, tmp_path: Path) -> None:
    extractor = fx.compile_text(
        "input request { user: string }\ninput candidate { item: int }\n"
        "feature item : dense = item\nfeature user : text = user",
        path="small.fx",
    )
    extractor.save(tmp_path / "small.fxp")
    kinds = descriptor_pb2.FieldDescriptorProto
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name="small.proto", syntax="proto3")
    row = file.message_type.add(name="Row")
    row.field.add(name="item", number=1, type=kinds.TYPE_INT32, label=1)
    request = file.message_type.add(name="Request")
    request.field.add(name="user", number=1, type=kinds.TYPE_STRING, label=1)
    request.field.add(name="rows", number=2, type=kinds.TYPE_MESSAGE, type_name=".Row", label=3)
    raw = files.SerializeToString()
    loaded = library.load(tmp_path / "small.fxp")
    session = library.session(loaded)
    decoder = library.made("decoder_protobuf", loaded, raw, len(raw), b"Request", b"rows", None)
    message = b"\x0a\x03Ann\x12\x02\x08\x05\x12\x00"
    extraction = library.extract_messages(session, decoder, [message, b""])
    found = library.export(extraction, loaded)
    assert found.to_pydict() == {"item": [5.0, 0.0], "user": ["Ann", "Ann"]}
    library.extraction_free(extraction)
    with pytest.raises(CError, match="byte 0: the bytes are no message Request"):
        library.extract_messages(session, decoder, [b"\x0a\x09Ann"])
    for name, candidates, code, text in [
        (b"Nothing", None, NOT_FOUND, "have no message Nothing. They have: Request, Row"),
        (b"Request", None, INVALID_ARGUMENT, "has no field `candidates`"),
        (b"Row", b"rows", INVALID_ARGUMENT, "Message Row has no field `user`"),
    ]:
        with pytest.raises(CError, match=text) as refused:
            library.made("decoder_protobuf", loaded, raw, len(raw), name, candidates, None)
        assert refused.value.code == code
    library.decoder_free(decoder)
    library.session_free(session)
    library.extractor_free(loaded)
