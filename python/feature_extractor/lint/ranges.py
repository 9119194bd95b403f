"""What is known about the size of numbers: `now.hour(zone)` lies between 0 and 23, a length is never below 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from feature_extractor.check.typed import (
    Call,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    children,
)
from feature_extractor.lint.expressions import walk
from feature_extractor.types import BOOL, INT, ListType, ScalarType, StructType, Type

if TYPE_CHECKING:
    from feature_extractor.lint.program import LintedProgram

Number: TypeAlias = int | float


class Range(NamedTuple):
    """The least and the greatest value that a number may have; None where nothing is known about that end.

    ``low_met`` and ``high_met`` say that ordinary data gets there. They are False where a filter, a condition or
    operands that go along with each other may keep it from there.
    """

    low: Number | None = None
    high: Number | None = None
    low_met: bool = False
    high_met: bool = False

    def text(self) -> str:
        """Return the range in words."""
        if self.low is not None and self.high is not None:
            if self.low == self.high:
                return f"always {self.low:,}"
            return f"from {self.low:,} to {self.high:,}"
        if self.low is not None:
            return f"never below {self.low:,}"
        return f"never above {self.high:,}" if self.high is not None else "any number"


UNKNOWN: Final = Range()
_HASHES: Final = {
    name: Range(low, high, True, True)
    for low, high, names in (
        (
            -(2**63),
            2**63 - 1,
            "hash cross cityhash64 cityhash128 farm_fingerprint64 fnv1_64 fnv1a_64 minhash murmur2_64 "
            "murmur3_128 simhash siphash64 spark_xxhash64 xxh3_64 xxh3_128 xxhash64",
        ),
        (-(2**31), 2**31 - 1, "hive_hash java_string_hash spark_hash"),
        (
            0,
            2**32 - 1,
            "cityhash32 crc32 crc32c farm_fingerprint32 fnv1_32 fnv1a_32 murmur2_32 murmur3_32 xxhash32",
        ),
    )
    for name in names.split()
}
"""The operators that give all bits of a hash, as an int."""


def _span(low: Number, high: Number) -> Range:
    return Range(low, high, True, True)


KNOWN: Final[dict[str, Range]] = {
    "hour": _span(0, 23),
    "minute": _span(0, 59),
    "second": _span(0, 59),
    "seconds_of_day": _span(0, 86_399),
    "day": _span(1, 31),
    "day_of_week": _span(1, 7),
    "day_of_year": _span(1, 366),
    "days_in_month": _span(28, 31),
    "hour_of_week": _span(0, 167),
    "month": _span(1, 12),
    "quarter": _span(1, 4),
    "week_of_year": _span(1, 53),
    "binarize": _span(0, 1),
    "bit_count": _span(0, 64),
    "sign": Range(-1, 1),
    "sin": _span(-1, 1),
    "cos": _span(-1, 1),
    "cyclic_sin": _span(-1, 1),
    "cyclic_cos": _span(-1, 1),
    "tanh": _span(-1, 1),
    "erf": _span(-1, 1),
    "cosine": _span(-1, 1),
    "correlation": _span(-1, 1),
    "map_cosine": _span(-1, 1),
    "sigmoid": _span(0, 1),
    "normal_cdf": _span(0, 1),
    "beta_cdf": _span(0, 1),
    "wilson_lower": _span(0, 1),
    "wilson_upper": _span(0, 1),
    "jaccard": _span(0, 1),
    "dice": _span(0, 1),
    "overlap_ratio": _span(0, 1),
    "jaro": _span(0, 1),
    "jaro_winkler": _span(0, 1),
    "top_share": _span(0, 1),
    "cumulative_share": _span(0, 1),
}
"""Operators whose result has known ends, whatever they are given."""

NOT_NEGATIVE: Final = {
    "length",
    "byte_length",
    "count",
    "count_value",
    "count_substring",
    "count_characters",
    "regex_count",
    "distinct_count",
    "overlap_count",
    "common_prefix_length",
    "longest_run",
    "longest_common_subsequence",
    "levenshtein",
    "damerau_levenshtein",
    "hamming_distance",
    "haversine_distance",
    "euclidean_distance",
    "manhattan_distance",
    "l2_norm",
    "index_of",
    "phrase_index",
    "argmax",
    "argmin",
    "lookup",
    "abs",
    "sqrt",
    "exp",
    "variance",
    "stddev",
    "median_absolute_deviation",
    "range_of",
    "entropy",
    "decay",
    "softplus",
}
"""Operators whose result is never below zero, if it is a number."""

_WHOLE: Final[dict[str, Callable[[Number], int]]] = {
    "round": lambda x: math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1),
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "to_int": math.trunc,
}
"""Operators from floats to whole numbers, which keep the order of numbers."""

ELEMENTS: Final = {
    "filter",
    "take_while",
    "drop_while",
    "sort",
    "sort_by",
    "reverse",
    "distinct",
    "distinct_by",
    "remove_nulls",
    "deduplicate_consecutive",
    "take_first",
    "take_last",
    "take_sample",
    "drop_first",
    "drop_last",
    "slice",
    "shuffle",
    "gather",
    "mask",
    "top",
    "top_by",
    "or_empty",
}
"""Operators whose result has no element that their first argument has not."""

_CHOOSING: Final = {
    "first",
    "last",
    "get",
    "max",
    "min",
    "median",
    "mean",
    "mode",
    "quantile",
    "find_first",
    "find_last",
    "max_by",
    "min_by",
}
"""Operators that give an element of a list, or something between two of them."""

BUCKETS: Final = {"hash_bucket": 1, "modulo_bucket": 1, "iceberg_bucket": 1, "multi_hash": 2}
"""Operators that give ids below a constant, with its position."""

_ALONE: Final = {*KNOWN, *BUCKETS, *_HASHES}
"""Operators whose result is known, whatever they are given beside constants."""


class Ranges:
    """The ranges of the expressions of a program, each found when somebody first asks for it."""

    def __init__(self, program: LintedProgram) -> None:
        self._program = program
        self._known: dict[Expression, Range] = {}

    @cached_property
    def _lists(self) -> dict[LambdaVariable, Expression]:
        """Which list the variable of each lambda runs over; no two lambdas share one."""
        return {
            argument.variable: call.arguments[0]
            for call, _ in self._program.calls_with_lambdas
            for argument in call.arguments
            if isinstance(argument, Lambda)
        }

    def of(self, value: Expression) -> Range:
        """Return the range of a number, or of the elements of a list of numbers; of anything else nothing is known."""
        found = self._known.get(value)
        return self._find(value) if found is None else found

    def _find(self, value: Expression) -> Range:
        """Look at all that a value is made of, from the inside out and in a loop: chains of lets may be long."""
        known = self._known
        waiting = [value]
        while waiting:
            part = waiting[-1]
            if part in known:
                waiting.pop()
                continue
            missing = [inner for inner in self._below(part) if inner not in known]
            if missing:
                waiting += missing[::-1]
            else:
                known[part] = _finite(self._look(part))
        return known[value]

    def _below(self, value: Expression) -> tuple[Expression, ...]:
        if type(value) is Call:
            # Where nothing can be known, or all is, nobody has to look at what it is made of.
            is_open = value.operator not in _ALONE and _may_have_range(value.type)
            return value.arguments if is_open else ()
        if isinstance(value, LambdaVariable):
            around = self._lists.get(value)
            return () if around is None else (around,)
        return children(value)

    def around(self, variable: LambdaVariable) -> Expression | None:
        """Return the list that a lambda with this variable runs over."""
        return self._lists.get(variable)

    def _look(self, value: Expression) -> Range:
        if isinstance(value, Call):
            if not _may_have_range(value.type):
                return UNKNOWN
            is_list = isinstance(value.type, ListType)
            return self._found_elements(value) if is_list else self._found(value)
        if isinstance(value, LambdaVariable):
            around = self._lists.get(value)
            return UNKNOWN if around is None else self.of(around)
        if isinstance(value, Literal):
            items = value.value if isinstance(value.value, tuple) else (value.value,)
            return _all(_literal(item) for item in items if item is not None)
        return UNKNOWN

    def _found_elements(self, value: Call) -> Range:
        name, arguments = value.operator, value.arguments
        if name in ELEMENTS:
            inner = self.of(arguments[0])
            return inner if name in ("sort", "reverse", "distinct") else _unmet(inner)
        if name == "map" and isinstance(arguments[1], Lambda):
            return self.of(arguments[1].body)
        if name in BUCKETS:
            return _below(arguments[BUCKETS[name]])
        if name == "list_of":
            return _all(self.of(argument) for argument in arguments)
        if name in ("coalesce", "if"):
            return _all(self.of(argument) for argument in arguments[-2:] if not _is_null(argument))
        if name in ("positions", "range", "histogram", "ranks", "lookup"):
            return Range(0, None, True)
        return UNKNOWN

    def _found(self, value: Call) -> Range:
        name, arguments = value.operator, value.arguments
        if name in KNOWN:
            return KNOWN[name]
        if name in BUCKETS:
            return _below(arguments[BUCKETS[name]])
        if name in ("to_float", "to_int") and arguments[0].type.with_nullable(False) == BOOL:
            return _span(0, 1)
        if name == "to_float":
            return self.of(arguments[0])
        if name in _WHOLE and len(arguments) == 1:
            return _mapped(self.of(arguments[0]), _WHOLE[name])
        if name in _HASHES:
            return _HASHES[name]
        found = self._bucket(name, arguments) or self._arithmetic(value)
        if found is not None:
            return found
        key = arguments[-1].body if arguments and isinstance(arguments[-1], Lambda) else None
        if name in _CHOOSING:
            return self.of(key if key and name in ("max", "min", "mean") else arguments[0])
        if name == "sum":
            inner = self.of(key or arguments[0])
            return Range(0, None) if inner.low is not None and inner.low >= 0 else UNKNOWN
        return Range(0, None, True) if name in NOT_NEGATIVE else UNKNOWN

    def _bucket(self, name: str, arguments: tuple[Expression, ...]) -> Range | None:
        """Return the range of an operator that numbers buckets, or None."""
        constants = [part.value if isinstance(part, Literal) else None for part in arguments]
        if name == "bucketize" and isinstance(constants[1], tuple):
            return _span(0, len(constants[1]))
        if name == "bucketize_log" and isinstance(constants[2], int) and constants[2] >= 1:
            return _span(0, constants[2] - 1)
        if name == "bucketize_equal_width" and isinstance(constants[3], int) and constants[3] >= 1:
            return _span(0, constants[3] + 1)
        if name == "bucketize_intervals" and isinstance(constants[3], tuple):
            ids = [item for item in (*constants[3], constants[4]) if isinstance(item, int)]
            return _span(min(ids), max(ids)) if ids else UNKNOWN
        if name == "index_of" and isinstance(constants[0], tuple) and constants[0]:
            return _span(0, len(constants[0]) - 1)
        return None

    def _arithmetic(self, value: Call) -> Range | None:
        """Return the range of arithmetic and of choices, or None for other operators."""
        name, arguments = value.operator, value.arguments
        match name:
            case "coalesce" | "coalesce_all":
                return _all(self.of(a) for a in arguments if not _is_null(a))
            case "if":
                return self._choice(value)
            case "null_if":
                return _unmet(self.of(arguments[0]))
            case "negate":
                return _negated(self.of(arguments[0]))
            case "minimum" | "maximum":
                return self._extreme(name, arguments)
            case "clip" | "valid_range":
                return _clipped(*map(self.of, arguments))
            case "add" | "subtract" | "multiply" | "divide" | "floor_divide" | "modulo":
                one, other = (self.of(argument) for argument in arguments)
                is_int = value.type.with_nullable(False) == INT
                found = _combined(name, one, other, is_int=is_int)
                # Two operands that vary may go along with each other, as in `x - x // 4 * 4`.
                varies = not any(isinstance(argument, Literal) for argument in arguments)
                return _unmet(found) if varies else found
            case _:
                return None

    def _choice(self, value: Call) -> Range:
        """Return the range of `if`; what a condition asks about a branch may keep it from its ends."""
        condition, *branches = value.arguments
        asked = {id(part) for part in walk(condition) if not isinstance(part, Literal)}
        found: list[Range] = []
        for branch in branches:
            if _is_null(branch):
                continue
            inner = self.of(branch)
            own = (id(part) for part in walk(branch) if not isinstance(part, Literal))
            found.append(inner if asked.isdisjoint(own) else _unmet(inner))
        return _all(found)

    def _extreme(self, name: str, arguments: tuple[Expression, ...]) -> Range:
        """Return the range of the least or greatest of values; one that is null does not count, a constant does."""
        found = _all(self.of(argument) for argument in arguments)
        constants = [self.of(argument) for argument in arguments if isinstance(argument, Literal)]
        if name == "maximum":
            lows = [c.low for c in constants if c.low is not None]
            low = max([*lows, *([] if found.low is None else [found.low])], default=None)
            return Range(low, found.high, low is not None and low in lows, False)
        highs = [c.high for c in constants if c.high is not None]
        high = min([*highs, *([] if found.high is None else [found.high])], default=None)
        return Range(found.low, high, False, high is not None and high in highs)


def _may_have_range(type_: Type) -> bool:
    """Return whether a result of this type is a number, or a list of what may be one or have one in it."""
    # A comparison of types by their parts takes five times as long.
    if isinstance(type_, ListType):
        element = type_.element
        is_text = isinstance(element, ScalarType) and element.name in ("string", "bytes", "bool")
        return not is_text and not isinstance(element, StructType)
    return isinstance(type_, ScalarType) and type_.name in ("int", "float")


def _is_null(value: Expression) -> bool:
    return isinstance(value, Literal) and value.value is None


def _literal(value: object) -> Range:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _span(value, value)
    return UNKNOWN


def _below(size: Expression) -> Range:
    if isinstance(size, Literal) and isinstance(size.value, int):
        return _span(0, size.value - 1)
    return Range(0, None, True)


def _negated(found: Range) -> Range:
    low, high, low_met, high_met = found
    return Range(None if high is None else -high, None if low is None else -low, high_met, low_met)


def _unmet(found: Range) -> Range:
    return Range(found.low, found.high)


def _all(ranges: Iterable[Range]) -> Range:
    """Return the range of a value that is any one of several; an end that one of them meets is met."""
    found = list(ranges)
    if not found:
        return UNKNOWN
    low, low_met = _end([(r.low, r.low_met) for r in found], min)
    high, high_met = _end([(r.high, r.high_met) for r in found], max)
    return Range(low, high, low_met, high_met)


def _end(
    ends: list[tuple[Number | None, bool]], choose: Callable[[list[Number]], Number]
) -> tuple[Number | None, bool]:
    values = [value for value, _ in ends if value is not None]
    if len(values) < len(ends):
        return None, False
    chosen = choose(values)
    return chosen, any(met for value, met in ends if value == chosen)


def _clipped(inner: Range, low: Range, high: Range) -> Range:
    if low.low is None or low.low != low.high or high.low is None or high.low != high.high:
        return UNKNOWN
    if low.low > high.low:
        return UNKNOWN
    least, greatest = low.low, high.low

    def cut(end: Number) -> Number:
        return min(max(end, least), greatest)

    return Range(
        least if inner.low is None else cut(inner.low),
        greatest if inner.high is None else cut(inner.high),
        inner.low is None or inner.low < least or inner.low_met,
        inner.high is None or inner.high > greatest or inner.high_met,
    )


def _mapped(inner: Range, function: Callable[[Number], int]) -> Range:
    return Range(
        None if inner.low is None else function(inner.low),
        None if inner.high is None else function(inner.high),
        inner.low_met,
        inner.high_met,
    )


def _combined(name: str, one: Range, other: Range, *, is_int: bool) -> Range:
    """Return the range of arithmetic on two numbers."""
    if name == "subtract":
        name, other = "add", _negated(other)
    if name == "add":
        low = None if one.low is None or other.low is None else one.low + other.low
        high = None if one.high is None or other.high is None else one.high + other.high
        return Range(low, high, one.low_met and other.low_met, one.high_met and other.high_met)
    constant = other.low if other.low == other.high else None
    if name == "multiply" and constant is None:
        one, constant = other, one.low if one.low == one.high else None
    if constant is None or constant == 0 or (name != "multiply" and constant < 0):
        return UNKNOWN
    if name == "modulo":
        fits = one.low is not None and one.low >= 0 and one.high is not None and one.high < constant
        return one if fits else Range(0, constant - 1 if is_int else constant, True, is_int)

    def scaled(value: Number | None) -> Number | None:
        if value is None:
            return None
        if name == "multiply":
            return value * constant
        return value // constant if name == "floor_divide" else value / constant

    low, high = scaled(one.low), scaled(one.high)
    if constant < 0:
        return Range(high, low, one.high_met, one.low_met)
    return Range(low, high, one.low_met, one.high_met)


def _finite(found: Range) -> Range:
    """Return a range without ends that no int or float of the language can have."""
    if found is UNKNOWN:
        return found
    low, high, low_met, high_met = found
    if low is not None and not (math.isfinite(low) and abs(low) <= 2**63):
        low, low_met = None, False
    if high is not None and not (math.isfinite(high) and abs(high) <= 2**63):
        high, high_met = None, False
    return Range(low, high, low_met, high_met)
