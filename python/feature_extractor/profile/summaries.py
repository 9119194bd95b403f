"""Turns what was kept of a feature into numbers to read."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from feature_extractor.fitting.quantiles import Counts, Floats, QuantileSummary
from feature_extractor.profile.drift import Drift, number_drift, with_others
from feature_extractor.profile.report import Distribution, Histogram, NumberSummary, ValueSummary
from feature_extractor.profile.states import IdCounts, ListIds, Numbers, SingleIds, Texts

QUANTILES: Final = ("0.001", "0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99", "0.999")
TOP: Final = 20
"""Most frequent values that are shown."""
_BARS: Final = 40
_SINGLE_VALUES: Final = 20
"""Up to so many different numbers have a bar each."""
_FAR: Final = 4.0
"""Where the whole range is more than so many times that of the inner 99.8 %, the histogram shows the inner part."""
_LONGEST_TEXT: Final = 200

Kept = Numbers | SingleIds | ListIds | Texts


def distribution(state: Kept, rows: int, defaulted: int) -> Distribution:
    """Return the statistics of a feature."""
    match state:
        case Numbers():
            return Distribution(rows, defaulted, numbers=number_summary(state))
        case SingleIds():
            return Distribution(rows, defaulted, values=id_summary(state.ids))
        case ListIds():
            return Distribution(
                rows,
                defaulted,
                values=id_summary(state.ids, state.empty),
                lengths=number_summary(state.lengths),
                weights=number_summary(state.weights) if state.weights is not None else None,
                full=state.full,
            )
        case Texts():
            return Distribution(
                rows,
                defaulted,
                values=ValueSummary(
                    state.counter.total,
                    state.known.number(),
                    state.known.error(),
                    tuple(
                        (word[:_LONGEST_TEXT], count)
                        for word, count in state.counter.most_frequent(1, TOP)
                    ),
                    state.counter.error,
                    empty=state.empty,
                ),
                lengths=number_summary(state.lengths),
            )


def number_summary(state: Numbers) -> NumberSummary | None:
    """Return the statistics of numbers; None where there is none."""
    summary = state.summary
    if not summary.count:
        return None
    # The smallest value with at least the share q at or below it stands at ceil(q * n), counted from 1.
    positions = [max(0, math.ceil(_exact(q, summary.count)) - 1) for q in QUANTILES]
    quantiles = dict(zip(QUANTILES, summary.at(positions), strict=True))
    top: tuple[tuple[float, int], ...] = ()
    if summary.distinct() is not None:
        values, counts = summary.distribution()
        order = np.argsort(-counts, kind="stable")[:TOP]
        top = tuple((float(values[i]), int(counts[i])) for i in order)
    return NumberSummary(
        summary.count,
        state.moments.mean(),
        state.moments.standard_deviation(0),
        summary.minimum + 0.0,
        summary.maximum + 0.0,
        state.zeros,
        quantiles,
        0.0 if summary.exact else summary.error / summary.count,
        state.distinct.number() if summary.distinct() is None else len(summary.distinct() or ()),
        state.distinct.error() if summary.distinct() is None else 0.0,
        histogram(summary),
        top,
    )


def _exact(share: str, count: int) -> float:
    """Return the product of a decimal share and a count, without the rounding of the share."""
    digits = share.partition(".")[2]
    whole, rest = divmod(int(digits) * count, int("1" + "0" * len(digits)))
    return whole + (0.5 if rest else 0.0)


def histogram(summary: QuantileSummary) -> Histogram:
    """Return the histogram of numbers."""
    values = summary.distinct()
    if values is not None and len(values) <= _SINGLE_VALUES:
        _, counts = summary.distribution()
        return Histogram((), tuple(map(int, counts)), values=tuple(values))
    low, high = summary.minimum, summary.maximum
    inner = summary.at([summary.count // 1000, summary.count - 1 - summary.count // 1000])
    if inner[1] > inner[0] and (high - low) > _FAR * (inner[1] - inner[0]):
        low, high = inner
    edges = np.linspace(low, high, _BARS + 1)
    if not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
        # The range is wider than floats can subtract, or narrower than they can divide.
        return Histogram((low, high), (summary.count,))
    found, weights = summary.distribution()
    bounds = tuple(float(edge) for edge in edges)
    return Histogram(
        bounds,
        tuple(_between(found, weights, bounds)),
        int(weights[found < low].sum()),
        int(weights[found > high].sum()),
    )


def _between(values: Floats, weights: Counts, edges: tuple[float, ...]) -> list[int]:
    """Return the sums of weights between edges; the last one has its upper edge too."""
    inside = (values >= edges[0]) & (values <= edges[-1])
    bars = len(edges) - 1
    places = np.clip(np.searchsorted(edges, values[inside], side="right") - 1, 0, bars - 1)
    counts = np.zeros(bars, np.int64)
    np.add.at(counts, places, weights[inside])
    return [int(count) for count in counts]


def id_summary(counts: IdCounts, empty: int = 0) -> ValueSummary:
    """Return the statistics of ids."""
    distinct, error = counts.distinct()
    return ValueSummary(
        counts.total, distinct, error, tuple(counts.top(TOP)), counts.error, counts.size, empty
    )


def state_drift(first: Kept, second: Kept) -> tuple[Drift | None, Drift | None]:
    """Return the drift of the values, and that of the lengths of lists."""
    match first, second:
        case Numbers(), Numbers():
            return number_drift(first.summary, second.summary), None
        case SingleIds(), SingleIds():
            return _id_drift(first.ids, second.ids), None
        case ListIds(), ListIds():
            lengths = number_drift(first.lengths.summary, second.lengths.summary)
            return _id_drift(first.ids, second.ids), lengths
        case Texts(), Texts():
            return _text_drift(first, second), number_drift(
                first.lengths.summary, second.lengths.summary
            )
        case _:
            return None, None


def _id_drift(first: IdCounts, second: IdCounts) -> Drift | None:
    if not first.total or not second.total:
        return None
    top = first.top(TOP)
    before = [count for _, count in top]
    after = [second.count(id_) for id_, _ in top]
    return with_others([str(i) for i, _ in top], before, after, (first.total, second.total))


def _text_drift(first: Texts, second: Texts) -> Drift | None:
    if not first.counter.total or not second.counter.total:
        return None
    top = first.counter.most_frequent(1, TOP)
    before = [count for _, count in top]
    after = [second.counter.count(word) for word, _ in top]
    names = [word[:_LONGEST_TEXT] for word, _ in top]
    return with_others(names, before, after, (first.counter.total, second.counter.total))
