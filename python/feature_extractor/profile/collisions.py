"""Collisions of hashed ids: how many are to be expected, and how many there are where the hashed values are known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from feature_extractor.check.typed import Call, Expression, Feature
from feature_extractor.profile.distinct import Distinct
from feature_extractor.registry import (
    ListPattern,
    Pattern,
    Registry,
    ScalarPattern,
    VariablePattern,
)
from feature_extractor.types import ListType, ScalarType, Type

MOST_VALUES: Final = 1 << 20
"""Different hashed values up to which collisions are measured."""
_FAMILY: Final = "hash"
_BUCKETS: Final = "buckets"


@dataclass(frozen=True)
class Collisions:
    """Of ``values`` different values so many share their id with an earlier one; ``measured`` is None where unknown.

    ``values`` is estimated from the ids where the hashed values are not at hand (``estimated``).
    """

    buckets: int
    values: int
    expected: float
    measured: int | None
    estimated: bool


def expected_collisions(values: int, buckets: int) -> float:
    """Return how many of n different values share their bucket with an earlier one, if a hash is uniform.

    That is n - m * (1 - (1 - 1/m)**n): n values less the expected number of occupied ones of m buckets (W. Feller, "An
    Introduction to Probability Theory and Its Applications", volume 1, on occupancy problems).
    """
    if buckets <= 1:
        return float(max(0, values - 1))
    occupied = -buckets * math.expm1(values * math.log1p(-1.0 / buckets))
    return max(0.0, values - occupied)


def values_behind(occupied: int, buckets: int) -> int:
    """Return how many different values to expect behind a number of occupied buckets: the inverse of the above."""
    if occupied >= buckets or buckets <= 1:
        return occupied
    return round(math.log1p(-occupied / buckets) / math.log1p(-1.0 / buckets))


@dataclass(frozen=True)
class Hashed:
    """A feature that hashes into buckets: the value that is hashed, and the buckets that come of it."""

    feature: str
    buckets: int
    source: Expression
    result: Expression


def hashed_features(features: Iterable[Feature], registry: Registry) -> list[Hashed]:
    """Return the features whose value is the call of an operator that hashes one value into buckets."""
    found = []
    for feature in features:
        value = feature.value
        if feature.size is None or not isinstance(value, Call):
            continue
        operator = registry.by_name.get(value.operator)
        if operator is None or operator.family != _FAMILY:
            continue
        signature = operator.overloads[value.overload].signature
        constant = [p.name for p in signature.parameters if p.constant]
        if _BUCKETS not in constant or not _is_scalar(signature.parameters[0].pattern):
            continue
        if _is_readable(value.arguments[0].type) and _is_readable(value.type):
            found.append(Hashed(feature.name, feature.size, value.arguments[0], value))
    return found


def _is_scalar(pattern: Pattern) -> bool:
    inner = pattern.element if isinstance(pattern, ListPattern) else pattern
    return isinstance(inner, ScalarPattern | VariablePattern)


def _is_readable(type_: Type) -> bool:
    inner = type_.element if isinstance(type_, ListType) else type_
    return isinstance(inner, ScalarType)


class CollisionState:
    """The different values before and behind a hash."""

    def __init__(self) -> None:
        self.sources = Distinct(MOST_VALUES)
        self.results = Distinct(MOST_VALUES)

    def merge(self, other: CollisionState) -> None:
        """Add what another one has seen."""
        self.sources.merge(other.sources)
        self.results.merge(other.results)

    def found(self, buckets: int) -> Collisions:
        """Return what is known."""
        values = self.sources.number()
        exact = self.sources.exact and self.results.exact
        measured = values - self.results.number() if exact else None
        return Collisions(
            buckets, values, expected_collisions(values, buckets), measured, estimated=False
        )


def collisions_of_ids(distinct: int, buckets: int) -> Collisions:
    """Return what can be said of hashed ids alone."""
    values = values_behind(distinct, buckets)
    return Collisions(buckets, values, expected_collisions(values, buckets), None, estimated=True)
