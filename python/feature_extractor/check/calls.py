"""Turns operators with arguments into typed calls: converts the arguments, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from feature_extractor.check.interning import Interner
from feature_extractor.check.overloads import (
    Choice,
    Chosen,
    Failure,
    Given,
    LambdaBodies,
    LambdaChecker,
    choose,
    known_choices,
)
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.typed import Constant, Expression, Literal, Struct
from feature_extractor.check.typed import Lambda as TypedLambda
from feature_extractor.check.unification import Fit, is_float, is_int, is_unclear
from feature_extractor.diagnostics import Span
from feature_extractor.diagnostics.suggestions import did_you_mean, enumerate_words
from feature_extractor.registry import (
    ListPattern,
    MapPattern,
    Operator,
    Parameter,
    Registry,
    ResourcePattern,
    ScalarPattern,
)
from feature_extractor.time_zones import is_time_zone, time_zone_names
from feature_extractor.types import (
    FLOAT,
    ErrorType,
    ListType,
    NullType,
    ScalarType,
    StructType,
    Type,
)

LARGEST_VECTOR = 65_536
"""The most numbers that a vector may have; the core refuses a plan with more."""


class CallChecker:
    """Turns operators with arguments into typed calls."""

    def __init__(self, registry: Registry, interner: Interner, reporter: Reporter) -> None:
        self.registry = registry
        self.interner = interner
        self.reporter = reporter
        self._known = known_choices(registry)

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
        parts: list[Any] = [operators[0].name, len(operators)]
        for argument in given:
            value = argument.value
            name = None if argument.name is None else argument.name.text
            if value is None:
                parts += (None, name)
                continue
            type_ = value.type
            if isinstance(type_, ErrorType):
                return self.interner.error(span)
            parts += (type_.number, type(value) is Literal, name)
            if isinstance(type_, NullType) and shown in ("==", "!="):
                self.reporter.report(
                    "FX121",
                    f"`{shown}` with `null` is null, whatever the other side",
                    span,
                    help=f"write `.{'is_null' if shown == '==' else 'is_not_null'}()`",
                )
                return self.interner.error(span)
        key = tuple(parts)
        known = self._known.get(key)
        if type(known) is Choice:
            # So it is with most calls: they have no lambda, and one like them was met before.
            return self._build(known, given, None, span)
        bodies = LambdaBodies(given, check_lambda)
        choice = bodies.follow(self._known, key)
        if choice is None and not bodies.faulty:
            choice = self._settled(operators, shown, given, span, operator_span, bodies, key)
        if choice is None:
            return self.interner.error(span)
        return self._build(choice, given, bodies, span)

    def _settled(
        self,
        operators: Sequence[Operator],
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        bodies: LambdaBodies,
        key: Any,
    ) -> Choice | None:
        """Return the choice for a call of a kind that was not met yet; None where it has a mistake, now reported."""
        found = choose(operators, given, bodies)
        if isinstance(found, list):
            self._report_failure(operators, shown, given, span, operator_span, found)
        if found is None or isinstance(found, list):
            return None
        sizing = found.signature.sizing_parameter
        if sizing is not None:
            size = self._constant_size(found, sizing, given, span)
            if size is None:
                return None
            found.fit.sizes[sizing] = size
        choice = found.settle(given)
        types = [choice.result, *(type_ for _, type_ in choice.bindings)]
        if any(isinstance(type_, Type) and is_unclear(type_) for type_ in types):
            self._report_unclear(given, shown, span)
            return None
        if sizing is None:  # Else the type depends on the constant's value.
            bodies.remember(self._known, key, choice)
        return choice

    def _constant_size(
        self, chosen: Chosen, name: str, given: list[Given], span: Span
    ) -> int | None:
        """Return the size of a vector that a constant says: an int, or the length of a list.

        None where it is no such constant; this was reported.
        """
        signature = chosen.signature
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

    def _build(
        self, choice: Choice, given: list[Given], bodies: LambdaBodies | None, span: Span
    ) -> Expression:
        """Return the call; ``bodies`` has its lambdas, where it has any."""
        arguments: list[Expression] = []
        constants: list[Given] = []
        faulty = False
        for takes in choice.takes:
            if takes.default is not None:
                arguments.append(self.interner.literal(*takes.default, span))
                continue
            wanted = takes.wanted
            for position in takes.positions:
                argument = given[position]
                value = argument.value
                if value is None:
                    assert bodies is not None and wanted is not None and takes.element is not None
                    typed = bodies.over(position, takes.element)
                    assert typed is not None
                    arguments.append(self._lambda(typed, wanted))
                    continue
                if wanted is not None and wanted is not value.type:
                    value = self.adapt(value, wanted, argument.span)
                if takes.is_constant:
                    if takes.parameter.constant:
                        constants.append(argument)
                    if not self._constant(choice, takes.parameter, value, argument.span):
                        faulty = True
                arguments.append(value)
        if faulty:
            return self.interner.error(span)
        call = self.interner.call(
            choice.result,
            choice.operator.name,
            choice.overload,
            choice.bindings,
            tuple(arguments),
            span,
        )
        if constants and self.registry.trial is not None:
            reason = self.registry.trial(call)
            if reason:
                # Which one of several is to blame, only the reason says.
                place = constants[0].span if len(constants) == 1 else span
                name = choice.operator.name
                advice = f"`fx ops {name}` says what it takes"
                self.reporter.report("FX176", f"`{name}`: {reason}", place, help=advice)
                return self.interner.error(span)
        return call

    def _lambda(self, typed: TypedLambda, wanted: Type) -> Expression:
        body = self.adapt(typed.body, wanted, self.interner.span(typed.body))
        return self.interner.lambda_(typed.variable, body, self.interner.span(typed))

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

    # ---- messages --------------------------------------------------------------------------------

    def _report_failure(
        self,
        operators: Sequence[Operator],
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        failures: list[Failure],
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

    def _advice(self, failure: Failure, given: list[Given], shown: str) -> str:
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
        if shown == "count" and len(given) == 1:
            return "the number of all elements is `length()`"
        if value is not None and failure.message.startswith("expected `duration`"):
            return "a duration has a unit, such as `30s`, `15m` or `1d`; a number makes one by `x * 1s`"
        if value is not None and isinstance(value.type, ListType) and "`" in failure.message[:12]:
            return "for the elements of a list write `.map(x -> ...)`"
        return ""

    def _report_counting(
        self, shown: str, given: list[Given], operator_span: Span, failures: list[Failure]
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
        self, choice: Choice, parameter: Parameter, value: Expression, span: Span
    ) -> bool:
        """Check a constant parameter: that it is constant, and one of the allowed values."""
        name = choice.operator.name
        if isinstance(parameter.pattern, ResourcePattern):
            return self._time_zone(parameter, name, value, span)
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

    def _time_zone(self, parameter: Parameter, name: str, value: Expression, span: Span) -> bool:
        """Check that a zone is named by a literal, for its rules become part of the package, and is known."""
        if not isinstance(value, Literal) or not isinstance(value.value, str):
            self.reporter.report(
                "FX108",
                f"`{parameter.name}` of `{name}` is a time zone and must be written out",
                span,
                help='write a literal such as `"Europe/Berlin"`; a `let` of one will do',
            )
            return False
        if is_time_zone(value.value):
            return True
        self.reporter.report(
            "FX175",
            f"there is no time zone `{value.value}`",
            span,
            caption=did_you_mean(value.value, time_zone_names()),
            help="name a zone of the IANA database, such as `Europe/Berlin` or `Asia/Shanghai`",
        )
        return False

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


def _as_float(value: Constant) -> float:
    assert isinstance(value, int)
    return float(value)


def container_first(operator: Operator) -> bool:
    """Return whether an operator takes its list or map first, as in ``contains(xs, x)`` for ``x in
    xs``.
    """
    first = operator.overloads[0].signature.parameters[0].pattern
    return isinstance(first, ListPattern | MapPattern)
