"""The endpoints, in the process of the test: values, limits, versions, metrics, spans."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import feature_extractor as fx
import httpx
import pytest
from feature_extractor.serve.acceptance import Acceptance
from feature_extractor.serve.application import Server
from feature_extractor.serve.limits import Limits
from feature_extractor.serving import Service
from hypothesis import given
from hypothesis import strategies as st
from numbered_packages import Package
from prometheus_client.parser import text_string_to_metric_families
from served import BODY, REQUEST

ARROW = "application/vnd.apache.arrow.stream"
LIMITS = Limits(body_bytes=20_000, candidates=100, threads=2, queue=4, package_bytes=1 << 20)


class Client:
    """Asks an application in this process, each request in an event loop of its own."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._ask("POST", path, **options)

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._application)
            async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())


def serving(content: bytes, model: Any = None, **options: Any) -> Server:
    acceptance = Acceptance(model)
    service = Service(content, accept=acceptance)
    return Server(service, model=acceptance.model, **{"limits": LIMITS, **options})


@pytest.fixture
def server(package: Package, model: bytes, tmp_path: Any) -> Iterator[Server]:
    path = tmp_path / "model.onnx"
    path.write_bytes(model)
    served = serving(package(1), path, allow_push=True, example=BODY.decode())
    yield served
    served.close()
    served.service.close()


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server.application)


def expected(package: Package, number: int = 1) -> Any:
    return fx.load(package(number)).json_decoder().extract(BODY)


def problem(answer: Any, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    content = answer.json()
    assert content["status"] == status
    assert content["code"] == code
    assert set(content) == {"type", "title", "status", "code", "detail"}
    return str(content["detail"])


def samples(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return what ``/metrics`` says, as another reader of the format understands it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


# ---- values --------------------------------------------------------------------------------------


def test_features_as_json_are_those_of_the_core(client: Client, package: Package) -> None:
    answer = client.post("/extract", content=BODY)
    assert answer.status_code == 200
    result = expected(package)
    content = answer.json()
    assert content["package"] == answer.headers["x-feature-extractor-package"]
    assert content["package"] == result.package_digest
    assert content["rows"] == 8
    features = content["features"]
    assert list(features) == list(result)
    for name in ("version", "price_log", "seen_before", "item_id"):
        assert features[name] == result[name].tolist(), name
    assert features["words"] == result["words"].to_list()
    assert features["aged"] == {"ids": [[3, 3, 5]] * 8, "weights": [[0.5] * 3] * 8}
    assert features["name"] == ["Ann of Ulm"] * 8


def test_features_as_arrow_are_the_same_batch(client: Client, package: Package) -> None:
    pa = pytest.importorskip("pyarrow")
    answer = client.post("/extract", content=BODY, headers={"Accept": ARROW})
    assert answer.headers["content-type"] == ARROW
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.equals(pa.table(expected(package).to_arrow()))


def test_scores_are_those_of_the_model(client: Client, package: Package) -> None:
    content = client.post("/score", content=BODY).json()
    assert content["scores"] == {"score": [1.0, 1.0, 1.0, 21.0, 1.0, 11.0, 1.0, 1.0]}
    assert content["package"] == expected(package).package_digest
    pa = pytest.importorskip("pyarrow")
    answer = client.post("/score", content=BODY, headers={"Accept": ARROW})
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.to_pydict() == content["scores"]


def test_a_request_without_candidates(client: Client) -> None:
    none = json.dumps({**REQUEST, "candidates": []})
    assert client.post("/extract", content=none).json()["features"]["words"] == []
    assert client.post("/score", content=none).json()["scores"] == {"score": []}


def test_without_a_model_nothing_is_scored(package: Package) -> None:
    server = serving(package(1))
    detail = problem(Client(server.application).post("/score", content=BODY), 404, "no_model")
    assert "--model" in detail
    server.close()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html, application/*;q=0.5", "application/json"),
        (f"{ARROW}, application/json;q=0.9", ARROW),
        (f"application/json, {ARROW};q=0.1", "application/json"),
    ],
)
def test_the_format_of_an_answer_is_chosen(client: Client, accept: str, kind: str) -> None:
    pytest.importorskip("pyarrow")
    answer = client.post("/extract", content=BODY, headers={"Accept": accept})
    assert answer.headers["content-type"] == kind


def test_other_formats_are_refused(client: Client) -> None:
    for accept in ("text/html", "application/json;q=0", "application/json;q=x"):
        answer = client.post("/extract", content=BODY, headers={"Accept": accept})
        assert ARROW in problem(answer, 406, "not_acceptable")


# ---- limits --------------------------------------------------------------------------------------


def test_a_compressed_body_is_told_as_that(client: Client) -> None:
    for encoding in ("gzip", " GZip ", "br, gzip"):
        answer = client.post("/extract", content=BODY, headers={"Content-Encoding": encoding})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
        assert f"not in the encoding {encoding.strip()}." in answer.json()["detail"]
        assert answer.headers["accept-encoding"] == "identity"
    answer = client.post("/extract", content=BODY, headers={"Content-Encoding": "identity"})
    assert answer.status_code == 200


def test_a_body_may_not_be_too_long(client: Client) -> None:
    long = BODY + b" " * LIMITS.body_bytes
    detail = problem(client.post("/extract", content=long), 413, "body_too_large")
    assert detail == "The body of a request may have at most 20,000 bytes."

    async def parts() -> AsyncIterator[bytes]:  # Its length is not announced.
        yield BODY
        for _ in range(100):
            yield b" " * 1000

    problem(client.post("/extract", content=parts()), 413, "body_too_large")
    fits = BODY + b" " * (LIMITS.body_bytes - len(BODY))
    assert client.post("/extract", content=fits).status_code == 200


def test_candidates_may_not_be_too_many(client: Client) -> None:
    def asked(count: int) -> Any:
        candidates = [{"item": n, "price": 1.0} for n in range(count)]
        return client.post("/extract", content=json.dumps({**REQUEST, "candidates": candidates}))

    assert asked(100).status_code == 200
    assert "100" in problem(asked(101), 422, "too_many_candidates")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", None),
        (b"{", "expected"),
        (b"garbage", "expected"),
        (b'{"user": "a"}', "now|seen"),
        (b"[" * 10_000, None),
        (b"\xff\xfe", None),
        (json.dumps({**REQUEST, "seen": "x"}).encode(), "seen"),
        (json.dumps({**REQUEST, "candidates": [{"item": "two"}]}).encode(), "item"),
    ],
)
def test_what_does_not_fit_is_told_in_the_words_of_the_core(
    client: Client, package: Package, body: bytes, text: str | None
) -> None:
    answer = client.post("/extract", content=body)
    if text is None and answer.status_code == 200:
        assert answer.json()["rows"] == 0
        return
    detail = problem(answer, 400, "request_does_not_fit")
    with pytest.raises(fx.EngineError) as refused:
        fx.load(package(1)).json_decoder().extract(body)
    assert detail == refused.value.message


@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["user", "seen", "now", "candidates", "item"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_brings_the_server_down(body: bytes) -> None:
    client = _shared_client()
    answer = client.post("/extract", content=body)
    assert answer.status_code in (200, 400, 422), answer.text


_SHARED: list[Client] = []


def _shared_client() -> Client:
    if not _SHARED:
        program = "input request { user: string?, seen: list<int>? }\n"
        program += "input candidate { item: int? }\n"
        package = fx.compile_text(program + "feature one : dense = item ?? 1\n", path="open.fx")
        service = Service(package.extractor())
        _SHARED.append(Client(Server(service, limits=LIMITS).application))
    return _SHARED[0]


def test_paths_and_methods_that_are_not_there(client: Client) -> None:
    told = problem(client.get("/nothing"), 404, "not_found")
    assert told.startswith("There is nothing at this path. There are /extract, /score, ")
    answer = client.get("/extract")
    told = problem(answer, 405, "method_not_allowed")
    assert told == "This path takes POST, not GET." and answer.headers["allow"] == "POST"


class _Slow:
    """Decoders that wait until they may go on."""

    def __init__(self, bodies: Any) -> None:
        self.json = bodies.decoder("")
        self.go_on = threading.Event()

    def decoder(self, _kind: str, _encoding: str) -> _Slow:
        return self

    async def begin(self, body: bytes) -> Any:
        return lambda: self.go_on.wait(30) and self.json.extract(body)


def test_too_many_requests_at_a_time_are_refused_and_the_others_answered(server: Server) -> None:
    """With two threads and four places, ten requests at once are six answers and four refusals."""
    slow = _Slow(server._bodies)
    server._bodies = slow  # type: ignore[assignment]

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            asked = [asyncio.create_task(client.post("/extract", content=BODY)) for _ in range(10)]
            refused, _ = [], None
            while len(refused) < 4:
                await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
                refused = [task for task in asked if task.done()]
                asked = [task for task in asked if not task.done()]
                if len(refused) + len(asked) < 10:
                    break
            assert (await client.get("/health")).status_code == 200
            assert (await client.get("/ready")).status_code == 200
            slow.go_on.set()
            return [task.result() for task in refused] + list(await asyncio.gather(*asked))

    answers = asyncio.run(ask())
    refusals = [answer for answer in answers if answer.status_code == 503]
    assert sorted(answer.status_code for answer in answers) == [200] * 6 + [503] * 4
    for answer in refusals:
        problem(answer, 503, "saturated")
        assert int(answer.headers["retry-after"]) >= 1
    assert server.metrics.in_flight == 0
    assert Client(server.application).post("/extract", content=BODY).status_code == 200


def test_a_slow_body_is_given_up(package: Package) -> None:
    server = serving(package(1), limits=Limits(body_seconds=0.05))

    async def ask() -> httpx.Response:
        async def parts() -> Any:
            yield b"{"
            await asyncio.sleep(20)
            yield b"}"

        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.post("/extract", content=parts())

    problem(asyncio.run(ask()), 408, "body_too_slow")
    server.close()


@pytest.mark.parametrize(
    "wrong",
    [{"body_bytes": 0}, {"candidates": 0}, {"threads": 0}, {"queue": -1}, {"body_seconds": 0.0}],
)
def test_limits_make_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Limits(**wrong)


# ---- versions ------------------------------------------------------------------------------------


def test_the_live_package_is_described(client: Client, server: Server) -> None:
    content = client.get("/package").json()
    extractor = server.service.extractor
    assert content["name"] == "served"
    assert content["package"] == extractor.digest
    assert content["layout"] == extractor.layout.as_json()
    assert content["layout_digest"] == extractor.layout.digest
    assert content["inputs"][0] == {"domain": "request", "name": "user", "type": "string"}
    assert content["model"]["outputs"] == ["score"]
    assert content["example"] == BODY.decode()
    assert content["previous"] is None
    assert content["refusals"] == []
    assert content["push_allowed"] is True


def test_push_and_roll_back(client: Client, package: Package) -> None:
    first = client.get("/package").json()["package"]
    problem(client.post("/rollback"), 409, "no_earlier_package")
    pushed = client.post("/package", content=package(2)).json()
    assert client.post("/extract", content=BODY).json()["features"]["version"] == [2.0] * 8
    assert client.get("/ready").json()["package"] == pushed["package"] != first
    assert client.get("/package").json()["previous"]["package"] == first
    assert client.post("/rollback").json()["package"] == first
    assert client.post("/extract", content=BODY).json()["features"]["version"] == [1.0] * 8


@pytest.mark.parametrize("case", ["damaged", "other outputs", "model", "empty"])
def test_a_bad_package_is_refused_and_the_old_one_serves(
    client: Client, server: Server, package: Package, case: str
) -> None:
    content = {
        "damaged": package(2)[:-50],
        "other outputs": package(2, "feature more : dense = 1.0 + item"),
        "model": package(2, "feature more : dense = 1.0 + item"),
        "empty": b"",
    }[case]
    if case == "model":
        # Without the check of outputs, the model decides; this one reads what is still there.
        server.service._same_outputs = False
        smaller = "input request { user: string }\ninput candidate { item: int }\n"
        smaller += "feature version : dense = item\n"
        content = _saved(smaller)
    detail = problem(client.post("/package", content=content), 422, "package_refused")
    assert detail
    if case == "model":
        assert "the feature 'seen_before' is missing" in detail
    assert client.get("/package").json()["refusals"][-1]["reason"] == detail
    assert client.post("/extract", content=BODY).json()["features"]["version"] == [1.0] * 8
    assert samples(client)["feature_extractor_refused_packages_total", ()] == 1


def _saved(program: str) -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "served.fxp")
        fx.compile_text(program, path="served.fx").save(path)
        return path.read_bytes()


def test_nobody_pushes_unless_it_is_allowed(package: Package) -> None:
    server = serving(package(1))
    client = Client(server.application)
    for path in ("/package", "/rollback"):
        answer = client.post(path, content=package(2))
        assert "--allow-push" in problem(answer, 403, "push_not_allowed")
    assert client.get("/package").json()["push_allowed"] is False
    assert client.post("/extract", content=BODY).json()["features"]["version"] == [1.0] * 8
    server.close()


def test_pages_of_other_sites_may_not_push(client: Client, package: Package) -> None:
    for path in ("/package", "/rollback"):
        answer = client.post(
            path, content=package(2), headers={"Origin": "https://elsewhere.example"}
        )
        problem(answer, 403, "push_not_allowed")
    same = client.post("/package", content=package(2), headers={"Origin": "http://server"})
    assert same.status_code == 200


def test_a_package_may_not_be_too_long(client: Client) -> None:
    answer = client.post("/package", content=b"x" * (LIMITS.package_bytes + 1))
    assert problem(answer, 413, "body_too_large").startswith("A package may have")


# ---- what operators see --------------------------------------------------------------------------


def test_metrics_count_what_was_computed(client: Client, package: Package) -> None:
    for _ in range(3):
        client.post("/extract", content=BODY)
    client.post("/score", content=BODY)
    client.post("/extract", content=b"garbage")
    client.post("/package", content=package(2))
    client.post("/extract", content=BODY)
    found = samples(client)
    first, second = (fx.load(package(number)).digest for number in (1, 2))
    name = "feature_extractor_"
    assert found[f"{name}rows_total", (("package", first),)] == 32
    assert found[f"{name}rows_total", (("package", second),)] == 8
    assert found[f"{name}defaulted_total", (("feature", "inverse"), ("package", first))] == 4
    assert found[f"{name}defaulted_total", (("feature", "version"), ("package", first))] == 0
    place = (("package", first), ("place", "served.fx:11:43"))
    assert found[f"{name}operator_nulls_total", place] == 4
    nulls = (("input", "candidate.price"), ("package", first), ("reason", "nulls"))
    assert found[f"{name}input_nulls_total", nulls] == 8
    assert found[f"{name}requests_total", (("path", "/extract"), ("status", "200"))] == 4
    assert found[f"{name}requests_total", (("path", "/extract"), ("status", "400"))] == 1
    assert found[f"{name}request_seconds_count", (("path", "/score"),)] == 1
    for stage, count in {"wait": 6, "extract": 6, "score": 1, "encode": 5}.items():
        assert found[f"{name}stage_seconds_count", (("stage", stage),)] == count, stage
    live = [labels for (one, labels) in found if one == f"{name}package"]
    assert [dict(labels)["package"] for labels in live] == [second]
    assert found[f"{name}in_flight", ()] == 0
    assert found[f"{name}capacity", ()] == 6


def test_packages_that_are_gone_leave_the_metrics(client: Client, package: Package) -> None:
    for number in range(1, 7):
        client.post("/package", content=package(number))
        client.post("/extract", content=BODY)
    digests = {
        dict(labels)["package"] for name, labels in samples(client) if name.endswith("rows_total")
    }
    assert digests == {fx.load(package(number)).digest for number in (4, 5, 6)}


def test_ready_says_no_when_the_server_is_about_to_end(client: Client, server: Server) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/ready").json()["status"] == "ready"
    server.draining = True
    problem(client.get("/ready"), 503, "draining")
    answer = client.post("/extract", content=BODY)
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    assert client.get("/health").status_code == 200


def test_spans_hang_below_the_span_of_the_caller(client: Client) -> None:
    trace = pytest.importorskip("opentelemetry.trace")
    sdk = pytest.importorskip("opentelemetry.sdk.trace")
    export = pytest.importorskip("opentelemetry.sdk.trace.export")
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter = memory.InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = client.post("/score", content=BODY, headers={"traceparent": caller})
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert set(spans) == {"feature_extractor score", "extract", "score"}
    whole = spans["feature_extractor score"]
    assert whole.parent is not None
    assert f"{whole.parent.span_id:016x}" == "b7ad6b7169203331"
    assert f"{whole.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    for name in ("extract", "score"):
        assert spans[name].parent.span_id == whole.context.span_id
    assert whole.attributes["feature_extractor.package"] == answer.json()["package"]
    assert whole.attributes["rows"] == 8
