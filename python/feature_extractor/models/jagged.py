"""Ids of many features in one array per batch, as embedding tables read them; and tensors without copying."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from feature_extractor.extraction import Extraction, Ids
from feature_extractor.models.sources import ModelError

_KINDS = ("id", "ids", "weighted")


@dataclass(frozen=True)
class KeyedJagged:
    """Ids of several features in the layout of torchrec's KeyedJaggedTensor.

    With K ``keys`` and B rows, the ids of key k and row b are ``values[offsets[k * B + b]:offsets[k * B + b + 1]]``.
    ``values`` is int64 of shape (elements,), ``lengths`` int64 of shape (K * B,), ``offsets`` int64 of shape
    (K * B + 1,). ``weights`` is float32 like ``values``, or None where no feature has weights; features without
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


def keyed_jagged(extraction: Extraction, names: Sequence[str] | None = None) -> KeyedJagged:
    """Return the ids of features one after the other; all of the kinds id, ids and weighted where no names are given.

    The ids of one ``ids`` or ``weighted`` feature are a view of the extraction's memory. Those of several are copied
    once, because the layout wants one array. Raises LayoutError for an unknown name, ModelError for another kind.
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
    if len(columns) == 1:
        (one,) = columns
        return KeyedJagged(keys, one.values, one.lengths(), one.offsets, one.weights)
    lengths = np.concatenate([column.lengths() for column in columns] or [np.empty(0, np.int64)])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    weights = None
    if any(column.weights is not None for column in columns):
        weights = np.ones(offsets[-1], np.float32)
        start = 0
        for column in columns:
            end = start + len(column.values)
            if column.weights is not None:
                weights[start:end] = column.weights
            start = end
    values = np.concatenate([column.values for column in columns] or [np.empty(0, np.int64)])
    return KeyedJagged(keys, values, lengths, offsets, weights)


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
