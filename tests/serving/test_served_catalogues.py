"""A service whose candidates are named by keys: packages and tables take each other's place."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.errors import EngineError, FeatureExtractorError
from feature_extractor.serving import Service

pa = pytest.importorskip("pyarrow")
from pyarrow import parquet

PROGRAM = """
input request { seen: list<int> }
input candidate { movie: int  price: float  title: string }
feature again : dense = seen.count(m -> m == movie)
feature cost  : dense = price * WEIGHT
"""
REQUEST = {"seen": [7]}


def package(weight: float, path: Path) -> Path:
    file = path / f"{weight}.fxp"
    fx.compile_text(PROGRAM.replace("WEIGHT", str(weight)), path="ranking.fx").save(file)
    return file


def table(price: float) -> dict[str, Any]:
    return {
        "sku": ["a", "b"],
        "movie": [7, 8],
        "price": [price, price],
        "title": ["Alien", "Big"],
    }


def cost(service: Service) -> float:
    found = service.extract_request(REQUEST, {"sku": ["b", "a"]})
    assert found["again"].tolist() == [0.0, 1.0]
    assert len(set(found["cost"].tolist())) == 1
    return float(found["cost"][0])


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(fx.load(package(1.0, tmp_path)).with_catalogue(table(3.0), key="sku"))


def test_a_package_gets_the_live_table(service: Service, tmp_path: Path) -> None:
    assert cost(service) == 3.0
    second = service.push(package(2.0, tmp_path))
    assert cost(service) == 6.0
    assert service.extractor.digest == second.digest
    service.roll_back()
    assert cost(service) == 3.0


def test_a_table_takes_the_place_of_the_live_one(service: Service, tmp_path: Path) -> None:
    first = service.version
    service.push(package(2.0, tmp_path))
    live = service.push_catalogue(table(10.0))
    assert live == service.version
    assert cost(service) == 20.0
    service.push(package(3.0, tmp_path))
    assert cost(service) == 30.0
    service.roll_back()
    assert cost(service) == 20.0
    assert service.previous is not None
    service.push_catalogue(table(100.0), threads=2)
    assert cost(service) == 200.0
    service.roll_back()  # The way back leads to the other package, not to an old table.
    assert cost(service) == 300.0
    assert first != service.version


def test_the_live_package_pushed_again_changes_nothing(service: Service, tmp_path: Path) -> None:
    live = service.extractor
    assert service.push(package(1.0, tmp_path)) == service.version
    assert service.extractor is live
    assert service.previous is None


def test_decoders_follow(service: Service, tmp_path: Path) -> None:
    decoder = service.json_decoder()
    body = '{"seen": [7], "candidates": [{"sku": "a"}, {"sku": "?"}]}'
    assert decoder.extract(body)["cost"].tolist() == [3.0, 0.0]
    service.push(package(2.0, tmp_path))
    service.push_catalogue(table(5.0))
    found = decoder.extract(body)
    assert found["cost"].tolist() == [10.0, 0.0]
    assert found.unknown_keys == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sku": ["a", "a"]}, "Key 'a' comes twice"),
        ({"price": ["1", "2"]}, "expected float"),
        ({"price": None}, "no column 'price', which the live catalogue holds"),
        ({"sku": [1, 2]}, "key is 'sku' of type int, and requests bring 'sku' of type string"),
    ],
)
def test_tables_that_do_not_fit(service: Service, change: dict[str, Any], message: str) -> None:
    changed = {name: column for name, column in (table(9.0) | change).items() if column is not None}
    with pytest.raises((FeatureExtractorError, TypeError), match=message):
        service.push_catalogue(changed)
    assert cost(service) == 3.0
    assert message in service.refusals[-1].reason


def test_packages_that_the_table_does_not_fit(service: Service, tmp_path: Path) -> None:
    text = PROGRAM.replace("WEIGHT", "1").replace("price: float", "price: float  stock: int")
    more = fx.compile_text(text.replace("price *", "stock *"), path="ranking.fx").extractor()
    with pytest.raises(EngineError, match="it reads input 'stock' of type int"):
        service.push(more)
    other = fx.compile_text(text.replace("price: float", "price: int"), path="ranking.fx")
    with pytest.raises((EngineError, TypeError), match="expected int"):
        service.push(other.extractor())
    assert cost(service) == 3.0


def test_an_extractor_with_a_table_of_its_own(service: Service, tmp_path: Path) -> None:
    own = fx.load(package(1.0, tmp_path)).with_catalogue(table(7.0), key="sku")
    service.push(own)
    assert cost(service) == 7.0
    service.push(package(2.0, tmp_path))
    assert cost(service) == 14.0


def test_a_service_without_a_catalogue(tmp_path: Path) -> None:
    plain = Service(package(1.0, tmp_path))
    with pytest.raises(FeatureExtractorError, match="There is no catalogue: say which column"):
        plain.push_catalogue(table(1.0))
    with pytest.raises(EngineError, match="cannot take the place of the current one"):
        plain.push_catalogue(table(1.0), key="sku")
    free = Service(package(1.0, tmp_path), same_outputs=False)
    free.push_catalogue(table(4.0), key="sku")
    assert cost(free) == 4.0


def test_a_cache_goes_along(tmp_path: Path) -> None:
    service = Service(fx.load(package(1.0, tmp_path)).with_cache(1 << 20, without=["title"]))
    rows = {"movie": [7], "price": [2.0], "title": [""]}
    for weight in (1.0, 2.0):
        service.push(package(weight, tmp_path))
        for _ in range(3):
            assert service.extract_request(REQUEST, rows)["cost"].tolist() == [2.0 * weight]
        cache = service.extractor.cache
        assert cache is not None
        assert (cache.counts().hits, cache.counts().misses, cache.without) == (2, 1, ("title",))


def test_a_shadow_has_the_table(service: Service, tmp_path: Path) -> None:
    shadow = service.shadow(package(2.0, tmp_path), share=1.0)
    for _ in range(5):
        cost(service)
    shadow.drain()
    assert shadow.compared == 5
    assert [one.feature for one in shadow.differences() if one.differing] == ["cost"]
    service.close()


class SlowTable:
    """A table that is only read when somebody says so."""

    def __init__(self, price: float) -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()
        self._batch = pa.record_batch(table(price))

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        self.asked.set()
        assert self.go_on.wait(30)
        return self._batch.__arrow_c_array__(requested_schema)


def pushed(service: Service, given: Any) -> tuple[threading.Thread, list[str]]:
    told: list[str] = []

    def push() -> None:
        try:
            service.push_catalogue(given)
        except FeatureExtractorError as error:
            told.append(str(error))

    thread = threading.Thread(target=push)
    thread.start()
    return thread, told


def test_a_slow_table_does_not_replace_one_that_was_pushed_later(service: Service) -> None:
    slow = SlowTable(9.0)
    thread, told = pushed(service, slow)
    assert slow.asked.wait(30)
    service.push_catalogue(table(5.0))
    slow.go_on.set()
    thread.join(30)
    assert told == ["A table that was pushed after this one is live already."]
    assert cost(service) == 5.0
    # It is a refusal, but nothing is wrong with what is live.
    assert [one.reason for one in service.refusals] == told
    assert service.troubles == {}


def test_a_slow_table_replaces_one_that_was_pushed_before(service: Service, tmp_path: Path) -> None:
    first, second = SlowTable(9.0), SlowTable(11.0)
    threads = [pushed(service, one)[0] for one in (first, second)]
    assert first.asked.wait(30)
    assert second.asked.wait(30)
    first.go_on.set()
    threads[0].join(30)
    assert cost(service) == 9.0
    service.push(package(2.0, tmp_path))
    second.go_on.set()
    threads[1].join(30)
    assert cost(service) == 22.0
    assert not service.refusals


def test_what_is_wrong_with_an_overtaken_table_is_no_trouble(service: Service) -> None:
    slow = SlowTable(9.0)
    slow._batch = slow._batch.drop_columns(["price"])
    thread, told = pushed(service, slow)
    assert slow.asked.wait(30)
    service.push_catalogue(table(5.0))
    slow.go_on.set()
    thread.join(30)
    assert "no column 'price'" in told[0] or "pushed after this one" in told[0]
    assert service.troubles == {}
    with pytest.raises(FeatureExtractorError):
        service.push_catalogue(table(6.0) | {"sku": ["a", "a"]})
    assert "comes twice" in service.troubles["catalogue"]


def test_a_file_that_goes_away_and_comes_back_is_still_refused(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, away = tmp_path / "movies.parquet", tmp_path / "away"
    file.write_bytes(b"no table")

    def waited(told: str) -> None:
        until = time.monotonic() + 30
        while told not in service.troubles.get("catalogue", ""):
            assert time.monotonic() < until, service.troubles
            time.sleep(0.005)

    service.watch_catalogue(file, every=0.005)
    waited("movies.parquet cannot be read: it is neither Parquet nor Arrow")
    for _ in range(2):
        file.rename(away)
        waited("No such file")
        away.rename(file)
        waited("neither Parquet nor Arrow")
    assert cost(service) == 3.0
    parquet.write_table(pa.table(table(5.0)), away)
    away.rename(file)
    until = time.monotonic() + 30
    while service.troubles:
        assert time.monotonic() < until
        time.sleep(0.005)
    assert cost(service) == 5.0
    service.close()
    told = f"a catalogue is refused, and the live one stays: {file}"
    away_and_back = [f"{told}: it cannot be read: No such file or directory", f"{file} can be read again"]  # fmt: skip
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == [
        f"{told} cannot be read: it is neither Parquet nor Arrow.",
        *away_and_back,
        *away_and_back,
        "a good catalogue has come after the one that was refused, and is live",
    ]


def test_no_answer_mixes_tables_or_packages(service: Service, tmp_path: Path) -> None:
    """Prices are powers of two and weights powers of three, so that a mixed answer shows."""
    packages = [fx.load(package(weight, tmp_path)) for weight in (1.0, 3.0)]
    service.push_catalogue(table(2.0))
    allowed = {price * weight for price in (2.0, 4.0) for weight in (1.0, 3.0)}
    ended = threading.Event()
    wrong: list[Any] = []

    def ask() -> None:
        while not ended.is_set():
            found = service.extract_request(REQUEST, {"sku": ["a", "b"] * 50})
            values = set(found["cost"].tolist())
            weight = 1.0 if found.package_digest == packages[0].digest else 3.0
            if len(values) != 1 or not values <= allowed or values.pop() / weight not in (2.0, 4.0):
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    pushers = [
        threading.Thread(target=lambda: [service.push(packages[k % 2]) for k in range(40)]),
        threading.Thread(
            target=lambda: [service.push_catalogue(table(2.0 + 2 * (k % 2))) for k in range(40)]
        ),
    ]
    for pusher in pushers:
        pusher.start()
    for pusher in pushers:
        pusher.join()
    ended.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert not service.refusals
    service.close()
