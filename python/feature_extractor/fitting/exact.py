"""Sums without rounding errors, so that neither order nor partition of the rows changes a bit of a statistic.

A float is an integer times a power of two. The integers are added as integers, those of each exponent for
themselves, and put together in one integer of Python; only the final result is rounded, once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_MANTISSA_BITS: Final = 53
_UNIT: Final = 1130
"""Sums are integers times 2**-1130: the smallest float, 2**-1074, is 2**52 times 2**-1126."""
_HALF: Final = 27
_WORD: Final = np.int64(0xFFFFFFFF)


@dataclass
class ExactMoments:
    """Count, sum and sum of squares of floats; the sums are exact integers in units of 2**-1130 and 2**-2260."""

    count: int = 0
    total: int = 0
    squares: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf

    def add(self, values: npt.NDArray[np.float64]) -> None:
        """Add finite values."""
        if len(values) == 0:
            return
        self.count += len(values)
        self.minimum = min(self.minimum, float(values.min()))
        self.maximum = max(self.maximum, float(values.max()))
        for exponent, mantissas in mantissas_by_exponent(values):
            shift = exponent + _UNIT
            self.total += sum_of_integers(mantissas) << shift
            self.squares += _sum_of_squares(mantissas) << (2 * shift)

    def merge(self, other: ExactMoments) -> None:
        """Add what another one has counted."""
        self.count += other.count
        self.total += other.total
        self.squares += other.squares
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    def mean(self) -> float:
        """Return the mean, rounded once."""
        return self.total / (self.count << _UNIT)

    def standard_deviation(self, ddof: int) -> float:
        """Return the standard deviation with ``count - ddof`` degrees of freedom, rounded once.

        It is sqrt((n * sum(x^2) - sum(x)^2) / (n * (n - ddof))); with fewer than two values it is 0.
        """
        if self.count < 2:
            return 0.0
        numerator = self.count * self.squares - self.total * self.total
        denominator = (self.count * (self.count - ddof)) << (2 * _UNIT)
        return square_root(numerator, denominator)


def mantissas_by_exponent(
    values: npt.NDArray[np.float64],
) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """Return the values as integers times 2**exponent, grouped by exponent; zeros are left out."""
    values = values[values != 0.0]
    if len(values) == 0:
        return []
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, _MANTISSA_BITS).astype(np.int64)
    order = np.argsort(exponents.astype(np.int16), kind="stable")
    exponents, mantissas = exponents[order], mantissas[order]
    bounds = np.flatnonzero(np.diff(exponents)) + 1
    parts = np.split(mantissas, bounds)
    firsts = exponents[np.concatenate(([0], bounds))]
    return [(int(e) - _MANTISSA_BITS, part) for e, part in zip(firsts, parts, strict=True)]


def sum_of_integers(values: npt.NDArray[Any]) -> int:
    """Return the exact sum of up to 2**31 integers of 64 bits."""
    return (int((values >> 32).sum()) << 32) + int((values & _WORD).sum())


def _sum_of_squares(mantissas: npt.NDArray[np.int64]) -> int:
    magnitude = np.abs(mantissas)
    high = magnitude >> _HALF
    low = magnitude & np.int64((1 << _HALF) - 1)
    return (
        (sum_of_integers(high * high) << (2 * _HALF))
        + (sum_of_integers(high * low) << (_HALF + 1))
        + sum_of_integers(low * low)
    )


def square_root(numerator: int, denominator: int) -> float:
    """Return sqrt(numerator / denominator), rounded once."""
    if numerator <= 0:
        return 0.0
    # The root gets at least 64 bits; a last bit tells whether something was cut off.
    shift = max(0, 130 + denominator.bit_length() - numerator.bit_length())
    shift += shift & 1
    quotient, rest = divmod(numerator << shift, denominator)
    root = math.isqrt(quotient)
    sticky = 1 if rest or root * root != quotient else 0
    return (2 * root + sticky) / (1 << (shift // 2 + 1))


def fraction_units(value: int) -> float:
    """Return an exact sum in units of 2**-1130 as a float, rounded once."""
    return value / (1 << _UNIT)


UNIT: Final = _UNIT
