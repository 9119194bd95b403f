"""The endpoints of the server, as an ASGI application.

The event loop reads bodies and writes answers; what costs time (decoding, features, scores, encoding) runs in a pool of
threads. Features and scores are computed without Python's lock, so threads do help.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from feature_extractor.catalogue import Catalogue
from feature_extractor.decoding import Computation
from feature_extractor.errors import EngineError, FeatureExtractorError
from feature_extractor.extraction import Extraction
from feature_extractor.models import ModelError
from feature_extractor.serve.answers import features_answer, scores_answer, wanted_format
from feature_extractor.serve.bodies import Bodies, ProtobufRequests
from feature_extractor.serve.limits import Limits
from feature_extractor.serve.metrics import CONTENT_TYPE, Metrics
from feature_extractor.serve.problems import Problem, body_too_large, refused_request, saturated
from feature_extractor.serve.tracing import caller_of, span
from feature_extractor.serving import FetchError, FetchKeyError, Service, Version

if TYPE_CHECKING:
    from feature_extractor.models import OnnxModel

_PAGE = Path(__file__).with_name("page.html")
_PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"
)

Endpoint = Callable[[Request], Awaitable[Response]]


class Server:
    """A service behind HTTP; ``application`` is what an ASGI server runs.

    ``model`` scores what ``/score`` is sent. ``allow_push`` opens ``POST /package``, ``POST /catalogue`` and
    ``POST /rollback`` to everybody who can reach the address. ``example`` is a request in JSON that the page offers to
    try. ``protobuf`` says how requests in Protocol Buffers are written; without it all are JSON. Raises EngineError
    where they do not fit the package, FeatureExtractorError where they lack the key of a fetch.
    """

    def __init__(
        self,
        service: Service,
        *,
        model: OnnxModel | None = None,
        limits: Limits | None = None,
        allow_push: bool = False,
        example: str = "",
        protobuf: ProtobufRequests | None = None,
    ) -> None:
        self.service = service
        self.limits = limits or Limits()
        self.draining = False
        self._model = model
        self._allow_push = allow_push
        self._example = example
        self._bodies = Bodies(service, self.limits, protobuf)
        self._capacity = self.limits.threads + self.limits.queue
        self.metrics = Metrics(service, self._capacity)
        self._threads = ThreadPoolExecutor(self.limits.threads, "feature_extractor serve")
        # Opening a package may take long, and must neither wait for requests nor keep a thread from them.
        self._opening = ThreadPoolExecutor(1, "feature_extractor push")
        self.application = Starlette(
            routes=[
                self._route("/extract", self._extract, "POST"),
                self._route("/score", self._score, "POST"),
                self._route("/health", self._health, "GET"),
                self._route("/ready", self._ready, "GET"),
                self._route("/metrics", self._metrics, "GET"),
                self._route("/package", self._package, "GET", "POST"),
                self._route("/catalogue", self._catalogue, "POST"),
                self._route("/rollback", self._roll_back, "POST"),
                self._route("/", self._page, "GET"),
            ],
            exception_handlers={HTTPException: _refused_by_router},
        )

    def close(self) -> None:
        """End the threads, after the work that was begun."""
        self._threads.shutdown()
        self._opening.shutdown()

    def _route(self, path: str, endpoint: Endpoint, *methods: str) -> Route:
        """Return a route whose requests are counted and measured, and whose failures become problems."""

        async def counted(request: Request) -> Response:
            started = perf_counter()
            try:
                answer = await endpoint(request)
            except Problem as problem:
                answer = problem.answer()
            if self.draining:
                # The client opens its next connection elsewhere.
                answer.headers["Connection"] = "close"
            self.metrics.requests.labels(path, str(answer.status_code)).inc()
            self.metrics.request_seconds.labels(path).observe(perf_counter() - started)
            return answer

        return Route(path, counted, methods=list(methods))

    # ---- values ------------------------------------------------------------------------------------

    async def _extract(self, request: Request) -> Response:
        def finished(result: Extraction, kind: str) -> Response:
            with self.metrics.stage("encode"):
                return features_answer(result, kind)

        return await self._answered(request, "extract", finished)

    async def _score(self, request: Request) -> Response:
        model = self._model
        if model is None:
            raise Problem(
                HTTPStatus.NOT_FOUND, "no_model", "This server was started without --model."
            )

        def scored(result: Extraction, kind: str) -> Response:
            with self.metrics.stage("score"), span("score"):
                scores = model.score(result)
            with self.metrics.stage("encode"):
                return scores_answer(scores, result, kind)

        return await self._answered(request, "score", scored)

    async def _answered(
        self, request: Request, name: str, finish: Callable[[Extraction, str], Response]
    ) -> Response:
        kind = wanted_format(request.headers.get("accept", ""))
        decoder = self._bodies.decoder(
            request.headers.get("content-type", ""), request.headers.get("content-encoding", "")
        )
        if self.metrics.in_flight >= self._capacity:
            # Before the body is read, so that refusing costs next to nothing.
            raise saturated()
        body = await self._body(request, self.limits.body_bytes)
        if self.metrics.in_flight >= self._capacity:
            raise saturated()
        caller = caller_of(request.headers)

        def work(compute: Computation, queued: float) -> Response:
            self.metrics.stage_seconds.labels("wait").observe(perf_counter() - queued)
            with span(f"feature_extractor {name}", caller) as whole:
                with self.metrics.stage("extract"), span("extract"):
                    result = compute()
                whole.describe(
                    {"feature_extractor.package": result.package_digest, "rows": result.rows}
                )
                self.metrics.count(result)
                return finish(result, kind)

        self.metrics.in_flight += 1
        try:
            # In the event loop, so that no thread waits for a store.
            began = perf_counter()
            compute = await decoder.begin(body)
            queued = perf_counter()
            if self.service.fetches:
                self.metrics.stage_seconds.labels("fetch").observe(queued - began)
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, work, compute, queued
            )
        except EngineError as error:
            raise refused_request(error) from None
        except FetchKeyError as error:
            raise Problem(HTTPStatus.BAD_REQUEST, "request_does_not_fit", str(error)) from None
        except FetchError as error:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "fetch_failed", str(error), {"Retry-After": "1"}
            ) from None
        except (TypeError, ValueError) as error:
            raise Problem(HTTPStatus.BAD_REQUEST, "request_does_not_fit", str(error)) from None
        except ModelError as error:
            raise Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "model_failed", str(error)) from None
        finally:
            self.metrics.in_flight -= 1

    async def _body(
        self, request: Request, limit: int, what: str = "The body of a request"
    ) -> bytes:
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            raise body_too_large(limit, what)
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                async for part in request.stream():
                    size += len(part)
                    if size > limit:
                        raise body_too_large(limit, what)
                    parts.append(part)
        except TimeoutError:
            raise Problem(
                HTTPStatus.REQUEST_TIMEOUT,
                "body_too_slow",
                f"The body did not come within {self.limits.body_seconds:g} seconds.",
                {"Connection": "close"},
            ) from None
        except ClientDisconnect:
            raise Problem(HTTPStatus.BAD_REQUEST, "body_cut_off", "The body ended early.") from None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    # ---- state -------------------------------------------------------------------------------------

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, _: Request) -> Response:
        if self.draining:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "draining", "The server is about to end.")
        catalogue = self.service.extractor.catalogue
        return JSONResponse(
            {
                "status": "ready",
                "package": self.service.version.digest,
                "catalogue": None if catalogue is None else _catalogue_json(catalogue),
                "refused": self.service.troubles,
            }
        )

    async def _metrics(self, _: Request) -> Response:
        return Response(self.metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _page(self, _: Request) -> Response:
        return Response(
            _PAGE.read_bytes(),
            media_type="text/html",
            headers={"Content-Security-Policy": _PAGE_POLICY},
        )

    # ---- versions ----------------------------------------------------------------------------------

    async def _package(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            return JSONResponse(self._described())
        self._check_may_push(request)
        content = await self._body(request, self.limits.package_bytes, "A package")
        try:
            version = await self._opened(lambda: self.service.push(content))
        except FeatureExtractorError as error:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, "package_refused", str(error).strip()
            ) from None
        return JSONResponse(_version_json(version))

    async def _catalogue(self, request: Request) -> Response:
        self._check_may_push(request)
        if self.service.extractor.catalogue is None:
            raise Problem(
                HTTPStatus.CONFLICT, "no_catalogue", "This server was started without --catalogue."
            )
        content = await self._body(request, self.limits.package_bytes, "A catalogue")
        try:
            await self._opened(lambda: self.service.push_catalogue(content))
        except (FeatureExtractorError, TypeError, ValueError) as error:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, "catalogue_refused", str(error).strip()
            ) from None
        catalogue = self.service.extractor.catalogue
        assert catalogue is not None
        return JSONResponse(_catalogue_json(catalogue))

    async def _roll_back(self, request: Request) -> Response:
        self._check_may_push(request)
        try:
            version = await self._opened(self.service.roll_back)
        except FeatureExtractorError as error:
            raise Problem(HTTPStatus.CONFLICT, "no_earlier_package", str(error)) from None
        return JSONResponse(_version_json(version))

    async def _opened(self, call: Callable[[], Version]) -> Version:
        return await asyncio.get_running_loop().run_in_executor(self._opening, call)

    def _check_may_push(self, request: Request) -> None:
        if not self._allow_push:
            raise Problem(
                HTTPStatus.FORBIDDEN,
                "push_not_allowed",
                "This server was started without --allow-push.",
            )
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            # A page of another site, in the browser of somebody who may reach this server.
            raise Problem(
                HTTPStatus.FORBIDDEN, "push_not_allowed", "Pages of other sites may not push."
            )

    def _described(self) -> dict[str, Any]:
        version, previous = self.service.version, self.service.previous
        extractor = self.service.extractor
        model = None
        if self._model is not None:
            model = {
                "inputs": {name: str(source) for name, source in self._model.sources.items()},
                "outputs": list(self._model.outputs),
            }
        return {
            **_version_json(version),
            "previous": None if previous is None else _version_json(previous),
            "refusals": [
                {
                    "what": one.what,
                    "source": one.source,
                    "at": one.at.isoformat(),
                    "reason": one.reason,
                }
                for one in self.service.refusals
            ],
            "refused": self.service.troubles,
            "catalogue": None
            if extractor.catalogue is None
            else _catalogue_json(extractor.catalogue),
            "cache": None
            if extractor.cache is None
            else {"capacity": extractor.cache.capacity, "without": list(extractor.cache.without)},
            "layout": extractor.layout.as_json(),
            "layout_digest": extractor.layout.digest,
            "inputs": [
                {"domain": one.domain, "name": one.name, "type": one.type}
                for one in extractor.inputs
            ],
            "model": model,
            "limits": {
                "body_bytes": self.limits.body_bytes,
                "candidates": self.limits.candidates,
                "capacity": self._capacity,
            },
            "push_allowed": self._allow_push,
            "example": self._example,
        }


def _version_json(version: Version) -> dict[str, str]:
    return {
        "name": version.name,
        "package": version.digest,
        "source": version.source,
        "since": version.since.isoformat(),
    }


def _catalogue_json(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "key": catalogue.key,
        "key_type": catalogue.key_type,
        "rows": catalogue.rows,
        "bytes": catalogue.bytes,
        "source": catalogue.origin,
        "since": catalogue.since.isoformat(),
        "inputs": list(catalogue.inputs),
    }


def _refused_by_router(request: Request, error: Exception) -> Response:
    """Answer to an unknown path or method as to every other mistake."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    detail = error.detail
    if status is HTTPStatus.NOT_FOUND:
        paths = ", ".join(route.path for route in request.app.routes if route.path != "/")
        detail = f"There is nothing at this path. There are {paths}, and a page at /."
    elif status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = sorted({word.strip() for word in headers.get("Allow", "").split(",")} - {"HEAD"})
        detail = f"This path takes {' or '.join(allowed)}, not {request.method}."
    return Problem(status, status.name.lower(), detail, headers).answer()
