"""Chooses the overload of an operator, and converts arguments to what it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feature_extractor.check.interning import Interner
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.typed import Constant, Expression, Literal, Struct
from feature_extractor.check.typed import Lambda as TypedLambda
from feature_extractor.check.unification import (
    Fit,
    Mismatch,
    describe,
    is_float,
    is_int,
    is_unclear,
)
from feature_extractor.diagnostics import Span
from feature_extractor.diagnostics.suggestions import did_you_mean, enumerate_words
from feature_extractor.registry import (
    LambdaPattern,
    ListPattern,
    MapPattern,
    Operator,
    Parameter,
    Registry,
    ResourcePattern,
    ScalarPattern,
    Signature,
)
from feature_extractor.syntax import tree
from feature_extractor.types import (
    FLOAT,
    ErrorType,
    ListType,
    NullType,
    ScalarType,
    StructType,
    Type,
)


@dataclass(slots=True)
class Given:
    """An argument as it was given: a value, or a lambda whose parameter's type is not known yet."""

    span: Span
    value: Expression | None = None
    lambda_: tree.LambdaExpression | None = None
    name: tree.Identifier | None = None


LARGEST_VECTOR = 65_536
"""The most numbers that a vector may have; the core refuses a plan with more."""

LambdaChecker = Callable[[tree.LambdaExpression, Type], TypedLambda | None]
"""Checks a lambda for an element type; None where it has a mistake, which is then reported already."""


@dataclass(slots=True)
class _Chosen:
    """An overload that fits, with the argument (or arguments) of each parameter."""

    operator: Operator
    overload: int
    fit: Fit
    slots: list[list[int]]
    lambdas: dict[int, TypedLambda]
    takes: list[_Takes] | None = None
    """What each parameter takes; worked out when the first such call is built."""


@dataclass(slots=True)
class _Takes:
    """What one parameter of an overload that was chosen takes.

    ``default`` is the value of an argument that was left out.
    """

    parameter: Parameter
    positions: list[int]
    wanted: Type | None
    is_constant: bool
    default: Expression | None = None


@dataclass(slots=True)
class _Failure:
    """Why an overload does not fit; ``progress`` counts the arguments before the one that fails."""

    operator: Operator
    signature: Signature
    argument: int
    message: str
    progress: int
    counting: bool = False


class CallChecker:
    """Turns operators with arguments into typed calls."""

    def __init__(self, registry: Registry, interner: Interner, reporter: Reporter) -> None:
        self.registry = registry
        self.interner = interner
        self.reporter = reporter
        self._cache: dict[tuple[Any, ...], tuple[_Chosen, Type, tuple[Any, ...]]] = {}
        # Types are looked up by identity; this keeps them alive, so that an identity stays unique.
        self._alive: list[Type] = []

    # ---- one call --------------------------------------------------------------------------------

    def call(
        self,
        operators: Sequence[Operator],
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        check_lambda: LambdaChecker,
    ) -> Expression:
        """Return the typed call; on a mistake report it and return an error expression.

        ``shown`` is what the user wrote for the operator, such as ``+`` or ``clip``.
        """
        if operators[0].role == "hash_arguments":
            given = self._hashed(given, span, operator_span, check_lambda)
        values = [argument.value for argument in given]
        if any(value is not None and isinstance(value.type, ErrorType) for value in values):
            return self.interner.error(span)
        if shown in ("==", "!=") and any(
            value is not None and isinstance(value.type, NullType) for value in values
        ):
            self.reporter.report(
                "FX121",
                f"`{shown}` with `null` is null, whatever the other side",
                span,
                help=f"write `.{'is_null' if shown == '==' else 'is_not_null'}()`",
            )
            return self.interner.error(span)
        key: tuple[Any, ...] | None = None
        if None not in values:
            parts: list[Any] = [operators[0].name]
            for argument in given:
                assert argument.value is not None
                parts.append(id(argument.value.type))
                parts.append(isinstance(argument.value, Literal))
                parts.append(argument.name.text if argument.name else None)
            key = tuple(parts)
            found = self._cache.get(key)
            if found is not None:
                return self._build(found[0], found[1], found[2], given, span)
        chosen = self._choose(operators, shown, given, span, operator_span, check_lambda)
        if chosen is None:
            return self.interner.error(span)
        signature = chosen.operator.overloads[chosen.overload].signature
        sizing = signature.sizing_parameter
        if sizing is not None:
            size = self._constant_size(chosen, sizing, given, span)
            if size is None:
                return self.interner.error(span)
            chosen.fit.sizes[sizing] = size
            key = None  # The type depends on the constant's value.
        bindings = chosen.fit.bindings()
        unclear = [
            name for name, type_ in bindings if isinstance(type_, Type) and is_unclear(type_)
        ]
        result = self._result_type(chosen, signature, given)
        if unclear or is_unclear(result):
            self._report_unclear(given, shown, span)
            return self.interner.error(span)
        if key is not None:
            self._alive.extend(value.type for value in values if value is not None)
            self._cache[key] = (chosen, result, bindings)
        return self._build(chosen, result, bindings, given, span)

    def _constant_size(
        self, chosen: _Chosen, name: str, given: list[Given], span: Span
    ) -> int | None:
        """Return the size of a vector that a constant says: an int, or the length of a list.

        None where it is no such constant; this was reported.
        """
        signature = chosen.operator.overloads[chosen.overload].signature
        for parameter, positions in zip(signature.parameters, chosen.slots, strict=True):
            if parameter.name != name:
                continue
            value: Expression | None = None
            place = span
            if positions:
                value, place = given[positions[0]].value, given[positions[0]].span
            size: Constant = parameter.default
            if positions:
                size = value.value if isinstance(value, Literal) else None
            size = len(size) if isinstance(size, tuple) else size
            if isinstance(size, int) and 1 <= size <= LARGEST_VECTOR:
                return size
            written = isinstance(value, Literal) and value.value is not None
            self.reporter.report(
                "FX109" if written else "FX108",
                f"`{name}` of `{chosen.operator.name}` gives the size of a vector: from 1 to {LARGEST_VECTOR:,}"
                if written
                else f"`{name}` of `{chosen.operator.name}` gives the size of a vector and must be written out",
                place,
                help="write a literal; a `let` of one will do",
            )
        return None

    def _hashed(
        self, given: list[Given], span: Span, operator_span: Span, check_lambda: LambdaChecker
    ) -> list[Given]:
        """Return the arguments hashed, and made lists where one of them is a list.

        docs/design/0002 describes the rule.
        """

        def applied(role: str, argument: Given) -> Given:
            operators = self.registry.by_role(role)
            name = operators[0].name
            alone = [replace(argument, name=None)]
            value = self.call(operators, name, alone, argument.span, operator_span, check_lambda)
            return replace(argument, value=value)

        def is_list(argument: Given) -> bool:
            return argument.value is not None and isinstance(argument.value.type, ListType)

        any_list = any(map(is_list, given))
        hashed = []
        for argument in given:
            if argument.value is None or isinstance(argument.value.type, ErrorType):
                hashed.append(argument)
                continue
            one = applied("hash", argument)
            hashed.append(applied("to_list", one) if any_list and not is_list(argument) else one)
        return hashed

    def _report_unclear(self, given: list[Given], shown: str, span: Span) -> None:
        for argument in given:
            if argument.value is not None and is_unclear(argument.value.type):
                what = "`null`" if isinstance(argument.value.type, NullType) else "`[]`"
                self.reporter.report(
                    "FX111",
                    f"the type of {what} is not clear here",
                    argument.span,
                    help=f"nothing else in this use of `{shown}` says which type is meant",
                )
                return
        self.reporter.report("FX111", f"the type of this `{shown}` is not clear", span)

    def _result_type(self, chosen: _Chosen, signature: Signature, given: list[Given]) -> Type:
        result = chosen.fit.instantiate(signature.result)
        nullable = signature.result.nullable
        for parameter, positions in zip(signature.parameters, chosen.slots, strict=True):
            flags = []
            for position in positions:
                value = given[position].value
                flags.append(value is not None and value.type.nullable)
            if not any(flags):
                continue
            if not parameter.pattern.nullable:
                nullable = True
            elif parameter.name in chosen.operator.nulls:
                # Of several alternatives, such as those of a coalesce, one that is never null is
                # enough.
                nullable = nullable or (all(flags) if parameter.variadic else True)
        return result.with_nullable(nullable)

    def _build(
        self,
        chosen: _Chosen,
        result: Type,
        bindings: tuple[tuple[str, Type | int], ...],
        given: list[Given],
        span: Span,
    ) -> Expression:
        if chosen.takes is None:
            chosen.takes = self._takes(chosen, span)
        arguments: list[Expression] = []
        faulty = False
        for takes in chosen.takes:
            if takes.default is not None:
                arguments.append(takes.default)
                continue
            for position in takes.positions:
                argument = given[position]
                value = argument.value
                if value is None:
                    arguments.append(self._lambda(chosen, takes.parameter, position))
                    continue
                if takes.wanted is not None and takes.wanted is not value.type:
                    value = self.adapt(value, takes.wanted, argument.span)
                if takes.is_constant and not self._constant(
                    chosen, takes.parameter, value, argument.span
                ):
                    faulty = True
                arguments.append(value)
        if faulty:
            return self.interner.error(span)
        return self.interner.call(
            result, chosen.operator.name, chosen.overload, bindings, tuple(arguments), span
        )

    def _takes(self, chosen: _Chosen, span: Span) -> list[_Takes]:
        signature = chosen.operator.overloads[chosen.overload].signature
        result: list[_Takes] = []
        for parameter, positions in zip(signature.parameters, chosen.slots, strict=True):
            pattern = parameter.pattern
            if not positions:
                default = self._default(chosen, parameter, span)
                result.append(_Takes(parameter, positions, None, False, default))
                continue
            is_resource = isinstance(pattern, ResourcePattern)
            as_it_is = is_resource or isinstance(pattern, LambdaPattern)
            wanted = None if as_it_is else chosen.fit.instantiate(pattern)
            is_zone = isinstance(pattern, ResourcePattern) and pattern.kind == "zone"
            constant = parameter.constant or is_zone
            result.append(_Takes(parameter, positions, wanted, constant))
        return result

    def _lambda(self, chosen: _Chosen, parameter: Parameter, position: int) -> Expression:
        typed = chosen.lambdas[position]
        pattern = parameter.pattern
        assert isinstance(pattern, LambdaPattern)
        wanted = chosen.fit.instantiate(pattern.result, False)
        body = self.adapt(typed.body, wanted, self.interner.span(typed.body))
        return self.interner.lambda_(typed.variable, body, self.interner.span(typed))

    def _default(self, chosen: _Chosen, parameter: Parameter, span: Span) -> Expression:
        type_ = chosen.fit.instantiate(parameter.pattern)
        value: Constant = parameter.default
        if value is None:
            type_ = type_.with_nullable(True)
        elif is_float(type_) and isinstance(value, int):
            value = float(value)
        elif isinstance(type_, ScalarType) and type_.name == "bytes" and isinstance(value, str):
            value = value.encode()
        elif isinstance(type_, ListType) and is_float(type_.element) and isinstance(value, tuple):
            value = tuple(float(v) if isinstance(v, int) else v for v in value)
        return self.interner.literal(type_, value, span)

    # ---- conversion ------------------------------------------------------------------------------

    def adapt(self, value: Expression, wanted: Type, span: Span) -> Expression:
        """Return the value as the wanted type: literals are retyped, an int is made a float.

        The types are known to fit, up to nullability.
        """
        type_ = value.type
        if type_ is wanted or isinstance(type_, ErrorType):
            return value
        if isinstance(type_, ScalarType) and isinstance(wanted, ScalarType):
            if type_.name == "int" and wanted.name == "float":
                return self.to_float(value, span)
            return value
        if isinstance(value, Literal):
            if value.value is None:
                return self.interner.literal(wanted.with_nullable(True), None, span)
            if isinstance(value.value, tuple) and isinstance(wanted, ListType):
                return self._adapt_list(value, wanted, span)
            return value
        if isinstance(value, Struct) and isinstance(wanted, StructType):
            assert isinstance(type_, StructType)
            if [n for n, _ in type_.fields] != [n for n, _ in wanted.fields]:
                return value
            parts = tuple(
                self.adapt(part, target, span)
                for part, (_, target) in zip(value.values, wanted.fields, strict=True)
            )
            if parts == value.values:
                return value
            fields = tuple(
                (name, part.type) for (name, _), part in zip(type_.fields, parts, strict=True)
            )
            return self.interner.struct(StructType(type_.nullable, fields), parts, span)
        return value

    def _adapt_list(self, value: Literal, wanted: ListType, span: Span) -> Expression:
        assert isinstance(value.type, ListType) and isinstance(value.value, tuple)
        has = value.type.element
        if is_int(has) and is_float(wanted.element):
            items = tuple(None if item is None else _as_float(item) for item in value.value)
            element: Type = FLOAT.with_nullable(has.nullable)
            return self.interner.literal(ListType(False, element), items, span)
        if is_unclear(has):
            nullable = bool(value.value) or wanted.element.nullable
            element = wanted.element.with_nullable(nullable)
            return self.interner.literal(ListType(False, element), value.value, span)
        return value

    def to_float(self, value: Expression, span: Span) -> Expression:
        """Return an int as a float: a literal at once, anything else by the operator for it."""
        if isinstance(value, Literal):
            number = None if value.value is None else _as_float(value.value)
            return self.interner.literal(FLOAT.with_nullable(value.type.nullable), number, span)
        for operator in self.registry.by_syntax("to_float"):
            for index, overload in enumerate(operator.overloads):
                first = overload.signature.parameters[0].pattern
                if isinstance(first, ScalarPattern) and first.name == "int":
                    result = FLOAT.with_nullable(value.type.nullable)
                    arguments: list[Expression] = [value]
                    for parameter in overload.signature.parameters[1:]:
                        fit = Fit(overload.signature)
                        type_ = fit.instantiate(parameter.pattern)
                        arguments.append(self.interner.literal(type_, parameter.default, span))
                    return self.interner.call(
                        result, operator.name, index, (), tuple(arguments), span
                    )
        self.reporter.report("FX103", "no operator converts an int to a float", span)
        return self.interner.error(span)

    # ---- choice ----------------------------------------------------------------------------------

    def _choose(
        self,
        operators: Sequence[Operator],
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        check_lambda: LambdaChecker,
    ) -> _Chosen | None:
        best: _Chosen | None = None
        failures: list[_Failure] = []
        bodies: dict[tuple[int, Type], TypedLambda | None] = {}
        for operator in operators:
            for index, overload in enumerate(operator.overloads):
                signature = overload.signature
                outcome = self._try(operator, index, signature, given, bodies, check_lambda)
                if outcome is None:
                    return None
                if isinstance(outcome, _Failure):
                    failures.append(outcome)
                elif best is None or outcome.fit.cost < best.fit.cost:
                    best = outcome
                    if outcome.fit.cost == 0:
                        return best
        if best is None:
            self._report_failure(operators, shown, given, span, operator_span, failures)
        return best

    def _try(
        self,
        operator: Operator,
        index: int,
        signature: Signature,
        given: list[Given],
        bodies: dict[tuple[int, Type], TypedLambda | None],
        check_lambda: LambdaChecker,
    ) -> _Chosen | _Failure | None:
        """Try an overload; None means that a lambda has a mistake, which is then the only one to
        tell.
        """

        def failure(argument: int, message: str, progress: int, counting: bool = False) -> _Failure:
            return _Failure(operator, signature, argument, message, progress, counting)

        slots = _assign(signature, given)
        if isinstance(slots, tuple):
            return failure(slots[0], slots[1], -1, True)
        fit = Fit(signature)
        lambdas: dict[int, TypedLambda] = {}
        progress = 0
        late: list[tuple[Parameter, int]] = []
        try:
            previous_table = False
            for parameter, positions in zip(signature.parameters, slots, strict=True):
                pattern = parameter.pattern
                for position in positions:
                    argument = given[position]
                    if isinstance(pattern, LambdaPattern):
                        if argument.lambda_ is None:
                            return failure(
                                position, "expected a lambda, such as `x -> ...`", progress
                            )
                        late.append((parameter, position))
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
            for parameter, position in late:
                pattern = parameter.pattern
                assert isinstance(pattern, LambdaPattern)
                element = fit.instantiate(pattern.argument, False)
                lambda_ = given[position].lambda_
                assert lambda_ is not None
                if is_unclear(element):
                    return failure(position, "the list's element type is not clear", progress)
                key = (position, element)
                if key not in bodies:
                    bodies[key] = check_lambda(lambda_, element)
                typed = bodies[key]
                if typed is None:
                    return None
                fit.body(pattern.result, typed.body.type, position)
                lambdas[position] = typed
                progress += 1
            fit.finish()
        except Mismatch as mismatch:
            return failure(mismatch.argument, mismatch.message, progress)
        return _Chosen(operator, index, fit, slots, lambdas)

    # ---- messages --------------------------------------------------------------------------------

    def _report_failure(
        self,
        operators: Sequence[Operator],
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        failures: list[_Failure],
    ) -> None:
        typed = [failure for failure in failures if not failure.counting]
        if not typed:
            self._report_counting(shown, given, operator_span, failures)
            return
        nearest = max(typed, key=lambda failure: failure.progress)
        place = operator_span
        if 0 <= nearest.argument < len(given):
            place = given[nearest.argument].span
        candidates = [failure.signature.show(failure.operator.name) for failure in failures]
        types = ", ".join(
            f"`{argument.value.type}`" if argument.value is not None else "a lambda"
            for argument in given
        )
        notes: tuple[str, ...] = ()
        if len(candidates) > 1:
            message = f"no form of `{shown}` takes {types}"
            more = len(candidates) - 6
            notes = tuple(f"candidate: {text}" for text in candidates[:6])
            if more > 0:
                notes += (f"and {more} more candidates",)
        else:
            message = f"`{shown}` does not take {types}"
            notes = (f"its form is: {candidates[0]}",)
        self.reporter.report(
            "FX106",
            message,
            place,
            caption=nearest.message,
            notes=notes,
            help=self._advice(nearest, given, shown),
        )

    def _advice(self, failure: _Failure, given: list[Given], shown: str) -> str:
        types = {
            argument.value.type.name
            for argument in given
            if argument.value is not None and isinstance(argument.value.type, ScalarType)
        }
        if shown == "+" and "string" in types:
            return "texts are put together by `concat(a, b)`, a number by `x.to_string()` first"
        if shown in ("+", "-") and types & {"timestamp", "duration"} and types & {"int", "float"}:
            return "a duration has a unit, such as `30d` or `1h30m`; a number makes one by `x * 1s`"
        if not 0 <= failure.argument < len(given):
            return ""
        value = given[failure.argument].value
        if value is not None and isinstance(value.type, ListType) and "`" in failure.message[:12]:
            return "for the elements of a list write `.map(x -> ...)`"
        return ""

    def _report_counting(
        self, shown: str, given: list[Given], operator_span: Span, failures: list[_Failure]
    ) -> None:
        first = failures[0]
        named = [failure for failure in failures if failure.argument >= 0]
        place = operator_span
        if len(named) == len(failures):
            place = given[first.argument].span
            name = given[first.argument].name
            if name is not None:
                place = name.span
        parameters = [p.name for f in failures for p in f.signature.parameters]
        advice = ""
        if first.argument >= 0 and given[first.argument].name is not None:
            name = given[first.argument].name
            assert name is not None
            advice = did_you_mean(name.text, parameters)
        self.reporter.report(
            "FX107",
            f"`{shown}`: {first.message}",
            place,
            caption=advice,
            notes=tuple(
                f"its form is: {failure.signature.show(failure.operator.name)}"
                for failure in failures[:6]
            ),
        )

    def _constant(
        self, chosen: _Chosen, parameter: Parameter, value: Expression, span: Span
    ) -> bool:
        """Check a constant parameter: that it is constant, and one of the allowed values."""
        name = chosen.operator.name
        if not self.interner.is_constant(value):
            self.reporter.report(
                "FX108",
                f"`{parameter.name}` of `{name}` must be a constant",
                span,
                caption="this is only known when the program runs",
                help="write a literal, or operators over literals; a `let` of those will do",
            )
            return False
        if isinstance(value, Literal) and value.value is None and not parameter.pattern.nullable:
            self.reporter.report("FX109", f"`{parameter.name}` of `{name}` cannot be null", span)
            return False
        return not isinstance(value, Literal) or self._in_range(parameter, name, value, span)

    def _in_range(self, parameter: Parameter, name: str, value: Literal, span: Span) -> bool:
        items = value.value if isinstance(value.value, tuple) else (value.value,)
        for item in items:
            if parameter.words and item not in parameter.words:
                words = enumerate_words(f'`"{word}"`' for word in parameter.words)
                self.reporter.report(
                    "FX109",
                    f"`{parameter.name}` of `{name}` is one of {words}",
                    span,
                    caption=did_you_mean(item, parameter.words) if isinstance(item, str) else "",
                )
                return False
            if not isinstance(item, int | float) or isinstance(item, bool):
                continue
            low, high = parameter.low, parameter.high
            if (low is not None and item < low) or (high is not None and item > high):
                unit = "us" if "duration" in str(value.type) else ""
                if high is None:
                    wanted = f"at least {low}{unit}"
                elif low is None:
                    wanted = f"at most {high}{unit}"
                else:
                    wanted = f"from {low}{unit} to {high}{unit}"
                self.reporter.report(
                    "FX109",
                    f"`{parameter.name}` of `{name}` must be {wanted}, not {item}{unit}",
                    span,
                )
                return False
        return True


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


def _as_float(value: Constant) -> float:
    assert isinstance(value, int)
    return float(value)


def container_first(operator: Operator) -> bool:
    """Return whether an operator takes its list or map first, as in ``contains(xs, x)`` for ``x in
    xs``.
    """
    first = operator.overloads[0].signature.parameters[0].pattern
    return isinstance(first, ListPattern | MapPattern)
