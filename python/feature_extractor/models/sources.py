"""What one input of a model reads: the dense matrix, or one part of one feature.

A source is written as

* ``dense``: the matrix of all dense features, float32 of shape (rows, width);
* a list of names: the matrix of these dense features, in this order;
* ``NAME``: a dense feature (float32) or an id (int64) of shape (rows,), a vector of shape (rows, width), the ids of
  an ``ids`` or ``weighted`` feature, int64 of shape (elements,);
* ``NAME.offsets``: int64 of shape (rows + 1,), row r has the elements ``offsets[r]:offsets[r + 1]``;
* ``NAME.lengths``: int64 of shape (rows,), how many elements each row has;
* ``NAME.weights``: float32 of shape (elements,), of a ``weighted`` feature;
* ``NAME.values``: the same as ``NAME``, also where a feature is called ``dense``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extraction import Extraction, Ids
from feature_extractor.layout import Layout, LayoutError, OutputColumn

METADATA_KEY: Final = "feature_extractor.inputs"
"""The key under which a model keeps what its inputs read."""

_PARTS: Final = ("values", "offsets", "lengths", "weights")

SourceText = str | Sequence[str]


class ModelError(FeatureExtractorError):
    """A model does not fit the features, or cannot be used at all."""


@dataclass(frozen=True)
class Source:
    """Where the values of one input of a model come from.

    ``part`` is ``matrix`` for dense features side by side, else ``values``, ``offsets``, ``lengths`` or ``weights`` of
    the only one of ``features``.
    """

    part: str
    features: tuple[OutputColumn, ...]

    @classmethod
    def of(cls, text: SourceText, layout: Layout) -> Source:
        """Return what a text or a list of names means in a layout.

        Raises LayoutError for an unknown feature, and ModelError for a part that a feature does not have.
        """
        if not isinstance(text, str) or text == "dense":
            names = layout.dense_names(None if isinstance(text, str) else text)
            return cls("matrix", tuple(layout.column(name) for name in names))
        name, _, part = text.rpartition(".")
        if not name or part not in _PARTS:
            name, part = text, "values"
        column = layout.column(name)
        if part not in _parts_of(column.kind):
            raise ModelError(
                f"The feature {name!r} is {column} and has no {part}"
                + ("; a text is no input of a model." if column.kind == "text" else ".")
            )
        return cls(part, (column,))

    @property
    def dtype(self) -> type[np.generic]:
        """The type of the elements."""
        if self.part in ("matrix", "weights"):
            return np.float32
        if self.part == "values" and self.features[0].kind in ("dense", "label"):
            return np.float32
        return np.int64

    @property
    def shape(self) -> tuple[int | str, ...]:
        """The dimensions: numbers where they are fixed, else ``rows``, ``rows + 1`` or ``elements``."""
        if self.part == "matrix":
            return ("rows", sum(column.width for column in self.features))
        column = self.features[0]
        if self.part == "offsets":
            return ("rows + 1",)
        if self.part == "lengths":
            return ("rows",)
        if column.kind in ("ids", "weighted"):
            return ("elements",)
        return ("rows",) if column.width == 1 else ("rows", column.width)

    def array(self, extraction: Extraction) -> npt.NDArray[Any]:
        """Return the values: views of the extraction's memory, but for a matrix and lengths, which are written once.

        Raises KeyError where the extraction lacks a feature.
        """
        if self.part == "matrix":
            return extraction.dense([column.name for column in self.features])
        values = extraction[self.features[0].name]
        if not isinstance(values, Ids):
            found: npt.NDArray[Any] = values
            return found
        if self.part == "lengths":
            return values.lengths()
        part: npt.NDArray[Any] = getattr(values, self.part)
        return part

    def differences(self, layout: Layout) -> Iterable[str]:
        """Yield what another layout has in place of the features that are read here, in one line each."""
        for column in self.features:
            try:
                live = layout.column(column.name)
            except LayoutError:
                yield f"the feature {column.name!r} is missing"
                continue
            if live != column:
                yield f"the feature {column.name!r} is {live}, but the model was made for {column}"

    def __str__(self) -> str:
        if self.part == "matrix":
            return f"{len(self.features)} dense features side by side"
        return f"the {self.part} of {self.features[0].name!r}"


def model_metadata(layout: Layout, inputs: Mapping[str, SourceText]) -> dict[str, str]:
    """Return what a model should keep of the features that it reads, for the metadata of an ONNX file.

    ``inputs`` gives for each input of the model its source. The descriptions of the features are kept too, so that a
    model meets no other number of ids or other width than it was trained with. Write it with
    ``onnx.helper.set_model_props(model, model_metadata(...))``.
    """
    described = {
        name: {"part": source.part, "features": [column.as_json() for column in source.features]}
        for name, source in ((name, Source.of(text, layout)) for name, text in inputs.items())
    }
    return {METADATA_KEY: json.dumps(described, ensure_ascii=False)}


def sources_of_metadata(text: str) -> dict[str, Source]:
    """Return what :func:`model_metadata` wrote; raises ModelError where it did not write this."""
    try:
        return {
            name: Source(
                str(entry["part"]),
                tuple(OutputColumn.from_json(column) for column in entry["features"]),
            )
            for name, entry in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError(
            f"The metadata {METADATA_KEY!r} of the model cannot be read: {error!r}. "
            "Write it with feature_extractor.models.model_metadata."
        ) from None


def _parts_of(kind: str) -> tuple[str, ...]:
    return {
        "ids": ("values", "offsets", "lengths"),
        "weighted": _PARTS,
        "text": (),
    }.get(kind, ("values",))
