"""Finds the overload of an operator that fits some arguments.

What fits depends on the types of the arguments only, and not on the program. So a choice that was made is kept,
for all programs, under the types that led to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from feature_extractor.check.typed import Constant, Expression, Literal
from feature_extractor.check.typed import Lambda as TypedLambda
from feature_extractor.check.unification import Fit, Mismatch, describe, is_float, is_unclear
from feature_extractor.diagnostics import Span
from feature_extractor.registry import (
    LambdaPattern,
    Operator,
    Parameter,
    Registry,
    ResourcePattern,
    Signature,
)
from feature_extractor.syntax import tree
from feature_extractor.types import ListType, ScalarType, Type


@dataclass(slots=True)
class Given:
    """An argument as it was given: a value, or a lambda whose parameter's type is not known yet."""

    span: Span
    value: Expression | None = None
    lambda_: tree.LambdaExpression | None = None
    name: tree.Identifier | None = None


@dataclass(frozen=True, slots=True)
class Takes:
    """What one parameter of an overload that was chosen takes.

    ``wanted`` is the type of the arguments at some positions, or that of the body of a lambda over ``element``.
    ``default`` is type and value of an argument that was left out.
    """

    parameter: Parameter
    positions: list[int]
    wanted: Type | None
    is_constant: bool = False
    element: Type | None = None
    default: tuple[Type, Constant] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An overload that fits some types: what it takes, and what it gives."""

    operator: Operator
    overload: int
    result: Type
    bindings: tuple[tuple[str, Type | int], ...]
    takes: list[Takes]


@dataclass(frozen=True, slots=True)
class Ask:
    """To choose, the type of a lambda's body must be known, over elements of a type."""

    position: int
    element: Type


KnownChoices: TypeAlias = dict[Any, Ask | Choice]
"""What is known about calls, by the operator, the types of the arguments, and those of the lambdas asked for so far."""

_MOST_CHOICES: Final = 100_000
_KNOWN: Final[WeakKeyDictionary[Registry, KnownChoices]] = WeakKeyDictionary()


def known_choices(registry: Registry) -> KnownChoices:
    """Return the choices that programs of this process have led to."""
    known = _KNOWN.setdefault(registry, {})
    if len(known) > _MOST_CHOICES:
        # An editor runs for days; a new start costs less than a second.
        known.clear()
    return known


LambdaChecker = Callable[[tree.LambdaExpression, Type], TypedLambda | None]
"""Checks a lambda for an element type; None where it has a mistake, which is then reported already."""


class LambdaBodies:
    """The lambdas among the arguments of a call, checked for each element type that an overload asks for."""

    def __init__(self, given: list[Given], check: LambdaChecker) -> None:
        self._given = given
        self._check = check
        self._found: dict[tuple[int, int], TypedLambda] = {}
        self.faulty = False
        """Whether one of them has a mistake, which is then the only one to tell."""

    def over(self, position: int, element: Type) -> TypedLambda | None:
        """Return the lambda at a position for an element type, or None where it has a mistake."""
        key = (position, element.number)
        found = self._found.get(key)
        if found is None:
            written = self._given[position].lambda_
            assert written is not None
            found = self._check(written, element)
            if found is None:
                self.faulty = True
                return None
            self._found[key] = found
        return found

    def follow(self, known: KnownChoices, key: Any) -> Choice | None:
        """Return the choice that was made for these types before, or None."""
        step = known.get(key)
        while isinstance(step, Ask):
            found = self.over(step.position, step.element)
            if found is None:
                return None
            key = (key, found.body.type.number)
            step = known.get(key)
        return step

    def remember(self, known: KnownChoices, key: Any, choice: Choice) -> None:
        """Keep a choice with what had to be asked for it."""
        for (position, _), found in self._found.items():
            known[key] = Ask(position, found.variable.type)
            key = (key, found.body.type.number)
        known[key] = choice


@dataclass(slots=True)
class Chosen:
    """An overload that fits, with the argument (or arguments) of each parameter."""

    operator: Operator
    overload: int
    fit: Fit
    slots: list[list[int]]
    elements: dict[int, Type] = field(default_factory=dict)
    """The element types of the lambdas, by position."""

    @property
    def signature(self) -> Signature:
        """The signature of the overload."""
        return self.operator.overloads[self.overload].signature

    def settle(self, given: list[Given]) -> Choice:
        """Return the choice, once the sizes are known."""
        return Choice(
            self.operator,
            self.overload,
            self._result(given),
            self.fit.bindings(),
            [
                self._takes(parameter, positions)
                for parameter, positions in zip(self.signature.parameters, self.slots, strict=True)
            ],
        )

    def _result(self, given: list[Given]) -> Type:
        signature = self.signature
        result = self.fit.instantiate(signature.result)
        nullable = signature.result.nullable
        for parameter, positions in zip(signature.parameters, self.slots, strict=True):
            flags = []
            for position in positions:
                value = given[position].value
                flags.append(value is not None and value.type.nullable)
            if not any(flags):
                continue
            if not parameter.pattern.nullable:
                nullable = True
            elif parameter.name in self.operator.nulls:
                # Of several alternatives, such as those of a coalesce, one that is never null is
                # enough.
                nullable = nullable or (all(flags) if parameter.variadic else True)
        return result.with_nullable(nullable)

    def _takes(self, parameter: Parameter, positions: list[int]) -> Takes:
        pattern = parameter.pattern
        if not positions:
            return Takes(parameter, positions, None, default=self._default(parameter))
        if isinstance(pattern, LambdaPattern):
            wanted = self.fit.instantiate(pattern.result, False)
            return Takes(parameter, positions, wanted, element=self.elements[positions[0]])
        if isinstance(pattern, ResourcePattern):
            return Takes(parameter, positions, None, parameter.constant or pattern.kind == "zone")
        return Takes(parameter, positions, self.fit.instantiate(pattern), parameter.constant)

    def _default(self, parameter: Parameter) -> tuple[Type, Constant]:
        type_ = self.fit.instantiate(parameter.pattern)
        value: Constant = parameter.default
        if value is None:
            type_ = type_.with_nullable(True)
        elif is_float(type_) and isinstance(value, int):
            value = float(value)
        elif isinstance(type_, ScalarType) and type_.name == "bytes" and isinstance(value, str):
            value = value.encode()
        elif isinstance(type_, ListType) and is_float(type_.element) and isinstance(value, tuple):
            value = tuple(float(v) if isinstance(v, int) else v for v in value)
        return type_, value


@dataclass(slots=True)
class Failure:
    """Why an overload does not fit; ``progress`` counts the arguments before the one that fails."""

    operator: Operator
    signature: Signature
    argument: int
    message: str
    progress: int
    counting: bool = False


def choose(
    operators: Sequence[Operator], given: list[Given], bodies: LambdaBodies
) -> Chosen | list[Failure] | None:
    """Return the overload that fits best, or why none does; None where a lambda has a mistake."""
    best: Chosen | None = None
    failures: list[Failure] = []
    for operator in operators:
        for index, overload in enumerate(operator.overloads):
            outcome = _try(operator, index, overload.signature, given, bodies)
            if outcome is None:
                return None
            if isinstance(outcome, Failure):
                failures.append(outcome)
            elif best is None or outcome.fit.cost < best.fit.cost:
                best = outcome
                if outcome.fit.cost == 0:
                    return best
    return best or failures


def _try(
    operator: Operator, index: int, signature: Signature, given: list[Given], bodies: LambdaBodies
) -> Chosen | Failure | None:
    """Try an overload; None means that a lambda has a mistake, which is then the only one to tell."""

    def failure(argument: int, message: str, progress: int, counting: bool = False) -> Failure:
        return Failure(operator, signature, argument, message, progress, counting)

    slots = _assign(signature, given)
    if isinstance(slots, tuple):
        return failure(slots[0], slots[1], -1, True)
    fit = Fit(signature)
    elements: dict[int, Type] = {}
    progress = 0
    late: list[tuple[LambdaPattern, int]] = []
    try:
        previous_table = False
        for parameter, positions in zip(signature.parameters, slots, strict=True):
            pattern = parameter.pattern
            for position in positions:
                argument = given[position]
                if isinstance(pattern, LambdaPattern):
                    if argument.lambda_ is None:
                        return failure(position, "expected a lambda, such as `x -> ...`", progress)
                    late.append((pattern, position))
                    continue
                if argument.value is None:
                    words = describe(pattern, signature)
                    return failure(position, f"expected {words}, found a lambda", progress)
                literal = isinstance(argument.value, Literal)
                if previous_table:
                    fit.key_of_table(pattern, position)
                fit.argument(pattern, argument.value.type, position, literal)
                progress += 1
            previous_table = isinstance(pattern, ResourcePattern) and pattern.kind == "table"
        for pattern, position in late:
            element = fit.instantiate(pattern.argument, False)
            if is_unclear(element):
                return failure(position, "the list's element type is not clear", progress)
            typed = bodies.over(position, element)
            if typed is None:
                return None
            fit.body(pattern.result, typed.body.type, position)
            elements[position] = element
            progress += 1
        fit.finish()
    except Mismatch as mismatch:
        return failure(mismatch.argument, mismatch.message, progress)
    return Chosen(operator, index, fit, slots, elements)


def _assign(signature: Signature, given: list[Given]) -> list[list[int]] | tuple[int, str]:
    """Return the positions of the arguments of each parameter, or why they cannot be assigned."""
    parameters = signature.parameters
    slots: list[list[int]] = [[] for _ in parameters]
    names = {parameter.name: index for index, parameter in enumerate(parameters)}
    for position, argument in enumerate(given):
        if argument.name is not None:
            index = names.get(argument.name.text, -1)
            if index < 0:
                return position, f"it has no parameter `{argument.name.text}`"
            if slots[index]:
                return position, f"`{argument.name.text}` is given twice"
        elif position < len(parameters):
            index = position
        elif parameters and parameters[-1].variadic:
            index = len(parameters) - 1
        else:
            count = len(parameters)
            return position, f"it takes {count} argument{'s' if count != 1 else ''}"
        slots[index].append(position)
    for index, parameter in enumerate(parameters):
        if not slots[index] and not parameter.optional:
            return -1, f"the argument `{parameter.name}` is missing"
    return slots
