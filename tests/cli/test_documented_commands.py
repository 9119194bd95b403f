"""Pages of docs show real output."""

from __future__ import annotations

from pathlib import Path

import pytest
from documented import PAGES, current_page


@pytest.mark.parametrize("path", PAGES, ids=[page.name for page in PAGES])
def test_the_page_shows_what_the_commands_print(path: Path) -> None:
    pytest.importorskip("pyarrow")
    page = path.read_text(encoding="utf-8")
    assert "\n$ fx " in page
    assert current_page(path) == page, "run `python tests/cli/documented.py`"
