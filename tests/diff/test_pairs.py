"""Pairs of programs give the reports that their pages show."""

from __future__ import annotations

from pathlib import Path

import pytest
from pairs import PAGES, Pair, current_report, read_pairs

ALL = [
    pytest.param(pair, id=f"{page.stem}: {pair.name}")
    for page in PAGES
    for pair in read_pairs(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("pair", ALL)
def test_a_pair_gives_its_report(pair: Pair, tmp_path: Path) -> None:
    assert current_report(pair, tmp_path) == pair.report, "run `python tests/diff/pairs.py`"


def test_the_pages_have_pairs() -> None:
    assert len(ALL) >= 20
    assert len({param.id for param in ALL}) == len(ALL)
