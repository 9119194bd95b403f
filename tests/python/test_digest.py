"""Digests of values: against an implementation of their own page, and the laws that make them useful."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow", reason="tables are made with pyarrow")

import feature_extractor as fx
from digest_oracle import digest as oracle
from feature_extractor.digest import DigestError, TableDigest, digest_table, total
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

INTEGERS = [getattr(pa, f"{sign}int{bits}")() for sign in ("", "u") for bits in (8, 16, 32, 64)]
TIMES = [pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")]
TIMES += [pa.duration(unit) for unit in ("s", "ms", "us", "ns")]
TIMES += [pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")]  # fmt: skip
TEXTS = [pa.string(), pa.large_string(), pa.string_view()]
BYTES = [pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(3)]
FLAT = [pa.null(), pa.bool_(), pa.float16(), pa.float32(), pa.float64(), *INTEGERS, *TIMES, *TEXTS, *BYTES]  # fmt: skip


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return types of lists, maps and structs of other types."""
    lists = (pa.list_, pa.large_list, lambda t: pa.list_(t, 2), pa.list_view, pa.large_list_view)
    return st.one_of(
        *[inner.map(make) for make in lists],
        st.tuples(inner, inner).map(lambda pair: pa.struct([("a", pair[0]), ("b", pair[1])])),
        inner.map(lambda value: pa.map_(pa.string(), value)),
    )


TYPES = st.recursive(st.sampled_from(FLAT), nested, max_leaves=4)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of a type as Python has them; those of times as integers."""
    types = pa.types
    if types.is_null(kind):
        return st.none()
    if types.is_boolean(kind):
        found: st.SearchStrategy[Any] = st.booleans()
    elif types.is_integer(kind):
        signed = types.is_signed_integer(kind)
        least = -(2 ** (kind.bit_width - 1)) if signed else 0
        found = st.integers(least, least + 2**kind.bit_width - 1)
    elif types.is_floating(kind):
        found = st.floats(width=kind.bit_width, allow_nan=False)
    elif kind in TEXTS:
        found = st.text(max_size=20)
    elif types.is_fixed_size_binary(kind):
        found = st.binary(min_size=3, max_size=3)
    elif kind in BYTES:
        found = st.binary(max_size=20)
    elif types.is_map(kind):
        found = st.lists(st.tuples(values(kind.key_type), values(kind.item_type)), max_size=3)
        found = found.map(lambda pairs: [pair for pair in pairs if pair[0] is not None])
    elif types.is_struct(kind):
        found = st.fixed_dictionaries({field.name: values(field.type) for field in kind})
    elif types.is_fixed_size_list(kind):
        found = st.lists(values(kind.value_type), min_size=2, max_size=2)
    elif types.is_nested(kind):
        found = st.lists(values(kind.value_type), max_size=3)
    else:
        narrow = kind.bit_width == 32 or types.is_time(kind)
        # No time of day has a negative number, and days are whole in a date64.
        bound = 80_000 if narrow else 2**62
        found = st.integers(0 if types.is_time(kind) else -bound, bound)
        if types.is_date64(kind):
            found = found.map(lambda number: number // 86_400_000 * 86_400_000)
    return st.none() | found


def array(items: list[Any], kind: Any) -> Any:
    """Return an array of a type; pyarrow makes times of integers only in one way."""
    if pa.types.is_temporal(kind):
        whole = pa.int32() if kind.bit_width == 32 else pa.int64()
        return pa.array(items, whole).view(kind)
    return pa.array(items, kind)


@st.composite
def batches(draw: st.DrawFn) -> Any:
    rows = draw(st.integers(0, 6))
    columns = {}
    for index in range(draw(st.integers(1, 3))):
        kind = draw(TYPES)
        items = draw(st.lists(values(kind), min_size=rows, max_size=rows))
        column = array(items, kind)
        if kind in (pa.string(), pa.int64()) and draw(st.booleans()):
            column = column.dictionary_encode()
        columns[f"c{index}"] = column
    batch = pa.record_batch(columns)
    start = draw(st.integers(0, rows))
    return batch.slice(start, draw(st.integers(0, rows - start)))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches())
def test_the_core_and_the_page_agree(batch: Any) -> None:
    found = digest_table(batch)
    assert (found.columns, found.rows, found.count) == oracle(batch)


def sample() -> Any:
    """Return a table with the kinds of columns that features have, and nulls."""
    chance = random.Random(5)
    rows = 200

    def some(make: Any) -> list[Any]:
        return [make() if chance.random() < 0.9 else None for _ in range(rows)]

    weighted = pa.list_(pa.struct([("id", pa.int64()), ("weight", pa.float32())]))
    return pa.table(
        {
            "dense": pa.array(some(chance.random), pa.float32()),
            "id": pa.array(some(lambda: chance.randrange(9)), pa.int64()),
            "ids": pa.array(some(lambda: [1] * chance.randrange(4)), pa.list_(pa.int64())),
            "weighted": pa.array(
                some(lambda: [{"id": 1, "weight": 2.0}] * chance.randrange(3)), weighted
            ),
            "text": pa.array(some(lambda: "x" * chance.randrange(30)), pa.string()),
            "vector": pa.array(some(lambda: [1.0, chance.random()]), pa.list_(pa.float32(), 2)),
        }
    )


@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 200), max_size=5))
@settings(max_examples=30, deadline=None)
def test_neither_order_nor_batches_matter(chance: random.Random, cuts: list[int]) -> None:
    table = sample()
    order = list(range(len(table)))
    chance.shuffle(order)
    shuffled = table.take(order)
    bounds = [0, *sorted(cuts), len(table)]
    parts = [shuffled.slice(a, b - a) for a, b in pairwise(bounds)]
    chance.shuffle(parts)
    assert total(map(digest_table, parts)) == digest_table(table)
    assert digest_table(pa.concat_tables(parts)) == digest_table(table)


def test_the_layout_does_not_matter() -> None:
    table = sample()
    narrow = pa.large_list(pa.struct([("n", pa.int8()), ("w", pa.float32())]))
    weighted = [
        None if items is None else [{"n": item["id"], "w": item["weight"]} for item in items]
        for items in table["weighted"].to_pylist()
    ]
    other = [
        table["dense"],
        table["id"].cast(pa.int32()),
        table["ids"].cast(pa.large_list(pa.int16())),
        pa.array(weighted, narrow),
        table["text"].cast(pa.large_string()).dictionary_encode(),
        table["vector"].cast(pa.large_list(pa.float32())),
    ]
    assert digest_table(pa.table(other, table.schema.names)) == digest_table(table)


def test_every_value_and_its_place_matter() -> None:
    table = pa.table({"a": [1, 2, 3], "b": [4, 5, 6]})
    whole = digest_table(table)
    changed = digest_table(pa.table({"a": [1, 2, 3], "b": [4, 5, 7]}))
    assert whole.differences(changed) == ["b"]
    # The same columns, but other pairs of values side by side: only the rows tell.
    moved = digest_table(pa.table({"a": [1, 2, 3], "b": [4, 6, 5]}))
    assert whole.columns == moved.columns
    assert whole.rows != moved.rows
    twice = digest_table(pa.concat_tables([table, table]))
    assert twice == whole + whole != whole
    renamed = digest_table(table.rename_columns(["x", "b"]))
    assert renamed.rows == whole.rows
    assert whole.differences(renamed) == ["a", "x"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([0.0], pa.float32()), pa.array([-0.0], pa.float32())),
        (pa.array([1.5], pa.float32()), pa.array([1.5], pa.float64())),
        (pa.array([None], pa.int64()), pa.array([0], pa.int64())),
        (pa.array([None], pa.string()), pa.array([""], pa.string())),
        (pa.array([None], pa.list_(pa.int64())), pa.array([[]], pa.list_(pa.int64()))),
        (pa.array([[None]], pa.list_(pa.int64())), pa.array([[]], pa.list_(pa.int64()))),
        (pa.array([["a", "bc"]]), pa.array([["ab", "c"]])),
        (pa.array([[[1], [2]]]), pa.array([[[1, 2], []]])),
    ],
)
def test_different_values_have_different_digests(one: Any, other: Any) -> None:
    assert digest_table(pa.table({"a": one})) != digest_table(pa.table({"a": other}))


def test_a_null_row_of_a_struct_is_a_row_of_nulls() -> None:
    fields = pa.StructArray.from_arrays(
        [pa.array([1, 2, 3])], ["a"], mask=pa.array([False, True, False])
    )

    class Structs:
        def __arrow_c_array__(self, requested_schema: object = None) -> Any:
            return fields.__arrow_c_array__(requested_schema)

    assert digest_table(Structs()) == digest_table(pa.table({"a": [1, None, 3]}))


def test_tables_without_rows_or_batches() -> None:
    zero = "0" * 32
    schema = pa.schema([("a", pa.int64()), ("b", pa.list_(pa.string()))])
    for table in (schema.empty_table(), pa.RecordBatchReader.from_batches(schema, [])):
        assert digest_table(table) == TableDigest({"a": zero, "b": zero}, zero, 0)
    assert digest_table(pa.table({})).columns == {}


def test_what_has_no_digest_is_refused_by_name() -> None:
    with pytest.raises(fx.EngineError, match=r"Column 'price' is of Arrow format 'd:10,2'"):
        digest_table(pa.table({"price": pa.array([1], pa.decimal128(10, 2))}))
    kind = pa.struct([("x", pa.list_(pa.decimal128(10, 2)))])
    inner = pa.table({"a": pa.array([{"x": [1]}], kind)})
    with pytest.raises(fx.EngineError, match=r"Column 'a\.x\[\]' is of Arrow format 'd:10,2'"):
        digest_table(inner)
    with pytest.raises(DigestError, match="two columns are called 'a'"):
        digest_table(pa.table([[1], [2]], names=["a", "a"]))
    with pytest.raises(TypeError, match="not list"):
        digest_table([{"a": 1}])


def test_digests_add_only_with_the_same_columns() -> None:
    one = digest_table(pa.table({"a": [1]}))
    with pytest.raises(DigestError, match="a and b"):
        _ = one + digest_table(pa.table({"b": [1]}))
    with pytest.raises(DigestError, match="no digest"):
        total([])


def test_json_and_back() -> None:
    digest = digest_table(sample())
    assert TableDigest.from_json(digest.to_json()) == digest
    for wrong in (None, {}, {"count": 1, "rows": "ab", "columns": {}}, {**digest.to_json(), "count": -1}):  # fmt: skip
        with pytest.raises(DigestError):
            TableDigest.from_json(wrong)


def test_every_face_of_python_has_the_same_digest() -> None:
    program = fx.compile_text(
        "input request { user: string }\n"
        "input candidate { movie: int, tags: list<string> }\n"
        "feature a : dense = movie / 3.0\n"
        "feature b : ids(100) = tags.hash_bucket(100)\n"
        "feature c : text = user\n"
    )
    extractor = program.extractor()
    rows = [
        {"user": f"u{i // 5}", "movie": i, "tags": [str(j) for j in range(i % 4)]}
        for i in range(50)
    ]
    whole = extractor.extract(rows).digest()
    assert whole == digest_table(extractor.extract(rows, threads=2, chunk_rows=3).to_arrow())
    requests = [
        extractor.extract_request(rows[i], rows[i : i + 5]).digest() for i in range(0, 50, 5)
    ]
    assert total(reversed(requests)) == whole
    assert extractor.extract(rows[:49]).digest() != whole
