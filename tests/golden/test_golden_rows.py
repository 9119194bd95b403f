"""Golden rows: what a package says that it computes is computed again by whoever loads it."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pytest
from feature_extractor.errors import EngineError
from feature_extractor.golden import GoldenRowsError, golden_requests, golden_rows
from feature_extractor.input_tables import InputTableError, tables_of_request, tables_of_table
from feature_extractor.plan.package import Package, read_package

from .proofs import with_features, with_golden, with_index, with_wrong_value

PROGRAM = """
input request {
    user:  string
    seen:  list<{movie: int, at: timestamp}>
    taste: map<string, float>
}
input candidate {
    movie:  int
    tags:   list<string>
    vector: vector<2>
    length: duration?
    raw:    bytes?
    new:    bool
}
feature again : dense = seen.count(e -> e.movie == movie)
feature ratio : dense = 1 / movie
feature words : ids(100) = tags.hash_bucket(100)
feature liked : weighted(50) = tags.map(g -> {id: hash_bucket(g, 50), weight: taste[g] ?? 0.5})
feature name  : text = user
feature where : dense = vector
feature long  : dense = (length ?? 0s) / 1s + (if new then 1.0 else 0.0)
"""

ROWS: list[dict[str, Any]] = [
    {
        "user": user,
        "seen": [{"movie": 1, "at": 5}],
        "taste": {"war": 0.25},
        "movie": movie,
        "tags": tags,
        "vector": [0.5, 1.5],
        "length": length,
        "raw": b"\xff" if movie else None,
        "new": movie == 0,
    }
    for user, movie, tags, length in [
        ("Ann", 0, ["war"], 1_500_000),
        ("Ann", 1, [], None),
        ("Zoë", 2, ["art", "war"], 0),
        ("", 3, [""], -7),
    ]
]


@pytest.fixture(scope="module")
def bare() -> bytes:
    return fx.compile_text(PROGRAM, path="proved.fx").package.to_bytes()


@pytest.fixture(scope="module")
def proved(bare: bytes) -> bytes:
    return with_golden(bare, ROWS)


def test_the_rows_and_results_are_kept(proved: bytes) -> None:
    package = read_package(proved)
    assert package.manifest["format"] == 2
    assert package.manifest["golden"] == {"requests": 3, "rows": 4}
    kept = golden_requests(package)
    assert kept is not None and kept.offsets == (0, 2, 3, 4)
    tables = golden_rows(package)
    assert tables["requests"].column("user").to_pylist() == ["Ann", "Zoë", ""]
    assert tables["candidates"].column("movie").to_pylist() == [0, 1, 2, 3]
    assert tables["features"].column("again").to_pylist() == [0.0, 1.0, 0.0, 0.0]
    extractor = fx.load(proved)
    assert extractor.golden_requests == 3
    assert extractor.extract(ROWS).to_arrow().equals(tables["features"])


def test_the_same_rows_give_the_same_bytes(bare: bytes, proved: bytes) -> None:
    assert with_golden(bare, ROWS) == proved
    assert fx.load(bare).digest != fx.load(proved).digest
    program = fx.compile_text(PROGRAM, path="proved.fx").with_golden_rows(ROWS)
    assert program.package.to_bytes() == proved
    assert program.digest == fx.load(proved).digest


@pytest.mark.parametrize("rows", [1, 2, None])
def test_a_difference_names_feature_row_and_values(proved: bytes, rows: int | None) -> None:
    with pytest.raises(EngineError) as caught:
        fx.load(with_wrong_value(proved, "ratio", rows))
    assert caught.value.code == "different_values"
    assert f"'ratio' differs in {rows or 4} of 4 rows, first in row 0: " in str(caught.value)
    assert "expected 1000, found 0." in str(caught.value)
    assert "1 of 7 features" in str(caught.value)
    assert "at SIMD level" in str(caught.value)


def test_values_that_changed_places_are_found(proved: bytes) -> None:
    features = golden_rows(read_package(proved))["features"]
    position = features.schema.get_field_index("again")
    values = features.column(position).to_pylist()
    assert values == [0.0, 1.0, 0.0, 0.0]
    swapped = pa.array([1.0, 0.0, 0.0, 0.0], pa.float32())
    with pytest.raises(
        EngineError, match="'again' differs in 2 of 4 rows, first in row 0: expected 1, found 0"
    ):
        fx.load(with_features(proved, features.set_column(position, "again", swapped)))


def test_verification_can_be_skipped(proved: bytes) -> None:
    wrong = with_wrong_value(proved, "ratio")
    assert fx.load(wrong, verify=False).extract(ROWS)["again"].tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("reference", [False, True])
def test_each_form_of_the_kernels_proves_itself(proved: bytes, level: int, reference: bool) -> None:
    wrong = with_wrong_value(proved, "again")
    fx.load(proved, simd_level=level, use_reference=reference)
    with pytest.raises(EngineError, match="'again' differs in 4 of 4 rows"):
        fx.load(wrong, simd_level=level, use_reference=reference)


def test_old_readers_refuse_by_version(bare: bytes, proved: bytes) -> None:
    package = read_package(proved)
    for format_, message in ((1, "no package of format 1 has"), (3, "formats up to 2")):
        other = Package(package.manifest | {"format": format_}, package.members)
        with pytest.raises(EngineError, match=message):
            fx.load(other.to_bytes())
    assert read_package(bare).manifest["format"] == 1


DAMAGES: list[tuple[str, Callable[[Any], Any]]] = [
    ("no format", lambda index: index.pop("format")),
    ("no digests", lambda index: index.pop("digests")),
    ("no requests", lambda index: index.pop("requests")),
    ("no offsets", lambda index: index.pop("offsets")),
    ("empty offsets", lambda index: index.update(offsets=[])),
    ("falling offsets", lambda index: index.update(offsets=[0, 3, 2, 4])),
    ("offsets of text", lambda index: index.update(offsets=["a"])),
    ("negative rows", lambda index: index["requests"].update(rows=-1)),
    ("more rows", lambda index: index["requests"].update(rows=1 << 62)),
    ("many rows", lambda index: index["candidates"].update(rows=1_000)),
    ("a buffer outside", lambda index: index["requests"]["buffers"].__setitem__(1, [1 << 40, 8])),
    ("a huge buffer", lambda index: index["requests"]["buffers"].__setitem__(1, [64, 1 << 63])),
    ("a shifted buffer", lambda index: index["requests"]["buffers"].__setitem__(1, [65, 32])),
    ("a missing buffer", lambda index: index["requests"]["buffers"].pop()),
    ("a buffer too many", lambda index: index["requests"]["buffers"].append([0, 0])),
    ("no pair", lambda index: index["requests"]["buffers"].__setitem__(1, [64])),
    ("a missing column", lambda index: index["candidates"]["columns"].pop(0)),
    ("text for a number", lambda index: index["requests"].update(rows="3")),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=[name for name, _ in DAMAGES])
def test_a_damaged_index_is_refused(proved: bytes, name: str, damage: Callable[[Any], Any]) -> None:
    with pytest.raises(EngineError) as caught:
        fx.load(with_index(proved, damage))
    assert caught.value.code in ("corrupt", "invalid_argument"), name


def test_no_buffer_may_lead_out_of_the_package(proved: bytes) -> None:
    """Whatever places the index names, the rows are computed or refused; the sanitizers watch."""
    source = random.Random(7)
    for _ in range(300):

        def change(index: Any) -> None:
            table = index[source.choice(["requests", "candidates"])]
            number = source.randrange(len(table["buffers"]))
            place = [8 * source.randrange(0, 300), source.randrange(0, 900)]
            table["buffers"][number] = place

        with contextlib.suppress(EngineError):
            fx.load(with_index(proved, change))


def test_a_table_that_does_not_fit_is_refused() -> None:
    program = fx.compile_text(PROGRAM, path="proved.fx")
    with pytest.raises(GoldenRowsError, match="no rows"):
        program.with_golden_rows([])
    with pytest.raises(GoldenRowsError, match="no input of the program; it has: x, y"):
        program.with_golden_rows({"x": [1], "y": [2]})
    with pytest.raises(InputTableError, match="a list of dicts, not int"):
        program.with_golden_rows(3)
    with pytest.raises(InputTableError, match="row 1 must be a dict, not str"):
        program.with_golden_rows([ROWS[0], "movie"])
    with pytest.raises(InputTableError, match="expected int, found float"):
        program.with_golden_rows([{**ROWS[0], "movie": 7.5}])
    with pytest.raises(InputTableError, match="the column `movie` cannot be kept as int64"):
        program.with_golden_rows([{**ROWS[0], "movie": "seven"}])
    with pytest.raises(EngineError, match="movie"):
        program.with_golden_rows([{k: v for k, v in ROWS[0].items() if k != "movie"}])
    with pytest.raises(GoldenRowsError, match="take fewer requests"):
        program.with_golden_rows([{**ROWS[0], "tags": ["x" * 1000] * 17_000}])


def test_a_program_that_collects_wants_whole_requests() -> None:
    text = "input candidate { x: int }\nfeature share : dense = x / collect(x).sum()\n"
    program = fx.compile_text(text)
    with pytest.raises(GoldenRowsError, match="one row per request"):
        program.with_golden_rows([{"x": 1}])
    nested = pa.table({"candidates": [[{"x": 1}, {"x": 3}], [], [{"x": 5}]]})
    package = program.with_golden_rows(nested).package
    assert golden_rows(package)["features"].column("share").to_pylist() == [0.25, 0.75, 1.0]
    fx.load(package.to_bytes())


@pytest.mark.parametrize(
    "text",
    [
        "input request { x: int }\nfeature y : dense = x * 2\n",
        "input candidate { x: int }\nfeature y : dense = x * 2\n",
        "input request { x: int }\ninput candidate { z: int }\nfeature y : dense = x * 2\n",
        "input request { z: int }\ninput candidate { x: int }\nfeature y : dense = x * 2\n",
    ],
)
def test_programs_with_few_inputs(text: str) -> None:
    program = fx.compile_text(text).with_golden_rows({"x": [1, 1, 2], "z": [4, 5, 6]})
    extractor = fx.load(program.package.to_bytes())
    assert extractor.golden_requests > 0
    rows = golden_rows(program.package)["features"].column("y").to_pylist()
    assert rows == [2.0, 2.0, 4.0]


def test_tables_of_requests_are_what_was_given() -> None:
    inputs = fx.compile_text(PROGRAM).extractor().inputs
    request = {k: ROWS[0][k] for k in ("user", "seen", "taste")}
    candidates = [{k: v for k, v in row.items() if k not in request} for row in ROWS[:2]]
    one = tables_of_request(inputs, request, candidates)
    flat = tables_of_table(inputs, ROWS[:2])
    nested = tables_of_table(inputs, flat.nested())
    assert one.offsets == flat.offsets == nested.offsets == (0, 2)
    assert one.requests.equals(flat.requests) and flat.requests.equals(nested.requests)
    assert one.candidates.equals(flat.candidates)
    assert flat.candidates.equals(nested.candidates)


def test_fx_compile_keeps_rows(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from feature_extractor.cli import main

    (tmp_path / "p.fx").write_text(
        "input request { user: string }\ninput candidate { x: int }\nfeature y : dense = x * 2\n"
    )
    lines = [{"user": user, "x": x} for user in "abc" for x in range(3)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines))
    program, table = str(tmp_path / "p.fx"), str(tmp_path / "rows.jsonl")
    package = str(tmp_path / "p.fxp")
    assert main(["compile", program, "--golden", table, "--golden-requests", "2"]) == 0
    assert "1 feature, 2 golden requests, " in capfd.readouterr().out
    assert read_package(package).manifest["golden"] == {"requests": 2, "rows": 6}
    assert main(["check", package]) == 0
    assert "2 golden requests computed" in capfd.readouterr().out
    content = Path(package).read_bytes()
    Path(package).write_bytes(with_wrong_value(content, "y", 1))
    for arguments in (
        ["check", package],
        ["run", package, "-i", table],
        ["explain", "--row", "0", table, package],
    ):
        assert main(arguments) == 2
        assert (
            "'y' differs in 1 of 6 rows, first in row 0: expected 1000, found 0"
            in capfd.readouterr().err
        )
    (tmp_path / "bad.jsonl").write_text('{"user": "a"}\n')
    assert main(["compile", program, "--golden", str(tmp_path / "bad.jsonl")]) == 1
    assert main(["compile", program, "--golden", str(tmp_path / "none.jsonl")]) == 2
    capfd.readouterr()
