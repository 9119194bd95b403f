"""FX213: a feature is given ids that it has no room for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import origins, walk
from feature_extractor.lint.identifiers import id_values
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.ranges import BUCKETS, UNKNOWN, Range
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what is known about the size of ids with the size of the feature.

    What hash and bucket operators give directly is the subject of FX202.
    """
    for feature in program.features:
        for value in id_values(feature):
            yield from _check(program, feature, value)


def _check(
    program: LintedProgram, feature: DeclaredFeature, value: Expression
) -> Iterator[Finding]:
    program.look_closer()
    found = program.ranges.of(value)
    size = feature.checked.size
    ids = list(_constants(program, value))
    if found.low is not None and found.low < 0 and found.low_met:
        yield _finding(program, feature, value, found, found.low)
    elif any(number < 0 for number in ids):
        yield _finding(program, feature, value, UNKNOWN, min(ids))
    elif size is None:
        return
    elif found.high is not None and found.high >= size and found.high_met:
        origin = _origin(program, value, found.high)
        if not isinstance(origin, Call) or origin.operator not in {*BUCKETS, "bucketize"}:
            yield _finding(program, feature, value, found, found.high)
    elif any(number >= size for number in ids):
        yield _finding(program, feature, value, UNKNOWN, max(ids))


def _finding(
    program: LintedProgram,
    feature: DeclaredFeature,
    value: Expression,
    found: Range,
    end: int | float,
) -> Finding:
    origin = _origin(program, value, end) or value
    # A constant may have been written elsewhere first; the place of the feature is always the right one.
    is_constant = isinstance(origin, Literal)
    size = feature.checked.size
    room = f"0 to {size - 1:,}" if size is not None else "ids from 0 on"
    what = "replaced by the default" if feature.checked.kind == "id" else "dropped"
    known = f"this is {found.text()}; " if found.high is not None else ""
    if isinstance(origin, Call) and program.operator(origin.operator).family == "hash":
        whole = origin.operator
        buckets = "hash_bucket" if whole in ("hash", "cross") else "modulo_bucket"
        before = "" if whole == "hash" else f"{whole}(...)."
        rest = f"..., {size}" if whole == "hash" else str(size)
        advice = f"a hash is no id yet: write `{before}{buckets}({rest})`"
    elif end < 0:
        advice = (
            "give missing values an id of their own, such as 0, and the others the ids behind it"
        )
    else:
        advice = f"write `{feature.checked.kind}({int(end) + 1})`, or make the ids begin at 0"
    return Finding(
        feature.declaration.value.span if is_constant else program.place(origin, feature),
        f"`{feature.name}` is given {end:,}, and has room for {room}",
        caption=f"{known}what does not fit is {what}",
        help=advice,
    )


def _origin(program: LintedProgram, value: Expression, end: int | float) -> Expression | None:
    """Return the expression that an id comes from which lies at an end of the range."""
    for origin in _origins(program, value):
        known = program.ranges.of(origin)
        if end in (known.low, known.high):
            return origin
    return None


def _origins(program: LintedProgram, value: Expression) -> Iterator[Expression]:
    """Yield where ids come from, unchanged, also out of the lambdas that make a list of them."""
    waiting = [value]
    while waiting:
        for origin in origins(waiting.pop()):
            is_mapping = isinstance(origin, Call) and program.operator(origin.operator).mapping
            bodies = [
                part.body
                for part in (origin.arguments if isinstance(origin, Call) and is_mapping else ())
                if isinstance(part, Lambda)
            ]
            waiting.extend(bodies)
            if not bodies:
                yield origin


def _constants(program: LintedProgram, value: Expression) -> Iterator[int]:
    """Yield the constants that an id may be; those that a condition of an `if` asks about are left out."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Literal) and type(part.value) is int:
            yield part.value
        if not isinstance(part, Call):
            continue
        if part.operator == "coalesce":
            waiting.extend(part.arguments)
        elif part.operator == "if":
            asked = {id(p) for p in walk(part.arguments[0]) if not isinstance(p, Literal)}
            waiting.extend(
                branch for branch in part.arguments[1:] if asked.isdisjoint(map(id, walk(branch)))
            )
        elif program.operator(part.operator).mapping:
            waiting.extend(a.body for a in part.arguments if isinstance(a, Lambda))


RULE: Final = Rule(
    code="FX213",
    name="id-out-of-range",
    severity=Severity.ERROR,
    summary="A feature is given ids below 0, or ids that are not below its size.",
    check=check,
    by_feature=True,
)
