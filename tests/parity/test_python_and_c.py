"""Random programs give the same bits for flat and nested tables, single requests, and in the C library."""

from __future__ import annotations

import os
from itertools import pairwise

import feature_extractor as fx
import pyarrow as pa
import pytest
from c_abi.c_library import CLibrary, find_library
from feature_extractor.digest import TableDigest, digest_table, total

from .random_packages import ROW, TRIALS, Trial, trial


def _with_rows(features: pa.RecordBatch, first: int = 0) -> pa.Table:
    row = pa.array(range(first, first + features.num_rows), pa.int64())
    return pa.table({ROW: row, **dict(zip(features.schema.names, features.columns, strict=True))})


def _one_request_after_the_other(extractor: fx.Extractor, tried: Trial) -> TableDigest:
    requests, candidates = tried.data.request_batch(), tried.data.candidate_batch()
    digests = []
    for request, (begin, end) in enumerate(pairwise(tried.data.offsets)):
        features = extractor.extract_request(
            requests.slice(request, 1),
            candidates.slice(begin, end - begin),
            offsets=[0, end - begin],
        )
        digests.append(digest_table(_with_rows(features.to_arrow(), begin)))
    return total(digests)


def check_python(tried: Trial) -> None:
    """Compare the ways that Python has."""
    extractor = fx.load(tried.package)
    nested = extractor.extract(tried.data.nested_table(), threads=2, chunk_rows=16)
    tried.check("nested", _with_rows(nested.to_arrow()))
    tried.check("single requests", _one_request_after_the_other(extractor, tried))
    plain = fx.load(tried.package, simd_level=0, use_reference=True)
    found = plain.extract(tried.data.flat_table(), chunk_rows=7)
    tried.check("plain kernels", _with_rows(found.to_arrow()))


def check_c(tried: Trial, library: CLibrary) -> None:
    """Compare the ways that the C interface has."""
    extractor = library.made("load_bytes", tried.package, len(tried.package), None)
    session = library.session(extractor, threads=1, chunk_rows=32)
    data = tried.data
    flat = data.flat_table().combine_chunks().to_batches()[0]
    for how, extraction in (
        ("C, a table", library.extract(session, flat)),
        (
            "C, requests",
            library.extract_requests(
                session, data.request_batch(), data.candidate_batch(), data.offsets
            ),
        ),
    ):
        tried.check(how, _with_rows(library.export(extraction, extractor)))
        library.extraction_free(extraction)
    library.session_free(session)
    library.extractor_free(extractor)


@pytest.fixture(scope="module")
def library() -> CLibrary:
    path = find_library()
    if path is None:
        pytest.skip("the C library is not built; run `make c-library`")
    return CLibrary(path)


def test_there_are_enough_programs() -> None:
    assert sum(trial(number).programs for number in TRIALS) >= 200


@pytest.mark.parametrize("number", TRIALS)
def test_python(number: int) -> None:
    check_python(trial(number))


@pytest.mark.parametrize("number", TRIALS)
def test_c(library: CLibrary, number: int) -> None:
    check_c(trial(number), library)


def test_a_wrong_value_is_found() -> None:
    tried = trial(TRIALS[0])
    table = _with_rows(tried.truth)
    swapped = table.slice(1).take(pa.array([1, 0, *range(2, len(table) - 1)]))
    moved = swapped.set_column(0, ROW, table.column(ROW).slice(1).combine_chunks())
    with pytest.raises(AssertionError, match="other rows"):
        tried.check("moved", pa.concat_tables([table.slice(0, 1), moved]))


@pytest.mark.slow
def test_many(library: CLibrary) -> None:
    first = int(os.environ.get("FEATURE_EXTRACTOR_SEED", "1000"))
    for number in range(first, first + 60):
        tried = trial(number)
        check_python(tried)
        check_c(tried, library)
