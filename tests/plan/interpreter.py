"""A reference interpreter of the checked program: the second way to the same answer.

It walks the typed tree with plain Python values, one row at a time, and shares no idea with the
planner: there are no domains, no columns and no rewriting here. Values: None, bool, int, float,
str, bytes, a list, a list of pairs for a map, a dict for a struct, a tuple of floats for a vector.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feature_extractor.check.typed import (
    Call,
    CheckedProgram,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Struct,
)
from feature_extractor.plan.operators import Operators
from feature_extractor.types import MapType

from .semantics import Functions, apply

Variables = Mapping[LambdaVariable, Any]


class Interpreter:
    """Evaluates the features of a program for one request and one candidate.

    ``functions`` holds a Python function for each operator, see semantics.py. A function for a
    lambda's parameter gets the list of the lambda's results.
    """

    def __init__(
        self,
        program: CheckedProgram,
        operators: Operators,
        functions: Functions,
        resources: Mapping[str, Any] | None = None,
    ) -> None:
        self.program = program
        self.operators = operators
        self.functions = functions
        self.resources = resources or {}

    def feature(self, name: str, request: Mapping[str, Any], candidate: Mapping[str, Any]) -> Any:
        """Return the value of a feature before the conversion that its kind asks for."""
        feature = next(f for f in self.program.features if f.name == name)
        return self.value(feature.value, {"request": request, "candidate": candidate}, {})

    def value(self, expression: Expression, row: Mapping[str, Any], variables: Variables) -> Any:
        """Return the value of an expression."""
        match expression:
            case Literal():
                return (
                    list(expression.value)
                    if isinstance(expression.value, tuple)
                    else expression.value
                )
            case InputReference():
                return row[expression.domain][expression.name]
            case ResourceReference():
                return self.resources[expression.name]
            case LambdaVariable():
                return variables[expression]
            case Field():
                base = self.value(expression.base, row, variables)
                return None if base is None else base[expression.name]
            case Struct():
                fields = [name for name, _ in expression.type.fields]  # type: ignore[attr-defined]
                values = [self.value(value, row, variables) for value in expression.values]
                return dict(zip(fields, values, strict=True))
            case Call():
                return self.call(expression, row, variables)
        raise AssertionError(type(expression).__name__)

    def call(self, call: Call, row: Mapping[str, Any], variables: Variables) -> Any:
        """Return the value of a call."""
        over: Any = None
        arguments: list[Any] = []
        for argument in call.arguments:
            if isinstance(argument, Lambda):
                arguments.append(self.results(argument, over, row, variables))
                continue
            arguments.append(self.value(argument, row, variables))
            if over is None and isinstance(arguments[-1], list):
                over = arguments[-1]
                if isinstance(argument.type, MapType):
                    over = [value for _, value in over]
        overload = self.operators[call.operator].overloads[call.overload]
        if overload.shape == "mapping":
            return arguments[1]
        result = apply(self.operators, self.functions, call.operator, call.overload, arguments)
        if result is None:
            return None
        if overload.signature.result.kind == "row":
            return arguments[0].rows[result]
        source = arguments[0]
        if overload.shape == "selection":
            return [source[position] for position in result]
        if overload.shape == "span":
            return source[result[0] : result[0] + result[1]]
        if overload.shape == "element":
            return (
                source[result][1] if isinstance(call.arguments[0].type, MapType) else source[result]
            )
        return result

    def results(
        self, function: Lambda, over: list[Any] | None, row: Mapping[str, Any], variables: Variables
    ) -> list[Any] | None:
        """Return the lambda's value for each element."""
        if over is None:
            return None
        return [
            self.value(function.body, row, {**variables, function.variable: element})
            for element in over
        ]
