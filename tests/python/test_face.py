"""The Python face: any table in; NumPy, Arrow and DLPack out."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feature_extractor as fx
import numpy as np
import pytest

pa = pytest.importorskip("pyarrow")

PROGRAM = """
input request { user: string  age: int?  seen: list<int>  taste: map<string, float> }
input candidate { movie: int  price: float  at: timestamp?  length: duration?  tags: list<string>  v: vector<2> }

"The age, halved."
@owner("team")
feature half    : dense                  = (age ?? 0) / 2
feature double  : dense(default = -1.0)  = price * 2
feature where   : dense                  = v
feature again   : dense                  = seen.count(m -> m == movie)
feature bucket  : id(10)                 = movie % 10
feature tag_ids : ids(1000, max = 2)     = tags.hash_bucket(1000)
feature liked   : weighted(1000)         = tags.map(g -> {id: hash_bucket(g, 1000), weight: taste[g] ?? 0.5})
feature who     : text                   = user.lower()
feature long    : label                  = if (length ?? 0s) > 1h then 1.0 else 0.0
feature hour    : dense                  = ((at ?? t"1970-01-01T00:00:00Z") - t"1970-01-01T00:00:00Z") / 1h
"""
FLAT = "input request { u: int }\ninput candidate { x: float }\nfeature y : dense = x * 2 + u\n"
COLUMNS = {"u": [1, 1, 2], "x": [1.0, 2.0, 3.0]}
Y = [3.0, 5.0, 8.0]


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM, path="face.fx").extractor()


@pytest.fixture(scope="module")
def flat() -> fx.Extractor:
    return fx.compile_text(FLAT).extractor()


def request() -> dict[str, Any]:
    return {"user": "Ann", "age": 5, "seen": [1, 2, 1], "taste": {"a": 2.0}}


def candidates() -> list[dict[str, Any]]:
    first = datetime(1970, 1, 1, 1, tzinfo=UTC)
    return [
        {"movie": 1, "price": 1.5, "at": first, "length": timedelta(hours=2), "tags": ["a", "b"],
         "v": [1.0, 2.0]},
        {"movie": 12, "price": float("nan"), "at": None, "length": None, "tags": [], "v": [3, 4]},
        {"movie": 23, "price": 0, "at": None, "length": timedelta(0), "tags": ["a", "b", "c"],
         "v": np.array([5.0, 6.0])},
    ]  # fmt: skip


# ---- what comes out ------------------------------------------------------------------------------


def test_instants_of_all_zones() -> None:
    """Zones follow one another in a column: one that was met before, one whose offset changes, and none."""
    program = 'input candidate { at: timestamp }\nfeature at : text = at.format_time("%Y-%m-%dT%H:%M:%S", "UTC")\n'
    new_york, utc = ZoneInfo("America/New_York"), ZoneInfo("UTC")
    india = timezone(timedelta(hours=5, minutes=30))
    moments = [
        datetime(2026, month, 1, 12, tzinfo=zone)
        for month in (1, 7)
        for zone in (utc, india, new_york, UTC, india, utc, utc, new_york, None, utc)
    ]
    result = fx.compile_text(program).extractor().extract({"at": moments})
    expected = [(m if m.tzinfo else m.replace(tzinfo=UTC)).astimezone(UTC) for m in moments]
    assert result["at"] == [f"{m:%Y-%m-%dT%H:%M:%S}" for m in expected]


def test_values_of_each_kind(extractor: fx.Extractor) -> None:
    result = extractor.extract_request(request(), candidates())
    assert (result.rows, result.requests, len(result)) == (3, 1, 10)
    assert result["half"].tolist() == [2.5, 2.5, 2.5]
    assert result["double"].tolist() == [3.0, -1.0, 0.0]
    assert result["where"].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert result["again"].tolist() == [2, 0, 0]
    assert result["bucket"].tolist() == [1, 2, 3]
    assert result["who"] == ["ann"] * 3
    assert result["long"].tolist() == [1, 0, 0]
    assert result["hour"].tolist() == [1, 0, 0]
    for name, dtype in (("half", np.float32), ("bucket", np.int64), ("long", np.float32)):
        assert result[name].dtype == dtype


def test_ids(extractor: fx.Extractor) -> None:
    result = extractor.extract_request(request(), candidates())
    ids, liked = result["tag_ids"], result["liked"]
    assert isinstance(ids, fx.Ids)
    assert (len(ids), ids.lengths().tolist()) == (3, [2, 0, 2])
    assert ids.offsets.tolist() == [0, 2, 2, 4]
    assert ids.to_list() == [ids[0].tolist(), [], ids[0].tolist()]
    assert ids[-1].tolist() == ids[2].tolist()
    assert ids.weights is None
    assert liked.weights.tolist() == [2.0, 0.5, 2.0, 0.5, 0.5]
    with pytest.raises(IndexError, match="row 3 of 3"):
        ids[3]


def test_dense(extractor: fx.Extractor) -> None:
    result = extractor.extract_request(request(), candidates())
    matrix = result.dense()
    assert (matrix.shape, matrix.dtype) == ((3, 6), np.float32)
    assert matrix[0].tolist() == [2.5, 3.0, 1.0, 2.0, 2.0, 1.0]
    out = np.full((3, 3), np.nan, np.float32)
    assert result.dense(["where", "long"], out) is out
    assert out.tolist() == [[1, 2, 1], [3, 4, 0], [5, 6, 0]]
    with pytest.raises(KeyError, match="there is no feature 'halv'"):
        result.dense(["halv"])
    with pytest.raises(ValueError, match="'bucket' is of kind 'id', not dense"):
        result.dense(["bucket"])
    for wrong in (
        np.empty((3, 2), np.float32),
        np.empty((3, 3)),
        np.empty((3, 6), np.float32)[:, ::2],
    ):
        with pytest.raises(ValueError, match=r"float32"):
            result.dense(["where", "long"], wrong)


def test_an_extraction_is_like_a_mapping(flat: fx.Extractor) -> None:
    result = flat.extract(COLUMNS)
    assert (list(result), list(result.keys()), "y" in result, "z" in result) == (
        ["y"],
        ["y"],
        True,
        False,
    )
    assert [(name, values.tolist()) for name, values in result.items()] == [("y", Y)]
    assert dict(result)["y"].tolist() == next(result.values()).tolist() == Y
    with pytest.raises(KeyError, match="there is no feature 'z'"):
        result["z"]


def test_descriptions(extractor: fx.Extractor) -> None:
    features = {feature.name: feature for feature in extractor.features}
    assert (features["half"].description, features["half"].owner) == ("The age, halved.", "team")
    assert (features["half"].domain, features["double"].domain) == ("request", "candidate")
    assert (features["where"].width, features["double"].default) == (2, -1.0)
    assert (features["tag_ids"].size, features["tag_ids"].maximum) == (1000, 2)
    inputs = {(i.domain, i.name): i.type for i in extractor.inputs}
    assert inputs["request", "age"] == "int?"
    assert inputs["request", "taste"] == "map<string, float>"
    assert extractor.name == "face"
    assert len(extractor.digest) == 32


def test_statistics(extractor: fx.Extractor) -> None:
    found = extractor.extract_request(request(), candidates()).statistics()
    assert found.defaulted["double"] == 1
    assert found.defaulted["half"] == 0
    assert found.inputs["candidate.price"].not_finite == 1
    assert found.inputs["candidate.at"].nulls == 2


def test_arrow_out(extractor: fx.Extractor) -> None:
    import polars as pl

    result = extractor.extract_request(request(), candidates())
    batch = result.to_arrow()
    batch.validate(full=True)
    assert batch.schema.names == [feature.name for feature in extractor.features]
    assert batch.schema == pa.schema(extractor)
    assert batch["who"].to_pylist() == ["ann"] * 3
    assert batch["tag_ids"].to_pylist() == result["tag_ids"].to_list()
    assert batch["where"].to_pylist() == [[1, 2], [3, 4], [5, 6]]
    assert [len(row) for row in batch["liked"].to_pylist()] == [2, 0, 3]
    assert all(batch.column(name).null_count == 0 for name in batch.schema.names)
    frame = pl.DataFrame(result)
    assert frame.columns == batch.schema.names
    assert frame["double"].to_list() == [3.0, -1.0, 0.0]


def test_zero_copy(extractor: fx.Extractor) -> None:
    result = extractor.extract_request(request(), candidates())
    batch = result.to_arrow()
    for name in ("half", "bucket"):
        values = result[name]
        assert np.shares_memory(values, result[name])
        assert batch[name].buffers()[1].address == values.__array_interface__["data"][0]
        assert not values.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1
    offsets = result["tag_ids"].offsets
    assert batch["tag_ids"].buffers()[1].address == offsets.__array_interface__["data"][0]


def test_dlpack(extractor: fx.Extractor) -> None:
    result = extractor.extract_request(request(), candidates())
    values = result["where"]
    imported = np.from_dlpack(values)
    assert imported.tolist() == values.tolist()
    assert np.shares_memory(imported, values)


def test_arrays_outlive_everything() -> None:
    extractor = fx.compile_text(FLAT).extractor()
    result = extractor.extract(COLUMNS)
    values, batch = result["y"], result.to_arrow()
    gone = weakref.ref(extractor)
    del result, extractor
    gc.collect()
    assert gone() is None
    others = [fx.compile_text(FLAT).extractor().extract(COLUMNS) for _ in range(5)]
    assert values.tolist() == batch["y"].to_pylist() == Y
    assert all(other["y"].tolist() == Y for other in others)


def test_results_of_later_batches_are_their_own(flat: fx.Extractor) -> None:
    first = flat.extract(COLUMNS)["y"]
    for factor in range(10):
        flat.extract({"u": [factor] * 3, "x": [9.0, 9.0, 9.0]})
    assert first.tolist() == Y


# ---- what goes in --------------------------------------------------------------------------------


def tables() -> dict[str, Any]:
    import pandas as pd
    import polars as pl

    table = pa.table(COLUMNS)
    return {
        "pyarrow table": table,
        "pyarrow batch": table.to_batches()[0],
        "pyarrow chunks": pa.concat_tables([table.slice(0, 1), table.slice(1)]),
        "pyarrow slice": pa.concat_tables([table, table]).combine_chunks().slice(3),
        "pyarrow reader": table.to_reader(),
        "polars": pl.DataFrame(COLUMNS),
        "polars chunks": pl.concat([pl.DataFrame(COLUMNS)[:2], pl.DataFrame(COLUMNS)[2:]]),
        "pandas": pd.DataFrame(COLUMNS),
        "dict of lists": COLUMNS,
        "dict of arrays": {
            "u": np.array([1, 1, 2], np.int16),
            "x": np.array([1, 2, 3], np.float32),
        },
        "strided arrays": {
            "u": np.array([1, 0, 1, 0, 2])[::2],
            "x": np.array([3.0, 2.0, 1.0])[::-1],
        },
        "dict of arrow": {"u": pa.array([1, 1, 2]), "x": pl.Series([1.0, 2.0, 3.0])},
        "rows": table.to_pylist(),
        "further columns": table.append_column("more", pa.array(["x", None, "y"])),
    }


@pytest.mark.parametrize("name", list(tables()))
def test_tables_of_any_kind(flat: fx.Extractor, name: str) -> None:
    result = flat.extract(tables()[name])
    assert result["y"].tolist() == Y
    assert result.requests == 2


def test_duckdb_relations(tmp_path: Path) -> None:
    # A process of its own: duckdb reports what its own module leaks at exit, after everything else.
    package = tmp_path / "flat.fxp"
    fx.compile_text(FLAT).save(package)
    script = (
        "import sys, duckdb, feature_extractor as fx\n"
        "query = 'select unnest([1, 1, 2]) as u, unnest([1.0, 2.0, 3.0])::double as x'\n"
        "result = fx.load(sys.argv[1]).extract(duckdb.sql(query))\n"
        "print(result['y'].tolist(), result.requests)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(package)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == f"{Y} 2", done.stderr[-1000:]


@pytest.mark.parametrize(
    "empty",
    [
        pa.table(COLUMNS).slice(0, 0),
        pa.schema([("u", pa.int64()), ("x", pa.float64())]).empty_table(),
        {"u": [], "x": []},
        {"u": np.array([], np.int64), "x": np.array([])},
        [],
    ],
)
def test_empty_tables(flat: fx.Extractor, empty: Any) -> None:
    result = flat.extract(empty)
    assert (result.rows, result["y"].shape, result.dense().shape) == (0, (0,), (0, 1))
    assert result.to_arrow().num_rows == 0


def test_nested_candidates(extractor: fx.Extractor) -> None:
    outer = pa.schema(
        {
            "user": pa.string(),
            "age": pa.int64(),
            "seen": pa.list_(pa.int64()),
            "taste": pa.map_(pa.string(), pa.float64()),
            "candidates": pa.list_(
                pa.struct(
                    {
                        "movie": pa.int64(),
                        "price": pa.float64(),
                        "at": pa.timestamp("ms"),
                        "length": pa.duration("s"),
                        "tags": pa.list_(pa.string()),
                        "v": pa.list_(pa.float32(), 2),
                    }
                )
            ),
        }
    )
    items = [
        {**c, "v": list(c["v"]), "at": c["at"] and c["at"].replace(tzinfo=None)}
        for c in candidates()
    ]
    rows = [
        {**request(), "taste": [("a", 2.0)], "candidates": items},
        {**request(), "user": "Nobody", "taste": [], "candidates": []},
        {**request(), "user": "Bob", "taste": [], "candidates": items[:1]},
    ]
    nested = extractor.extract(pa.Table.from_pylist(rows, outer))
    direct = extractor.extract_request(request(), candidates())
    assert (nested.rows, nested.requests) == (4, 3)
    assert nested["who"] == ["ann"] * 3 + ["bob"]
    for name in ("half", "double", "where", "again", "bucket", "long", "hour"):
        assert nested[name][:3].tolist() == direct[name].tolist()
    assert nested["tag_ids"].to_list()[:3] == direct["tag_ids"].to_list()
    sliced = extractor.extract(pa.Table.from_pylist(rows, outer).slice(2))
    assert sliced["who"] == ["bob"]


def test_requests_with_offsets(flat: fx.Extractor) -> None:
    requests = {"u": [10, 20, 30]}
    result = flat.extract_request(requests, {"x": [1.0, 2.0, 3.0]}, offsets=[0, 2, 2, 3])
    assert result["y"].tolist() == [12.0, 14.0, 36.0]
    array = np.array([0, 0, 3, 3], np.int64)
    assert flat.extract_request(requests, {"x": [1, 2, 3]}, offsets=array)["y"].tolist() == [
        22,
        24,
        26,
    ]


def test_a_request_without_candidates(flat: fx.Extractor) -> None:
    assert flat.extract_request({"u": 1}, []).rows == 0
    assert flat.extract_request({"u": 1}, {"x": np.array([])}).rows == 0


def test_a_program_of_requests_only() -> None:
    extractor = fx.compile_text("input request { u: int }\nfeature y : dense = u / 2").extractor()
    assert extractor.extract_request({"u": 3})["y"].tolist() == [1.5]
    assert extractor.extract({"u": [1, 1, 2]})["y"].tolist() == [0.5, 0.5, 1.0]


def test_batches(flat: fx.Extractor) -> None:
    results = flat.extract_batches([COLUMNS, pa.table(COLUMNS)])
    assert [result["y"].tolist() for result in results] == [Y, Y]


# ---- what does not fit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            pa.table({"u": [1]}),
            r"Column 'x' is missing.*candidate input of type float.*The data has: u",
        ),
        (pa.table({"u": ["1"], "x": [1.0]}), r"Column 'u' must be int, but the data has string"),
        (pa.table({"u": [1.5], "x": [1.0]}), r"Column 'u' must be int, but the data has double"),
        (
            pa.table({"u": [1], "x": [[1.0]]}),
            r"Column 'x' must be float, but the data has list<double>",
        ),
        (pa.table([[1], [2], [1.0]], ["u", "u", "x"]), r"Column 'u' comes twice"),
    ],
)
def test_schemas_that_do_not_fit(flat: fx.Extractor, table: Any, message: str) -> None:
    with pytest.raises(fx.EngineError, match=message) as caught:
        flat.extract(table)
    assert caught.value.code == "invalid_argument"


@pytest.mark.parametrize(
    ("table", "kind", "message"),
    [
        (
            [{"u": 1, "x": 1.0}, {"u": 1, "x": "2"}],
            TypeError,
            r"Row 1, column 'x': expected float, got",
        ),
        ([{"u": 1, "x": 1.0}, {"u": 1}], ValueError, r"Row 1: column 'x' of type float is missing"),
        ([{"u": 1.5, "x": 1.0}], TypeError, r"Row 0, column 'u': expected int, got 1.5"),
        ([{"u": True, "x": 1.0}], TypeError, r"Row 0, column 'u': expected int, got True"),
        ([{"u": 2**64, "x": 1.0}], ValueError, r"Row 0, column 'u': .* does not fit 64 bits"),
        ([[1, 2]], TypeError, r"Row 0 must be a dict"),
        ({"u": [1], "x": [1.0, 2.0]}, ValueError, r"all columns must have the same length"),
        ({"u": 1, "x": [1.0]}, TypeError, r"Column 'u' must be an array or a list"),
        (None, TypeError, r"A table must be"),
        ("table", TypeError, r"A table must be"),
        (3, TypeError, r"A table must be"),
    ],
)
def test_python_values_that_do_not_fit(
    flat: fx.Extractor, table: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        flat.extract(table)


@pytest.mark.parametrize(
    "offsets", [[0], [0, 3], [0, 4, 3], [1, 2, 3], [0, 1, 2], [-1, 0, 3], [0, 2**62, 3]]
)
def test_offsets_that_do_not_fit(flat: fx.Extractor, offsets: list[int]) -> None:
    with pytest.raises(fx.EngineError) as caught:
        flat.extract_request({"u": [1, 2]}, {"x": [1.0, 2.0, 3.0]}, offsets=offsets)
    assert caught.value.code == "invalid_argument"


def test_a_table_is_missing(flat: fx.Extractor) -> None:
    with pytest.raises(fx.EngineError, match="no candidates were given"):
        flat.extract_request({"u": 1})
    with pytest.raises(fx.EngineError, match="no request data was given"):
        flat.extract_request(None, {"x": [1.0]})
    with pytest.raises(fx.EngineError, match="There are 2 requests"):
        flat.extract_request([{"u": 1}, {"u": 2}], {"x": [1.0]})


def test_nested_values_name_their_place(extractor: fx.Extractor) -> None:
    with pytest.raises(TypeError, match=r"Row 0, column 'seen': expected int, got 'x'"):
        extractor.extract_request({**request(), "seen": [1, "x"]}, candidates())
    with pytest.raises(ValueError, match=r"column 'v': expected vector<2>, got 3 numbers"):
        extractor.extract_request(request(), [{**candidates()[0], "v": [1, 2, 3]}])


# ---- the same at any size ------------------------------------------------------------------------


def large(rows: int) -> Any:
    generator = np.random.default_rng(7)
    return pa.record_batch(
        {
            "user": [f"User {n // 7}" for n in range(rows)],
            "age": pa.array((n // 7 % 90 or None for n in range(rows)), pa.int64()),
            "seen": [[n // 7 % 5, 2] for n in range(rows)],
            "taste": pa.array([[("a", 1.0)]] * rows, pa.map_(pa.string(), pa.float64())),
            "movie": np.arange(rows) % 11,
            "price": generator.random(rows),
            "at": pa.array([None] * rows, pa.timestamp("us")),
            "length": pa.array([None] * rows, pa.duration("us")),
            "tags": [["a", "b", "c"][: n % 4] for n in range(rows)],
            "v": pa.array(generator.random((rows, 2)).tolist(), pa.list_(pa.float32(), 2)),
        }
    )


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("chunk_rows", [1, 63, 1024, 100_000])
def test_threads_and_chunks_do_not_change_the_result(
    extractor: fx.Extractor, threads: int, chunk_rows: int
) -> None:
    table = large(3000)
    expected = extractor.extract(table)
    found = extractor.extract(table, threads=threads, chunk_rows=chunk_rows)
    assert found.to_arrow().equals(expected.to_arrow())
    assert found.requests == expected.requests == 429
    assert found.statistics() == expected.statistics()


def test_a_cut_request_gives_the_same(extractor: fx.Extractor) -> None:
    table = large(100)
    whole = extractor.extract(table).to_arrow()
    parts = [extractor.extract(table.slice(start, 10)).to_arrow() for start in range(0, 100, 10)]
    assert pa.Table.from_batches(parts).combine_chunks().to_batches()[0].equals(whole)


def test_other_threads_run_meanwhile(extractor: fx.Extractor) -> None:
    table = large(100_000)
    extractor.extract(table)
    stop, running = threading.Event(), threading.Event()
    steps = 0

    def count() -> None:
        nonlocal steps
        running.set()
        while not stop.is_set():
            steps += 1
            time.sleep(0)

    # So long an interval that this thread gives the interpreter up only where it says so: while it
    # extracts.
    interval = sys.getswitchinterval()
    counter = threading.Thread(target=count)
    counter.start()
    running.wait()
    sys.setswitchinterval(100)
    try:
        before = steps
        extractor.extract(table)
        after = steps
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        counter.join()
    assert after > before


def test_threads_share_an_extractor(extractor: fx.Extractor) -> None:
    table = large(500)
    expected = extractor.extract(table).to_arrow()
    found: list[bool] = []

    def run() -> None:
        found.extend(extractor.extract(table).to_arrow().equals(expected) for _ in range(5))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 20


@pytest.mark.parametrize("threads", [1, 2])
def test_no_heap_allocation_once_warm(extractor: fx.Extractor, threads: int) -> None:
    table = large(2000)

    def allocations() -> int:
        extraction = extractor.extract(table, threads=threads)
        count: int = extraction._native.statistics()["heap_allocations"]
        return count

    for _ in range(10):
        allocations()
    assert [allocations() for _ in range(5)] == [0] * 5


def test_the_count_of_allocations_moves_at_all() -> None:
    cold = fx.compile_text(PROGRAM).extractor().extract(large(2000))
    assert cold._native.statistics()["heap_allocations"] > 0


# ---- loading -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "flat.fxp"
    fx.compile_text(FLAT, path="flat.fx").save(path)
    return path


def test_load_from_a_path_and_from_bytes(package: Path) -> None:
    for source in (package, str(package), package.read_bytes()):
        extractor = fx.load(source)
        assert extractor.name == "flat"
        assert extractor.extract(COLUMNS)["y"].tolist() == Y


@pytest.mark.parametrize("options", [{"simd_level": 0}, {"simd_level": 1}, {"use_reference": True}])
def test_kernels_do_not_change_the_result(options: dict[str, Any]) -> None:
    data = fx.compile_text(PROGRAM).package.to_bytes()
    table = large(300)
    expected = fx.load(data).extract(table).to_arrow()
    assert fx.load(data, **options).extract(table).to_arrow().equals(expected)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("missing.fxp", "not_found"),
        (b"", "corrupt"),
        (b"no package", "corrupt"),
        (b"PK\5\6" + b"\0" * 18, "corrupt"),
    ],
)
def test_what_is_no_package(source: str | bytes, code: str) -> None:
    with pytest.raises(fx.EngineError) as caught:
        fx.load(source)
    assert caught.value.code == code


def test_files_may_have_names_that_are_not_utf8(package: Path, tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"caf\xe9.fxp")
    place.write_bytes(package.read_bytes())
    assert fx.load(place).digest == fx.load(package).digest
    for absent in (fx.load, fx.load_plugin):
        with pytest.raises(fx.EngineError) as caught:
            absent(tmp_path / os.fsdecode(b"na\xefve"))
        assert caught.value.code == "not_found"


def test_damaged_packages_are_refused(package: Path) -> None:
    data = package.read_bytes()
    for position in range(0, len(data), 97):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            loaded = fx.load(bytes(damaged))
        except fx.EngineError:
            continue
        # A byte of padding between the members.
        assert loaded.digest == fx.load(data).digest
        assert loaded.extract(COLUMNS)["y"].tolist() == Y
    for size in range(0, len(data), 211):
        with pytest.raises(fx.EngineError):
            fx.load(data[:size])


def test_a_package_of_another_version_is_refused(package: Path) -> None:
    data = package.read_bytes()
    changed = data.replace(b'{"format":1,"name"', b'{"format":2,"name"')
    assert changed != data
    with pytest.raises(fx.EngineError) as caught:
        fx.load(changed)
    assert caught.value.code in ("unsupported_version", "corrupt")


def test_mistakes_are_raised_together() -> None:
    with pytest.raises(fx.CompileError) as caught:
        fx.compile_text("input request { a: int }\nfeature x : dense = b\nfeature y : dense = c\n")
    assert [finding.code for finding in caught.value.diagnostics] == ["FX101", "FX101"]
    assert "<text>:2:21" in str(caught.value)


def test_loading_and_extracting_import_little(package: Path) -> None:
    code = (
        "import sys; import feature_extractor as fx; assert 'numpy' not in sys.modules; "
        f"result = fx.load({str(package)!r}).extract({COLUMNS!r}); "
        "assert result['y'].tolist() == [3.0, 5.0, 8.0]; result.dense(); "
        "unwanted = {'lark', 'click', 'rich', 'pyarrow', 'pandas', 'polars', 'xxhash'}; "
        "print(sorted(unwanted & set(sys.modules)))"
    )
    source = str(Path(fx.__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": source, "PATH": ""},
    )
    assert (run.stdout, run.stderr) == ("[]\n", "")


def test_arguments_of_another_type_are_told_in_a_sentence() -> None:
    extractor = fx.compile_text("input request { x: int }\nfeature y : dense = x\n").extractor()
    for options in ({"threads": "two"}, {"chunk_rows": 1.5}):
        for call in (
            lambda given: extractor.extract({"x": [1]}, **given),
            lambda given: extractor.extract_request({"x": 1}, **given),
        ):
            with pytest.raises(TypeError, match=f"^{next(iter(options))} must be an int, not "):
                call(options)
    with pytest.raises(TypeError, match="offsets must be a list of ints"):
        extractor.extract_request({"x": [1]}, None, offsets=[0, 1.5])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="names must be a list"):
        extractor.extract_request({"x": 1}).dense("y")
