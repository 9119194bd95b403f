"""The examples in the pages for Python give what the pages show."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("python.md", 20),
        ("serving.md", 20),
        ("fetching.md", 12),
        ("catalogue.md", 18),
        ("models.md", 20),
        ("requests.md", 15),
    ],
)
def test_the_examples_on_a_page(
    name: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (DOCS / name).read_text(encoding="utf-8"), re.M | re.S
    )
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, name, None, 0)
    assert len(test.examples) > least
    told: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=flags).run(test, out=told.append)
    assert outcome.failed == 0, "".join(told)
