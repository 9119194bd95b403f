"""FX402: more different values than a hash space can keep apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import (
    Call,
    Expression,
    Field,
    InputReference,
    LambdaVariable,
    Literal,
)
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.setting import Setting
from feature_extractor.syntax import tree
from feature_extractor.types import BOOL, INT, ListType

_HASHING: Final = {"hash_bucket": 1, "iceberg_bucket": 1}
"""Operators that hash into a number of buckets, with its position."""
_REMAINDERS: Final = {"modulo_bucket": 1, "modulo": 1}
"""Operators that hash into buckets where they are given a hash."""
_NARROWING: Final = {
    "lower",
    "upper",
    "fold_case",
    "trim",
    "trim_start",
    "trim_end",
    "normalize",
    "strip_accents",
    "to_string",
    "to_bytes",
    "hash",
    "farm_fingerprint64",
    "xxhash64",
    "murmur3_128",
    "to_list",
    "distinct",
    "remove_nulls",
    "take_first",
    "take_last",
    "reverse",
    "filter",
    "or_empty",
}
"""Operators that give no more different values than they are given."""
_ENTRY: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*([0-9][0-9_]*)\s*")
_DEEPEST: Final = 60


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the number of different values, where it is known, with the number of buckets."""
    values = _Values(program)
    largest = float(program.setting(RULE, "share"))
    for call, feature in program.calls(*sorted(_HASHING), *sorted(_REMAINDERS)):
        program.look_closer()
        position = (_HASHING | _REMAINDERS)[call.operator]
        buckets = integer(call.arguments[position])
        key = call.arguments[0]
        if buckets is None or buckets < 2:
            continue
        if call.operator in _REMAINDERS and not _is_hash(program, key):
            continue
        different = values.of(key)
        if different is None or different < 2:
            continue
        alone = expected_buckets(different, buckets)
        share = 1 - alone / different
        if share <= largest:
            continue
        lost = round(different - alone)
        yield Finding(
            program.place(call, feature),
            f"{different:,} different values in {buckets:,} buckets",
            caption=f"{lost:,} of them ({100 * share:.0f} %) share an id with one that came before",
            notes=("expected are n - m * (1 - (1 - 1/m) ** n) of n values in m buckets",),
            help=f"take {_enough(different, largest):,} buckets, or a vocabulary of the frequent values",
        )


def expected_buckets(values: int, buckets: int) -> float:
    """Return how many of some buckets are expected to hold at least one of some values, each put in at random.

    m * (1 - (1 - 1/m) ** n), the occupancy problem: W. Feller, An Introduction to Probability Theory and Its
    Applications, volume 1, third edition 1968, chapter IV.2.
    """
    if buckets == 1:
        return 1.0
    return -buckets * math.expm1(values * math.log1p(-1 / buckets))


def _enough(values: int, share: float) -> int:
    """Return the least power of two of buckets in which no more than a share of the values meets another one."""
    buckets = 2
    while buckets < 2**62 and 1 - expected_buckets(values, buckets) / values > share:
        buckets *= 2
    return buckets


def _is_hash(program: LintedProgram, value: Expression) -> bool:
    while isinstance(value, Call) and value.operator in ("abs", "coalesce"):
        value = value.arguments[0]
    return isinstance(value, Call) and program.operator(value.operator).family == "hash"


class _Values:
    """How many different values expressions can have."""

    def __init__(self, program: LintedProgram) -> None:
        self._program = program
        self._declared = _fitted(program)
        for entry in program.setting(RULE, "cardinality"):
            found = _ENTRY.fullmatch(entry)
            if found:
                self._declared[found[1]] = int(found[2].replace("_", ""))

    def of(self, value: Expression, depth: int = 0) -> int | None:
        """Return how many different values, or elements of a list, there are; None where that is not known."""
        if depth > _DEEPEST:
            return None
        if isinstance(value, InputReference | Field):
            if value.name in self._declared:
                return self._declared[value.name]
            return 2 if value.type.with_nullable(False) == BOOL else None
        if isinstance(value, Literal):
            return len(set(value.value)) if isinstance(value.value, tuple) else 1
        if isinstance(value, LambdaVariable):
            around = self._program.ranges.around(value)
            return None if around is None else self.of(around, depth + 1)
        if not isinstance(value, Call):
            return None
        return self._of_call(value, depth)

    def _of_call(self, value: Call, depth: int) -> int | None:
        element = value.type.element if isinstance(value.type, ListType) else value.type
        if element.with_nullable(False) == INT and value.operator not in ("hash", "cross"):
            found = self._program.ranges.of(value)
            if isinstance(found.low, int) and isinstance(found.high, int):
                return found.high - found.low + 1
        if element.with_nullable(False) == BOOL:
            return 2
        if value.operator == "cross":
            product = 1
            for part in value.arguments:
                different = self.of(part, depth + 1)
                if different is None:
                    return None
                product *= different
            return product
        if value.operator == "coalesce":
            first, other = value.arguments
            different = self.of(first, depth + 1)
            return None if different is None or not isinstance(other, Literal) else different + 1
        if value.operator in _NARROWING and value.arguments:
            return self.of(value.arguments[0], depth + 1)
        return None


def _fitted(program: LintedProgram) -> dict[str, int]:
    """Return how many different values inputs have by their fitted counts, where nothing was left out of these."""
    entries = {
        resource.name: len(resource.columns[0])
        for resource in program.program.resources
        if resource.columns
    }
    found: dict[str, int] = {}
    if not entries:
        return found
    # What was fitted is known of this program only.
    program.look_further()
    for statement in program.file.statements:
        if not isinstance(statement, tree.ResourceDeclaration) or not statement.arguments:
            continue
        value = statement.arguments[0].value
        name = statement.name.text
        is_count = statement.constructor.text == "fit.counts" and name in entries
        if is_count and isinstance(value, tree.Name):
            found[value.text] = entries[name]
    return found


RULE: Final = Rule(
    code="FX402",
    name="crowded-hash",
    severity=Severity.WARNING,
    summary="A hash space is too small for the number of different values.",
    check=check,
    by_feature=True,
    settings=(
        Setting(
            "cardinality",
            list[str],
            (),
            "how many different values inputs and fields have, by name, as in `user=2_000_000`",
        ),
        Setting(
            "share", float, 0.25, "the part of the values that may share an id with an earlier one"
        ),
    ),
)
