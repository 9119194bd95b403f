"""A program of 2,000 features compiles, and computes what its text says."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import feature_extractor as fx
import pytest

from benches.compile_large import large_program

if not hasattr(fx, "compile_text"):
    pytest.skip("the compiled core is needed", allow_module_level=True)


def test_two_thousand_features() -> None:
    """Windows that differ by an hour count one event more or less, whatever was shared."""
    extractor = fx.compile_text(large_program(2_000)).extractor()
    assert len(extractor.features) == 2_000
    now = datetime(2026, 1, 1, tzinfo=UTC)
    events = [
        {"item": hour % 3, "at": now - timedelta(hours=hour), "price": 1.0} for hour in range(600)
    ]
    request: dict[str, Any] = {"now": now, "history": events}
    candidates: list[dict[str, Any]] = [
        {"item": item, "price": price, "title": f"Title {item}", "genres": ["a", "b"]}
        for item, price in [(0, 2.0), (1, None), (7, 0.5)]
    ]
    values = extractor.extract_request(request, candidates)
    for window in (0, 1, 249, 499):
        counts = [
            sum(1 for hour in range(window + 2) if hour % 3 == candidate["item"])
            for candidate in candidates
        ]
        assert values[f"seen_{window}"].tolist() == counts
        prices = [
            math.log1p((window + 0.5 if c["price"] is None else c["price"]) * (window + 0.25))
            for c in candidates
        ]
        assert values[f"price_{window}"].tolist() == pytest.approx(prices, rel=1e-6)
        assert values[f"title_{window}"].max() < 1024
        assert values[f"genres_{window}"].lengths().tolist() == [2, 2, 2]
