"""Hand-written C++ loops for the measured families, called on the buffers of the same Arrow table.

``Limit`` compiles them (once per processor level, into a temporary folder) and calls them by ctypes.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benches.family_definitions import AGE_BOUNDS, PRICE_BOUNDS, SCORE_BOUNDS
from benches.ranking_table import RankingTable

FOLDER = Path(__file__).resolve().parent
VOCABULARY_SLOTS = 32_768
SLOT_BYTES = 24

# For each family: the function, its columns, and its features ("dense", "id", or ids with how many
# elements per row there can be).
FAMILIES: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "arithmetic": (
        "arithmetic",
        ["price", "cost", "discount", "score", "weight", "clicks", "views"],
        dict.fromkeys(
            ["margin", "margin_rate", "discounted", "blend", "click_rate", "actions"], "dense"
        ),
    ),
    "math": (
        "math",
        ["views", "price", "weight", "score"],
        dict.fromkeys(
            ["log_views", "root_price", "log_price", "faded", "squashed", "probability"], "dense"
        ),
    ),
    "clean": (
        "clean",
        ["rating", "price", "age"],
        dict.fromkeys(
            ["rating_filled", "price_clipped", "rating_clipped", "rating_missing", "age_filled"],
            "dense",
        ),
    ),
    "bucketize, 16 bounds": (
        "bucketize",
        ["price", "score", "age", "price bounds", "score bounds", "age bounds"],
        dict.fromkeys(["price_bucket", "score_bucket", "age_bucket"], "id"),
    ),
    "time parts": (
        "time",
        ["now", "released"],
        dict.fromkeys(["hour", "weekday", "month_day", "month", "weekend", "age_days"], "dense"),
    ),
    "hash to bucket": (
        "hash",
        ["user_id", "item", "category", "title"],
        dict.fromkeys(["user_bucket", "item_bucket", "category_bucket", "title_bucket"], "id"),
    ),
    "cross of 2-3 columns": (
        "cross",
        ["user_id", "item", "category", "device", "age"],
        dict.fromkeys(["user_category", "item_device", "category_device_age"], "id"),
    ),
    "string": (
        "string",
        ["title"],
        {
            "title_length": "dense",
            "is_wireless": "dense",
            "starts_so": "dense",
            "title_lower": "text",
        },
    ),
    "tokenise and hash": ("tokens", ["title"], {"tokens": "ids"}),
    "dictionary of 10,000": (
        "dictionary",
        ["word", "brand", "vocabulary slots"],
        {"word_id": "id", "brand_id": "id"},
    ),
    "list length, slice, max, mean, contains": (
        "lists",
        ["prices", "items", "item"],
        dict.fromkeys(
            ["price_count", "price_max", "price_mean", "recent_price_mean", "item_listed"], "dense"
        ),
    ),
    "set intersection, Jaccard (25 x 25)": (
        "sets",
        ["left_set", "right_set"],
        {"shared": "dense", "jaccard": "dense"},
    ),
    "window counts over a history": (
        "window",
        ["history_at", "history_item", "request_now", "item"],
        dict.fromkeys(["events_7d", "events_30d", "same_item"], "dense"),
    ),
    "map lookup": (
        "map",
        ["taste", "genre"],
        {"genre_taste": "dense", "drama_taste": "dense"},
    ),
    "top 3 by weight": ("top", ["tag_ids", "tag_weights"], {"top_tags": "ids"}),
    "dot, cosine of 16": (
        "vectors",
        ["profile", "embedding"],
        {"product": "dense", "similarity": "dense"},
    ),
}


class Column(ctypes.Structure):
    """The struct ``limit::Column`` of columns.h."""

    _fields_ = [
        ("validity", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("offsets", ctypes.c_void_p),
        ("inner_offsets", ctypes.c_void_p),
        ("second", ctypes.c_void_p),
    ]


class Limit:
    """The loops, compiled for one level of x86-64 (``native`` or ``x86-64-v2``), over one table."""

    def __init__(self, data: RankingTable, architecture: str) -> None:
        self._data = data
        self._rows = data.batch.num_rows
        self._folder = tempfile.TemporaryDirectory(prefix="feature-extractor-limit-")
        self._library = ctypes.CDLL(str(compile_loops(Path(self._folder.name), architecture)))
        self._kept: list[Any] = []
        self._slots = np.zeros(VOCABULARY_SLOTS * SLOT_BYTES, np.uint8)
        words = self._column("vocabulary")
        self._library.limit_build_vocabulary(
            ctypes.byref(words),
            ctypes.c_int64(len(data.words)),
            ctypes.c_void_p(self._slots.ctypes.data),
        )

    def run(self, family: str) -> Callable[[], dict[str, Any]] | None:
        """Return a call that computes a family; its results are by feature, in reused memory."""
        if family == "all together":
            runs = [self.run(name) for name in FAMILIES]
            return lambda: {name: v for run in runs if run for name, v in run().items()}
        function, columns, features = FAMILIES[family]
        call = getattr(self._library, f"limit_{function}")
        inputs = (Column * len(columns))(*[self._column(name) for name in columns])
        arrays, results = self._outputs(features)
        outputs = (ctypes.c_void_p * len(arrays))(*[array.ctypes.data for array in arrays])
        self._kept += [arrays]
        rows = ctypes.c_int64(self._rows)

        def run() -> dict[str, Any]:
            call(inputs, rows, outputs)
            return results

        return run

    def _column(self, name: str) -> Column:
        bounds = {
            "price bounds": np.array(PRICE_BOUNDS),
            "score bounds": np.array(SCORE_BOUNDS),
            "age bounds": np.array(AGE_BOUNDS),
        }
        if name in bounds:
            self._kept.append(bounds[name])
            return Column(values=bounds[name].ctypes.data)
        if name == "vocabulary slots":
            return Column(values=self._slots.ctypes.data)
        array = pa.array(self._data.words) if name == "vocabulary" else self._data.batch[name]
        self._kept.append(array)
        return _arrow_column(array)

    def _outputs(self, features: dict[str, str]) -> tuple[list[npt.NDArray[Any]], dict[str, Any]]:
        arrays: list[npt.NDArray[Any]] = []
        results: dict[str, Any] = {}
        for name, kind in features.items():
            if kind == "dense":
                arrays.append(np.zeros(self._rows, np.float32))
                results[name] = arrays[-1]
            elif kind == "id":
                arrays.append(np.zeros(self._rows, np.int64))
                results[name] = arrays[-1]
            else:
                size = self._data.batch["title"].buffers()[2].size + 64
                values = np.zeros(size, np.uint8 if kind == "text" else np.int64)
                arrays += [values, np.zeros(self._rows + 1, np.int64)]
                results[name] = Ragged(values, arrays[-1], kind == "text")
        arrays.append(np.zeros(1 << 16, np.uint8))
        return arrays, results


class Ragged:
    """Lists of ids, or texts, as values and offsets; slices like an Arrow array."""

    def __init__(self, values: npt.NDArray[Any], offsets: npt.NDArray[Any], text: bool) -> None:
        self._values = values
        self._offsets = offsets
        self._text = text

    def __getitem__(self, rows: slice) -> list[Any]:
        bounds = self._offsets[: rows.stop + 1].tolist()
        parts = [self._values[a:b] for a, b in pairwise(bounds)]
        if self._text:
            return [part.tobytes().decode() for part in parts]
        return [part.tolist() for part in parts]


def _address(buffer: pa.Buffer | None) -> int | None:
    return None if buffer is None else buffer.address


def _arrow_column(array: pa.Array) -> Column:
    """Return the buffers of an array that starts at offset 0."""
    kind = array.type
    buffers = array.buffers()
    validity = _address(buffers[0])
    if pa.types.is_string(kind):
        return Column(validity, buffers[2].address, buffers[1].address)
    if pa.types.is_map(kind):
        keys, items = array.keys.buffers(), array.items.buffers()
        return Column(
            validity, keys[2].address, buffers[1].address, keys[1].address, items[1].address
        )
    if pa.types.is_list(kind):
        return Column(validity, array.values.buffers()[1].address, buffers[1].address)
    if pa.types.is_fixed_size_list(kind):
        return Column(validity, array.values.buffers()[1].address)
    return Column(validity, buffers[1].address)


def compile_loops(folder: Path, architecture: str) -> Path:
    """Compile the loops with g++ into ``folder`` and return the shared library."""
    flags = ["-std=c++20", "-O3", f"-march={architecture}", "-fPIC", "-Wall", "-Wextra"]
    flags += ["-fno-math-errno", "-fno-trapping-math"]
    if architecture == "native":
        # GCC 12 warns of its own AVX-512 intrinsics (GCC bug 105593).
        flags += ["-mprefer-vector-width=512", "-Wno-uninitialized", "-Wno-maybe-uninitialized"]
    math_object, library = folder / "math_loops.o", folder / "limit.so"
    compiler = ["g++", *flags]
    math = [*compiler, "-ffast-math", "-c", str(FOLDER / "math_loops.cc"), "-o", str(math_object)]
    rest = [*compiler, "-shared", str(FOLDER / "loops.cc"), str(math_object), "-o", str(library)]
    for command in (math, [*rest, "-lmvec", "-lm"]):
        subprocess.run(command, check=True)
    return library
