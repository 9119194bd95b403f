"""Which decoder reads the body of a request: its media type tells."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from feature_extractor.decoding import MessageDecoder
from feature_extractor.serve.limits import Limits
from feature_extractor.serve.problems import Problem
from feature_extractor.serving import Service

_PROTOBUF: Final = (
    "application/protobuf",
    "application/x-protobuf",
    "application/vnd.google.protobuf",
)
# What a client that says nothing about a body of JSON sends: nothing, or what curl says of its option -d.
_JSON: Final = ("", "application/json", "application/x-ndjson", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class ProtobufRequests:
    """How requests in Protocol Buffers are written: see :meth:`feature_extractor.Extractor.protobuf_decoder`."""

    descriptor_set: bytes
    message: str
    candidates: str = "candidates"


class Bodies:
    """The decoders of a server. Raises EngineError where a request's message does not fit the live package."""

    def __init__(self, service: Service, limits: Limits, protobuf: ProtobufRequests | None) -> None:
        bounds = {"maximum_bytes": limits.body_bytes, "maximum_candidates": limits.candidates}
        self._json = service.json_decoder(**bounds)
        self._protobuf = None
        if protobuf is not None:
            self._protobuf = service.protobuf_decoder(
                protobuf.descriptor_set, protobuf.message, candidates=protobuf.candidates, **bounds
            )

    def decoder(self, content_type: str, content_encoding: str = "") -> MessageDecoder:
        """Return the decoder for a ``Content-Type`` and a ``Content-Encoding``; raises Problem where there is none."""
        if content_encoding.strip().lower() not in ("", "identity"):
            raise Problem(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                f"The body of a request is sent as it is, not in the encoding {content_encoding.strip()}.",
                {"Accept-Encoding": "identity"},
            )
        media = content_type.partition(";")[0].strip().lower()
        if media in _JSON or media.startswith("text/") or media.endswith("+json"):
            return self._json
        if media in _PROTOBUF and self._protobuf is not None:
            return self._protobuf
        also = "" if self._protobuf is None else f" or {_PROTOBUF[0]}"
        detail = f"The body of a request is {_JSON[1]}{also}, not {media}."
        if media in _PROTOBUF:
            detail = "This server was started without --protobuf, so it reads JSON only."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
