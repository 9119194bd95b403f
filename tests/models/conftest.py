"""A program with features of all kinds, and requests for it."""

from __future__ import annotations

from typing import Any

import pytest

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

PROGRAM = """
input request { user: string, profile: vector<3> }
input candidate { item: int, price: float?, tags: list<string>, bought: bool }
feature bought_next : label = bought
feature price_log : dense = log1p(price ?? 0.0)
feature item_id : id(1000) = item % 1000
feature taste : dense = profile
feature tag_ids : ids(500, max = 4) = tags.hash_bucket(500)
feature parity : dense = item % 2
feature user_words : ids(100) = user.split(" ").hash_bucket(100)
feature tag_weights : weighted(500, max = 4) = tags.map(t -> {id: t.hash_bucket(500), weight: 1.0 / t.length()})
feature user_name : text = user
"""

REQUEST = {"user": "Ann of Ulm", "profile": [0.5, -1.0, 2.0]}
CANDIDATES = {
    "item": [3, 4, 1005, 7],
    "price": [1.0, None, 99.5, 0.0],
    "tags": [["a", "bb"], [], ["ccc"], ["a", "bb", "ccc"]],
    "bought": [True, False, False, True],
}


@pytest.fixture(scope="session")
def extractor() -> Any:
    """The extractor of the program."""
    return fx.compile_text(PROGRAM, path="model.fx").extractor()


@pytest.fixture
def inputs() -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The request and the candidates of the extraction."""
    return dict(REQUEST), dict(CANDIDATES)


@pytest.fixture
def extraction(extractor: Any) -> Any:
    """Four rows of one request."""
    return extractor.extract_request(REQUEST, CANDIDATES)
