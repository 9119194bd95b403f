"""Packages that services swap: the same outputs, and values that say which package gave them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

PROGRAM = """
input request {{ user: string, seen: list<int> }}
input candidate {{ item: int, price: float? }}
feature version : dense = {number}.0 + item * 0.0
feature seen_before : dense = seen.count(s -> s == item)
feature user_x_item : id(1000) = cross(user, item).hash_bucket(1000)
feature words : ids(100, max = 4) = user.split(" ").hash_bucket(100)
feature name : text = user
{more}
"""

Package = Callable[..., bytes]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Return a function that makes the bytes of a package with a number, and with more declarations."""
    folder = tmp_path_factory.mktemp("packages")
    made: dict[tuple[int, str], bytes] = {}

    def make(number: int, more: str = "") -> bytes:
        if (number, more) not in made:
            path: Path = folder / "served.fxp"
            fx.compile_text(PROGRAM.format(number=number, more=more), path="served.fx").save(path)
            made[number, more] = path.read_bytes()
        return made[number, more]

    return make
