"""A service whose candidates are named by keys: packages and tables take each other's place."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.errors import EngineError, FeatureExtractorError
from feature_extractor.serving import Service

pytest.importorskip("pyarrow")

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
