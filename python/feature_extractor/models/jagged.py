"""Ids of many features in one array per batch, as embedding tables read them; and tensors without copying."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from feature_extractor.extraction import Extraction, Ids
from feature_extractor.models.buffers import (
    FLOATS,
    INTEGERS,
    OutputBufferError,
    place_in,
    refuse_narrow,
    refuse_overlaps,
)
from feature_extractor.models.sources import ModelError

_KINDS = ("id", "ids", "weighted")


@dataclass(frozen=True)
class KeyedJagged:
    """Ids of several features in the layout of torchrec's KeyedJaggedTensor.

    With K ``keys`` and B rows, the ids of key k and row b are ``values[offsets[k * B + b]:offsets[k * B + b + 1]]``.
    ``values`` has the shape (elements,), ``lengths`` (K * B,) and ``offsets`` (K * B + 1,): int64, or what buffers of
    the caller's hold. ``weights`` is float32 like ``values``, or None where no feature has weights; features without
    weights have 1.0 beside others that have some.
    """

    keys: tuple[str, ...]
    values: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32] | None = None

    @property
    def rows(self) -> int:
        """The number of rows, B."""
        return len(self.lengths) // len(self.keys) if self.keys else 0

    def __getitem__(self, key: str) -> Ids:
        """Return the ids of one key, as views; raises KeyError."""
        try:
            k = self.keys.index(key)
        except ValueError:
            raise KeyError(f"there is no key {key!r}") from None
        bounds = self.offsets[k * self.rows : (k + 1) * self.rows + 1]
        part = slice(int(bounds[0]), int(bounds[-1]))
        weights = None if self.weights is None else self.weights[part]
        return Ids(self.values[part], bounds - bounds[0], weights)

    def to_torchrec(self) -> Any:
        """Return torchrec's class over the same memory; raises ModelError where torchrec is not installed."""
        try:
            from torchrec.sparse.jagged_tensor import KeyedJaggedTensor
        except ModuleNotFoundError:
            raise ModelError(
                "KeyedJaggedTensor is a class of torchrec. Install it with: pip install torchrec"
            ) from None
        return KeyedJaggedTensor(
            keys=list(self.keys),
            values=tensor(self.values),
            weights=None if self.weights is None else tensor(self.weights),
            lengths=tensor(self.lengths),
            offsets=tensor(self.offsets),
        )


@dataclass(frozen=True)
class JaggedBuffers:
    """Memory of the caller's for :func:`keyed_jagged`: arrays, or other objects with a buffer or DLPack.

    ``values``, ``lengths`` and ``offsets`` hold int64 or int32, ``weights`` float32. Each may be larger than needed.
    ``weights`` is needed where a feature has weights.
    """

    values: Any
    lengths: Any
    offsets: Any
    weights: Any = None


def keyed_jagged(
    extraction: Extraction,
    names: Sequence[str] | None = None,
    out: JaggedBuffers | None = None,
) -> KeyedJagged:
    """Return the ids of features one after the other; all of the kinds id, ids and weighted where no names are given.

    The ids of one ``ids`` or ``weighted`` feature are a view of the extraction's memory. Those of several are copied
    once, because the layout wants one array; with ``out`` to memory of the caller's, and the result is a view of that.
    Raises LayoutError for an unknown name, ModelError for another kind, and OutputBufferError, before anything is
    written, where a buffer does not fit.
    """
    layout = extraction.layout
    keys = tuple(layout.of_kind(*_KINDS) if names is None else names)
    columns: list[Ids] = []
    for name in keys:
        kind = layout.column(name).kind
        if kind not in _KINDS:
            raise ModelError(f"The feature {name!r} is {layout.column(name)}, not of ids.")
        values = extraction[name]
        if not isinstance(values, Ids):
            values = Ids(values, np.arange(len(values) + 1, dtype=np.int64))
        columns.append(values)
    if out is None and len(columns) == 1:
        (one,) = columns
        return KeyedJagged(keys, one.values, one.lengths(), one.offsets, one.weights)
    found = _places(keys, columns, extraction.rows, out)
    place = first = 0
    for column in columns:
        end, last = place + len(column.values), first + len(column)
        np.copyto(found.values[place:end], column.values, casting="same_kind")
        np.copyto(found.lengths[first:last], column.lengths(), casting="same_kind")
        np.copyto(found.offsets[first:last], column.offsets[:-1] + place, casting="same_kind")
        if found.weights is not None:
            found.weights[place:end] = 1.0 if column.weights is None else column.weights
        place, first = end, last
    found.offsets[first] = place
    return found


def _places(
    keys: tuple[str, ...], columns: Sequence[Ids], rows: int, out: JaggedBuffers | None
) -> KeyedJagged:
    """Return arrays of the sizes that columns need, new ones or parts of the caller's."""
    elements = sum(len(column.values) for column in columns)
    weighted = any(column.weights is not None for column in columns)
    if out is None:
        return KeyedJagged(
            keys,
            np.empty(elements, np.int64),
            np.empty(len(keys) * rows, np.int64),
            np.empty(len(keys) * rows + 1, np.int64),
            np.empty(elements, np.float32) if weighted else None,
        )
    if weighted and out.weights is None:
        raise OutputBufferError(
            f"Some of the features have weights: a buffer for 'weights' is needed, of {elements} float32.",
            elements,
        )
    places = {
        "values": place_in("values", out.values, INTEGERS, (elements,)),
        "lengths": place_in("lengths", out.lengths, INTEGERS, (len(keys) * rows,)),
        "offsets": place_in("offsets", out.offsets, INTEGERS, (len(keys) * rows + 1,)),
    }
    if weighted:
        places["weights"] = place_in("weights", out.weights, FLOATS, (elements,))
    refuse_overlaps(places)
    for column in columns:
        refuse_narrow("values", column.values, places["values"])
    refuse_narrow("offsets", np.array([elements]), places["offsets"])
    return KeyedJagged(
        keys, places["values"], places["lengths"], places["offsets"], places.get("weights")
    )


def tensor(array: npt.NDArray[Any]) -> Any:
    """Return a PyTorch tensor over the memory of an array; do not write to it where the array is read-only.

    Raises ModelError where torch is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError:
        raise ModelError("Tensors need PyTorch. Install it with: pip install torch") from None
    try:
        return torch.from_dlpack(array)
    except (BufferError, TypeError):
        # Older versions of PyTorch do not ask NumPy in a way in which a read-only array may be passed on.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return torch.from_numpy(array)


def tensors(extraction: Extraction, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Return features as PyTorch tensors over the extraction's memory, by DLPack; all but texts without names.

    A feature of the kind ``ids`` gives a tuple (values, offsets), a ``weighted`` one (values, offsets, weights).
    Raises LayoutError for an unknown name, ModelError for a text and where torch is not installed.
    """
    layout = extraction.layout
    if names is None:
        names = [name for name in layout.names if layout.column(name).kind != "text"]
    found: dict[str, Any] = {}
    for name in names:
        if layout.column(name).kind == "text":
            raise ModelError(f"The feature {name!r} is text, and PyTorch has no tensors of texts.")
        values = extraction[name]
        if isinstance(values, Ids):
            parts = (values.values, values.offsets, values.weights)
            found[name] = tuple(tensor(part) for part in parts if part is not None)
        else:
            found[name] = tensor(values)
    return found
