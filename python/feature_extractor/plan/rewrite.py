"""Rewrites predicates over a list that compare its elements with an outer value into joins.

``history.count(e -> e.movie == movie)`` would go through a request's whole history for each
candidate. The operator says in the registry which probe gives the same answer (docs/design/0002);
this is where it is put in place, on the typed tree, before anything is lowered.

A reduction of what such a filter keeps, ``history.filter(e -> e.movie == movie).sum(e -> e.paid)``, is one probe too:
then the elements of each key are reduced once per list, and none of them are copied for a candidate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from feature_extractor.check.typed import (
    Call,
    Expression,
    Field,
    Lambda,
    LambdaVariable,
    children,
    with_children,
)
from feature_extractor.plan.dependencies import Dependencies, Dependency
from feature_extractor.plan.operators import Operator, Operators
from feature_extractor.plan.templates import NoTemplate, Templates
from feature_extractor.types import ListType

_SPLIT = "filter(xs, p)"
_REDUCED = "xs.map(f)"
"""What the template of a reduction reads: the values of all elements, whatever their keys."""


class JoinRewriter:
    """Rewrites expressions, each once.

    ``places`` are the places that numbering gave to values of the candidate (numbering.py): they
    are null only where the list is.
    """

    def __init__(
        self,
        operators: Operators,
        dependencies: Dependencies,
        places: Iterable[Expression] = (),
    ) -> None:
        self.operators = operators
        self.dependencies = dependencies
        self._templates = Templates(operators)
        self._done: dict[Expression, Expression] = {}
        self._runs_over: dict[LambdaVariable, Call] = {}
        self._places = tuple(places)
        # Filters by place that became joins: the list, the key of its elements and the place.
        self._filtered: dict[Expression, tuple[Expression, Lambda, Expression]] = {}

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
        parts = children(expression)
        new = tuple(map(self.rewrite, parts))
        return expression if new == parts else with_children(expression, new)

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
        if _REDUCED in operator.equi_join:
            return self._reduction(call, operator)
        overload = operator.overloads[call.overload]
        signature = overload.signature
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
                over = self._templates.instantiate(_SPLIT, {"xs": over, "p": kept}, call)
            names: dict[str, Expression] = {
                signature.parameter(i).name: argument
                for i, argument in enumerate(call.arguments)
                if i != position
            }
            names[signature.parameters[lists[0]].name] = over
            names["outer"] = outer
            keyed = names["k"] = Lambda(key.type, key.site, function.variable, key)
            result = self._templates.instantiate(template, names, call)
        except NoTemplate:
            return call
        result = replace(result, type=call.type)
        if overload.shape == "selection" and self._is_place(outer):
            self._filtered[result] = (over, keyed, outer)
        return result

    def _is_place(self, outer: Expression) -> bool:
        return any(self._done.get(place) is outer for place in self._places)

    def _reduction(self, call: Call, operator: Operator) -> Expression:
        """Return the probe for a reduction of elements, or of a field of them, that a filter by place keeps.

        Only a place will do. The candidate's value itself may be null: then no element is kept, and the null that a
        reduction makes of none is counted, while a null that was given is not. What is more than a field is not
        computed for elements that nobody asks for.
        """
        kept, *rest = call.arguments
        if not rest and isinstance(kept, Call) and self._is_mapping(kept):
            kept, *rest = kept.arguments
        filtered = self._filtered.get(kept)
        if filtered is None or len(rest) > 1:
            return call
        over, key, outer = filtered
        function = (
            rest[0] if rest else Lambda(key.variable.type, call.site, key.variable, key.variable)
        )
        if not isinstance(function, Lambda) or not _is_field(function.body, function.variable):
            return call
        try:
            names = {"xs": over, "k": key, "f": function, "outer": outer}
            result = self._templates.instantiate(operator.equi_join, names, call)
        except NoTemplate:
            return call
        return replace(result, type=call.type)

    def _is_mapping(self, call: Call) -> bool:
        overload = self.operators[call.operator].overloads[call.overload]
        return overload.shape == "mapping" and len(call.arguments) == 2

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
            result = self._templates.call(operator, [result, part], result)
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


def _is_field(body: Expression, variable: LambdaVariable) -> bool:
    """Whether a lambda gives its element, or a field of it."""
    while isinstance(body, Field):
        body = body.base
    return body is variable
