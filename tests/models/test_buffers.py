"""Views over the core's memory, and features written into memory of the caller's."""

from __future__ import annotations

import array
import gc
from multiprocessing import shared_memory
from typing import Any

import numpy as np
import pytest
from feature_extractor.layout import LayoutError
from feature_extractor.models import (
    JaggedBuffers,
    ModelError,
    OutputBufferError,
    keyed_jagged,
)

RAGGED = ("tag_ids", "user_words", "tag_weights")


def parts(extraction: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Return every array of an extraction by its source."""
    found = {name: extraction[name] for name in ("bought_next", "price_log", "taste", "item_id")}
    for name in RAGGED:
        ids = extraction[name]
        found |= {name: ids.values, f"{name}.offsets": ids.offsets}
    found["tag_weights.weights"] = extraction["tag_weights"].weights
    texts = extraction.texts("user_name")
    return found | {"user_name": texts.values, "user_name.offsets": texts.offsets}


def buffers_like(arrays: dict[str, np.ndarray[Any, Any]], more: int = 0) -> dict[str, Any]:
    """Return buffers of other values, with room for some elements more."""
    return {name: np.full(one.size + more, 77, one.dtype) for name, one in arrays.items()}


def test_each_part_is_where_the_core_wrote_it(extraction: Any) -> None:
    addresses = {name: one.ctypes.data for name, one in parts(extraction).items()}
    assert len(set(addresses.values())) == len(addresses)
    again = {name: one.ctypes.data for name, one in parts(extraction).items()}
    assert again == addresses
    for name, one in parts(extraction).items():
        assert not one.flags.writeable, name
        assert np.from_dlpack(one).ctypes.data == addresses[name], name


def test_texts_are_there_without_copying(extraction: Any) -> None:
    texts = extraction.texts("user_name")
    assert texts.to_list() == extraction["user_name"] == ["Ann of Ulm"] * 4
    assert [texts[-1], len(texts)] == ["Ann of Ulm", 4]
    assert texts.lengths().tolist() == [10] * 4
    with pytest.raises(IndexError):
        texts[4]
    with pytest.raises(ValueError, match="'taste' is of kind 'dense', not text"):
        extraction.texts("taste")
    with pytest.raises(KeyError):
        extraction.texts("users")


def test_views_outlive_the_extraction_and_what_is_extracted_after_it(
    extractor: Any, inputs: Any
) -> None:
    request, candidates = inputs
    held = parts(extractor.extract_request(request, candidates))
    copies = {name: one.copy() for name, one in held.items()}
    gc.collect()
    for shift in range(50):
        other = {**candidates, "item": [one + shift for one in candidates["item"]]}
        fresh = extractor.extract_request({**request, "user": "B" * (shift + 1)}, other)
        fresh_parts = parts(fresh)
        for name, one in held.items():
            start, end = one.ctypes.data, one.ctypes.data + one.nbytes
            at = fresh_parts[name].ctypes.data
            assert not start <= at < end, f"{name} is written to again"
    for name, one in held.items():
        assert one.tobytes() == copies[name].tobytes(), name


@pytest.mark.parametrize("more", [0, 5])
def test_everything_can_be_written_into_the_callers_memory(extraction: Any, more: int) -> None:
    expected = {**parts(extraction), "dense": extraction.dense()}
    expected |= {f"{name}.lengths": extraction[name].lengths() for name in RAGGED}
    expected["user_name.lengths"] = extraction.texts("user_name").lengths()
    buffers = buffers_like(expected, more)
    written = extraction.copy_into(buffers)
    assert list(written) == list(buffers)
    for name, one in written.items():
        assert one.ctypes.data == buffers[name].ctypes.data, name
        assert one.shape == expected[name].shape, name
        assert one.tobytes() == expected[name].tobytes(), name
        assert (buffers[name][one.size :] == 77).all(), name


def test_ids_offsets_and_lengths_fit_32_bits(extraction: Any) -> None:
    names = ["item_id", "tag_ids", "tag_ids.offsets", "tag_ids.lengths"]
    buffers = {name: np.full(20, -1, np.int32) for name in names}
    written = extraction.copy_into(buffers)
    assert written["tag_ids"].dtype == np.int32
    assert written["tag_ids"].tolist() == extraction["tag_ids"].values.tolist()
    assert written["tag_ids.offsets"].tolist() == extraction["tag_ids"].offsets.tolist()
    assert written["tag_ids.lengths"].tolist() == extraction["tag_ids"].lengths().tolist()
    assert written["item_id"].tolist() == extraction["item_id"].tolist()


def test_an_id_of_more_bits_is_no_int32() -> None:
    import feature_extractor as fx

    text = "input candidate { x: int }\nfeature wide : id(2 ** 40) = x\nfeature same : dense = x\n"
    result = fx.compile_text(text).extractor().extract({"x": [1, 2**31 - 1]})
    buffer = np.zeros(2, np.int32)
    assert result.copy_into({"wide": buffer})["wide"].tolist() == [1, 2**31 - 1]
    result = fx.compile_text(text).extractor().extract({"x": [7, 2**31]})
    dense = np.full(2, 5.0, np.float32)
    with pytest.raises(
        OutputBufferError, match="int32, which has no room for 2147483648; it must hold int64"
    ):
        result.copy_into({"same": dense, "wide": buffer})
    assert (buffer.tolist(), dense.tolist()) == ([1, 2**31 - 1], [5.0, 5.0])
    with pytest.raises(OutputBufferError, match="no room for 2147483648"):
        keyed_jagged(result, ["wide"], JaggedBuffers(buffer, np.zeros(9, int), np.zeros(9, int)))


def test_matrices_may_have_more_rows(extraction: Any) -> None:
    buffer = np.full((100, 5), 7.0, np.float32)
    (matrix,) = extraction.copy_into({"dense": buffer}).values()
    assert matrix.shape == (4, 5)
    assert matrix.ctypes.data == buffer.ctypes.data
    assert matrix.tobytes() == extraction.dense().tobytes()
    assert (buffer[4:] == 7.0).all()


def test_other_objects_with_a_buffer_are_written_to(extraction: Any) -> None:
    block = shared_memory.SharedMemory(create=True, size=4096)
    try:
        floats = block.buf[:80].cast("f")
        integers = array.array("q", [0] * 16)
        written = extraction.copy_into({"dense": floats, "tag_ids": integers})
        assert bytes(block.buf[:80]) == extraction.dense().tobytes()
        assert integers[: len(written["tag_ids"])].tolist() == written["tag_ids"].tolist()
        del written, floats
    finally:
        gc.collect()
        block.close()
        block.unlink()


WRONG: list[tuple[str, Any, str]] = [
    ("tag_ids", np.zeros(5, np.int64), "5 elements; 6 are needed, of the shape (6,)"),
    ("tag_ids.offsets", np.zeros(4, np.int64), "4 elements; 5 are needed"),
    ("dense", np.zeros(19, np.float32), "19 elements; 20 are needed, of the shape (4, 5)"),
    ("dense", np.zeros((3, 5), np.float32), "15 elements; 20 are needed"),
    ("dense", np.zeros((5, 4), np.float32), "has the shape (5, 4); it must have one dimension, or"),
    ("dense", np.zeros((4, 5), np.float64), "holds float64; it must hold float32"),
    ("dense", np.zeros(20, ">f4"), "holds >f4; it must hold float32"),
    ("tag_ids", np.zeros(6, np.uint64), "holds uint64; it must hold int64 or int32"),
    ("tag_weights.weights", np.zeros(6, np.int64), "holds int64; it must hold float32"),
    ("user_name", np.zeros(40, np.int8), "holds int8; it must hold uint8"),
    ("user_name.offsets", np.zeros(4, np.int32), "4 elements; 5 are needed"),
    ("item_id", np.zeros(8, np.int64)[::2], "is not contiguous"),
    ("dense", np.zeros((5, 4), np.float32).T, "is not contiguous"),
    ("item_id", np.frombuffer(bytes(32), np.int64), "is read-only"),
    ("item_id", [0, 0, 0, 0], "is a list, not an array"),
    ("item_id", None, "is a NoneType, not an array"),
    ("item_id", np.array([None] * 4), "holds object"),
]


@pytest.mark.parametrize(("name", "buffer", "message"), WRONG)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    extraction: Any, name: str, buffer: Any, message: str
) -> None:
    fine = np.full(40, 9.0, np.float32)
    with pytest.raises(OutputBufferError) as caught:
        extraction.copy_into({"taste": fine, name: buffer})
    assert message in str(caught.value)
    assert f"The buffer for {name!r} " in str(caught.value)
    assert (caught.value.needed is not None) == ("needed" in message)
    assert (fine == 9.0).all()
    assert isinstance(caught.value, ValueError)


def test_the_needed_size_can_be_taken_from_the_error(extraction: Any) -> None:
    with pytest.raises(OutputBufferError) as caught:
        extraction.copy_into({"tag_ids": np.zeros(0, np.int64)})
    assert caught.value.needed is not None
    buffer = np.zeros(caught.value.needed, np.int64)
    extraction.copy_into({"tag_ids": buffer})
    assert buffer.tolist() == extraction["tag_ids"].values.tolist()


def test_buffers_must_not_overlap(extraction: Any) -> None:
    block = np.zeros(100, np.int64)
    with pytest.raises(OutputBufferError, match="'item_id' and 'tag_ids' overlap"):
        extraction.copy_into({"tag_ids": block[3:], "item_id": block})
    extraction.copy_into({"tag_ids": block[4:], "item_id": block})
    assert block[:4].tolist() == extraction["item_id"].tolist()


def test_unknown_sources_are_refused(extraction: Any) -> None:
    with pytest.raises(LayoutError, match="no feature 'tags'"):
        extraction.copy_into({"tags": np.zeros(9)})
    with pytest.raises(ModelError, match=r"'tag_ids' is .* and has no weights"):
        extraction.copy_into({"tag_ids.weights": np.zeros(9, np.float32)})
    with pytest.raises(ModelError, match="'user_name' is text"):
        extraction.copy_into({"user_name.weights": np.zeros(9, np.float32)})
    assert extraction.copy_into({}) == {}


def test_no_rows_need_no_room(extractor: Any, inputs: Any) -> None:
    request, candidates = inputs
    none = extractor.extract_request(request, {name: [] for name in candidates})
    buffers = {"dense": np.zeros((0, 5), np.float32), "tag_ids": np.zeros(0, np.int64)}
    buffers["tag_ids.offsets"] = np.full(1, 7)
    written = none.copy_into(buffers)
    assert written["dense"].shape == (0, 5)
    assert buffers["tag_ids.offsets"].tolist() == [0]


@pytest.mark.parametrize("integers", [np.int64, np.int32])
@pytest.mark.parametrize(
    "keys", [["tag_ids"], ["item_id"], ["tag_weights", "item_id", "tag_ids"], []]
)
def test_the_layout_of_torchrec_is_written_into_buffers(
    extraction: Any, keys: list[str], integers: Any
) -> None:
    expected = keyed_jagged(extraction, keys)
    values, lengths, offsets = (np.full(30, -1, integers) for _ in range(3))
    weights = np.full(30, -1, np.float32)
    found = keyed_jagged(extraction, keys, JaggedBuffers(values, lengths, offsets, weights))
    for ours, theirs, buffer in (
        (found.values, expected.values, values),
        (found.lengths, expected.lengths, lengths),
        (found.offsets, expected.offsets, offsets),
        (found.weights, expected.weights, weights),
    ):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert ours.tolist() == theirs.tolist()
            assert ours.ctypes.data == buffer.ctypes.data
            assert (buffer[ours.size :] == -1).all()


def test_jagged_buffers_that_do_not_fit_are_refused(extraction: Any) -> None:
    def buffers(**other: Any) -> JaggedBuffers:
        sound = {name: np.full(30, -1) for name in ("values", "lengths", "offsets")}
        return JaggedBuffers(**(sound | {"weights": np.zeros(30, np.float32)} | other))

    for name, other, message in (
        ("values", np.zeros(9, np.int64), "9 elements; 12 are needed"),
        ("lengths", np.zeros(7, np.int64), "7 elements; 8 are needed"),
        ("offsets", np.zeros(8, np.int64), "8 elements; 9 are needed"),
        ("weights", np.zeros(11, np.float32), "11 elements; 12 are needed"),
        ("weights", None, "have weights: a buffer for 'weights' is needed, of 12 float32"),
        ("values", np.zeros(30, np.float32), "holds float32; it must hold int64 or int32"),
    ):
        given = buffers(**{name: other})
        with pytest.raises(OutputBufferError, match=message):
            keyed_jagged(extraction, ["tag_ids", "tag_weights"], given)
        for sound in {"values", "lengths", "offsets"} - {name}:
            assert (getattr(given, sound) == -1).all()
    one = np.zeros(60, np.int64)
    with pytest.raises(OutputBufferError, match="overlap"):
        keyed_jagged(extraction, ["tag_ids", "tag_weights"], buffers(values=one, lengths=one[2:]))
