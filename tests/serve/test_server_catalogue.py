"""A server whose requests name candidates by keys, or whose cache keeps what they bring."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feature_extractor as fx
import httpx
import pytest
from feature_extractor.cli import main
from feature_extractor.serve.application import Server
from feature_extractor.serve.bodies import ProtobufRequests
from feature_extractor.serve.limits import Limits
from feature_extractor.serving import Service
from prometheus_client.parser import text_string_to_metric_families

pa = pytest.importorskip("pyarrow")
from pyarrow import ipc, parquet

PROGRAM = """
input request { seen: list<int>, budget: float }
input candidate { movie: int, title: string, price: float, position: int }
feature again      : dense     = seen.count(m -> m == movie)
feature words      : ids(1000) = title.tokenize().hash_bucket(1000)
feature affordable : dense     = if price <= budget then 1.0 else 0.0
feature placed     : dense     = 1.0 / (position + 1) ?? 0.0
"""
FREE = "input request { budget: float }\nfeature budget : dense = budget\n"
KEYS = {
    "seen": [7],
    "budget": 3.0,
    "candidates": [{"sku": "b", "position": 0}, {"sku": "?", "position": 1}, {"sku": "a", "position": 0}],
}  # fmt: skip


def package(program: str = PROGRAM) -> bytes:
    return fx.compile_text(program, path="ranking.fx").package.to_bytes()


def table(price: float = 2.0, **changed: Any) -> Any:
    columns = {
        "sku": ["a", "b"],
        "movie": [7, 8],
        "title": ["Alien", "Big Fish"],
        "price": [price, price],
        "left_over": [0, 0],
    }
    columns.update(changed)
    return pa.table({name: values for name, values in columns.items() if values is not None})


def parquet_of(given: Any) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(given, sink)
    return sink.getvalue()


def arrow_of(given: Any, new: Callable[..., Any] = ipc.new_file) -> bytes:
    sink = pa.BufferOutputStream()
    with new(sink, given.schema) as writer:
        writer.write_table(given)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def ask(server: Server, method: str, path: str, **options: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.request(method, path, **options)

    return asyncio.run(asked())


def samples(server: Server) -> dict[str, float]:
    return {
        sample.name.removeprefix("feature_extractor_"): sample.value
        for family in text_string_to_metric_families(server.metrics.text().decode())
        for sample in family.samples
    }


def served(service: Service, **options: Any) -> Iterator[Server]:
    server = Server(service, limits=Limits(threads=1), **options)
    try:
        yield server
    finally:
        server.close()
        service.close()


@pytest.fixture
def server() -> Iterator[Server]:
    service = Service(package(), equip=lambda one: one.with_catalogue(table(), key="sku"))
    yield from served(service, allow_push=True)


def affordable(server: Server) -> list[float]:
    answer = ask(server, "POST", "/extract", json=KEYS)
    assert answer.status_code == 200, answer.text
    features = answer.json()["features"]
    assert features["again"] == [0.0, 0.0, 1.0]
    assert [len(words) for words in features["words"]] == [2, 0, 1]
    found: list[float] = features["affordable"]
    return found


def test_requests_bring_keys(server: Server) -> None:
    assert affordable(server) == [1.0, 0.0, 1.0]
    counted = samples(server)
    assert counted["unknown_keys_total"] == 1
    assert counted["catalogue_rows"] == 2
    assert counted["catalogue_bytes"] > 0
    assert 0 <= time.time() - counted["catalogue_since_seconds"] < 600
    assert "cache_hits_total" not in counted
    described = ask(server, "GET", "/package").json()
    assert described["catalogue"]["inputs"] == ["movie", "title", "price"]
    candidates = [one["name"] for one in described["inputs"] if one["domain"] == "candidate"]
    assert candidates == ["position", "sku"]


def test_requests_in_protocol_buffers_bring_keys() -> None:
    pytest.importorskip("google.protobuf")
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name="asked.proto", syntax="proto3")
    item = file.message_type.add(name="Item")
    item.field.add(name="sku", number=1, type=kinds.TYPE_STRING, label=1)
    item.field.add(name="position", number=2, type=kinds.TYPE_INT32, label=1)
    asked = file.message_type.add(name="Asked")
    asked.field.add(name="seen", number=1, type=kinds.TYPE_INT64, label=3)
    asked.field.add(name="budget", number=2, type=kinds.TYPE_DOUBLE, label=1)
    asked.field.add(
        name="candidates", number=3, type=kinds.TYPE_MESSAGE, type_name=".Item", label=3
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName("Asked"))(**KEYS)
    protobuf = ProtobufRequests(files.SerializeToString(), "Asked")
    service = Service(package(), equip=lambda one: one.with_catalogue(table(), key="sku"))
    for server in served(service, protobuf=protobuf):
        answer = ask(
            server,
            "POST",
            "/extract",
            content=message.SerializeToString(),
            headers={"Content-Type": "application/x-protobuf"},
        )
        assert answer.json() == ask(server, "POST", "/extract", json=KEYS).json()


@pytest.mark.parametrize(
    "content",
    [
        parquet_of(table(9.0)),
        arrow_of(table(9.0)),
        arrow_of(table(9.0), ipc.new_stream),
        # Rows in another order, and further columns.
        parquet_of(table(9.0, sku=["b", "a"], movie=[8, 7], title=["Big Fish", "Alien"])),
    ],
    ids=["parquet", "arrow_file", "arrow_stream", "order"],
)
def test_a_pushed_table_takes_the_place_of_the_live_one(server: Server, content: bytes) -> None:
    answer = ask(server, "POST", "/catalogue", content=content)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["rows"], answer.json()["source"]) == (2, "bytes")
    assert affordable(server) == [0.0, 0.0, 0.0]
    assert ask(server, "GET", "/ready").json()["catalogue"] == answer.json()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "neither Parquet nor Arrow"),
        (b"sku,movie\na,1\n", "neither Parquet nor Arrow"),
        (parquet_of(table())[:-9], "bytes cannot be read: "),
        (arrow_of(table())[:200], "bytes cannot be read: "),
        (arrow_of(table(), ipc.new_stream)[:200], "bytes cannot be read: "),
        (b"PAR1" + bytes(100), "bytes cannot be read: "),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f" + bytes(100), "bytes cannot be read: "),
        (parquet_of(table(sku=["a", "a"])), "Key 'a' comes twice in column 'sku': in rows 0 and 1"),
        (parquet_of(table(sku=["a", None])), "Row 1 of the catalogue has no key"),
        (parquet_of(table(sku=None)), "has no column 'sku', which is to be the key. It has: movie"),
        (parquet_of(table(price=1.0, movie=["x", "y"])), "Column 'movie' must be int"),
        (parquet_of(table(title=None)), "no column 'title', which the live catalogue holds"),
        (parquet_of(table(sku=[1, 2])), "of type int, and requests bring 'sku' of type string"),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_and_told(server: Server, content: bytes, told: str) -> None:
    answer = ask(server, "POST", "/catalogue", content=content)
    assert (answer.status_code, answer.json()["code"]) == (422, "catalogue_refused")
    assert told in answer.json()["detail"]
    assert affordable(server) == [1.0, 0.0, 1.0]
    ready = ask(server, "GET", "/ready")
    assert ready.status_code == 200
    assert told in ready.json()["refused"]["catalogue"]
    (refusal,) = ask(server, "GET", "/package").json()["refusals"]
    assert (refusal["what"], refusal["source"]) == ("catalogue", "bytes")
    assert samples(server)["refused_catalogues_total"] == 1
    assert samples(server)["refused_packages_total"] == 0
    ask(server, "POST", "/catalogue", content=parquet_of(table()))
    assert ask(server, "GET", "/ready").json()["refused"] == {}


@pytest.mark.parametrize("form", ["parquet", "arrow_file", "arrow_stream"])
def test_damaged_files_are_read_or_refused(form: str) -> None:
    """Arrow's offsets are used as they stand in a file, so they are looked at before."""
    content = {
        "parquet": parquet_of(table()),
        "arrow_file": arrow_of(table()),
        "arrow_stream": arrow_of(table(), ipc.new_stream),
    }[form]
    whole = fx.load(package())
    draw = random.Random(form)
    outcomes = {True: 0, False: 0}
    for _ in range(400):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            damaged[draw.randrange(len(damaged))] = draw.choice(
                [0, 1, 127, 255, draw.randrange(256)]
            )
        try:
            catalogue = whole.with_catalogue(bytes(damaged), key="sku").catalogue
        except fx.FeatureExtractorError:
            outcomes[False] += 1
        else:
            assert catalogue is not None
            outcomes[True] += 1
    assert min(outcomes.values()) > 10


def test_who_may_push_a_table() -> None:
    content = parquet_of(table())
    for server in served(Service(package()), allow_push=True):
        answer = ask(server, "POST", "/catalogue", content=content)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_catalogue")
        assert ask(server, "GET", "/ready").json()["catalogue"] is None
    service = Service(package(), equip=lambda one: one.with_catalogue(table(), key="sku"))
    for server in served(service):
        answer = ask(server, "POST", "/catalogue", content=content)
        assert (answer.status_code, answer.json()["code"]) == (403, "push_not_allowed")


def test_a_pushed_package_gets_the_table_and_keeps_its_origin(server: Server) -> None:
    before = ask(server, "GET", "/ready").json()["catalogue"]
    program = PROGRAM.replace("then 1.0", "then 5.0")
    assert ask(server, "POST", "/package", content=package(program)).status_code == 200
    assert affordable(server) == [5.0, 0.0, 5.0]
    after = ask(server, "GET", "/ready").json()["catalogue"]
    assert (after["since"], after["source"]) == (before["since"], "a table")
    refused = ask(server, "POST", "/package", content=b"nonsense")
    assert refused.status_code == 422
    assert "package" in ask(server, "GET", "/ready").json()["refused"]
    ask(server, "POST", "/rollback")
    assert ask(server, "GET", "/ready").json()["refused"] == {}


def test_a_cache_is_counted() -> None:
    rows = [{"movie": n, "title": f"Alien {n}", "price": 1.0, "position": n} for n in range(4)]
    asked = {"seen": [7], "budget": 3.0, "candidates": rows}
    service = Service(package(), equip=lambda one: one.with_cache(1 << 20, without=["position"]))
    for server in served(service):
        for position in range(3):
            for row in rows:
                row["position"] = position
            assert ask(server, "POST", "/extract", json=asked).status_code == 200
        counted = samples(server)
        assert counted["cache_hits_total"] + counted["cache_misses_total"] == 12
        assert counted["cache_misses_total"] == counted["cache_entries"] > 0
        assert 0 < counted["cache_bytes"] <= counted["cache_capacity_bytes"] == 1 << 20
        assert counted["cache_evictions_total"] == 0
        assert "catalogue_rows" not in counted
        described = ask(server, "GET", "/package").json()
        assert described["cache"] == {"capacity": 1 << 20, "without": ["position"]}


def test_packages_after_one_with_nothing_to_keep_have_a_cache() -> None:
    service = Service(package(FREE), same_outputs=False, equip=lambda one: one.with_cache(1 << 20))
    assert service.extractor.cache is None
    service.push(package())
    assert service.extractor.cache is not None
    assert service.extractor.cache.capacity == 1 << 20
    service.push(package(FREE))
    service.push(package())
    assert service.extractor.cache is not None


def test_a_package_without_an_input_that_the_cache_leaves_out() -> None:
    equip = lambda one: one.with_cache(1 << 20, without=["position", "price"])  # noqa: E731
    service = Service(package(), equip=equip, same_outputs=False)
    program = "input candidate { title: string, price: float }\nfeature w : ids(9) = title.tokenize().hash_bucket(9)"
    service.push(package(program))
    assert service.extractor.cache is not None
    assert service.extractor.cache.without == ("price",)
    service.close()


# ---- the process ---------------------------------------------------------------------------------


def replaced(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    os.replace(beside, path)


def wait_for(question: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not question():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.02)


def test_the_file_is_watched(started: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "ranking.fxp").write_bytes(package())
    file = tmp_path / "movies.parquet"
    file.write_bytes(parquet_of(table()))
    options = ["--catalogue", file, "--catalogue-key", "sku", "--every", "0.05"]
    with started(tmp_path / "ranking.fxp", *options) as server:

        def ready() -> Any:
            return httpx.get(f"{server.address}/ready").json()

        def prices() -> list[float]:
            answer = httpx.post(f"{server.address}/extract", json=KEYS)
            found: list[float] = answer.json()["features"]["affordable"]
            return found

        first = ready()["catalogue"]
        assert (first["rows"], first["source"]) == (2, str(file))
        assert prices() == [1.0, 0.0, 1.0]
        replaced(file, arrow_of(table(9.0)))
        wait_for(lambda: prices() == [0.0, 0.0, 0.0])
        replaced(file, parquet_of(table(sku=["a", "a"])))
        wait_for(lambda: "comes twice" in ready()["refused"].get("catalogue", ""))
        file.unlink()
        wait_for(lambda: "cannot be read" in ready()["refused"]["catalogue"])
        assert prices() == [0.0, 0.0, 0.0]
        replaced(file, parquet_of(table(1.0)))
        wait_for(lambda: prices() == [1.0, 0.0, 1.0])
        assert ready()["refused"] == {}
        wait_for(lambda: any("comes twice" in line for line in server.told))
    # What is there when the server starts is imported once.
    with started(tmp_path / "ranking.fxp", *options) as server:
        since = httpx.get(f"{server.address}/ready").json()["catalogue"]["since"]
        time.sleep(0.3)
        assert httpx.get(f"{server.address}/ready").json()["catalogue"]["since"] == since


def test_a_cache_that_keeps_nothing_is_told(started: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "free.fxp").write_bytes(package(FREE))
    with started(tmp_path / "free.fxp", "--cache", "64MiB") as server:
        answer = httpx.post(f"{server.address}/extract", content=json.dumps({"budget": 2.5}))
        assert answer.json()["features"] == {"budget": [2.5]}
        described = httpx.get(f"{server.address}/package").json()
        assert described["cache"] is None


TABLE = ["--catalogue", "m.parquet", "--catalogue-key"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--catalogue", "m.parquet"], "--catalogue needs --catalogue-key, the column"),
        (["--catalogue-key", "sku"], "--catalogue-key needs --catalogue"),
        (["--catalogue", "none.parquet", "--catalogue-key", "sku"], "there is no such file"),
        (["--catalogue", ".", "--catalogue-key", "sku"], "this is a directory"),
        (["--catalogue", "r.fxp", "--catalogue-key", "sku"], "r.fxp cannot be read: it is neither"),
        ([*TABLE, "skuu"], "m.parquet has no column 'skuu', which is to be the key. It has: sku, movie"),
        ([*TABLE, "price"], "m.parquet: The key column 'price' must be int or string"),
        ([*TABLE, "sku", "--cache", "1MiB"], "give one of them"),
        (["--cache-without", "position"], "--cache-without needs --cache"),
        (["--cache", "1MiB", "--cache-without", "place"], "no candidate input 'place'"),
        (["--cache", "64M"], "'64M' is no size"),
        (["--cache", "0"], "'0' is no size"),
        (["--cache", "-1"], "'-1' is no size"),
        (["--cache", "9999999999GiB"], "is no size"),
        (["--max-body", "nonsense"], "'nonsense' is no size"),
    ],
)  # fmt: skip
def test_wrong_options_are_told(
    options: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.fxp").write_bytes(package())
    Path("m.parquet").write_bytes(parquet_of(table()))
    assert main(["serve", "r.fxp", "--port", "0", *options]) == 2
    assert told in capfd.readouterr().err


def test_a_program_without_candidates_has_no_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.fxp").write_bytes(package(FREE))
    Path("m.parquet").write_bytes(parquet_of(table()))
    assert main(["serve", "r.fxp", *TABLE, "sku"]) == 2
    assert "The program has no candidate inputs" in capfd.readouterr().err
