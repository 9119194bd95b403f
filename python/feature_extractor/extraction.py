"""The values of features, as the model wants them: NumPy, Arrow, DLPack, without copying."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from feature_extractor import _native
    from feature_extractor.digest import TableDigest
    from feature_extractor.layout import Layout
    from feature_extractor.serving.fetching import FetchReport


@dataclass(frozen=True)
class FeatureDescription:
    """What a package says about one of its features.

    ``kind`` is ``dense id ids weighted text label``; ``width`` the number of floats per row of a dense
    feature; ``size`` the number of ids and ``maximum`` the most ids per row, of the id kinds.
    ``domain`` tells how often the value is computed: once per ``request`` or per ``candidate``.
    """

    name: str
    kind: str
    width: int
    size: int | None
    maximum: int | None
    default: float | str | list[Any] | None
    description: str
    owner: str
    domain: str


@dataclass(frozen=True)
class Ids:
    """A ragged column of ids, as arrays that share the extraction's memory.

    ``values`` has shape (elements,) and dtype int64; row r has the elements
    ``offsets[r]:offsets[r + 1]``, with ``offsets`` of shape (rows + 1,) and dtype int64.
    ``weights`` (float32, like ``values``) is there for the kind ``weighted``, else None.
    """

    values: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> npt.NDArray[np.int64]:
        """Return the ids of one row."""
        count = len(self)
        if not -count <= row < count:
            raise IndexError(f"row {row} of {count}")
        row %= count
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    def lengths(self) -> npt.NDArray[np.int64]:
        """Return the number of ids of each row, shape (rows,)."""
        return np.diff(self.offsets)

    def to_list(self) -> list[list[int]]:
        """Return the ids as lists of Python ints."""
        return [self[row].tolist() for row in range(len(self))]


@dataclass(frozen=True)
class Texts:
    """A column of texts, as arrays that share the extraction's memory.

    ``values`` are the bytes of all texts in UTF-8, uint8 of shape (bytes,); row r has the bytes
    ``offsets[r]:offsets[r + 1]``, with ``offsets`` of shape (rows + 1,) and dtype int64.
    """

    values: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        """Return the text of one row."""
        count = len(self)
        if not -count <= row < count:
            raise IndexError(f"row {row} of {count}")
        row %= count
        return self.values[self.offsets[row] : self.offsets[row + 1]].tobytes().decode()

    def lengths(self) -> npt.NDArray[np.int64]:
        """Return the number of bytes of each row, shape (rows,)."""
        return np.diff(self.offsets)

    def to_list(self) -> list[str]:
        """Return the texts as Python has them."""
        data = self.values.tobytes()
        return [data[start:end].decode() for start, end in pairwise(self.offsets.tolist())]


@dataclass(frozen=True)
class InputCounts:
    """What was read from one input column, in rows (or elements) of the data.

    ``nulls`` were null in the data. The others became null at the boundary: ``not_finite`` (NaN and
    infinities), ``not_utf8``, ``out_of_range`` (integers and instants beyond 64 bits) and
    ``wrong_size`` (vectors).
    """

    nulls: int
    not_finite: int
    not_utf8: int
    out_of_range: int
    wrong_size: int


@dataclass(frozen=True)
class Statistics:
    """What was counted while a batch was extracted.

    ``defaulted`` gives for each feature how many values (rows, or ids of a list) had no result and got
    the default. ``inputs`` is keyed by ``request.name`` or ``candidate.name``. ``nulls_at`` gives for
    places of the program (``file:line:column``) how often the operator there had no result although
    its arguments had values; many of these are handled by ``??``.
    """

    defaulted: Mapping[str, int]
    inputs: Mapping[str, InputCounts]
    nulls_at: Mapping[str, int]


class Extraction:
    """The features of a batch, by name, in the order of the program.

    ``extraction[name]`` is, without copying:

    * ``dense`` and ``label``: float32 of shape (rows,), or (rows, width) for vectors;
    * ``id``: int64 of shape (rows,);
    * ``ids`` and ``weighted``: an :class:`Ids`;
    * ``text``: a list of str (made on demand); :meth:`texts` gives their bytes without copying.

    Arrays stay valid as long as they live, whatever is extracted after them and also when the extraction is
    gone, and are read-only views of shared memory. The object
    exports itself by the Arrow PyCapsule interface, so that ``pyarrow.record_batch(extraction)`` and
    ``polars.DataFrame(extraction)`` work. It never holds nulls. It has the methods of a mapping, but
    is none: libraries that look for the Arrow interface would take a mapping apart instead.
    """

    def __init__(
        self,
        native: _native.Extraction,
        features: Sequence[FeatureDescription],
        package_digest: str = "",
    ) -> None:
        self._native = native
        self._package_digest = package_digest
        self.fetches: tuple[FetchReport, ...] = ()
        """What a :class:`Service` fetched for this call, and what it could not."""
        self._features = {feature.name: (i, feature) for i, feature in enumerate(features)}

    @property
    def rows(self) -> int:
        """The number of rows: candidates, or requests of a program without candidates."""
        return self._native.rows

    @property
    def requests(self) -> int:
        """How many requests were computed; consecutive equal ones of a flat table count once."""
        return self._native.requests

    @property
    def unknown_keys(self) -> int:
        """How many candidates have a key that the extractor's catalogue does not have; 0 without a catalogue."""
        return self._native.unknown_keys

    @property
    def package_digest(self) -> str:
        """The digest of the package that computed this, as ``Extractor.digest`` has it."""
        return self._package_digest

    @property
    def layout(self) -> Layout:
        """Where each feature stands in what a model receives."""
        from feature_extractor.layout import Layout

        return Layout.of(feature for _, feature in self._features.values())

    def __len__(self) -> int:
        return len(self._features)

    def __iter__(self) -> Iterator[str]:
        return iter(self._features)

    def __contains__(self, name: object) -> bool:
        return name in self._features

    def keys(self) -> KeysView[str]:
        """Return the names of the features."""
        return self._features.keys()

    def values(self) -> Iterator[Any]:
        """Yield the values of each feature."""
        return (self[name] for name in self._features)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield the name and the values of each feature."""
        return ((name, self[name]) for name in self._features)

    def __getitem__(self, name: str) -> Any:
        kind, arrays = self._arrays(name)
        if kind in ("ids", "weighted"):
            return Ids(*arrays)
        if kind == "text":
            return Texts(*arrays).to_list()
        return arrays[0]

    def texts(self, name: str) -> Texts:
        """Return the bytes of a ``text`` feature, without copying.

        Raises KeyError for an unknown name and ValueError for a feature of another kind.
        """
        kind, arrays = self._arrays(name)
        if kind != "text":
            raise ValueError(f"feature {name!r} is of kind {kind!r}, not text")
        return Texts(*arrays)

    def _arrays(self, name: str) -> tuple[str, Sequence[npt.NDArray[Any]]]:
        """Return the kind of a feature and its arrays, over the core's memory."""
        try:
            index, feature = self._features[name]
        except KeyError:
            raise KeyError(f"there is no feature {name!r}") from None
        arrays = self._native.arrays(index)
        for array in arrays:
            array.flags.writeable = False
        return feature.kind, arrays

    def dense(
        self,
        names: Sequence[str] | None = None,
        out: npt.NDArray[np.float32] | None = None,
    ) -> npt.NDArray[np.float32]:
        """Return dense features side by side, float32 of shape (rows, total width), row by row.

        ``names`` chooses the features and their order; without it all of kind ``dense`` come in the
        order of the program. ``out`` may be a matrix of the caller's to write to. Raises KeyError
        for an unknown name and ValueError for one that is not dense or for a matrix of another shape.
        """
        if names is None:
            names = [name for name, (_, f) in self._features.items() if f.kind == "dense"]
        elif isinstance(names, str):
            raise ValueError(f"names must be a list: [{names!r}]")
        indices = []
        width = 0
        for name in names:
            if name not in self._features:
                raise KeyError(f"there is no feature {name!r}")
            index, feature = self._features[name]
            if feature.kind not in ("dense", "label"):
                raise ValueError(f"feature {name!r} is of kind {feature.kind!r}, not dense")
            indices.append(index)
            width += feature.width
        if out is None:
            out = np.empty((self.rows, width), np.float32)
        elif not (
            isinstance(out, np.ndarray)
            and out.dtype == np.float32
            and out.flags.c_contiguous
            and out.flags.writeable
        ):
            raise ValueError("out must be a writable, contiguous array of float32")
        self._native.fill_matrix(indices, out)
        return out

    def copy_into(self, buffers: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
        """Write features into memory of the caller's, and return what was written, as views of it.

        A key says what is written, in the words of docs/models.md: ``dense``, ``NAME``, ``NAME.offsets``,
        ``NAME.lengths``, ``NAME.weights``; of a text, ``NAME`` are its bytes (uint8). A value is a NumPy array or
        another object with a buffer or DLPack, contiguous and writable, of float32 or, for ids, offsets and lengths,
        int64 or int32. It may be larger than needed, and of one dimension. Raises OutputBufferError, which says the
        size that is needed, before anything is written; LayoutError for an unknown feature.
        """
        from feature_extractor.models.buffers import write_sources

        return write_sources(self, buffers)

    def statistics(self) -> Statistics:
        """Return what was counted: nulls at the boundary, defaults, operators without a result."""
        counted = self._native.statistics()
        inputs = {name: InputCounts(**counts) for name, counts in counted["inputs"].items()}
        return Statistics(counted["defaulted"], inputs, counted["nulls_at"])

    def digest(self) -> TableDigest:
        """Return the digest of all values, to compare with what another face computed.

        It does not depend on the order of rows, and digests of batches can be added: see docs/digest.md.
        """
        from feature_extractor.digest import digest_table

        return digest_table(self)

    def to_arrow(self) -> Any:
        """Return a ``pyarrow.RecordBatch`` that shares this memory; needs pyarrow."""
        import pyarrow

        return pyarrow.record_batch(self)

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Export the features as one struct array by the Arrow PyCapsule interface."""
        return self._native.arrow_c_array()

    def _repr_html_(self) -> str:
        """Return the first rows as notebooks show them."""
        from feature_extractor.notebook import extraction_html

        return extraction_html(self, [feature for _, feature in self._features.values()])

    def __repr__(self) -> str:
        return f"Extraction({self.rows} rows, {len(self)} features)"
