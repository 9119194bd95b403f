"""Numbers the keys by which candidates meet a list of the request several times, so that each is looked up once.

``history.count(e -> e.item == item)`` is a look-up per candidate. A program that asks the same history by the same key
in four windows, and for means and last times too, would have as many look-ups, each with a table of keys. Instead each
element gets the place where its key first stands in the list, and the candidate the place of its value, both once:

    keys      = history.map(e -> e.item)
    place(e)  = keys.index_of(e.item)
    at        = place_of(keys, item), -1 if it is not there

and all comparisons become ``place(e) == at``, of small numbers that need no table. This is the one join of a query
planner that has grouped a table by its key, but costs no more where there are few candidates. It is done on the typed
tree, before the predicates become joins (rewrite.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from feature_extractor.check.typed import (
    Call,
    Collect,
    ElementValue,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Struct,
    children,
    with_children,
)
from feature_extractor.plan.dependencies import Dependencies, Dependency
from feature_extractor.plan.operators import Operators
from feature_extractor.plan.templates import NoTemplate, Templates
from feature_extractor.types import INT, ListType, ScalarType

FEWEST_LOOKUPS: Final = 3
"""For fewer of them, numbering is as much work as it saves."""

_KEYS = "xs.map(k)"
_PLACE = "index_of(keys, k)"
_AT = "place_of(keys, outer)"
_SAME = "place == at"


@dataclass(eq=False)
class _Comparison:
    """A condition ``key == outer`` on the elements of a list that were taken from ``base``."""

    condition: Call
    base: Expression
    variable: LambdaVariable
    key: Expression
    outer: Expression


@dataclass(eq=False)
class _Group:
    """The comparisons of one key of one list with one value of the candidate."""

    comparisons: list[_Comparison] = field(default_factory=list)
    lookups: set[int] = field(default_factory=set)


class KeyNumbering:
    """Rewrites the features of a program together, since what they share decides."""

    def __init__(self, operators: Operators, dependencies: Dependencies) -> None:
        self._operators = operators
        self._dependencies = dependencies
        self._templates = Templates(operators)
        self._equalities = operators.names_with_syntax("==")
        self._and = operators.with_syntax("and")
        self._numbers: dict[tuple[object, ...], int] = {}
        self._numbered: dict[Expression, int] = {}
        self._collecting: dict[Expression, bool] = {}
        self._done: dict[Expression, Expression] = {}
        self.places: list[Expression] = []
        """The places of candidates' values that were put in; nothing in them is rewritten yet."""

    def rewrite(self, values: list[Expression]) -> list[Expression]:
        """Return the values with comparisons of numbers where they pay."""
        groups: dict[tuple[int, ...], _Group] = {}
        for call in self._calls(values):
            comparison = self._comparison(call)
            if comparison is None:
                continue
            key = Lambda(comparison.key.type, call.place, comparison.variable, comparison.key)
            name = tuple(
                self._number(part, {}) for part in (comparison.base, key, comparison.outer)
            )
            group = groups.setdefault(name, _Group())
            group.comparisons.append(comparison)
            group.lookups.add(self._number(call, {}))
        chosen = [group for group in groups.values() if len(group.lookups) >= FEWEST_LOOKUPS]
        for group in chosen:
            try:
                self._done |= self._compared_by_place(group)
            except NoTemplate:
                continue
        return [self._rewritten(value) for value in values] if self._done else values

    def _calls(self, roots: Iterable[Expression]) -> Iterator[Call]:
        """Yield the calls that may be look-ups by key, each once."""
        seen: set[Expression] = set()
        pending = list(reversed(list(roots)))
        while pending:
            expression = pending.pop()
            if expression in seen or "candidate" not in self._dependencies.of(expression):
                continue
            seen.add(expression)
            if isinstance(expression, Call) and self._operators[expression.operator].equi_join:
                yield expression
            pending.extend(reversed(children(expression)))

    def _comparison(self, call: Call) -> _Comparison | None:
        """Return the one comparison of a call that the planner can make a look-up in a list of the request."""
        functions = [a for a in call.arguments if isinstance(a, Lambda)]
        lists = [a for a in call.arguments if a not in functions and isinstance(a.type, ListType)]
        if len(functions) != 1 or len(lists) != 1:
            return None
        (function,), base = functions, self._base(lists[0])
        found = self._dependencies.of(base)
        if not found <= {"request", "resource"} or "request" not in found or self._collects(base):
            return None
        compared = None
        for condition in self._conditions(function.body):
            if "candidate" not in self._dependencies.of(condition):
                continue
            one = self._compared(condition, function.variable, base)
            if one is None or compared is not None:
                return None
            compared = one
        return compared

    def _compared(
        self, condition: Expression, variable: LambdaVariable, base: Expression
    ) -> _Comparison | None:
        if not isinstance(condition, Call) or condition.operator not in self._equalities:
            return None
        for key, outer in (condition.arguments, tuple(reversed(condition.arguments))):
            of_key, of_outer = self._dependencies.of(key), self._dependencies.of(outer)
            if (
                variable in of_key
                and of_key <= {variable, "request", "resource"}
                and _is_closed(of_outer)
                and isinstance(key.type, ScalarType)
                and key.type.with_nullable(False) == outer.type.with_nullable(False)
                and not self._collects(key)
                and not self._collects(outer)
            ):
                return _Comparison(condition, base, variable, key, outer)
        return None

    def _conditions(self, expression: Expression) -> Iterator[Expression]:
        if isinstance(expression, Call) and self._and and expression.operator == self._and.name:
            for argument in expression.arguments:
                yield from self._conditions(argument)
        else:
            yield expression

    def _base(self, values: Expression) -> Expression:
        """Return the list that some elements were taken from."""
        while isinstance(values, Call):
            overload = self._operators[values.operator].overloads[values.overload]
            if overload.shape not in ("selection", "span"):
                break
            first = next((a for a in values.arguments if not isinstance(a, Lambda)), None)
            if first is None or first.type.with_nullable(False) != values.type.with_nullable(False):
                break
            values = first
        return values

    def _collects(self, expression: Expression) -> bool:
        """Whether a list of candidates is read, which is known only when they are."""
        known = self._collecting.get(expression)
        if known is None:
            known = isinstance(expression, Collect) or any(
                map(self._collects, children(expression))
            )
            self._collecting[expression] = known
        return known

    def _number(self, expression: Expression, depths: dict[LambdaVariable, int]) -> int:
        """Return a number that expressions of one form share, however their lambdas name the elements."""
        closed = _is_closed(self._dependencies.of(expression))
        if closed and expression in self._numbered:
            return self._numbered[expression]
        form: tuple[object, ...]
        match expression:
            case LambdaVariable():
                depth = depths.get(expression)
                form = ("free", id(expression)) if depth is None else ("bound", len(depths) - depth)
            case Lambda():
                inner = {**depths, expression.variable: len(depths)}
                form = ("lambda", self._number(expression.body, inner))
            case Literal():
                form = ("literal", str(expression.type), repr(expression.value))
            case InputReference():
                form = ("input", expression.domain, expression.name)
            case ResourceReference():
                form = ("resource", expression.name)
            case _:
                parts = tuple(self._number(part, depths) for part in children(expression))
                match expression:
                    case Call():
                        form = (
                            expression.operator,
                            expression.overload,
                            expression.bindings,
                            parts,
                        )
                    case Field():
                        form = ("field", expression.name, parts)
                    case Struct():
                        form = ("struct", str(expression.type), parts)
                    case _:
                        form = (type(expression).__name__, parts)
        number = self._numbers.setdefault(form, len(self._numbers))
        if closed:
            self._numbered[expression] = number
        return number

    def _compared_by_place(self, group: _Group) -> dict[Expression, Expression]:
        """Return for each comparison of a group the one that takes its place."""
        make = self._templates.instantiate
        first = group.comparisons[0]
        origin = first.condition
        keyed = Lambda(first.key.type, origin.place, first.variable, first.key)
        keys = make(_KEYS, {"xs": first.base, "k": keyed}, origin)
        place = make(_PLACE, {"keys": keys, "k": first.key}, origin)
        placed = Lambda(place.type, origin.place, first.variable, place)
        places = make(_KEYS, {"xs": first.base, "k": placed}, origin)
        at = make(_AT, {"keys": keys, "outer": first.outer}, origin)
        self.places.append(at)
        found: dict[Expression, Expression] = {}
        for one in group.comparisons:
            of_element = ElementValue(INT.with_nullable(True), one.key.place, one.variable, places)
            found[one.condition] = make(_SAME, {"place": of_element, "at": at}, one.condition)
        return found

    def _rewritten(self, expression: Expression) -> Expression:
        known = self._done.get(expression)
        if known is None:
            parts = children(expression)
            new = tuple(map(self._rewritten, parts))
            # Expressions are equal only if they are the same.
            known = expression if new == parts else with_children(expression, new)
            self._done[expression] = known
        return known


def _is_closed(found: frozenset[Dependency]) -> bool:
    return not any(isinstance(item, LambdaVariable) for item in found)
