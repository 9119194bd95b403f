"""Sessions: whose memory it is, what happens when there is none, and who may free what when."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from ctypes import c_int, c_size_t, c_void_p
from typing import Any

import pyarrow as pa
import pytest
from c_data import CANDIDATE_TYPE, OFFSETS, REQUEST_TYPE, candidate_rows, request_rows
from c_library import OUT_OF_MEMORY, RESERVE, CError, CLibrary, exported


class Host:
    """Answers a session that asks for memory, and keeps the books."""

    def __init__(self, allowed: Callable[[int], bool] = lambda _: True) -> None:
        self.allowed = allowed
        self.granted = 0
        self.calls: list[int] = []
        self.requests = 0
        self.callback = RESERVE(self._reserve)

    def _reserve(self, _context: int | None, size: int) -> int:
        self.calls.append(size)
        if size > 0:
            self.requests += 1
            if not self.allowed(self.requests):
                return 1
        self.granted += size
        return 0


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_asked_for_is_what_is_held(
    library: CLibrary, loaded: c_void_p, requests: pa.Array, candidates: pa.Array, threads: int
) -> None:
    host = Host()
    session = library.session(loaded, threads=threads, reserve=host.callback, reserve_step=1)
    extraction = library.extract_requests(session, requests, candidates, OFFSETS)
    held = library.session_memory(session)
    assert host.granted >= held > 50_000
    if threads == 1:
        assert host.granted == held
    calls = len(host.calls)
    library.extraction_free(extraction)
    # Warm: the next batch takes the same memory, but for what lives for one call only.
    library.extraction_free(library.extract_requests(session, requests, candidates, OFFSETS))
    assert library.session_memory(session) == held
    assert len(host.calls) - calls <= 4
    library.session_trim(session)
    assert library.session_memory(session) == 0
    extraction = library.extract_requests(session, requests, candidates, OFFSETS)
    library.session_free(session)
    assert host.granted > 0
    library.extraction_free(extraction)
    assert host.granted == 0


def test_the_host_is_asked_in_steps(
    library: CLibrary, loaded: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    for given, step in ((0, 262_144), (1_000_000, 1_000_000)):
        host = Host()
        session = library.session(loaded, reserve=host.callback, reserve_step=given)
        library.extraction_free(library.extract_requests(session, requests, candidates, OFFSETS))
        assert all(size % step == 0 for size in host.calls)
        assert host.granted >= library.session_memory(session)
        assert host.granted - library.session_memory(session) < 2 * step
        library.session_free(session)
        assert host.granted == 0


@pytest.mark.parametrize(("threads", "chunk_rows"), [(1, 0), (2, 4)])
def test_a_refusal_at_any_point_fails_the_call_and_nothing_else(
    library: CLibrary, loaded: c_void_p, threads: int, chunk_rows: int
) -> None:
    requests = pa.array(request_rows(6), REQUEST_TYPE)
    candidates = pa.array(candidate_rows(40), CANDIDATE_TYPE)
    offsets = [0, 8, 8, 15, 16, 30, 40]
    options: dict[str, Any] = {"threads": threads, "chunk_rows": chunk_rows, "reserve_step": 1}
    plain = library.session(loaded, **options)
    extraction = library.extract_requests(plain, requests, candidates, offsets)
    expected = library.values(loaded, extraction)
    library.extraction_free(extraction)
    library.session_free(plain)

    refused = 0
    while True:
        refused += 1
        host = Host(lambda request, at=refused: request != at)  # type: ignore[misc]
        session = library.session(loaded, reserve=host.callback, **options)
        code = 0
        try:
            extraction = library.extract_requests(session, requests, candidates, offsets)
        except CError as error:
            code = error.code
            extraction = library.extract_requests(session, requests, candidates, offsets)
        done = host.requests < refused
        assert code == (0 if done else OUT_OF_MEMORY)
        assert library.values(loaded, extraction) == expected
        library.extraction_free(extraction)
        library.session_free(session)
        assert host.granted == 0
        if done:
            break
    assert refused > 50


def test_a_host_that_always_refuses(
    library: CLibrary, loaded: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    host = Host(lambda _: False)
    session = library.session(loaded, reserve=host.callback)
    for _ in range(3):
        with pytest.raises(CError, match="not enough memory") as error:
            library.extract_requests(session, requests, candidates, OFFSETS)
        assert error.value.code == OUT_OF_MEMORY
    assert library.session_memory(session) == 0
    library.session_free(session)
    assert host.granted == 0


class MallocInformation(ctypes.Structure):
    """What glibc's mallinfo2 tells."""

    _fields_ = tuple(
        (name, c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks"),
            *("fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def heap_bytes() -> int:
    """Return the bytes that malloc has given to this process."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        pytest.skip("mallinfo2 needs glibc 2.33")
    libc.mallinfo2.restype = MallocInformation
    found = libc.mallinfo2()
    return int(found.uordblks + found.hblkhd)


@pytest.mark.parametrize("count", [1, 1_000, 30_000])
def test_the_account_agrees_with_the_heap(library: CLibrary, loaded: c_void_p, count: int) -> None:
    requests = pa.array(request_rows(1), REQUEST_TYPE)
    candidates = pa.array(candidate_rows(count), CANDIDATE_TYPE)
    with exported(requests) as first, exported(candidates) as second:
        pointers = [ctypes.byref(part) for part in (*first, *second)]  # type: ignore[arg-type]
        gc.collect()
        gc.disable()
        try:
            before = heap_bytes()
            session = library.session(loaded)
            extraction = library.made("extract_requests", session, *pointers, None, 0)
            taken = heap_bytes() - before
            held = library.session_memory(session)
            library.extraction_free(extraction)
            library.session_free(session)
        finally:
            gc.enable()
    assert abs(taken - held) < 0.1 * held


def test_results_outlive_what_made_them(
    library: CLibrary, package: Any, requests: pa.Array, candidates: pa.Array
) -> None:
    extractor = library.load(package)
    session = library.session(extractor)
    first = library.extract_requests(session, requests, candidates, OFFSETS)
    second = library.extract_requests(session, requests, candidates, OFFSETS)
    expected = library.values(extractor, first)
    batch = library.export(first, extractor)
    library.extraction_free(first)
    library.session_free(session)
    assert library.values(extractor, second) == expected
    again = library.extractor_retain(extractor)
    assert again == extractor.value
    library.extractor_free(extractor)
    assert library.values(extractor, second) == expected
    library.extractor_free(again)
    assert library.extraction_rows(second) == 23
    library.extraction_free(second)
    assert batch["bucket"][11].as_py() == 9
    del batch


def test_memory_of_results_is_used_again(
    library: CLibrary, loaded: c_void_p, requests: pa.Array, candidates: pa.Array
) -> None:
    session = library.session(loaded)
    places = []
    for _ in range(3):
        extraction = library.extract_requests(session, requests, candidates, OFFSETS)
        batch = library.export(extraction, loaded)
        places.append(batch["bucket"].buffers()[1].address)
        library.extraction_free(extraction)
        del batch
    assert len(set(places)) == 1
    library.session_free(session)


def test_the_default_account_asks_no_one(library: CLibrary, loaded: c_void_p) -> None:
    session = library.session(loaded, threads=3, chunk_rows=c_int(7).value)
    assert library.session_memory(session) == 0
    library.session_free(session)
