"""Candidates by key: the same bits and counts as without a catalogue, and what is refused.

Random programs have their part in tests/operators/test_random_programs.py.
"""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import pytest
from feature_extractor.errors import EngineError, FeatureExtractorError

pa = pytest.importorskip("pyarrow")
from same_extractions import same

PROGRAM = """
input request { seen: list<int>  taste: map<string, float>  now: timestamp }
input candidate {
    movie: int
    title: string?
    genres: list<string>
    price: float
    position: int?
    embedding: vector<3>
    stock: list<{shop: string, at: timestamp, count: int?}>
}
let scored = genres.map(g -> {name: g, score: taste[g] ?? 0.5})
feature again     : dense                = seen.count(m -> m == movie)
feature words     : ids(1000, max = 4)   = (title ?? "").tokenize().hash_bucket(1000)
feature liked     : weighted(100)        = genres.map(g -> {id: hash_bucket(g, 100), weight: taste[g] ?? 0.5})
feature weights   : weighted(100)        = genres.map(g -> {id: hash_bucket(g, 100), weight: price})
feature affinity  : dense                = genres.map(g -> taste[g] ?? 0.0).max() ?? -1.0
feature others    : dense                = genres.filter(g -> g != "drama").map(g -> taste[g] ?? 0.25).sum()
feature chosen    : dense                = scored.filter(s -> s.name != "drama").map(s -> s.score).sum()
feature ordered   : dense                = scored.sort_by(s -> s.name).map(s -> s.score).first() ?? -2.0
feature last      : text                 = genres.take_last(1).first() ?? title ?? "none"
feature doubled   : dense(default = -3.0) = price * 2
feature placed    : dense                = (position ?? 0) * price
feature where     : dense                = embedding
feature bucket    : id(4)                = price.bucketize([1.0, 2.0]) ?? 3
feature heading   : text                 = title.lower() ?? "?"
feature fresh     : dense                = stock.filter(s -> s.at > now - 1d).map(s -> s.count ?? 0).sum()
feature cheapest  : dense                = price - (collect(price).min() ?? 0.0)
"""
WITHOUT_COLLECT = PROGRAM.replace("collect(price).min()", "price")
DAY = 86_400_000_000
REQUEST = {"seen": [7, 7, 9], "taste": {"drama": 1.5, "war": 2.0}, "now": 10 * DAY}
ROWS: list[dict[str, Any]] = [
    {"movie": 7, "title": "Alien One", "genres": ["drama", "war"], "price": 1.0, "position": 1},
    {"movie": 8, "title": None, "genres": [], "price": float("nan"), "position": None},
    {"movie": 9, "title": "Two für x", "genres": ["war"], "price": -3.0, "position": 3},
    {"movie": 9, "title": "", "genres": ["a", "drama", "drama"], "price": 2.5, "position": 4},
]
for number, row in enumerate(ROWS):
    row["embedding"] = [number, 1.5, -2.0] if number != 2 else [1.0, float("nan"), 3.0]
    row["stock"] = [
        {"shop": f"s{k}", "at": (8 + k) * DAY, "count": None if k == 2 else k}
        for k in range(number)
    ]
NAMES = ["alien", "nobody", "two", "empty"]
"""Keys of the rows."""
ORDER = [3, 0, 0, 2, 1, 3]
INSTANT = pa.timestamp("us", "UTC")
STOCK = pa.list_(pa.struct([("shop", pa.string()), ("at", INSTANT), ("count", pa.int64())]))
CANDIDATE = pa.RecordBatch.from_pylist(ROWS).schema
CANDIDATE = CANDIDATE.set(CANDIDATE.get_field_index("stock"), pa.field("stock", STOCK))


def columns(rows: list[dict[str, Any]], *names: str) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names or ROWS[0]}


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM, path="films.fx").extractor()


@pytest.mark.parametrize("missing", [[], ["position"], ["movie", "price"], ["genres", "stock"]])
@pytest.mark.parametrize("text_keys", [True, False])
def test_same_bits_and_counts(extractor: fx.Extractor, missing: list[str], text_keys: bool) -> None:
    keys: list[Any] = NAMES if text_keys else [5, -1, 2**62, 0]
    rows = [ROWS[i] for i in ORDER]
    wanted = extractor.extract_request(REQUEST, columns(rows))
    table = columns(ROWS) | {"sku": keys}
    chosen = extractor.with_catalogue(
        {n: c for n, c in table.items() if n not in missing}, key="sku"
    )
    given = {name: [row[name] for row in rows] for name in missing}
    found = chosen.extract_request(REQUEST, {"sku": [keys[i] for i in ORDER], **given})
    same(found, wanted)
    assert found.unknown_keys == 0


def test_batches_threads_and_chunks(extractor: fx.Extractor) -> None:
    source = np.random.default_rng(3)
    count = 5000
    rows = [ROWS[i] | {"movie": int(k)} for k, i in enumerate(source.integers(0, 4, count))]
    keys = source.permutation(count) * 7
    table = columns(rows) | {"sku": keys}
    sizes = source.integers(0, 900, 9)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    asked = source.integers(0, count, int(offsets[-1]))
    requests = [{**REQUEST, "seen": [int(k), int(k)]} for k in range(9)]
    wanted = extractor.extract_request(requests, columns([rows[i] for i in asked]), offsets=offsets)
    for threads in (1, 3):
        chosen = extractor.with_catalogue(table, key="sku", threads=threads)
        assert chosen.catalogue is not None
        assert chosen.catalogue.rows == count
        for chunk in (1024, 100):
            found = chosen.extract_request(
                requests, {"sku": keys[asked]}, offsets=offsets, threads=threads, chunk_rows=chunk
            )
            same(found, wanted)


@pytest.mark.parametrize("key_type", [pa.int32(), pa.uint16(), pa.int64(), None])
def test_keys_of_all_integers(extractor: fx.Extractor, key_type: Any) -> None:
    keys = pa.array([4, 5, 6, 7], pa.int64())
    keys = keys.dictionary_encode() if key_type is None else keys.cast(key_type)
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": keys}, key="sku")
    found = chosen.extract_request(REQUEST, {"sku": keys.take(pa.array([2, 0]))})
    same(found, extractor.extract_request(REQUEST, columns([ROWS[2], ROWS[0]])))


@pytest.mark.parametrize("key_type", [pa.string(), pa.large_string(), pa.string_view(), None])
def test_keys_of_all_texts(extractor: fx.Extractor, key_type: Any) -> None:
    texts = ["", "x" * 300, "é", "é\0"]
    keys = pa.array(texts).dictionary_encode() if key_type is None else pa.array(texts, key_type)
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": keys}, key="sku")
    found = chosen.extract_request(REQUEST, {"sku": ["é\0", "x" * 300, "", "é"]})
    same(found, extractor.extract_request(REQUEST, columns([ROWS[i] for i in (3, 1, 0, 2)])))


def test_the_key_may_be_an_input(extractor: fx.Extractor) -> None:
    rows = [row | {"movie": k} for k, row in enumerate(ROWS)]
    chosen = extractor.with_catalogue(columns(rows), key="movie")
    assert chosen.catalogue is not None
    assert "movie" in chosen.catalogue.inputs
    assert [one.name for one in chosen.inputs if one.domain == "candidate"] == ["movie"]
    found = chosen.extract_request(REQUEST, {"movie": [2, 0]})
    same(found, extractor.extract_request(REQUEST, columns([rows[2], rows[0]])))


def test_unknown_keys_have_no_values(extractor: fx.Extractor) -> None:
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    found = chosen.extract_request(REQUEST, {"sku": ["two", "who", None, "", "alien"]})
    # As rows that are null as a whole.
    known = pa.RecordBatch.from_pylist(ROWS, CANDIDATE).to_struct_array()
    rows = pa.concat_arrays([known.slice(2, 1), pa.nulls(3, known.type), known.slice(0, 1)])
    plain = extractor.extract_request(REQUEST, _Structs(rows))
    same(found, plain)
    assert found.unknown_keys == 3
    assert found["heading"] == ["two für x", "?", "?", "?", "alien one"]


class _Structs:
    """Rows of a table of which some are null as a whole, which a record batch cannot say."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self._rows.__arrow_c_array__(requested_schema)


def test_messages_name_candidates(extractor: fx.Extractor) -> None:
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    body = {**REQUEST, "candidates": [{"sku": "two"}, {"sku": "alien"}, {"sku": "who"}]}
    found = chosen.json_decoder().extract(json.dumps(body).encode())
    wanted = chosen.extract_request(REQUEST, {"sku": ["two", "alien", "who"]})
    same(found, wanted)
    assert found.unknown_keys == 1


def test_nested_and_flat_tables_name_candidates() -> None:
    extractor = fx.compile_text(WITHOUT_COLLECT, path="films.fx").extractor()
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    plain, keyed = [], []
    for order in (ORDER, [], [1, 2]):
        plain.append({**REQUEST, "candidates": [ROWS[i] for i in order]})
        keyed.append({**REQUEST, "candidates": [{"sku": NAMES[i]} for i in order]})
    taste = pa.map_(pa.string(), pa.float64())
    request = [("seen", pa.list_(pa.int64())), ("taste", taste), ("now", INSTANT)]
    tables = []
    for rows, candidate in (
        (plain, pa.struct(list(CANDIDATE))),
        (keyed, pa.struct([("sku", pa.string())])),
    ):
        rows = [row | {"taste": list(REQUEST["taste"].items())} for row in rows]  # type: ignore[attr-defined]
        schema = pa.schema([*request, ("candidates", pa.list_(candidate))])
        tables.append(pa.Table.from_pylist(rows, schema))
    same(chosen.extract(tables[1]), extractor.extract(tables[0]))
    flat = [{**REQUEST, "taste": list(REQUEST["taste"].items()), "sku": NAMES[i]} for i in ORDER]  # type: ignore[attr-defined]
    found = chosen.extract(pa.Table.from_pylist(flat, pa.schema([*request, ("sku", pa.string())])))
    wanted = extractor.extract_request(REQUEST, columns([ROWS[i] for i in ORDER]))
    assert pa.record_batch(found).equals(pa.record_batch(wanted))


def test_a_parquet_file(extractor: fx.Extractor, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.Table.from_pylist(ROWS, CANDIDATE)
    table = table.append_column("sku", pa.array(NAMES)).append_column("unused", pa.array([1] * 4))
    parquet.write_table(table, tmp_path / "films.parquet", row_group_size=2)
    chosen = extractor.with_catalogue(tmp_path / "films.parquet", key="sku")
    found = chosen.extract_request(REQUEST, {"sku": ["two", "alien"]})
    same(found, extractor.extract_request(REQUEST, columns([ROWS[2], ROWS[0]])))
    with pytest.raises(FeatureExtractorError, match=r"films\.csv cannot be read"):
        extractor.with_catalogue(tmp_path / "films.csv", key="sku")


def test_another_table_takes_the_place(extractor: fx.Extractor) -> None:
    first = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    second = first.with_catalogue(columns(ROWS[:2]) | {"sku": NAMES[2:]}, key="sku")
    same(
        second.extract_request(REQUEST, {"sku": ["two"]}),
        extractor.extract_request(REQUEST, columns(ROWS[:1])),
    )
    assert first.extract_request(REQUEST, {"sku": NAMES}).unknown_keys == 0


def test_the_table_may_change_afterwards(extractor: fx.Extractor) -> None:
    table: dict[str, Any] = columns(ROWS) | {
        "price": np.array([1.0, 2.0, 3.0, 4.0]),
        "sku": np.arange(4),
    }
    chosen = extractor.with_catalogue(table, key="sku")
    before = chosen.extract_request(REQUEST, {"sku": [0, 1, 2, 3]})["placed"].tolist()
    table["price"][:] = 9.0
    table["sku"][:] = 9
    assert chosen.extract_request(REQUEST, {"sku": [0, 1, 2, 3]})["placed"].tolist() == before


def test_an_empty_table(extractor: fx.Extractor) -> None:
    table: dict[str, Any] = {"sku": pa.array([], pa.int64()), "price": pa.array([], pa.float64())}
    chosen = extractor.with_catalogue(table, key="sku")
    rest = columns(ROWS[:1], *(n for n in ROWS[0] if n != "price"))
    found = chosen.extract_request(REQUEST, rest | {"sku": [4]})
    assert found.unknown_keys == 1
    same(found, extractor.extract_request(REQUEST, rest | {"price": [None]}))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"sku": [1, 2, 1, 4]}, "Key 1 comes twice in column 'sku': in rows 0 and 2"),
        ({"sku": ["a", "b", "c", "b"]}, "Key 'b' comes twice in column 'sku': in rows 1 and 3"),
        ({"sku": [1, 2, None, 4]}, "Row 2 of the catalogue has no key: column 'sku' is null there"),
        (
            {"sku": pa.array([1.5, 2, 3, 4])},
            "The key column 'sku' must be int or string, and the data has neither",
        ),
        ({}, "The key column 'sku' is missing. The data has: movie, title"),
        (
            {"sku": [1, 2, 3, 4], "price": pa.array(["a", "b", "c", "d"])},
            "Column 'price' must be float",
        ),
    ],
)
def test_tables_that_do_not_fit(
    extractor: fx.Extractor, table: dict[str, Any], message: str
) -> None:
    with pytest.raises(EngineError, match=message.replace("?", "[?]")) as caught:
        extractor.with_catalogue(columns(ROWS) | table, key="sku")
    assert caught.value.code == "invalid_argument"


def test_further_refusals(extractor: fx.Extractor) -> None:
    with pytest.raises(
        EngineError, match="No column of the catalogue is a candidate input of the program"
    ):
        extractor.with_catalogue({"sku": [1], "nothing": [2]}, key="sku")
    with pytest.raises(
        EngineError, match=r"must be int or string; the program declares it as float"
    ):
        extractor.with_catalogue(columns(ROWS), key="price")
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    with pytest.raises(
        EngineError, match="Column 'sku' is missing: it is the key of the catalogue"
    ):
        chosen.extract_request(REQUEST, columns(ROWS))
    with pytest.raises(EngineError, match="Column 'sku' must be string, but the data has int64"):
        chosen.extract_request(REQUEST, {"sku": pa.array([1, 2])})
    requests = fx.compile_text("input request { x: int }\nfeature y : dense = x\n").extractor()
    with pytest.raises(EngineError, match="The program has no candidate inputs"):
        requests.with_catalogue({"x": [1]}, key="x")


@pytest.mark.parametrize(
    ("table", "options", "kind", "message"),
    [
        ({"sku": [1], "price": [1.0]}, {"key": "id"}, EngineError, "'id' is missing. The data has: sku, price."),
        ({"now": [1], "price": [1.0]}, {"key": "now"}, EngineError, "'now' is an input of the request"),
        ({"sku": [1], "price": [1.0]}, {"key": 3}, TypeError, "key must be the name of a column, not 3"),
        (
            {"sku": [1], "price": [1.0]},
            {"key": "sku", "threads": "all"},
            TypeError,
            r"threads must be an int, not 'all' (str)",
        ),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit(
    extractor: fx.Extractor,
    table: dict[str, Any],
    options: dict[str, Any],
    kind: type[Exception],
    message: str,
) -> None:
    with pytest.raises(kind, match=re.escape(message)):
        extractor.with_catalogue(table, **options)


def test_a_candidate_that_is_too_large() -> None:
    text = "input candidate { title: string }\nfeature t : text = title.lower()\n"
    extractor = fx.compile_text(text).extractor()
    table = {"title": ["a", "b" * (17 << 20)], "sku": [1, 2]}
    with pytest.raises(
        EngineError, match=r"Row 1 of the catalogue has values of \d+ bytes; at most"
    ) as caught:
        extractor.with_catalogue(table, key="sku")
    assert caught.value.code == "limit"


def test_replacement_knows_what_hosts_give(extractor: fx.Extractor) -> None:
    """A host that gives keys cannot go on with a package that reads the values, and the other way round."""
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    other = fx.compile_text(PROGRAM.replace("price * 2", "price * 3"), path="films.fx").extractor()
    chosen.check_replacement(other.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku"))
    for old, fresh in ((chosen, other), (extractor, chosen)):
        with pytest.raises(EngineError, match="cannot take the place of the current one"):
            old.check_replacement(fresh)


def test_threads_share_it(extractor: fx.Extractor) -> None:
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    wanted = pa.record_batch(chosen.extract_request(REQUEST, {"sku": NAMES * 50}))
    failures = []

    def work() -> None:
        for _ in range(20):
            found = chosen.extract_request(REQUEST, {"sku": NAMES * 50})
            if not pa.record_batch(found).equals(wanted):
                failures.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_warm_requests_take_nothing_from_the_heap(extractor: fx.Extractor) -> None:
    chosen = extractor.with_catalogue(columns(ROWS) | {"sku": NAMES}, key="sku")
    for _ in range(3):
        found = chosen.extract_request(REQUEST, {"sku": NAMES * 100})
    assert found._native.statistics()["heap_allocations"] == 0


def test_what_is_no_table_is_told_and_not_waited_for(tmp_path: Path) -> None:
    """Opening a named pipe would wait for its writer, in a thread that watches a file for ever."""
    import os

    extractor = fx.compile_text(
        "input candidate { movie: int }\nfeature m : dense = movie * 1.0", path="m.fx"
    ).extractor()
    os.mkfifo(tmp_path / "pipe")
    for name, told in [
        ("pipe", "pipe cannot be read: it is not a regular file."),
        (".", "cannot be read: it is not a regular file."),
        ("none.parquet", "none.parquet cannot be read: no such file or directory."),
    ]:
        with pytest.raises(fx.FeatureExtractorError) as raised:
            extractor.with_catalogue(tmp_path / name, key="sku")
        assert str(raised.value).endswith(told)
        assert "Errno" not in str(raised.value)


def test_arrow_files_are_read_as_tables_are(tmp_path: Path) -> None:
    """Text that is not UTF-8 is a value without a meaning and no damage; a column that comes twice is told."""
    from pyarrow import ipc

    extractor = fx.compile_text(
        'input candidate { title: string }\nfeature t : text = title ?? "none"', path="t.fx"
    ).extractor()
    wrong = pa.array([b"Alien", b"\xff"]).view(pa.string())
    for columns in (
        {"sku": [1, 2], "title": wrong},
        {"sku": [1, 2], "title": wrong.cast(pa.string_view())},
    ):
        table = pa.table(columns)
        for new in (ipc.new_file, ipc.new_stream):
            sink = pa.BufferOutputStream()
            with new(sink, table.schema) as writer:
                writer.write_table(table)
            found = extractor.with_catalogue(sink.getvalue().to_pybytes(), key="sku")
            assert list(found.extract_request(None, {"sku": [1, 2]})["t"]) == ["Alien", "none"]
    table = pa.Table.from_arrays(
        [pa.array([1]), pa.array(["a"]), pa.array(["b"])], ["sku", "title", "title"]
    )
    sink = pa.BufferOutputStream()
    with ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(fx.EngineError, match="Column 'title' comes twice in the data"):
        extractor.with_catalogue(sink.getvalue().to_pybytes(), key="sku")


def test_what_no_key_can_be_is_told() -> None:
    extractor = fx.compile_text(
        "input candidate { movie: int }\nfeature m : dense = movie * 1.0", path="m.fx"
    ).extractor()
    for keys, told in [
        (pa.array([2**63, 1], pa.uint64()), "no key: column 'sku' is null there, or an integer of more than 63 bits."),
        (pa.array([b"\xff", b"a"]).view(pa.string()), "no key: column 'sku' is null there, or no text in UTF-8."),
        (pa.array([1.5, 2.5]), "The key column 'sku' must be int or string, and the data has neither. Cast"),
        (pa.array([b"a", b"b"]), "The key column 'sku' must be int or string, and the data has neither."),
        (pa.array([[1], [2]]), "The key column 'sku' must be int or string, and the data has neither."),
    ]:  # fmt: skip
        with pytest.raises(EngineError) as raised:
            extractor.with_catalogue(pa.table({"sku": keys, "movie": [1, 2]}), key="sku")
        assert told in str(raised.value)
