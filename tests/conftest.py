"""Settings that hold for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Images of containers often set this. The processes that tests start write their output as those of a user do.
os.environ.pop("PYTHONUNBUFFERED", None)

# The same examples each time: a test that fails on one machine fails on all. No deadline, because a
# busy machine is no mistake.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("repeatable")

ENGINES = ("spark", "flink", "package", "jvm", "plugins", "c_abi", "examples", "language_server")
"""Folders of tests that share what takes long to start or to build; the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests belong to one process when several processes share the tests.

    What a fixture starts is then started once. Engines begin first, so that no process is left alone with one at
    the end.
    """
    root = Path(__file__).parent

    def order(item: pytest.Item) -> int:
        folder = item.path.relative_to(root).parts[0]
        return ENGINES.index(folder) if folder in ENGINES else len(ENGINES)

    items.sort(key=order)
    for item in items:
        folder = item.path.relative_to(root).parts[0]
        group = folder if folder in ENGINES else str(item.path.relative_to(root))
        item.add_marker(pytest.mark.xdist_group(group))
