"""Every function of the C interface: what it gives, and what it says when it is used wrongly."""

from __future__ import annotations

import ctypes
import json
import re
from ctypes import byref, c_size_t, c_void_p, sizeof
from pathlib import Path
from typing import Any

import c_library
import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pytest
from c_data import CANDIDATE_TYPE, OFFSETS, REQUEST_TYPE, candidate_rows, request_rows
from c_library import (
    CANDIDATE,
    CORRUPT,
    DENSE,
    INVALID_ARGUMENT,
    IO,
    NOT_FOUND,
    OK,
    REQUEST,
    ROOT,
    WRITE,
    ArrowSchema,
    CError,
    CLibrary,
    Digest128,
    FeatureInfo,
    InputCounts,
    InputInfo,
    LoadOptions,
    SessionOptions,
    TfrecordOptions,
    bytes_of,
    exported,
)
from feature_extractor.samples import tfrecords


@pytest.fixture
def session(library: CLibrary, loaded: c_void_p) -> Any:
    handle = library.session(loaded)
    yield handle
    library.session_free(handle)


def test_the_header_and_these_tests_name_the_same_functions() -> None:
    header = (ROOT / "cpp/include/feature_extractor/c_api.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^FX_API [^;(]*?\b(fx_\w+)\(", header, re.MULTILINE))
    assert set(c_library._SIGNATURES) == declared


def test_versions(library: CLibrary) -> None:
    assert library.abi_version() == 2
    assert library.version().decode() == fx.__version__
    assert library.code_name(INVALID_ARGUMENT) == b"invalid_argument"
    assert [library.code_name(code).decode() for code in (0, 8, 9, 10, 11, -1)] == [
        "ok",
        "out_of_memory",
        "internal",
        "different_values",
        "unknown",
        "unknown",
    ]


def test_the_package_describes_itself(
    library: CLibrary, loaded: c_void_p, extractor: fx.Extractor
) -> None:
    assert library.extractor_name(loaded).decode() == extractor.name
    assert library.extractor_digest(loaded).decode() == extractor.digest
    manifest = json.loads(library.extractor_manifest(loaded))
    assert [f["name"] for f in manifest["features"]] == [f.name for f in extractor.features]
    assert library.extractor_output_domain(loaded) == CANDIDATE

    found = []
    for index in range(library.extractor_input_count(loaded)):
        info = InputInfo()
        assert library.extractor_input(loaded, index, byref(info)) == OK
        found.append(
            (info.name.decode(), info.type.decode(), info.domain, info.nullable, info.used)
        )
    assert found == [
        ("user", "string", REQUEST, 0, 1),
        ("age", "int?", REQUEST, 1, 1),
        ("seen", "list<int>", REQUEST, 0, 1),
        ("taste", "map<string, float?>", REQUEST, 0, 1),
        ("profile", "vector<3>", REQUEST, 0, 1),
        ("movie", "int", CANDIDATE, 0, 1),
        ("title", "string?", CANDIDATE, 1, 1),
        ("price", "float?", CANDIDATE, 1, 1),
        ("tags", "list<string?>", CANDIDATE, 0, 1),
        ("at", "timestamp?", CANDIDATE, 1, 0),
        ("spare", "bool", CANDIDATE, 0, 0),
    ]
    features = [
        (f.name.decode(), f.kind, f.width, f.maximum, f.size) for f in library.features(loaded)
    ]
    assert features == [
        ("old", 0, 1, 0, 0),
        ("price", 0, 1, 0, 0),
        ("profile", 0, 3, 0, 0),
        ("bucket", 1, 1, 0, 10),
        ("words", 2, 1, 0, 1000),
        ("tags", 2, 1, 2, 50),
        ("likes", 3, 1, 0, 50),
        ("again", 0, 1, 0, 0),
        ("name", 4, 1, 0, 0),
        ("who", 4, 1, 0, 0),
        ("good", 5, 1, 0, 0),
    ]


def test_input_schemas_are_the_types_that_are_read_in_place(
    library: CLibrary, loaded: c_void_p
) -> None:
    found = []
    for domain in (REQUEST, CANDIDATE):
        schema = ArrowSchema()
        library.call("extractor_input_schema", loaded, domain, byref(schema))
        found.append(pa.Schema._import_from_c(ctypes.addressof(schema)))
    item = pa.field("item", pa.int64(), nullable=False)
    assert found[0] == pa.schema(
        [
            pa.field("user", pa.large_string(), nullable=False),
            pa.field("age", pa.int64()),
            pa.field("seen", pa.large_list(item), nullable=False),
            pa.field("taste", pa.map_(pa.string(), pa.float64()), nullable=False).with_type(
                pa.map_(
                    pa.field("key", pa.large_string(), nullable=False),
                    pa.field("value", pa.float64()),
                )
            ),
            pa.field(
                "profile",
                pa.list_(pa.field("item", pa.float32(), nullable=False), 3),
                nullable=False,
            ),
        ]
    )
    assert found[1] == pa.schema(
        [
            pa.field("movie", pa.int64(), nullable=False),
            pa.field("title", pa.large_string()),
            pa.field("price", pa.float64()),
            pa.field("tags", pa.large_list(pa.large_string()), nullable=False),
            pa.field("at", pa.timestamp("us", "UTC")),
            pa.field("spare", pa.bool_(), nullable=False),
        ]
    )


def test_every_declared_type_has_an_arrow_type_that_is_read(
    library: CLibrary, tmp_path: Path
) -> None:
    types = {
        "a": "bool", "b": "int", "c": "float", "d": "string", "e": "bytes", "f": "timestamp",
        "g": "duration", "h": "list<{x: int, y: list<bool?>}>", "i": "map<int, string?>",
        "j": "vector<5>", "k": "{p: duration?, q: map<string, vector<2>>}",
    }  # fmt: skip
    text = "input request {\n" + "".join(f"    {n}: {t}?\n" for n, t in types.items()) + "}\n"
    read = {n: {"i": "i[3]", "k": "k.p"}.get(n, n) for n in types}
    text += "".join(
        f"feature no_{n} : dense = if {read[n]}.is_null() then 1.0 else 0.0\n" for n in types
    )
    path = tmp_path / "types.fxp"
    fx.compile_text(text).save(path)
    handle = library.load(path)
    schema = ArrowSchema()
    library.call("extractor_input_schema", handle, REQUEST, byref(schema))
    arrow = pa.Schema._import_from_c(ctypes.addressof(schema))
    assert arrow.names == list(types)
    table = pa.array([dict.fromkeys(types)] * 3, pa.struct(list(arrow)))
    session = library.session(handle)
    extraction = library.extract(session, table)
    batch = library.export(extraction, handle)
    assert [batch.column(c).to_pylist() for c in range(len(types))] == [[1.0] * 3] * len(types)
    library.extraction_free(extraction)
    library.session_free(session)
    library.extractor_free(handle)


def flat(requests: pa.Array, candidates: pa.Array) -> pa.Array:
    """Repeat the request's columns on each of its candidates."""
    owners = [r for r in range(len(OFFSETS) - 1) for _ in range(OFFSETS[r], OFFSETS[r + 1])]
    of_requests = requests.take(pa.array(owners)).flatten()
    names = [f.name for f in REQUEST_TYPE] + [f.name for f in CANDIDATE_TYPE]
    return pa.StructArray.from_arrays([*of_requests, *candidates.flatten()], names)


def nested(requests: pa.Array, candidates: pa.Array, offsets: list[int] = OFFSETS) -> pa.Array:
    """Put the candidates of each request into a column."""
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), candidates)
    names = [f.name for f in REQUEST_TYPE]
    return pa.StructArray.from_arrays([*requests.flatten(), lists], [*names, "candidates"])


@pytest.mark.parametrize("shape", ["flat", "nested", "pair"])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_bits_of_the_python_face(
    library: CLibrary,
    loaded: c_void_p,
    extractor: fx.Extractor,
    requests: pa.Array,
    candidates: pa.Array,
    shape: str,
    threads: int,
) -> None:
    session = library.session(loaded, threads=threads, chunk_rows=5)
    if shape == "pair":
        extraction = library.extract_requests(session, requests, candidates, OFFSETS)
    else:
        table = flat(requests, candidates) if shape == "flat" else nested(requests, candidates)
        extraction = library.extract(session, table)
    expected = extractor.extract_request(
        pa.RecordBatch.from_struct_array(requests),
        pa.RecordBatch.from_struct_array(candidates),
        offsets=OFFSETS,
    )
    assert library.extraction_rows(extraction) == 23
    assert library.extraction_requests(extraction) == (2 if shape == "flat" else 3)
    found = library.values(loaded, extraction)
    assert list(found) == [f.name for f in extractor.features]
    for index, name in enumerate(found):
        assert found[name] == bytes_of(expected._native.arrays(index)), name
    assert library.export(extraction, loaded) == pa.record_batch(expected.to_arrow())
    library.extraction_free(extraction)
    library.session_free(session)


def test_counts(
    library: CLibrary, session: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    extraction = library.extract_requests(session, requests, candidates, OFFSETS)
    counts = InputCounts()
    assert library.extraction_input_counts(extraction, 7, byref(counts)) == OK
    assert (counts.nulls, counts.not_finite, counts.not_utf8) == (0, 2, 0)
    assert library.extraction_input_counts(extraction, 11, byref(counts)) == INVALID_ARGUMENT
    assert library.extraction_defaulted(extraction, 3) == 13
    assert library.extraction_defaulted(extraction, 11) == -1
    library.extraction_free(extraction)


def test_a_matrix_of_dense_features(
    library: CLibrary, session: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    extraction = library.extract_requests(session, requests, candidates, OFFSETS)
    chosen = (c_size_t * 3)(1, 2, 10)
    matrix = np.full((23, 7), 9.0, np.float32)
    pointer = matrix.ctypes.data
    library.call("extraction_matrix", extraction, chosen, 3, pointer, 7)
    assert matrix[4].tolist() == [2.0, 1.0, 0.0, -0.5, 0.0, 9.0, 9.0]
    assert matrix[22].tolist() == [11.0, 1.0, 2.0, -0.5, 1.0, 9.0, 9.0]
    for features, count, stride, message in [
        ((c_size_t * 1)(3), 1, 7, "not dense"),
        ((c_size_t * 1)(11), 1, 7, "no feature number 11"),
        (chosen, 3, 4, "stride is 4"),
    ]:
        with pytest.raises(CError, match=message):
            library.call("extraction_matrix", extraction, features, count, pointer, stride)
    library.call("extraction_matrix", extraction, None, 0, None, 0)
    library.extraction_free(extraction)


def test_one_request_needs_no_offsets(
    library: CLibrary, loaded: c_void_p, session: c_void_p, extractor: fx.Extractor
) -> None:
    requests = pa.array(request_rows(1), REQUEST_TYPE)
    candidates = pa.array(candidate_rows(4), CANDIDATE_TYPE)
    extraction = library.extract_requests(session, requests, candidates)
    expected = extractor.extract_request(request_rows(1)[0], candidates)
    assert library.values(loaded, extraction)["again"] == (expected["again"].tobytes(),)
    library.extraction_free(extraction)


def test_a_side_that_is_not_read_may_be_missing(library: CLibrary, tmp_path: Path) -> None:
    path = tmp_path / "one.fxp"
    text = "input request { a: int }\ninput candidate { b: int }\nfeature c : dense = "
    fx.compile_text(text + "b").save(path)
    handle = library.load(path)
    session = library.session(handle)
    rows = pa.array([{"b": 1}, {"b": 2}])
    extraction = library.extract_requests(session, None, rows, [0, 1, 1, 2])
    assert library.extraction_requests(extraction) == 3
    assert np.frombuffer(library.values(handle, extraction)["c"][0], np.float32).tolist() == [1, 2]
    library.extraction_free(extraction)
    with pytest.raises(CError, match="Column 'b' is missing"):
        library.extract_requests(session, None, None, [0, 2])
    library.session_free(session)
    library.extractor_free(handle)


def test_null_structs_are_rows_whose_inputs_are_null(
    library: CLibrary, loaded: c_void_p, session: c_void_p, extractor: fx.Extractor
) -> None:
    """Whatever lies behind them; and a null list has no candidates, even with elements behind it."""
    rows = candidate_rows(23)
    missing: dict[str, object] = {f.name: None for f in CANDIDATE_TYPE}
    null_rows = {0, 7, 8, 22}
    cleared = [missing if c in null_rows else row for c, row in enumerate(rows)]
    full = pa.array(rows, CANDIDATE_TYPE)
    masked = pa.StructArray.from_arrays(
        full.flatten(),
        [f.name for f in CANDIDATE_TYPE],
        mask=pa.array([c in null_rows for c in range(23)]),
    )
    requests = pa.array(request_rows(4), REQUEST_TYPE)
    lists = pa.ListArray.from_arrays(
        pa.array([1, 6, 12, 12, 23], pa.int32()),
        masked,
        mask=pa.array([False, True, False, False]),
    )
    names = [f.name for f in REQUEST_TYPE]
    table = pa.StructArray.from_arrays([*requests.flatten(), lists], [*names, "candidates"])
    expected = extractor.extract_request(
        pa.RecordBatch.from_struct_array(requests),
        pa.RecordBatch.from_struct_array(pa.array(cleared[1:6] + cleared[12:], CANDIDATE_TYPE)),
        offsets=[0, 5, 5, 5, 16],
    )
    for options in ({}, {"chunk_rows": 3}, {"threads": 2}):
        own = library.session(loaded, **options)
        extraction = library.extract(own, table)
        assert library.export(extraction, loaded) == pa.record_batch(expected.to_arrow())
        library.extraction_free(extraction)
        # A part of the table, which starts within its buffers.
        extraction = library.extract(own, table.slice(3, 1))
        assert library.export(extraction, loaded) == pa.record_batch(expected.to_arrow())[5:]
        library.extraction_free(extraction)
        library.session_free(own)
    python = extractor.extract(pa.RecordBatch.from_struct_array(table))
    assert python.to_arrow() == expected.to_arrow()


def test_null_rows_of_a_flat_table_are_requests_of_their_own(
    library: CLibrary, loaded: c_void_p, session: c_void_p
) -> None:
    requests = pa.array(request_rows(1) * 3, REQUEST_TYPE)
    candidates = pa.array(candidate_rows(3), CANDIDATE_TYPE)
    table = pa.StructArray.from_arrays(
        [*requests.flatten(), *candidates.flatten()],
        [f.name for f in (*REQUEST_TYPE, *CANDIDATE_TYPE)],
        mask=pa.array([False, True, False]),
    )
    extraction = library.extract(session, table)
    assert library.extraction_requests(extraction) == 3
    batch = library.export(extraction, loaded)
    assert batch["who"].to_pylist() == ["user 0", "", "user 0"]
    assert batch["old"].to_pylist() == [10.0, 0.0, 10.0]
    library.extraction_free(extraction)


def test_samples(
    library: CLibrary, session: c_void_p, requests: pa.Array, candidates: pa.Array, loaded: c_void_p
) -> None:
    extraction = library.extract_requests(session, requests, candidates, OFFSETS)
    for sequence, form in ((0, "example"), (1, "sequence")):
        written: list[bytes] = []
        write = WRITE(
            lambda _, start, size, to=written: to.append(ctypes.string_at(start, size)) or 0
        )
        options = TfrecordOptions(sequence=sequence)
        library.call("extraction_tfrecord", extraction, byref(options), write, None)
        batch = library.export(extraction, loaded)
        assert b"".join(written) == b"".join(part.tobytes() for part in tfrecords(batch, form))
    refuse = WRITE(lambda *_: 1)
    with pytest.raises(CError, match="refused") as error:
        library.call("extraction_tfrecord", extraction, None, refuse, None)
    assert error.value.code == IO
    library.extraction_free(extraction)


def test_digests(library: CLibrary) -> None:
    batch = pa.record_batch({"a": [1, 2, 3], "b": ["x", None, "y"]})
    expected = fx.digest_table(batch)
    columns, rows = (Digest128 * 2)(), Digest128()
    with exported(batch) as (schema, array):
        library.call("digest_table", byref(schema), byref(array), columns, 2, byref(rows))
        with pytest.raises(CError, match="number of columns, 2"):
            library.call("digest_table", byref(schema), byref(array), columns, 1, byref(rows))
    assert [f"{d.high:016x}{d.low:016x}" for d in columns] == list(expected.columns.values())
    assert f"{rows.high:016x}{rows.low:016x}" == expected.rows


# --- wrong use ---


def test_null_handles_are_refused(library: CLibrary) -> None:
    """Each function with NULL for everything: an error, or the value for nothing; never a crash."""
    for name, (result, parameters) in c_library._SIGNATURES.items():
        if name in ("fx_abi_version", "fx_version", "fx_code_name"):
            continue
        function = getattr(library.functions, name)
        integers = (c_size_t, ctypes.c_int64, ctypes.c_int32)
        nothing = [0 if p in integers else p() if p is WRITE else None for p in parameters]
        got = function(*nothing)
        if name == "fx_error_code":
            assert got == OK
        elif name == "fx_extractor_output_domain":
            assert got == REQUEST
        elif result is ctypes.c_int32:
            assert got == INVALID_ARGUMENT, name
        else:
            assert got in ({"fx_extraction_defaulted": -1}.get(name, 0), None, b""), name


def test_a_missing_argument_is_named(library: CLibrary, loaded: c_void_p) -> None:
    with pytest.raises(CError, match="'session' must not be NULL"):
        library.call("session_new", loaded, None, None)
    with pytest.raises(CError, match="'path' must not be NULL"):
        library.made("load_file", None, None)
    with pytest.raises(CError, match="FX_REQUEST or FX_CANDIDATE"):
        library.call("extractor_input_schema", loaded, 0, byref(ArrowSchema()))


def test_shorter_structures_are_filled_as_far_as_they_go(
    library: CLibrary, loaded: c_void_p
) -> None:
    info = FeatureInfo()
    info.struct_size = FeatureInfo.width.offset
    info.width = 77
    assert library.extractor_feature(loaded, 2, byref(info)) == OK
    assert (info.name, info.kind, info.width) == (b"profile", DENSE, 77)
    info.struct_size = 0
    assert library.extractor_feature(loaded, 2, byref(info)) == INVALID_ARGUMENT
    info.struct_size = 10 * sizeof(FeatureInfo)
    assert library.extractor_feature(loaded, 2, byref(info)) == OK
    assert info.width == 3

    # Options behind the size are not looked at, whatever stands there.
    options = SessionOptions(threads=1, chunk_rows=-5)
    options.struct_size = SessionOptions.chunk_rows.offset
    library.session_free(library.made("session_new", loaded, byref(options)))
    options.struct_size = sizeof(SessionOptions)
    with pytest.raises(CError, match="must not be negative"):
        library.made("session_new", loaded, byref(options))
    options.struct_size = 3
    with pytest.raises(CError, match="struct_size"):
        library.made("session_new", loaded, byref(options))


def test_packages_that_are_not(library: CLibrary, package: Path, tmp_path: Path) -> None:
    with pytest.raises(CError, match="nowhere") as error:
        library.load(tmp_path / "nowhere.fxp")
    assert error.value.code == NOT_FOUND
    whole = package.read_bytes()
    for bad in (
        b"",
        b"PK",
        whole[:-30],
        whole[: len(whole) // 2],
        whole[:500] + b"?" + whole[501:],
    ):
        with pytest.raises(CError) as error:
            library.made("load_bytes", bad, len(bad), None)
        assert error.value.code == CORRUPT
        assert library.load_bytes(bad, len(bad), None, byref(c_void_p()), None) == CORRUPT
    handle = library.made("load_bytes", whole, len(whole), byref(LoadOptions(simd_level_bound=1)))
    assert library.extractor_name(handle) == b"program"
    library.extractor_free(handle)
    with pytest.raises(CError, match="simd_level_bound"):
        library.made("load_bytes", whole, len(whole), byref(LoadOptions(simd_level_bound=9)))


def test_wrong_tables(
    library: CLibrary, session: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    for offsets, message in [
        ([0, 9, 23], "3 requests"),
        ([0, 9, 5, 23], "must rise"),
        ([1, 9, 9, 23], "must rise"),
        ([0, 9, 9, 24], "must rise"),
        ([0, -9, 9, -1], "must rise"),
    ]:
        with pytest.raises(CError, match=message):
            library.extract_requests(session, requests, candidates, offsets)
    short = pa.array([{"movie": 1, "price": 1.0, "tags": ["x"]}])
    with pytest.raises(CError, match="'title' is missing"):
        library.extract_requests(session, requests, short, [0, 0, 0, 1])
    wrong = pa.array([{"movie": "x", "title": "", "price": 1.0, "tags": ["x"]}])
    with pytest.raises(CError, match="'movie' must be int, but the data has string"):
        library.extract_requests(session, requests, wrong, [0, 0, 0, 1])
    with pytest.raises(CError, match="must be a table"):
        library.extract(session, pa.array([1, 2]))
    with exported(requests) as (schema, array):
        pair = (byref(schema), byref(array))
        with pytest.raises(CError, match="give it to fx_extract"):
            library.made("extract_requests", session, *pair, *pair, None, 0)
        with pytest.raises(CError, match="request_schema"):
            library.made("extract_requests", session, None, pair[1], None, None, None, 0)


def test_arrow_data_with_missing_parts(
    library: CLibrary, session: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    """The structure is checked before anything is read."""

    def breaks(change: Any, message: str) -> None:
        with exported(flat(requests, candidates)) as (schema, array):
            undo = change(schema, array)
            try:
                with pytest.raises(CError, match=message):
                    library.made("extract", session, byref(schema), byref(array))
            finally:
                undo()

    def put(structure: Any, field: str, value: Any) -> Any:
        before = getattr(structure, field)
        # A copy: a pointer field is a view of the structure.
        before = type(before)(before.contents) if hasattr(before, "contents") else before
        setattr(structure, field, value)
        return lambda: setattr(structure, field, before)

    def put_buffer(array: Any, index: int) -> Any:
        before = array.buffers[index]
        array.buffers[index] = None

        def undo() -> None:
            array.buffers[index] = before

        return undo

    columns = [f.name for f in (*REQUEST_TYPE, *CANDIDATE_TYPE)]
    user, seen, profile = (columns.index(name) for name in ("user", "seen", "profile"))
    child = lambda array, index: array.children[index].contents  # noqa: E731
    breaks(lambda s, a: put(s, "format", None), "without a format")
    breaks(lambda s, a: put(a, "n_children", 3), "3 children")
    breaks(lambda s, a: put(a, "length", -1), "negative")
    breaks(lambda s, a: put(a, "length", 24), "needs 24 elements")
    breaks(lambda s, a: put(child(a, user), "n_buffers", 2), "'table.user' has 2 buffers")
    breaks(lambda s, a: put_buffer(child(a, user), 1), "'table.user' has rows, but no values")
    breaks(lambda s, a: put_buffer(child(a, user), 2), "'table.user' has text, but no buffer")
    breaks(lambda s, a: put(child(child(a, seen), 0), "length", 2), "'table.seen' needs")
    breaks(lambda s, a: put(child(child(a, profile), 0), "length", 8), "'table.profile' needs 69")
    breaks(lambda s, a: put(child(s, profile), "format", b"+w:x"), "cannot be read")
