"""A log of requests that name candidates by keys holds their inputs, so that anybody can compute them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from feature_extractor.cli import main
from feature_extractor.serving import RequestLog, Service

PROGRAM = """
input request { seen: list<int> }
input candidate { movie: int, title: string, price: float?, tags: list<string>, place: int }
feature again : dense = seen.count(s -> s == movie)
feature words : ids(1000, max = 4) = title.tokenize().hash_bucket(1000)
feature price : dense = price ?? -1.0
feature tags : ids(1000) = tags.hash_bucket(1000)
feature place : id(100) = place
"""
MOVIES: dict[str, list[Any]] = {
    "movie": [7, 8, 9],
    "title": ["Alien", "The Fly", "Dune"],
    "price": [1.5, None, 2.5],
    "tags": [["a"], [], ["b", "c"]],
}


@pytest.fixture(scope="module")
def package() -> bytes:
    return fx.compile_text(PROGRAM, path="shop.fx").package.to_bytes()


def table(form: str, folder: Path) -> Any:
    skus = {"sku": ["a", "b", "c"], **MOVIES}
    if form == "dict":
        return skus
    if form == "rows":
        return [dict(zip(skus, row, strict=True)) for row in zip(*skus.values(), strict=True)]
    if form == "arrow":
        return pa.table(skus)
    pa.parquet.write_table(pa.table(skus), folder / "movies.parquet")
    return folder / "movies.parquet"


@pytest.mark.parametrize("form", ["dict", "rows", "arrow", "parquet"])
@pytest.mark.parametrize("key", ["sku", "movie"])
def test_the_log_has_what_the_catalogue_holds(
    package: bytes, tmp_path: Path, form: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    extractor = fx.load(package).with_catalogue(table(form, tmp_path), key=key)
    keys: list[Any] = ["c", "a", "none", "a"] if key == "sku" else [9, 7, 99, 7]
    log = RequestLog(tmp_path / "log", share=1.0, values=True)
    with Service(extractor, log=log) as service:
        candidates = {key: keys, "place": np.arange(4)}
        result = service.extract_request({"seen": [7, 7]}, candidates)
        assert result.unknown_keys == 1
        message = {"seen": [9], "candidates": [{key: keys[0], "place": 3}, {key: None, "place": 1}]}
        service.json_decoder().extract(json.dumps(message))
    assert log.counts.written == 2, log.counts
    (path,) = (tmp_path / "log").glob("*.arrow")
    rows = pa.ipc.open_stream(path.read_bytes()).read_all().to_pylist()
    assert [one["title"] for one in rows[0]["candidates"]] == ["Dune", "Alien", None, "Alien"]
    assert [one["place"] for one in rows[0]["candidates"]] == [0, 1, 2, 3]
    assert [one["tags"] for one in rows[1]["candidates"]] == [["b", "c"], None]
    (tmp_path / "p.fxp").write_bytes(package)
    assert main(["verify", str(tmp_path / "log"), str(tmp_path / "p.fxp")]) == 0
    assert "5 features compared, all the same: 2 requests with 6 rows." in capsys.readouterr().out


def test_new_words_keep_the_catalogue_and_the_cache(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("Alien\n")
    package = fx.compile_text(
        'input candidate { title: string }\nresource words = vocabulary("words.txt")\n'
        "feature word : id(words) = words.lookup(title)\n",
        path=str(tmp_path / "shop.fx"),
        root=tmp_path,
    ).package.to_bytes()
    movies = {"sku": [1, 2], "title": ["Alien", "Dune"]}
    with Service(fx.load(package).with_catalogue(movies, key="sku")) as service:
        assert service.extract_request(None, {"sku": [2, 1]})["word"].tolist() == [0, 1]
        service.push_resources({"words": ["Dune", "Alien"]})
        assert service.extract_request(None, {"sku": [2, 1]})["word"].tolist() == [1, 2]
    cached = fx.load(package).with_cache(1 << 20)
    assert cached.extract({"title": ["Dune"]})["word"].tolist() == [0]
    fresh = cached.with_resources({"words": ["Dune"]})
    assert fresh.extract({"title": ["Dune"]})["word"].tolist() == [1]
    assert (fresh.cache is None) == (cached.cache is None)
