"""Features written into memory of the caller's own: pinned blocks, shared memory, the input buffers of a model.

Everything is checked before anything is written, so a buffer that does not fit leaves all of them as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from feature_extractor.models.sources import ModelError, Source

if TYPE_CHECKING:
    from feature_extractor.extraction import Extraction
    from feature_extractor.layout import Layout

INTEGERS: Final = (np.dtype(np.int64), np.dtype(np.int32))
FLOATS: Final = (np.dtype(np.float32),)


class OutputBufferError(ModelError, ValueError):
    """A buffer of the caller's cannot take what is to be written to it.

    ``needed`` is the number of elements that it must have at least, where it is too small, else None.
    """

    def __init__(self, message: str, needed: int | None = None) -> None:
        super().__init__(message)
        self.needed = needed


def write_sources(
    extraction: Extraction, buffers: Mapping[str, Any]
) -> dict[str, npt.NDArray[Any]]:
    """Write what each source names to its buffer; see :meth:`Extraction.copy_into`."""
    layout = extraction.layout
    matrices: dict[str, list[str]] = {}
    arrays: dict[str, npt.NDArray[Any]] = {}
    places: dict[str, npt.NDArray[Any]] = {}
    for text, buffer in buffers.items():
        found = _text_part(extraction, text, layout)
        if found is None:
            source = Source.of(text, layout)
            if source.part == "matrix":
                matrices[text] = [column.name for column in source.features]
                shape = (extraction.rows, sum(column.width for column in source.features))
                places[text] = place_in(text, buffer, FLOATS, shape)
                continue
            found = source.array(extraction)
        arrays[text] = found
        types = INTEGERS if found.dtype == np.int64 else (found.dtype,)
        places[text] = place_in(text, buffer, types, found.shape)
    refuse_overlaps(places)
    for text, array in arrays.items():
        refuse_narrow(text, array, places[text])
    for text, names in matrices.items():
        extraction.dense(names, out=places[text])
    for text, array in arrays.items():
        np.copyto(places[text], array, casting="same_kind")
    return places


def place_in(
    name: str, buffer: Any, types: tuple[np.dtype[Any], ...], shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    """Return the first elements of a buffer in a shape, as a view; raises OutputBufferError where they do not fit.

    A buffer has one dimension, or that of the shape with as many columns and at least as many rows.
    """
    array = _array_over(name, buffer)
    expected = " or ".join(str(one) for one in types)
    if array.dtype not in types:
        raise OutputBufferError(
            f"The buffer for {name!r} holds {array.dtype}; it must hold {expected}."
        )
    if not array.flags.writeable:
        raise OutputBufferError(f"The buffer for {name!r} is read-only.")
    if not array.flags.c_contiguous:
        raise OutputBufferError(
            f"The buffer for {name!r} is not contiguous: its elements do not stand one after the other."
        )
    if array.ndim != 1 and (array.ndim != len(shape) or array.shape[1:] != shape[1:]):
        raise OutputBufferError(
            f"The buffer for {name!r} has the shape {array.shape}; it must have one dimension, or the "
            f"shape {shape} with as many rows or more."
        )
    needed = int(np.prod(shape, dtype=np.int64))
    if array.size < needed:
        raise OutputBufferError(
            f"The buffer for {name!r} has {array.size} elements; {needed} are needed, of the shape {shape}.",
            needed,
        )
    return array.reshape(-1)[:needed].reshape(shape)


def refuse_overlaps(places: Mapping[str, npt.NDArray[Any]]) -> None:
    """Raise OutputBufferError where two places share memory: one would overwrite the other."""
    taken = sorted(
        (place.ctypes.data, place.ctypes.data + place.nbytes, name)
        for name, place in places.items()
        if place.nbytes
    )
    for (_, end, first), (start, _, second) in pairwise(taken):
        if start < end:
            raise OutputBufferError(f"The buffers for {first!r} and {second!r} overlap.")


def refuse_narrow(name: str, values: npt.NDArray[Any], place: npt.NDArray[Any]) -> None:
    """Raise OutputBufferError where a place of 32 bits cannot hold an integer of these."""
    if place.dtype != np.int32 or values.dtype != np.int64 or not values.size:
        return
    bounds = np.iinfo(np.int32)
    least, most = int(values.min()), int(values.max())
    if least < bounds.min or most > bounds.max:
        wide = least if least < bounds.min else most
        raise OutputBufferError(
            f"The buffer for {name!r} holds int32, which has no room for {wide}; it must hold int64."
        )


def _text_part(extraction: Extraction, text: str, layout: Layout) -> npt.NDArray[Any] | None:
    """Return the bytes, offsets or lengths of a text feature; None where the source is none of these.

    A model has no input for texts, so they are no sources; but their bytes can be written like all else.
    """
    name, _, part = text.rpartition(".")
    if part not in ("values", "offsets", "lengths") or name not in layout.of_kind("text"):
        name, part = text, "values"
    if name not in layout.of_kind("text"):
        return None
    texts = extraction.texts(name)
    return texts.lengths() if part == "lengths" else getattr(texts, part)


def _array_over(name: str, buffer: Any) -> npt.NDArray[Any]:
    """Return an array over the memory of a buffer."""
    if isinstance(buffer, np.ndarray):
        return buffer
    try:
        if hasattr(buffer, "__dlpack__"):
            return np.from_dlpack(buffer)
        return np.asarray(memoryview(buffer))
    except (TypeError, ValueError, RuntimeError, BufferError) as error:
        raise OutputBufferError(
            f"The buffer for {name!r} is a {type(buffer).__name__}, not an array, a tensor of the "
            f"processor's memory or another object with a buffer: {error}"
        ) from None
