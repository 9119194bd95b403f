"""Operators against cases that others published: what they are, and by which rules, is told in ``shared_cases``."""

from __future__ import annotations

import pytest

from .shared_cases.hashes import generated
from .shared_cases.records import CASES, FILES, records
from .shared_cases.running import kept_counts, run

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)


@pytest.mark.parametrize("file", FILES)
def test_published_cases(file: str) -> None:
    outcome = run(file)
    print(f"\n{outcome.summary()}")
    shown = "\n".join(outcome.failures[:30])
    assert not outcome.failures, f"{len(outcome.failures)} differ:\n{shown}"
    kept = kept_counts()[file]
    now = outcome.counts()
    fewer = {
        f"{kind}: {name}": (now[kind].get(name, 0), least)
        for kind in ("functions", "operators")
        for name, least in kept[kind].items()
        if now[kind].get(name, 0) < least
    }
    assert not fewer, f"fewer records are used than before, as (now, before): {fewer}"
    assert now["used"] + sum(now["skipped"].values()) == now["records"]
    if now != kept:
        print("\nthe numbers have changed: `python scripts/count_shared_cases.py` keeps them")


def test_generated_data_is_that_of_the_records() -> None:
    """The generators give the bytes that the smaller records spell out."""
    pools = {"xxh": generated("xxh", 3000), "farm": generated("farm", 100_000)}
    compared = 0
    for record in records("hash"):
        first = record["args"][0]
        if "gen" not in first or "hex" not in first:
            continue
        end = first["offset"] + first["len"]
        if end <= len(pools[first["gen"]]):
            given = pools[first["gen"]][first["offset"] : end].hex()
            assert given == first["hex"], record["source"]
            compared += 1
    assert compared > 1_000
