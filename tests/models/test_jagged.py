"""Ids as embedding tables of PyTorch read them, and tensors over the memory of an extraction."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from feature_extractor.layout import LayoutError
from feature_extractor.models import ModelError, keyed_jagged, tensors


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def test_the_layout_is_that_of_torchrec(extraction: Any) -> None:
    keys = ("tag_ids", "item_id", "tag_weights")
    found = keyed_jagged(extraction, keys)
    assert found.keys == keys
    assert found.rows == extraction.rows == 4
    rows = [
        extraction["tag_ids"].to_list(),
        [[one] for one in extraction["item_id"].tolist()],
        extraction["tag_weights"].to_list(),
    ]
    flat = [ids for feature in rows for ids in feature]
    assert found.lengths.tolist() == [len(ids) for ids in flat]
    assert found.offsets.tolist() == [0, *np.cumsum([len(ids) for ids in flat]).tolist()]
    assert found.values.tolist() == [one for ids in flat for one in ids]
    assert found.weights is not None
    before = len(found.values) - len(extraction["tag_weights"].values)
    assert found.weights[:before].tolist() == [1.0] * before
    assert found.weights[before:].tolist() == extraction["tag_weights"].weights.tolist()
    assert found.values.dtype == found.lengths.dtype == found.offsets.dtype == np.int64
    assert found.weights.dtype == np.float32


def test_each_key_can_be_taken_out_again(extraction: Any) -> None:
    found = keyed_jagged(extraction)
    assert found.keys == ("item_id", "tag_ids", "user_words", "tag_weights")
    for name in ("tag_ids", "user_words", "tag_weights"):
        assert found[name].to_list() == extraction[name].to_list(), name
    assert found["tag_weights"].weights.tolist() == extraction["tag_weights"].weights.tolist()
    with pytest.raises(KeyError, match="no key 'price_log'"):
        found["price_log"]


def test_one_feature_is_not_copied(extraction: Any) -> None:
    found = keyed_jagged(extraction, ["tag_weights"])
    column = extraction["tag_weights"]
    for ours, given in (
        (found.values, column.values),
        (found.offsets, column.offsets),
        (found.weights, column.weights),
    ):
        assert ours is not None
        assert ours.ctypes.data == given.ctypes.data
    plain = keyed_jagged(extraction, ["tag_ids"])
    assert plain.weights is None
    assert plain.values.ctypes.data == extraction["tag_ids"].values.ctypes.data


def test_without_weights_there_are_none(extraction: Any) -> None:
    assert keyed_jagged(extraction, ["tag_ids", "item_id"]).weights is None
    none = keyed_jagged(extraction, [])
    assert (none.rows, none.values.tolist(), none.offsets.tolist()) == (0, [], [0])


def test_other_kinds_are_refused(extraction: Any) -> None:
    with pytest.raises(ModelError, match="'taste' is dense of width 3, not of ids"):
        keyed_jagged(extraction, ["taste"])
    with pytest.raises(LayoutError, match="no feature 'tags'"):
        keyed_jagged(extraction, ["tags"])


@pytest.mark.skipif(installed("torch"), reason="torch is installed")
def test_without_torch_the_error_says_what_to_install(extraction: Any) -> None:
    with pytest.raises(ModelError, match="pip install torch"):
        tensors(extraction)
    with pytest.raises(ModelError, match="pip install torchrec"):
        keyed_jagged(extraction).to_torchrec()


def test_arrays_go_through_dlpack_without_copying(extraction: Any) -> None:
    """What PyTorch is given is what NumPy, as another reader of DLPack, sees at the same address."""
    for array in (extraction["price_log"], extraction["taste"], extraction["tag_ids"].values):
        assert np.from_dlpack(array).ctypes.data == array.ctypes.data


@pytest.mark.skipif(not installed("torch"), reason="torch, some 200 MB, is not installed")
def test_tensors_share_the_memory(extraction: Any) -> None:
    found = tensors(extraction)
    assert "user_name" not in found
    assert found["taste"].data_ptr() == extraction["taste"].ctypes.data
    assert found["taste"].tolist() == extraction["taste"].tolist()
    values, offsets, weights = found["tag_weights"]
    assert values.data_ptr() == extraction["tag_weights"].values.ctypes.data
    assert offsets.tolist() == extraction["tag_weights"].offsets.tolist()
    assert weights.tolist() == extraction["tag_weights"].weights.tolist()
    with pytest.raises(ModelError, match="'user_name' is text"):
        tensors(extraction, ["user_name"])


@pytest.mark.skipif(not installed("torchrec"), reason="torchrec is not installed")
def test_torchrec_reads_the_same_ids(extraction: Any) -> None:
    found = keyed_jagged(extraction).to_torchrec()
    for name, column in found.to_dict().items():
        assert column.values().tolist() == keyed_jagged(extraction)[name].values.tolist()
