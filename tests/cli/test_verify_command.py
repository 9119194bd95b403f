"""``fx verify``: logged requests computed again, and the first operator from which on two programs differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import feature_extractor
import pyarrow as pa
import pytest
from feature_extractor.serving import RequestLog, Service
from fx_outcome import Run
from pyarrow import ipc, parquet

PROGRAM = """
input request { user: string, seen: list<int>, taste: map<string, float> }
input candidate { item: int, genre: string, views: int }
resource genres = vocabulary("genres.txt", oov = 1)
let smoothed(x) = (x + 1.0) / (x + 50.0)
feature rate  : dense = smoothed(views)
feature again : dense = seen.count(s -> s == item)
feature kind  : id(genres) = genres.lookup(genre)
feature liked : dense = taste[genre] ?? 0.0
feature name  : text = user.upper()
"""

CONSTANT = "another constant is an argument"
OTHER = "something else is computed"
CHANGES: list[tuple[str, str, str, str, str, str]] = [
    # what, in place of what, the feature, the reason, the text of the first difference in both programs
    ("(x + 60.0)", "(x + 50.0)", "rate", CONSTANT, "x + 50.0", "x + 60.0"),
    ("(x + 50.0) * 2", "(x + 50.0)", "rate", "", "", ""),
    ("s >= item", "s == item", "again", OTHER, "s == item", "s >= item"),
    ("taste[user]", "taste[genre]", "liked", OTHER, "candidate.genre", "request.user"),
    ("user.lower()", "user.upper()", "name", OTHER, "user.upper()", "user.lower()"),
    (
        "genre] ?? 1.0",
        "genre] ?? 0.0",
        "liked",
        CONSTANT,
        "taste[genre] ?? 0.0",
        "taste[genre] ?? 1.0",
    ),
]


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "genres.txt").write_text("war\nart\nfun\n")
    (tmp_path / "ranking.fx").write_text(PROGRAM)
    feature_extractor.compile(tmp_path / "ranking.fx").save(tmp_path / "ranking.fxp")
    return "ranking.fx"


def served(folder: Path, package: Path, count: int = 6, **options: Any) -> None:
    log = RequestLog(folder, share=1.0, per_second=1e9, waiting=1000, **options)
    with Service(package, log=log) as service:
        for number in range(count):
            service.extract_request(
                {"user": f"Ann {number}", "seen": [number, 2], "taste": {"war": 0.5}},
                [
                    {"item": item, "genre": genre, "views": 10 * item}
                    for item, genre in enumerate(["war", "art", "odd", "fun"][: number + 1])
                ],
            )
    assert log.counts.written == count


@pytest.fixture
def log(tmp_path: Path, program: str) -> str:
    served(tmp_path / "log", tmp_path / "ranking.fxp", values=True)
    return "log"


def changed(tmp_path: Path, new: str, old: str) -> str:
    assert old in PROGRAM
    (tmp_path / "changed.fx").write_text(PROGRAM.replace(old, new))
    return "changed.fx"


def test_the_same_program_gives_the_same(fx: Run, log: str, program: str, tmp_path: Path) -> None:
    for served_by in ("ranking.fxp", program):
        outcome = fx("verify", log, served_by)
        assert outcome.code == 0, outcome.err
        assert outcome.out == "5 features compared, all the same: 6 requests with 18 rows.\n"
    (path,) = (tmp_path / log).glob("*.arrow")
    assert fx("verify", "--limit", "2", str(path), program).out.endswith(
        "2 requests with 3 rows.\n"
    )
    table = ipc.open_stream(path.read_bytes()).read_all()
    parquet.write_table(table, tmp_path / "log.parquet")
    assert fx("verify", "log.parquet", program).code == 0


@pytest.mark.parametrize(("new", "old", "feature", "reason", "was", "became"), CHANGES)
def test_the_first_difference_is_found(
    fx: Run,
    log: str,
    tmp_path: Path,
    new: str,
    old: str,
    feature: str,
    reason: str,
    was: str,
    became: str,
) -> None:
    outcome = fx(
        "verify", log, changed(tmp_path, new, old), "--against", "ranking.fxp", "--format", "json"
    )
    assert outcome.code == 1, outcome.err
    found = json.loads(outcome.out)
    assert not found["same"]
    (differing,) = [one for one in found["features"] if one["differing"]]
    assert differing["name"] == feature
    assert differing["rows"] == 18 and 0 < differing["differing_rows"] <= 18
    example = differing["examples"][0]
    assert example["logged"] != example["computed"]
    assert set(example["inputs"]) == {"user", "seen", "taste"}
    parting = differing["parting"]
    if reason:
        assert parting["reason"] == reason
        assert (parting["old_source"], parting["new_source"]) == (was, became)
    assert parting["old_value"] != parting["new_value"]


def test_another_resource_is_named(fx: Run, log: str, program: str, tmp_path: Path) -> None:
    (tmp_path / "genres.txt").write_text("art\nwar\nfun\n")
    outcome = fx("verify", log, program, "--against", "ranking.fxp")
    assert outcome.code == 1
    assert "1 of 5 features differ: 6 requests with 18 rows." in outcome.out
    assert "kind: 11 of 18 values, in 6 of 6 requests" in outcome.out
    assert "the same operator gives another value for the same arguments" in outcome.out
    assert "genres.lookup(genre)" in outcome.out
    assert '"genre": "war"' in outcome.out
    assert "6 requests served by the package" in outcome.out


def test_a_log_without_values_tells_requests(fx: Run, program: str, tmp_path: Path) -> None:
    served(tmp_path / "log", tmp_path / "ranking.fxp", values=False)
    assert fx("verify", "log", program).code == 0
    other = changed(tmp_path, "taste[genre] ?? 1.0", "taste[genre] ?? 0.0")
    outcome = fx("verify", "log", other)
    assert outcome.code == 1
    assert "liked: 5 of 6 requests (the log has no values)" in outcome.out
    assert "computed [0.5, 1.0]" in outcome.out


def test_markdown(fx: Run, log: str, tmp_path: Path) -> None:
    other = changed(tmp_path, "user.lower()", "user.upper()")
    outcome = fx("verify", log, other, "--against", "ranking.fxp", "--format", "markdown")
    assert outcome.out.startswith("### 1 of 5 features differ:")
    assert "| `name` | 18 of 18 values, in 6 of 6 requests |" in outcome.out
    assert 'old  "ANN 0"    user.upper()    ranking.fx:10:24' in outcome.out


def test_features_that_one_side_lacks(fx: Run, log: str, tmp_path: Path) -> None:
    other = changed(
        tmp_path, "feature other : text = user\n", "feature name  : text = user.upper()\n"
    )
    outcome = fx("verify", log, other)
    assert outcome.code == 1
    assert "Features in the log only: name." in outcome.out
    assert "Features in the package only: other." in outcome.out
    assert fx("verify", "-q", log, other).out == ""


def test_a_program_without_candidates(fx: Run, tmp_path: Path) -> None:
    (tmp_path / "p.fx").write_text("input request { x: int }\nfeature y : dense = x * 2\n")
    feature_extractor.compile(tmp_path / "p.fx").save(tmp_path / "p.fxp")
    written = RequestLog(tmp_path / "log", share=1.0)
    with Service(tmp_path / "p.fxp", log=written) as service:
        service.extract({"x": [1, 1, 2]})
        service.extract_request({"x": 3})
    outcome = fx("verify", "log", "p.fxp")
    assert outcome.out == "1 feature compared, all the same: 4 requests with 4 rows.\n"


def test_what_cannot_be_compared(fx: Run, log: str, program: str, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"item": 1}\n')
    (tmp_path / "none").mkdir()
    with ipc.open_stream(next((tmp_path / log).glob("*.arrow"))) as logged:
        parquet.write_table(logged.read_all().slice(0, 0), tmp_path / "e.parquet")
    needs_more = changed(tmp_path, "genre: string, age: int, views", "genre: string, views")
    (tmp_path / "changed.fx").write_text(
        (tmp_path / "changed.fx").read_text() + "feature old : dense = age\n"
    )
    (tmp_path / "bad.fx").write_text("feature x : dense = y\n")
    for arguments, message in (
        ([log], "Name a log and a program"),
        (["missing.arrow", program], "missing.arrow: there is no such file"),
        (["none", program], "there are no files requests-*.arrow in this folder"),
        (["e.parquet", program], "the log has no requests"),
        (["rows.jsonl", program], "rows.jsonl: this is no log of a service"),
        (["bad.fx", program], "bad.fx: this is no log of a service"),
        ([log, needs_more], "age"),
        ([log, "bad.fx"], "FX101"),
        ([log, program, "--against", "missing.fxp"], "missing.fxp: there is no such file"),
    ):
        outcome = fx("verify", *arguments)
        assert outcome.code == 2, arguments
        assert message in outcome.err, outcome.err
    table = pa.table({"user": ["a"], "seen": [[1]], "taste": pa.array([[]], pa.map_(pa.string(), pa.float64())),
                      "candidates": [[{"item": 1, "genre": "war", "views": 1}]]})  # fmt: skip
    parquet.write_table(table, tmp_path / "plain.parquet")
    outcome = fx("verify", "plain.parquet", program)
    assert outcome.code == 2
    assert "there is no column `fx_time`, so this is no log" in outcome.err


def test_a_package_without_labels_is_compared_with_its_program(fx: Run, tmp_path: Path) -> None:
    text = "input candidate { x: int, bought: bool }\nfeature bought : label = bought\nfeature x : dense = x\n"
    (tmp_path / "shop.fx").write_text(text)
    assert fx("compile", "shop.fx", "--without-labels", "-o", "serving.fxp").code == 0
    log = RequestLog(tmp_path / "served", share=1.0, per_second=1e9, waiting=1000)
    with Service(tmp_path / "serving.fxp", log=log) as service:
        service.extract_request(None, [{"x": 1}, {"x": 2}])
    found = fx("verify", "served", "shop.fx")
    assert found.code == 2 and "Column 'bought' is missing" in found.err
    assert found.err.endswith("  `--without-labels` leaves the labels of the program out.\n")
    found = fx("verify", "served", "shop.fx", "--without-labels", "--against", "serving.fxp")
    assert (found.code, found.err) == (0, "")
    assert found.out == "1 feature compared, all the same: 1 request with 2 rows.\n"
    (tmp_path / "cut.fxp").write_bytes((tmp_path / "serving.fxp").read_bytes()[:1000])
    found = fx("verify", "served", "cut.fxp")
    assert found.code == 2 and "The package is damaged" in found.err
