"""Packages that services swap: the same outputs, and values that say which package gave them."""

from __future__ import annotations

import pytest

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)
from numbered_packages import Package, numbered_packages

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


@pytest.fixture(scope="session")
def package() -> Package:
    """Return a function that makes the bytes of a package with a number, and with more declarations."""
    return numbered_packages(PROGRAM)
