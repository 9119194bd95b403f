"""What a profile says, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from feature_extractor.profile.collisions import Collisions
from feature_extractor.profile.drift import Drift


@dataclass(frozen=True)
class Histogram:
    """Counts of values between growing edges: bin i holds edges[i] <= x < edges[i + 1], the last one its end too.

    ``below`` and ``above`` are values outside of the edges. Where ``values`` is not empty each bar is one value.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class NumberSummary:
    """Statistics of numbers. ``exact`` tells that quantiles and counts have no error; moments never have one.

    The quantile of q is the smallest value with at least the share q at or below it (NumPy's ``inverted_cdf``).
    ``standard_deviation`` divides by the number of values.
    """

    count: int
    mean: float
    standard_deviation: float
    minimum: float
    maximum: float
    zeros: int
    quantiles: dict[str, float]
    rank_error: float
    distinct: int
    distinct_error: float
    histogram: Histogram
    top: tuple[tuple[float, int], ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the quantiles are exact."""
        return self.rank_error == 0.0


@dataclass(frozen=True)
class ValueSummary:
    """Statistics of ids or texts: the most frequent with their counts.

    ``count_error`` is how much too small a count may be.
    """

    count: int
    distinct: int
    distinct_error: float
    top: tuple[tuple[int | str, int], ...]
    count_error: int
    size: int | None = None
    empty: int = 0


@dataclass(frozen=True)
class Distribution:
    """The values of a feature in one data set; what does not belong to its kind is None.

    ``defaulted`` are values (rows, or ids of a list) that had no result and got the default. ``full`` are lists as
    long as the feature lets them be.
    """

    rows: int
    defaulted: int
    numbers: NumberSummary | None = None
    values: ValueSummary | None = None
    lengths: NumberSummary | None = None
    weights: NumberSummary | None = None
    full: int = 0

    @property
    def default_share(self) -> float:
        """The share of values that are the default because there was no result."""
        total = self.rows
        if self.lengths is not None and self.values is not None:
            total = self.values.count
        return self.defaulted / total if total else 0.0


@dataclass(frozen=True)
class Remark:
    """A reason to look at a feature; a larger ``weight`` is a stronger one."""

    weight: int
    text: str


@dataclass(frozen=True)
class FeatureProfile:
    """All that was found about a feature. ``nulls`` are the shares of nulls in the inputs that it reads."""

    name: str
    kind: str
    description: str
    owner: str
    domain: str
    nanoseconds: float
    distribution: Distribution
    nulls: dict[str, float]
    no_result: int
    collisions: Collisions | None = None
    other: Distribution | None = None
    drift: Drift | None = None
    length_drift: Drift | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def weight(self) -> int:
        """How much the feature deserves a look."""
        return sum(remark.weight for remark in self.remarks)


@dataclass(frozen=True)
class DataSet:
    """What was read: files, rows and requests."""

    files: tuple[str, ...]
    rows: int
    requests: int


@dataclass(frozen=True)
class Profile:
    """The features of a program on a table, and against another one, those that deserve a look first."""

    program: str
    digest: str
    data: DataSet
    against: DataSet | None
    features: tuple[FeatureProfile, ...]
    assumptions: str
    description: str = ""

    def feature(self, name: str) -> FeatureProfile:
        """Return the profile of a feature; raises KeyError."""
        for one in self.features:
            if one.name == name:
                return one
        raise KeyError(name)

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        found = asdict(self)
        for shown, one in zip(found["features"], self.features, strict=True):
            shown["weight"] = one.weight
            shown["distribution"]["default_share"] = one.distribution.default_share
            if one.other is not None:
                shown["other"]["default_share"] = one.other.default_share
        return found


@dataclass
class Counted:
    """What the core counted while it computed."""

    rows: int = 0
    requests: int = 0
    defaulted: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, int] = field(default_factory=dict)
    nulls_at: dict[str, int] = field(default_factory=dict)
