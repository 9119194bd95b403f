"""docs/command-line.md shows real output."""

from __future__ import annotations

import pytest
from documented import PAGE, current_page


def test_the_page_shows_what_the_commands_print() -> None:
    pytest.importorskip("pyarrow")
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("\n$ fx ") >= 10
    assert "rows of 2 requests" in page or "rows of 1 request " in page
    assert current_page() == page, "run `python tests/cli/documented.py`"
