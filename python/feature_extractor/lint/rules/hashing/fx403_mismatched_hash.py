"""FX403: one thing is hashed in two ways that the model shall take for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import Type

_PREPARING: Final = {
    "lower",
    "upper",
    "fold_case",
    "trim",
    "trim_start",
    "trim_end",
    "normalize",
    "strip_accents",
    "to_string",
}
"""Operators after which a value has another hash."""


class _Way(NamedTuple):
    call: Call
    feature: DeclaredFeature
    is_input: bool
    buckets: int
    seed: int
    prepared: tuple[str, ...]
    type: Type


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare how an input and the field of a list with the same name are hashed."""
    ways: dict[str, list[_Way]] = {}
    for call, feature in program.calls("hash_bucket"):
        name, way = _way(call, feature)
        if way is None or feature.checked.kind not in ("id", "ids", "weighted"):
            continue
        for known in ways.setdefault(name, []):
            problem = _problem(known, way)
            if problem:
                yield Finding(
                    program.place(call, feature),
                    f"`{name}` is hashed here in another way than for `{known.feature.name}`",
                    caption=problem,
                    labels=(Label(program.place(known.call, known.feature), "the other way"),),
                    help="make it a let function, so that both are one: "
                    f"`let {name}_bucket(x) = x.hash_bucket({known.buckets})`",
                )
                break
        ways[name].append(way)


def _way(call: Call, feature: DeclaredFeature) -> tuple[str, _Way | None]:
    """Return the name of what is hashed, and how; no way where it has no name."""
    buckets, seed = integer(call.arguments[1]), integer(call.arguments[2])
    value: Expression = call.arguments[0]
    prepared: list[str] = []
    while isinstance(value, Call):
        if value.operator in _PREPARING:
            prepared.append(value.operator)
        elif value.operator != "coalesce" or not isinstance(value.arguments[1], Literal):
            return "", None
        value = value.arguments[0]
    if not isinstance(value, InputReference | Field) or buckets is None or seed is None:
        return "", None
    is_input = isinstance(value, InputReference)
    type_ = call.arguments[0].type.with_nullable(False)
    return value.name, _Way(call, feature, is_input, buckets, seed, tuple(prepared), type_)


def _problem(one: _Way, other: _Way) -> str:
    """Return why two ways give unlike ids where the same was meant, or an empty text."""
    if one.is_input and other.is_input:
        # An input may well be hashed twice, as for two tables of a model that shares none of its own.
        return ""
    if one.feature is other.feature:
        return ""
    if one.buckets != other.buckets:
        near = abs(one.buckets - other.buckets) <= 2
        return f"{other.buckets:,} buckets here, {one.buckets:,} there" if near else ""
    if one.seed != other.seed:
        return f"seed {other.seed} here, {one.seed} there: no id means the same"
    if one.type != other.type:
        return f"a `{other.type}` here, a `{one.type}` there: their hashes differ"
    if one.prepared != other.prepared:
        here, there = (" and ".join(f"`{p}`" for p in w.prepared) for w in (other, one))
        return f"after {here or 'nothing'} here, after {there or 'nothing'} there"
    return ""


RULE: Final = Rule(
    code="FX403",
    name="mismatched-hash",
    severity=Severity.WARNING,
    summary="A thing and its like in a list are hashed in two ways, so that the model cannot match them.",
    check=check,
)
