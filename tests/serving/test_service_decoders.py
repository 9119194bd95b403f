"""Decoders of a service follow the package that is live."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from described_messages import descriptors
from feature_extractor import Service
from feature_extractor.errors import EngineError

Package = Callable[..., bytes]
MESSAGE = json.dumps({"user": "a b", "seen": [1], "candidates": [{"item": 1}, {"item": 2}]})


def test_a_decoder_works_with_the_live_package(package: Package) -> None:
    with Service(package(1)) as service:
        decoder = service.json_decoder()
        assert decoder.extract(MESSAGE)["version"].tolist() == [1.0, 1.0]
        service.push(package(2))
        result = decoder.extract_batch([MESSAGE, MESSAGE])
        assert result["version"].tolist() == [2.0] * 4
        assert result.package_digest == service.version.digest
        service.roll_back()
        assert decoder.extract(MESSAGE)["version"].tolist() == [1.0, 1.0]


def test_messages_are_compared_with_a_shadow(package: Package) -> None:
    with Service(package(1)) as service:
        decoder = service.json_decoder()
        shadow = service.shadow(package(3), share=1.0)
        decoder.extract(MESSAGE)
        shadow.drain()
        assert {d.feature for d in shadow.differences() if d.differing} == {"version"}


def test_a_package_that_the_messages_do_not_fit_is_refused(package: Package) -> None:
    files = descriptors(
        {
            "Candidate": {"item": "int64", "price": "double"},
            "Request": {
                "user": "string",
                "seen": "repeated int64",
                "candidates": "repeated Candidate",
            },
        }
    )
    with Service(package(1), same_outputs=False) as service:
        decoder = service.protobuf_decoder(files, "Request")
        empty = decoder.extract(b"")
        more = package(5, more='input candidate { brand: string? }\nfeature b : text = brand ?? ""')
        with pytest.raises(EngineError, match="no field `brand`"):
            service.push(more)
        assert "no field `brand`" in service.refusals[-1].reason
        assert decoder.extract(b"").package_digest == empty.package_digest
