"""The layout of a program's outputs: which feature stands where in what a model receives.

Training and serving must put the same feature into the same column. Both take the place from here, and a model keeps
the description of the features that it was trained on, so that it is refused where another package is live.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extraction import FeatureDescription


class LayoutError(FeatureExtractorError):
    """A feature is not there, or it is not what it was when a model was trained."""


@dataclass(frozen=True)
class OutputColumn:
    """What a model must know of one feature.

    ``width`` is the number of floats per row of the kinds ``dense`` and ``label``, else 1. ``size`` is the number of
    ids of the id kinds: every id is in [0, size). ``maximum`` is the most ids per row, None where there is no limit.
    """

    name: str
    kind: str
    width: int = 1
    size: int | None = None
    maximum: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the description as JSON has it, without what a kind does not have."""
        found: dict[str, Any] = {"name": self.name, "kind": self.kind}
        if self.kind in ("dense", "label"):
            found["width"] = self.width
        if self.size is not None:
            found["size"] = self.size
        if self.maximum is not None:
            found["max"] = self.maximum
        return found

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> OutputColumn:
        """Return what :meth:`as_json` wrote."""
        return cls(
            str(value["name"]),
            str(value["kind"]),
            int(value.get("width", 1)),
            value.get("size"),
            value.get("max"),
        )

    def __str__(self) -> str:
        parts = [self.kind]
        if self.kind in ("dense", "label") and self.width != 1:
            parts.append(f"of width {self.width}")
        if self.size is not None:
            parts.append(f"of {self.size:,} ids")
        if self.maximum is not None:
            parts.append(f"with at most {self.maximum} per row")
        return " ".join(parts)


@dataclass(frozen=True)
class Layout:
    """The features of a package in the order of the program, and how the dense ones stand in a matrix."""

    columns: tuple[OutputColumn, ...]

    @classmethod
    def of(cls, features: Iterable[FeatureDescription]) -> Layout:
        """Return the layout of the features of an extractor."""
        return cls(
            tuple(OutputColumn(f.name, f.kind, f.width, f.size, f.maximum) for f in features)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all features, in the order of the program."""
        return tuple(column.name for column in self.columns)

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """Return the names of the features of some kinds, in the order of the program."""
        return tuple(column.name for column in self.columns if column.kind in kinds)

    def column(self, name: str) -> OutputColumn:
        """Return the description of a feature; raises LayoutError where there is none of this name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise LayoutError(f"There is no feature {name!r} among: {', '.join(self.names)}.")

    def dense_names(self, names: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the features of a matrix: all of kind ``dense``, or the named ones, which may be labels too.

        Raises LayoutError for a name that is unknown or of another kind.
        """
        if names is None:
            return self.of_kind("dense")
        for name in names:
            column = self.column(name)
            if column.kind not in ("dense", "label"):
                raise LayoutError(
                    f"The feature {name!r} is {column}, so it is no part of a matrix."
                )
        return tuple(names)

    def dense_columns(self, names: Sequence[str] | None = None) -> dict[str, slice]:
        """Return which columns of the matrix each dense feature takes, as ``Extraction.dense(names)`` writes them."""
        found: dict[str, slice] = {}
        start = 0
        for name in self.dense_names(names):
            end = start + self.column(name).width
            found[name] = slice(start, end)
            start = end
        return found

    def dense_width(self, names: Sequence[str] | None = None) -> int:
        """Return how many columns the matrix has."""
        return sum(self.column(name).width for name in self.dense_names(names))

    def dense(self, table: Any, names: Sequence[str] | None = None) -> npt.NDArray[np.float32]:
        """Return the matrix of a table of samples, as ``Extraction.dense(names)`` gives it for the same rows.

        ``table`` is what ``fx run``, Spark or Flink wrote, as pyarrow reads it. Columns are found by their names, for
        nothing else is sure after a join or in another writer. Needs pyarrow. Raises LayoutError where a column is
        missing, holds nulls or has another width.
        """
        import pyarrow

        table = pyarrow.table(table)
        matrix = np.empty((table.num_rows, self.dense_width(names)), np.float32)
        for name, place in self.dense_columns(names).items():
            if name not in table.column_names:
                raise LayoutError(f"The samples have no column {name!r}.")
            matrix[:, place] = _floats(name, table.column(name), place.stop - place.start)
        return matrix

    @property
    def digest(self) -> str:
        """32 hexadecimal digits over all of it: equal where names, order, kinds, widths and numbers of ids are."""
        text = json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the columns as JSON has them."""
        return [column.as_json() for column in self.columns]


def _floats(name: str, column: Any, width: int) -> npt.NDArray[np.float32]:
    """Return the floats of a column of samples, of shape (rows, width)."""
    import pyarrow
    import pyarrow.compute

    array = column.combine_chunks()
    if isinstance(
        array, pyarrow.ChunkedArray
    ):  # Versions of pyarrow differ in what one chunk becomes.
        array = array.chunk(0) if array.num_chunks else pyarrow.array([], array.type)
    rows = len(array)
    given = 1
    if array.null_count == 0 and hasattr(array.type, "value_type"):
        lengths = pyarrow.compute.list_value_length(array).to_numpy(zero_copy_only=False)
        given = width if (lengths == width).all() else -1
        array = array.flatten()
    if array.null_count or given != width:
        what = "holds nulls" if array.null_count else f"does not hold {width} floats per row"
        raise LayoutError(f"The column {name!r} of the samples {what}.")
    values = array.to_numpy(zero_copy_only=False)
    if values.dtype != np.float32:
        raise LayoutError(
            f"The column {name!r} of the samples holds {array.type}, not 32-bit floats."
        )
    return np.ascontiguousarray(values).reshape(rows, width)
