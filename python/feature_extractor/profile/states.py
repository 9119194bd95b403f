"""What is kept of a feature while the rows go by. Each state takes blocks and merges with one of other rows."""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from feature_extractor.extraction import FeatureDescription, Ids
from feature_extractor.fitting.counting import Counter
from feature_extractor.fitting.exact import ExactMoments
from feature_extractor.fitting.quantiles import QuantileSummary
from feature_extractor.profile.distinct import Distinct

MOST_COUNTED: Final = 1 << 17
"""Different ids or texts whose counts are exact."""
_SMALL_SIZE: Final = 1 << 16
"""Ids below this are counted in an array."""


class State(Protocol):
    """What is known of the values of a feature."""

    def add(self, values: Any) -> None:
        """Add the values of a block, as an Extraction gives them."""

    def merge(self, other: Any) -> None:
        """Add what another state of the same feature has seen."""


class Numbers:
    """Floats: of a dense feature or a label, or weights; those of a vector are taken together."""

    def __init__(self) -> None:
        self.moments = ExactMoments()
        self.summary = QuantileSummary()
        self.distinct = Distinct()
        self.zeros = 0

    def add(self, values: npt.NDArray[Any]) -> None:
        # Adding zero makes -0.0 and 0.0 one value.
        floats = np.asarray(values, np.float64).reshape(-1) + 0.0
        self.moments.add(floats)
        distinct, counts = np.unique(floats, return_counts=True)
        self.summary.add_counted(distinct, counts.astype(np.int64))
        self.distinct.add_numbers(distinct)
        self.zeros += int(np.count_nonzero(floats == 0.0))

    def merge(self, other: Numbers) -> None:
        self.moments.merge(other.moments)
        self.summary.merge(other.summary)
        self.distinct.merge(other.distinct)
        self.zeros += other.zeros


class IdCounts:
    """How often each id occurs; ``size`` is the number of ids that there can be."""

    def __init__(self, size: int | None) -> None:
        self.size = size
        small = size is not None and size <= _SMALL_SIZE
        self._dense: npt.NDArray[np.int64] | None = np.zeros(size or 0, np.int64) if small else None
        self._counter = Counter(MOST_COUNTED)
        self._distinct = Distinct()
        self.total = 0

    def add(self, ids: npt.NDArray[np.int64]) -> None:
        self.total += len(ids)
        if self._dense is not None:
            self._dense += np.bincount(ids, minlength=len(self._dense))
            return
        found, counts = np.unique(ids, return_counts=True)
        self._distinct.add_numbers(found)
        self._counter.add(found.tolist(), counts.tolist())

    def merge(self, other: IdCounts) -> None:
        self.total += other.total
        if self._dense is not None and other._dense is not None:
            self._dense += other._dense
        self._counter.merge(other._counter)
        self._distinct.merge(other._distinct)

    @property
    def error(self) -> int:
        """How much too small a count may be."""
        return self._counter.error

    def count(self, id_: int) -> int:
        """Return how often an id occurs."""
        if self._dense is None:
            return self._counter.count(id_)
        return int(self._dense[id_]) if 0 <= id_ < len(self._dense) else 0

    def top(self, limit: int) -> list[tuple[int, int]]:
        """Return the most frequent ids with their counts; of equal ones the smaller first."""
        if self._dense is None:
            return self._counter.most_frequent(1, limit)
        order = np.argsort(-self._dense, kind="stable")[:limit]
        return [(int(i), int(self._dense[i])) for i in order if self._dense[i]]

    def distinct(self) -> tuple[int, float]:
        """Return how many different ids there are, and the relative standard error of that."""
        if self._dense is not None:
            return int(np.count_nonzero(self._dense)), 0.0
        return self._distinct.number(), self._distinct.error()


class SingleIds:
    """The ids of a feature of kind `id`."""

    def __init__(self, size: int | None) -> None:
        self.ids = IdCounts(size)

    def add(self, values: npt.NDArray[np.int64]) -> None:
        self.ids.add(values)

    def merge(self, other: SingleIds) -> None:
        self.ids.merge(other.ids)


class ListIds:
    """The ids of a feature of kind `ids` or `weighted`, how long its lists are, and the weights."""

    def __init__(self, size: int | None, maximum: int | None, weighted: bool) -> None:
        self.ids = IdCounts(size)
        self.lengths = Numbers()
        self.weights = Numbers() if weighted else None
        self.maximum = maximum
        self.empty = 0
        self.full = 0

    def add(self, values: Ids) -> None:
        lengths = values.lengths()
        self.ids.add(values.values)
        self.lengths.add(lengths)
        self.empty += int(np.count_nonzero(lengths == 0))
        if self.maximum is not None:
            self.full += int(np.count_nonzero(lengths >= self.maximum))
        if self.weights is not None and values.weights is not None:
            self.weights.add(values.weights)

    def merge(self, other: ListIds) -> None:
        self.ids.merge(other.ids)
        self.lengths.merge(other.lengths)
        self.empty += other.empty
        self.full += other.full
        if self.weights is not None and other.weights is not None:
            self.weights.merge(other.weights)


class Texts:
    """The texts of a feature, and how long they are in code points."""

    def __init__(self) -> None:
        self.counter = Counter(MOST_COUNTED)
        self.known = Distinct()
        self.lengths = Numbers()
        self.empty = 0

    def add(self, values: list[str]) -> None:
        counts: dict[str, int] = {}
        for value in values:
            counts[value] = counts.get(value, 0) + 1
        self.counter.add(list(counts), list(counts.values()))
        self.known.add_texts(list(counts))
        self.lengths.add(np.fromiter(map(len, values), np.int64, len(values)))
        self.empty += counts.get("", 0)

    def merge(self, other: Texts) -> None:
        self.counter.merge(other.counter)
        self.known.merge(other.known)
        self.lengths.merge(other.lengths)
        self.empty += other.empty


def new_state(feature: FeatureDescription) -> Numbers | SingleIds | ListIds | Texts:
    """Return the state for a feature that has seen nothing."""
    match feature.kind:
        case "dense" | "label":
            return Numbers()
        case "id":
            return SingleIds(feature.size)
        case "ids" | "weighted":
            return ListIds(feature.size, feature.maximum, feature.kind == "weighted")
        case _:
            return Texts()
