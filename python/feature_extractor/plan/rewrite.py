"""Rewrites predicates over a list that compare its elements with an outer value into joins.

``history.count(e -> e.movie == movie)`` would go through a request's whole history for each
candidate. The operator says in the registry which probe gives the same answer (docs/design/0002);
this is where it is put in place, on the typed tree, before anything is lowered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from feature_extractor.check.typed import (
    Call,
    Collect,
    Constant,
    Expression,
    Field,
    Lambda,
    LambdaVariable,
    Literal,
    Struct,
)
from feature_extractor.plan.dependencies import Dependencies, Dependency
from feature_extractor.plan.operators import Operator, Operators, matches, substitute
from feature_extractor.types import BOOL, FLOAT, INT, STRING, ListType, Type

_SPLIT = "filter(xs, p)"
_TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|\d[\w.]*|\w+|\?\?|[=!<>]=|//|\*\*|[^\s\w])')
_LEVELS = (
    ("??",),
    ("or",),
    ("and",),
    ("==", "!=", "<", "<=", ">", ">=", "in"),
    ("+", "-"),
    ("*", "/"),
)
_NEGATION = 3
"""``not`` binds more tightly than ``and``, less so than a comparison."""


class _NoRewrite(Exception):
    """A template does not fit the types at hand; the predicate stays as it is."""


class JoinRewriter:
    """Rewrites expressions, each once."""

    def __init__(self, operators: Operators, dependencies: Dependencies) -> None:
        self.operators = operators
        self.dependencies = dependencies
        self._done: dict[Expression, Expression] = {}
        self._runs_over: dict[LambdaVariable, Call] = {}

    def rewrite(self, expression: Expression) -> Expression:
        """Return the expression with all joins put in place."""
        known = self._done.get(expression)
        if known is None:
            known = self._done[expression] = self._rewrite(expression)
        return known

    def _rewrite(self, expression: Expression) -> Expression:
        if isinstance(expression, Call):
            for argument in expression.arguments:
                if isinstance(argument, Lambda):
                    # Which list it is does not matter here: all of them are outside of the lambda.
                    self._runs_over[argument.variable] = expression
            arguments = tuple(map(self.rewrite, expression.arguments))
            # Expressions are equal only if they are the same.
            if arguments != expression.arguments:
                expression = replace(expression, arguments=arguments)
            return self._join(expression)
        if isinstance(expression, Lambda):
            body = self.rewrite(expression.body)
            return (
                expression
                if body is expression.body
                else replace(expression, body=body, type=body.type)
            )
        if isinstance(expression, Field):
            base = self.rewrite(expression.base)
            return expression if base is expression.base else replace(expression, base=base)
        if isinstance(expression, Struct):
            values = tuple(map(self.rewrite, expression.values))
            return expression if values == expression.values else replace(expression, values=values)
        if isinstance(expression, Collect):
            value = self.rewrite(expression.value)
            return expression if value is expression.value else replace(expression, value=value)
        return expression

    def _closure(self, found: frozenset[Dependency]) -> frozenset[Dependency]:
        """Return the domains in which something that reads ``found`` lives."""
        result: set[Dependency] = set()
        for item in found:
            if isinstance(item, LambdaVariable):
                result.add(item)
                for argument in self._runs_over[item].arguments:
                    if not isinstance(argument, Lambda):
                        result |= self._closure(self.dependencies.of(argument))
            elif item == "candidate":
                result |= {"request", "candidate"}
            elif item == "request":
                result.add(item)
        return frozenset(result)

    def _join(self, call: Call) -> Expression:
        operator = self.operators[call.operator]
        if not (operator.equi_join or operator.membership_join):
            return call
        signature = operator.overloads[call.overload].signature
        lambdas = [(i, a) for i, a in enumerate(call.arguments) if isinstance(a, Lambda)]
        lists = [i for i, p in enumerate(signature.parameters) if p.pattern.kind == "list"]
        if len(lambdas) != 1 or len(lists) != 1:
            return call
        position, function = lambdas[0]
        over = call.arguments[lists[0]]
        inside = self._closure(self.dependencies.of(over)) | {function.variable}
        conjuncts = self._conjuncts(function.body)
        joins = [
            (found, conjunct)
            for conjunct in conjuncts
            if (found := self._join_of(conjunct, function.variable, inside, operator)) is not None
        ]
        if len(joins) != 1:
            return call
        (template, key, outer), joined = joins[0]
        rest = [conjunct for conjunct in conjuncts if conjunct is not joined]
        if not all(self._closure(self.dependencies.of(conjunct)) <= inside for conjunct in rest):
            return call
        try:
            if rest:
                predicate = self._conjunction(rest)
                kept = Lambda(predicate.type, predicate.site, function.variable, predicate)
                over = self._instantiate(_SPLIT, {"xs": over, "p": kept}, call)
            names: dict[str, Expression] = {
                signature.parameter(i).name: argument
                for i, argument in enumerate(call.arguments)
                if i != position
            }
            names[signature.parameters[lists[0]].name] = over
            names["outer"] = outer
            names["k"] = Lambda(key.type, key.site, function.variable, key)
            result = self._instantiate(template, names, call)
        except _NoRewrite:
            return call
        return replace(result, type=call.type)

    def _conjuncts(self, expression: Expression) -> list[Expression]:
        conjunction = self.operators.with_syntax("and")
        if isinstance(expression, Call) and conjunction and expression.operator == conjunction.name:
            return [part for argument in expression.arguments for part in self._conjuncts(argument)]
        return [expression]

    def _conjunction(self, parts: list[Expression]) -> Expression:
        result = parts[0]
        for part in parts[1:]:
            operator = self.operators.with_syntax("and")
            assert operator is not None
            result = self._call(operator, [result, part], result)
        return result

    def _join_of(
        self,
        conjunct: Expression,
        variable: LambdaVariable,
        inside: frozenset[Dependency],
        operator: Operator,
    ) -> tuple[str, Expression, Expression] | None:
        """Return template, key and outer value if the conjunct can be joined."""
        if not isinstance(conjunct, Call) or len(conjunct.arguments) != 2:
            return None
        first, second = conjunct.arguments
        equalities = self.operators.names_with_syntax("==")
        memberships = self.operators.names_with_syntax("in")
        if operator.equi_join and conjunct.operator in equalities:
            sides = [(first, second), (second, first)]
            template = operator.equi_join
        elif operator.membership_join and conjunct.operator in memberships:
            sides = [(first, second) if isinstance(second.type, ListType) else (second, first)]
            template = operator.membership_join
        else:
            return None
        for key, outer in sides:
            key_reads = self._closure(self.dependencies.of(key))
            outer_reads = self._closure(self.dependencies.of(outer))
            own = variable in key_reads and key_reads <= inside
            if own and variable not in outer_reads and not outer_reads <= inside:
                return template, key, outer
        return None

    # Templates.

    def _instantiate(
        self, template: str, names: Mapping[str, Expression], call: Call
    ) -> Expression:
        return self._expression(_parsed(template), names, call)

    def _expression(self, node: _Node, names: Mapping[str, Expression], origin: Call) -> Expression:
        """Return what a template's node stands for, at the place of the call that it rewrites."""
        if node.kind == "word":
            named = names.get(node.text)
            return named if named is not None else _literal(node.text, origin)
        find = self.operators.get if node.kind == "call" else self.operators.with_syntax
        operator = find(node.text)
        if operator is None:
            raise _NoRewrite
        parts = [self._expression(part, names, origin) for part in node.parts]
        return self._call(operator, parts, origin)

    def _call(
        self, operator: Operator, arguments: list[Expression], origin: Expression
    ) -> Expression:
        """Return a call of the first overload that takes these arguments."""
        for index, overload in enumerate(operator.overloads):
            signature = overload.signature
            parameters = signature.parameters
            given = list(arguments)
            for parameter in parameters[len(given) :]:
                default = substitute(parameter.pattern, {})
                if not parameter.optional or default is None:
                    break
                given.append(Literal(default, origin.site, parameter.default))
            variadic = bool(parameters) and parameters[-1].variadic
            if len(given) != len(parameters) and not (variadic and len(given) > len(parameters)):
                continue
            found: dict[str, Type | int] = {}
            fits = True
            for i, argument in enumerate(given):
                pattern = signature.parameter(i).pattern
                if pattern.kind == "lambda":
                    pattern = pattern.parts[1]
                fits = fits and matches(pattern, argument.type, signature.variables, found)
            result = substitute(signature.result, found) if fits else None
            if result is None:
                continue
            storage_known = not overload.looked_at or all(
                name in found for name in overload.looked_at
            )
            if storage_known:
                return Call(
                    result, origin.site, operator.name, index, tuple(found.items()), tuple(given)
                )
        raise _NoRewrite


@dataclass(frozen=True, slots=True)
class _Node:
    """A part of a template: a ``word`` (name or literal), a ``call``, or an operator's ``syntax``."""

    kind: str
    text: str
    parts: tuple[_Node, ...] = ()


@cache
def _parsed(template: str) -> _Node:
    return _TemplateReader(template).read()


class _TemplateReader:
    """Reads a one-line template in the language.

    Calls, method calls, comparisons, literals and names.
    """

    def __init__(self, template: str) -> None:
        self.tokens = [match.group(1) for match in _TOKEN.finditer(template)]
        self.at = 0

    def read(self) -> _Node:
        result = self.binary(0)
        if self.at != len(self.tokens):
            raise _NoRewrite
        return result

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def take(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def binary(self, level: int) -> _Node:
        if level == len(_LEVELS):
            return self.postfix()
        if level == _NEGATION and self.take("not"):
            return _Node("syntax", "not", (self.binary(level),))
        left = self.binary(level + 1)
        while self.peek() in _LEVELS[level]:
            left = _Node("syntax", self.next(), (left, self.binary(level + 1)))
        return left

    def postfix(self) -> _Node:
        result = self.primary()
        while self.take("."):
            result = _Node("call", self.next(), (result, *self.arguments()))
        return result

    def primary(self) -> _Node:
        token = self.next()
        if token == "(":
            inner = self.binary(0)
            if not self.take(")"):
                raise _NoRewrite
            return inner
        if self.peek() == "(":
            return _Node("call", token, tuple(self.arguments()))
        return _Node("word", token)

    def arguments(self) -> list[_Node]:
        found: list[_Node] = []
        if not self.take("("):
            raise _NoRewrite
        while not self.take(")"):
            if self.at >= len(self.tokens):
                raise _NoRewrite
            found.append(self.binary(0))
            self.take(",")
        return found


def _literal(text: str, origin: Expression) -> Literal:
    value: Constant
    if text in ("true", "false"):
        return Literal(BOOL, origin.site, text == "true")
    if text.startswith('"'):
        return Literal(STRING, origin.site, text[1:-1])
    try:
        value = int(text)
        return Literal(INT, origin.site, value)
    except ValueError:
        pass
    try:
        return Literal(FLOAT, origin.site, float(text))
    except ValueError:
        raise _NoRewrite from None
