"""One-line templates in the language, which operators give for what the planner puts in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from feature_extractor.check.typed import Call, Constant, Expression, Literal
from feature_extractor.plan.operators import Operator, Operators, matches, substitute
from feature_extractor.types import BOOL, FLOAT, INT, STRING, Type

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


class NoTemplate(Exception):
    """A template does not fit the types at hand; the expression stays as it is."""


class Templates:
    """Makes expressions of templates."""

    def __init__(self, operators: Operators) -> None:
        self.operators = operators

    def instantiate(
        self, template: str, names: Mapping[str, Expression], call: Expression
    ) -> Expression:
        """Return the expression of a template at the place of ``call``; raises NoTemplate."""
        return self._expression(_parsed(template), names, call)

    def _expression(
        self, node: _Node, names: Mapping[str, Expression], origin: Expression
    ) -> Expression:
        """Return what a template's node stands for, at the place of the call that it rewrites."""
        if node.kind == "word":
            named = names.get(node.text)
            return named if named is not None else _literal(node.text, origin)
        find = self.operators.get if node.kind == "call" else self.operators.with_syntax
        operator = find(node.text)
        if operator is None:
            raise NoTemplate
        parts = [self._expression(part, names, origin) for part in node.parts]
        return self.call(operator, parts, origin)

    def call(
        self, operator: Operator, arguments: list[Expression], origin: Expression
    ) -> Expression:
        """Return a call of the first overload that takes these arguments; raises NoTemplate."""
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
        raise NoTemplate


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
            raise NoTemplate
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
                raise NoTemplate
            return inner
        if self.peek() == "(":
            return _Node("call", token, tuple(self.arguments()))
        return _Node("word", token)

    def arguments(self) -> list[_Node]:
        found: list[_Node] = []
        if not self.take("("):
            raise NoTemplate
        while not self.take(")"):
            if self.at >= len(self.tokens):
                raise NoTemplate
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
        raise NoTemplate from None
