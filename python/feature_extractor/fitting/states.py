"""What is kept of a resource while data go by: it takes blocks, it merges, and it gives the fitted file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.fitting.columns import Column
from feature_extractor.fitting.counting import MOST_WORDS, Counter
from feature_extractor.fitting.exact import (
    UNIT,
    ExactMoments,
    fraction_units,
    mantissas_by_exponent,
    sum_of_integers,
)
from feature_extractor.fitting.quantiles import QuantileSummary


class FitError(FeatureExtractorError):
    """A resource cannot be fitted to these data; the text says why and what to do."""


@dataclass(frozen=True)
class Outcome:
    """What a fit gives: numbers by name, rows of a vocabulary or table, and how exact they are."""

    values: int
    nulls: int
    method: dict[str, Any]
    result: dict[str, Any]
    columns: tuple[str, ...] = ()
    rows: list[list[Any]] = field(default_factory=list)


class State(Protocol):
    """What a fit knows of the data that it has seen."""

    def add(self, columns: Mapping[str, Column]) -> None:
        """Add a block; ``columns`` has the values by role."""

    def merge(self, other: Any) -> None:
        """Add what another state of the same fit has seen."""

    def finish(self, parameters: Mapping[str, Any]) -> Outcome:
        """Return the result; raises FitError where the data do not give one."""


def _floats(column: Column) -> npt.NDArray[np.float64]:
    return np.asarray(column.values, np.float64)


@dataclass
class Moments:
    """The state of ``fit.moments``."""

    moments: ExactMoments = field(default_factory=ExactMoments)
    nulls: int = 0

    def add(self, columns: Mapping[str, Column]) -> None:
        column = columns["value"]
        self.moments.add(_floats(column))
        self.nulls += column.nulls

    def merge(self, other: Moments) -> None:
        self.moments.merge(other.moments)
        self.nulls += other.nulls

    def finish(self, parameters: Mapping[str, Any]) -> Outcome:
        found = self.moments
        _require(found.count)
        result = {
            "count": found.count,
            "nulls": self.nulls,
            "mean": found.mean(),
            "standard_deviation": found.standard_deviation(parameters["ddof"]),
            "ddof": parameters["ddof"],
            # Adding zero makes -0.0 the zero that it equals.
            "minimum": found.minimum + 0.0,
            "maximum": found.maximum + 0.0,
        }
        return Outcome(found.count, self.nulls, {"exact": True}, result)


@dataclass
class Quantiles:
    """The state of ``fit.quantiles``."""

    summary: QuantileSummary = field(default_factory=QuantileSummary)
    nulls: int = 0

    def add(self, columns: Mapping[str, Column]) -> None:
        column = columns["value"]
        self.summary.add(_floats(column))
        self.nulls += column.nulls

    def merge(self, other: Quantiles) -> None:
        self.summary.merge(other.summary)
        self.nulls += other.nulls

    def finish(self, parameters: Mapping[str, Any]) -> Outcome:
        found = self.summary
        _require(found.count)
        result: dict[str, Any] = {"minimum": found.minimum + 0.0, "maximum": found.maximum + 0.0}
        buckets = parameters["buckets"]
        if buckets is not None:
            values = found.distinct()
            if values is None or len(values) > buckets:
                values = found.at([i * found.count // buckets for i in range(1, buckets)])
            # Few values have a bucket each. A boundary at the minimum would leave the first one empty.
            result["boundaries"] = sorted({value for value in values if value > found.minimum})
        else:
            # The fraction is the decimal number that was written, not the float next to it.
            parts = [Fraction(str(fraction)) for fraction in parameters["at"]]
            result["values"] = found.at([int(part * found.count) for part in parts])
        method: dict[str, Any] = {"exact": found.exact}
        if not found.exact:
            method |= {"rank_error": found.error, "rank_error_share": found.error / found.count}
        return Outcome(found.count, self.nulls, method, result)


@dataclass
class Counts:
    """The state of ``fit.vocabulary`` and ``fit.counts``; ``words`` says that an int is its decimal text."""

    words: bool
    counter: Counter = field(default_factory=Counter)
    values: int = 0
    empty: int = 0
    nulls: int = 0

    def add(self, columns: Mapping[str, Column]) -> None:
        column = columns["value"]
        keys, counts = _counted(column)
        if self.words and column.codes is None:
            keys = [str(key) for key in keys]
        if self.words and "" in keys:
            place = keys.index("")
            self.empty += counts[place]
            del keys[place], counts[place]
        self.counter.add(keys, counts)
        self.values += len(column)
        self.nulls += column.nulls

    def merge(self, other: Counts) -> None:
        self.counter.merge(other.counter)
        self.values += other.values
        self.empty += other.empty
        self.nulls += other.nulls

    def finish(self, parameters: Mapping[str, Any]) -> Outcome:
        _require(self.values)
        counter = self.counter
        found = counter.most_frequent(parameters["minimum_count"], parameters["maximum_size"])
        method: dict[str, Any] = {"exact": counter.error == 0}
        if counter.error:
            method["count_error"] = counter.error
        result: dict[str, Any] = {"counted": sum(count for _, count in found)}
        if counter.error == 0:
            result["distinct"] = len(counter)
        if self.words:
            result["empty"] = self.empty
            rows: list[list[Any]] = [[word, count] for word, count in found]
            return Outcome(self.values, self.nulls, method, result, ("word", "count"), rows)
        rows = [[key, count, count / self.values] for key, count in found]
        return Outcome(self.values, self.nulls, method, result, ("key", "count", "share"), rows)


def _counted(column: Column) -> tuple[list[Any], list[int]]:
    """Return the distinct values of a column and how often each occurs."""
    if column.codes is not None:
        return list(column.values), np.bincount(column.codes, minlength=len(column.values)).tolist()
    keys, counts = np.unique(column.values, return_counts=True)
    return keys.tolist(), counts.tolist()


@dataclass
class TargetMean:
    """The state of ``fit.target_mean``: count and exact sum of the target per key and fold.

    Sums are integers in two parts: whole numbers, and units of 2**-1130 for targets that are none.
    """

    folds: int
    most_keys: int = MOST_WORDS
    keys: dict[Any, int] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    units: dict[int, int] = field(default_factory=dict)
    values: int = 0
    nulls: int = 0

    def add(self, columns: Mapping[str, Column]) -> None:
        column, target = columns["value"], columns["target"]
        # A key whose row has no target tells nothing, and is left out.
        known, place = _found(target.rows, column.rows)
        self.values += int(known.sum())
        self.nulls += column.nulls + int(len(known) - known.sum())
        targets = np.asarray(target.values)[place[known]]
        if column.codes is not None:
            names, codes = column.values, column.codes[known]
        else:
            distinct, codes = np.unique(column.values[known], return_inverse=True)
            names = distinct.tolist()
        slots = np.zeros(len(names), np.int64)
        for code in np.unique(codes).tolist():
            slots[code] = self._slot(names[code])
        cells = slots[codes]
        if "fold" in columns:
            cells = cells + columns["fold"].values[column.rows[known]]
        self._add(cells, targets)

    def _slot(self, key: Any) -> int:
        slot = self.keys.get(key)
        if slot is None:
            if len(self.keys) >= self.most_keys:
                raise FitError(
                    f"there are more than {self.most_keys:,} different keys: a key of a target mean must be "
                    "something that comes again, such as a category; hash it, or take its frequent values"
                )
            slot = self.keys[key] = len(self.counts)
            self.counts.extend([0] * max(1, self.folds))
            self.whole.extend([0] * max(1, self.folds))
        return slot

    def _add(self, cells: npt.NDArray[np.int64], targets: npt.NDArray[Any]) -> None:
        if len(cells) == 0:
            return
        order = np.argsort(cells, kind="stable")
        cells, targets = cells[order], targets[order]
        first = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
        sizes = np.diff(np.concatenate((first, [len(cells)])))
        for cell, size in zip(cells[first].tolist(), sizes.tolist(), strict=True):
            self.counts[cell] += size
        is_whole = targets.dtype != np.float64 or bool(
            ((targets == np.rint(targets)) & (np.abs(targets) < 2**31)).all()
        )
        if is_whole:
            numbers = targets.astype(np.int64)
            high = np.add.reduceat(numbers >> 32, first).tolist()
            low = np.add.reduceat(numbers & np.int64(0xFFFFFFFF), first).tolist()
            for cell, above, below in zip(cells[first].tolist(), high, low, strict=True):
                self.whole[cell] += (above << 32) + below
            return
        for cell, part in zip(cells[first].tolist(), np.split(targets, first[1:]), strict=True):
            units = self.units.get(cell, 0)
            for exponent, mantissas in mantissas_by_exponent(part):
                units += sum_of_integers(mantissas) << (exponent + UNIT)
            self.units[cell] = units

    def merge(self, other: TargetMean) -> None:
        width = max(1, self.folds)
        for key, theirs in other.keys.items():
            mine = self._slot(key)
            for fold in range(width):
                self.counts[mine + fold] += other.counts[theirs + fold]
                self.whole[mine + fold] += other.whole[theirs + fold]
                if theirs + fold in other.units:
                    units = self.units.get(mine + fold, 0)
                    self.units[mine + fold] = units + other.units[theirs + fold]
        self.values += other.values
        self.nulls += other.nulls

    def finish(self, parameters: Mapping[str, Any]) -> Outcome:
        _require(self.values)
        weight = parameters["prior_weight"]
        width = max(1, self.folds)
        sums = [
            (whole << UNIT) + self.units.get(cell, 0) if self.units else whole
            for cell, whole in enumerate(self.whole)
        ]
        as_float = fraction_units if self.units else float
        unit = UNIT if self.units else 0
        fold_counts = [sum(self.counts[fold::width]) for fold in range(width)]
        fold_sums = [sum(sums[fold::width]) for fold in range(width)]
        count, total = sum(fold_counts), sum(fold_sums)
        prior = total / (count << unit)
        priors = [
            (total - fold_sums[fold]) / ((count - fold_counts[fold]) << unit)
            if count > fold_counts[fold]
            else prior
            for fold in range(self.folds)
        ]
        rows: list[list[Any]] = []
        for key, slot in self.keys.items():
            cells = range(slot, slot + width)
            key_count, key_sum = sum(self.counts[c] for c in cells), sum(sums[c] for c in cells)
            row = [key, key_count, key_sum / (key_count << unit)]
            row.append(smoothed(as_float(key_sum), key_count, prior, weight))
            for fold, its_prior in enumerate(priors):
                left = as_float(key_sum - sums[slot + fold])
                rest = key_count - self.counts[slot + fold]
                row.append(smoothed(left, rest, its_prior, weight))
            rows.append(row)
        rows.sort(key=lambda row: (-row[1], row[0]))
        names = tuple(f"fold_{fold}" for fold in range(self.folds))
        result: dict[str, Any] = {"prior": prior, "prior_weight": weight}
        if self.folds:
            result |= {"folds": self.folds, "fold_priors": priors}
        columns = ("key", "count", "mean", "value", *names)
        return Outcome(self.values, self.nulls, {"exact": True}, result, columns, rows)


def smoothed(total: float, count: int, prior: float, weight: float) -> float:
    """Return the mean drawn towards the prior: (total + weight * prior) / (count + weight).

    This is the estimate of Micci-Barreca (2001), "A preprocessing scheme for high-cardinality categorical attributes",
    with the weight n / (n + m) of its equation 8, as in NVTabular's TargetEncoding and scikit-learn's TargetEncoder.
    """
    if count + weight == 0:
        return prior
    return (total + weight * prior) / (count + weight)


def _found(
    rows: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return which of the wanted rows are among the given ones, which ascend, and where."""
    place = np.searchsorted(rows, wanted)
    there = place < len(rows)
    there[there] = rows[place[there]] == wanted[there]
    return there, place


def _require(values: int) -> None:
    if values == 0:
        raise FitError("the data have no value for it: all are null, or there are no rows")


def new_state(fit: str, parameters: Mapping[str, Any]) -> State:
    """Return the state of a fit before any data."""
    match fit:
        case "moments":
            return Moments()
        case "quantiles":
            return Quantiles()
        case "vocabulary":
            return Counts(words=True)
        case "counts":
            return Counts(words=False)
        case "target_mean":
            return TargetMean(parameters["folds"] or 0)
    raise ValueError(fit)
