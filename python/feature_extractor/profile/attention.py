"""Says why a feature deserves a look."""

from __future__ import annotations

from collections.abc import Iterator

from feature_extractor.profile.drift import SHIFT, SOME_CHANGE, by_chance
from feature_extractor.profile.report import Distribution, FeatureProfile, Remark

_MOSTLY = 0.99
_FAR = 20.0
"""Standard deviations from the mean from which on a value is far out."""


def remarks(found: FeatureProfile) -> tuple[Remark, ...]:
    """Return the reasons to look at a feature, the strongest first."""
    every = [*_values(found), *_collisions(found), *_inputs(found), *_drift(found)]
    return tuple(sorted(every, key=lambda remark: -remark.weight))


def _values(found: FeatureProfile) -> Iterator[Remark]:
    here = found.distribution
    share = here.default_share
    if share >= 0.5:
        yield Remark(
            4, f"{_percent(share)} of the values are the default, because there was no result"
        )
    elif share >= 0.05:
        yield Remark(
            2, f"{_percent(share)} of the values are the default, because there was no result"
        )
    if here.rows and here.lengths is not None and here.values is not None and not here.values.count:
        yield Remark(4, "all lists are empty")
        return
    numbers, values = here.numbers, here.values
    top = (numbers.top if numbers is not None else values.top if values is not None else ())[:1]
    count = numbers.count if numbers is not None else values.count if values is not None else 0
    distinct = (
        numbers.distinct if numbers is not None else values.distinct if values is not None else 0
    )
    if count > 1 and distinct == 1:
        yield Remark(4, "all values are the same")
    elif count and top and top[0][1] / count >= _MOSTLY:
        yield Remark(2, f"{_percent(top[0][1] / count)} of the values are the same")
    if values is not None and here.lengths is not None and here.rows:
        empty = values.empty / here.rows
        if empty >= 0.5:
            what = "texts" if found.kind == "text" else "lists"
            yield Remark(1, f"{_percent(empty)} of the {what} are empty")
        if here.full / here.rows >= 0.2:
            yield Remark(
                1, f"{_percent(here.full / here.rows)} of the lists are as long as they may be"
            )
    if numbers is not None and numbers.standard_deviation > 0:
        far = max(numbers.maximum - numbers.mean, numbers.mean - numbers.minimum)
        if far > _FAR * numbers.standard_deviation:
            size = far / numbers.standard_deviation
            yield Remark(1, f"the farthest value is {size:,.0f} standard deviations from the mean")


def _collisions(found: FeatureProfile) -> Iterator[Remark]:
    collisions = found.collisions
    if collisions is None or collisions.values < 2:
        return
    number = collisions.expected if collisions.measured is None else collisions.measured
    share = number / collisions.values
    if share >= 0.1:
        how = "would share" if collisions.measured is None else "share"
        weight = 3 if share >= 0.3 else 2
        yield Remark(
            weight, f"{_percent(share)} of the hashed values {how} their id with an earlier one"
        )


def _inputs(found: FeatureProfile) -> Iterator[Remark]:
    for name, share in found.nulls.items():
        if share >= 0.5:
            yield Remark(1, f"{_percent(share)} of the input {name} is null")


def _drift(found: FeatureProfile) -> Iterator[Remark]:
    for what, one in (("the values", found.drift), ("the lengths", found.length_drift)):
        if one is None or one.psi <= by_chance(len(one.bins), sum(one.first), sum(one.second)):
            continue
        if one.psi > SHIFT:
            yield Remark(5, f"{what} have shifted: PSI {one.psi:.3g}")
        elif one.psi > SOME_CHANGE:
            yield Remark(3, f"{what} have changed: PSI {one.psi:.3g}")
    if found.other is not None:
        yield from _default_drift(found.distribution, found.other)


def _default_drift(here: Distribution, other: Distribution) -> Iterator[Remark]:
    first, second = here.default_share, other.default_share
    if abs(first - second) >= 0.05:
        yield Remark(4, f"the share of defaults was {_percent(first)} and is {_percent(second)}")


def _percent(share: float) -> str:
    shown = f"{100 * share:.3g} %"
    return "over 99.9 %" if shown == "100 %" and share < 1.0 else shown
