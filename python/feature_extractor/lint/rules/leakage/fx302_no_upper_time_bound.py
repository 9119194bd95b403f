"""FX302: a sequence of events is read without an upper bound on their time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import (
    Call,
    Expression,
    Field,
    InputReference,
    Lambda,
    children,
)
from feature_extractor.diagnostics import Label, Severity, Span
from feature_extractor.diagnostics.suggestions import enumerate_words
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import BOOL, TIMESTAMP, ListType, StructType, Type

_LESS: Final = {"<", "<="}
_GREATER: Final = {">", ">="}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Report each list of timed events that some feature reads without a bound, at its declaration."""
    reading = _reading(program)
    if not reading:
        return
    bounded: dict[Expression, bool] = {}
    readers: dict[str, list[tuple[DeclaredFeature, Span]]] = {}
    for feature in program.features:
        if feature.checked.kind == "label":
            continue
        for name, reader in _unbounded(program, feature, reading, bounded):
            known = readers.setdefault(name, [])
            if not known or known[-1][0] is not feature:
                known.append((feature, program.place(reader, feature)))
    for name, found in readers.items():
        span, moment = program.inputs[name]
        names = [f"`{feature.name}`" for feature, _ in found]
        shown = enumerate_words(names if len(names) <= 5 else [*names[:5], "others"], "and")
        yield Finding(
            span,
            f"`{name}` is read without an upper bound on `{_moment(moment)}`",
            caption="in logged data this may see the future",
            labels=(Label(found[0][1], "here, for one"),),
            notes=(f"by {shown}",),
            help=f"bound it by the time of the request: "
            f"`{name}.filter(e -> e.{_moment(moment)} < now)`",
        )


def _reading(program: LintedProgram) -> set[Expression]:
    """Return what reads a list of timed events: the inputs that are such lists, and all that is made of them."""
    found: set[Expression] = set()
    for part in program.inner_first:
        if isinstance(part, InputReference):
            if _moment(part.type):
                found.add(part)
        elif not found.isdisjoint(children(part)):
            found.add(part)
    return found


def _unbounded(
    program: LintedProgram,
    feature: DeclaredFeature,
    reading: set[Expression],
    bounded: dict[Expression, bool],
) -> Iterator[tuple[str, Expression]]:
    """Yield the lists that a feature reads without a bound, with what reads them.

    ``bounded`` has what is known of the calls that features before it share with this one.
    """
    if feature.value not in reading:
        return
    seen: set[Expression] = set()
    waiting: list[tuple[Expression, Expression]] = [(feature.value, feature.value)]
    while waiting:
        value, reader = waiting.pop()
        if isinstance(value, InputReference):
            yield value.name, reader
        if value in seen:
            continue
        seen.add(value)
        below = children(value)
        if type(value) is Call:
            is_bounded = bounded.get(value)
            if is_bounded is None:
                is_bounded = bounded[value] = _is_bounded(program, value)
            if is_bounded:
                below = below[1:]
        waiting += [(part, value) for part in below[::-1] if part in reading]


def _moment(type_: Type) -> str:
    """Return the name of the time in the elements of a list, or an empty string."""
    element = type_.element if isinstance(type_, ListType) else None
    if not isinstance(element, StructType):
        return ""
    times = (name for name, type_ in element.fields if type_.with_nullable(False) == TIMESTAMP)
    return next(times, "")


def _is_bounded(program: LintedProgram, call: Call) -> bool:
    """Return whether a call keeps only elements whose time is below something."""
    for argument in call.arguments[1:]:
        if (
            isinstance(argument, Lambda)
            and argument.type.with_nullable(False) == BOOL
            and not program.operator(call.operator).mapping
            and _bounds(program, argument.body, argument)
        ):
            return True
    return False


def _bounds(program: LintedProgram, condition: Expression, around: Lambda) -> bool:
    if not isinstance(condition, Call):
        return False
    syntax = program.operator(condition.operator).syntax
    if syntax == "and":
        return any(_bounds(program, part, around) for part in condition.arguments)
    if condition.operator == "between":
        return _direction(program, condition.arguments[0], around) > 0
    if syntax not in _LESS | _GREATER:
        return False
    left, right = (_direction(program, part, around) for part in condition.arguments)
    return left > right if syntax in _LESS else right > left


def _direction(program: LintedProgram, value: Expression, around: Lambda) -> int:
    """Return 1 where a value grows with the time of the element, -1 where it shrinks, else 0."""
    sign = 1
    while True:
        if isinstance(value, Field):
            is_time = value.type.with_nullable(False) == TIMESTAMP
            return sign if is_time and value.base is around.variable else 0
        if not isinstance(value, Call):
            return 0
        syntax = program.operator(value.operator).syntax
        if syntax == "-" and len(value.arguments) == 2:
            first, second = value.arguments
            if _direction(program, second, around) != 0:
                sign, value = -sign, second
            else:
                value = first
        elif syntax in ("+", "/", "//"):
            value = value.arguments[0]
        else:
            return 0


RULE: Final = Rule(
    code="FX302",
    name="no-upper-time-bound",
    severity=Severity.WARNING,
    summary="A sequence of events is read without an upper bound on their time.",
    check=check,
    by_feature=True,
)
