"""What a client is told where something is wrong: problem details, RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from feature_extractor.errors import EngineError


class Problem(Exception):
    """A request cannot be answered; ``code`` is for programs and ``detail`` for people."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})

    def answer(self) -> Response:
        """Return the answer as ``application/problem+json``."""
        content = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
        }
        return Response(
            json.dumps(content, ensure_ascii=False),
            status_code=int(self.status),
            headers=self.headers,
            media_type="application/problem+json",
        )


def saturated(seconds: int = 1) -> Problem:
    """Return the answer where as many requests wait as may."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "saturated",
        "As many requests are computed and wait as may. Ask again later, or another server.",
        {"Retry-After": str(seconds)},
    )


def body_too_large(limit: int, what: str = "The body of a request") -> Problem:
    """Return the answer to a body that is too long. The rest of it is not read, so the connection ends."""
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body_too_large",
        f"{what} may have at most {limit:,} bytes.",
        {"Connection": "close"},
    )


def refused_request(error: EngineError) -> Problem:
    """Return the answer to a request that the core did not take, in the core's words."""
    if error.code == "limit":
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_candidates", error.message)
    if error.code == "out_of_memory":
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, error.code, error.message)
    return Problem(HTTPStatus.BAD_REQUEST, "request_does_not_fit", error.message)
