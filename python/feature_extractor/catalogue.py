"""What an extractor says about its catalogue, and the tables that catalogues are made of."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from feature_extractor.errors import FeatureExtractorError

if TYPE_CHECKING:
    from feature_extractor import _native


@dataclass(frozen=True)
class Catalogue:
    """Candidates whose values were computed beforehand, named by a key.

    ``key`` is the column that requests give in place of the candidate's inputs, ``key_type`` ``int`` or ``string``, and
    ``inputs`` names the inputs that requests need not give. ``bytes`` is what the computed values take of memory.
    ``source`` is the table that was imported, from which another package computes its own catalogue: what it is made of
    must not change.
    """

    key: str
    key_type: str
    inputs: tuple[str, ...]
    rows: int
    bytes: int
    source: Any = field(repr=False, compare=False)
    native: _native.Catalogue = field(repr=False, compare=False)
    threads: int = field(default=1, repr=False, compare=False)

    def rows_of(self, keys: Sequence[Any]) -> list[int]:
        """Return for each key its row in ``source``; -1 where it has none, and for None."""
        return self.native.rows_of(list(keys))


def opened(source: Any, columns: Collection[str]) -> Any:
    """Return a table as it was given; of a path, these columns of the Parquet file."""
    if not isinstance(source, str | os.PathLike):
        return source
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise FeatureExtractorError(
            "Reading a Parquet file needs pyarrow. Install it with `pip install pyarrow`, or give a table."
        ) from None
    try:
        with parquet.ParquetFile(source) as file:
            present = [name for name in file.schema_arrow.names if name in columns]
            return file.read(columns=present)
    except (ArrowException, OSError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise FeatureExtractorError(f"{os.fspath(source)} cannot be read: {reason}.") from None


def names_of_columns(table: Any) -> list[str]:
    """Return the names of the columns of Python objects; a table of Arrow tells its own."""
    if isinstance(table, Mapping):
        return [str(name) for name in table]
    if isinstance(table, Sequence):
        return list(
            dict.fromkeys(name for row in table if isinstance(row, Mapping) for name in row)
        )
    return []


def has_text_keys(table: Any, key: str) -> bool:
    """Return whether the keys among Python objects are text; a table of Arrow tells its own types."""
    values: Any = ()
    if isinstance(table, Mapping):
        values = table.get(key, ())
    elif isinstance(table, Sequence):
        values = (row.get(key) for row in table if isinstance(row, Mapping))
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.dtype.kind not in "iu"
    if hasattr(values, "__arrow_c_array__") or hasattr(values, "__arrow_c_stream__"):
        return False
    return isinstance(next((value for value in values if value is not None), None), str)
