"""What the place at a cursor asks for, so that what fits can be proposed first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from feature_extractor.check.calls import container_first
from feature_extractor.check.fits import FITS
from feature_extractor.check.fits import PREFIX as FIT_PREFIX
from feature_extractor.check.scopes import LetSymbol
from feature_extractor.check.unification import Fit, Mismatch
from feature_extractor.language_server.unfinished import Unfinished
from feature_extractor.registry import (
    LambdaPattern,
    Operator,
    Parameter,
    ResourcePattern,
    ScalarPattern,
    Signature,
)
from feature_extractor.syntax import tree
from feature_extractor.types import (
    BOOL,
    FLOAT,
    INT,
    SCALARS,
    STRING,
    ErrorType,
    ListType,
    MapType,
    NullType,
    StructType,
    Type,
    VectorType,
    VocabularyType,
)

FITS_WELL: Final = 0
FITS_SOMEHOW: Final = 1
UNKNOWN: Final = 2
DOES_NOT_FIT: Final = 3

Judge = Callable[[Type], int]
"""Says how well a value of a type fits: one of the four constants above."""


@dataclass
class Expectation:
    """What a place asks for. ``words`` are the strings that a constant may be; ``domain`` is where it should live."""

    judge: Judge
    words: tuple[str, ...] = ()
    is_lambda: bool = False
    wants_candidate: bool = False
    parameters: dict[str, Parameter | None] = field(default_factory=dict)
    """The parameters of the call around the cursor that can be given by name here."""
    _known: dict[Type, int] = field(default_factory=dict)

    def rank(self, type_: Type | None) -> int:
        """Return how well a value fits."""
        if type_ is None or isinstance(type_, ErrorType | NullType):
            return UNKNOWN
        known = self._known.get(type_)
        if known is None:
            known = self._known[type_] = self.judge(type_)
        return known


def nothing_expected(type_: Type) -> int:
    """Judge where any value will do."""
    return UNKNOWN


def expected_at(unfinished: Unfinished) -> Expectation:
    """Return what the place at the cursor asks for."""
    path = unfinished.path
    found = _expected(unfinished, path, len(path) - 1) if path else None
    return found or Expectation(nothing_expected)


def one_of(*wanted: Type) -> Judge:
    """Judge by types: an int may stand for a float, and a null needs a default first."""

    def judge(type_: Type) -> int:
        best = DOES_NOT_FIT
        for target in wanted:
            if type_.with_nullable(False) == target.with_nullable(False):
                best = min(
                    best, FITS_SOMEHOW if type_.nullable and not target.nullable else FITS_WELL
                )
            elif type_.with_nullable(False) == INT and target.with_nullable(False) == FLOAT:
                best = min(best, FITS_SOMEHOW)
        return best

    return judge


def _expected(unfinished: Unfinished, path: Sequence[tree.Node], at: int) -> Expectation | None:
    """Return what a place asks of the node at a position of a path."""
    if at < 1:
        return None
    node, parent = path[at], path[at - 1]
    match parent:
        case tree.Parenthesised():
            return _expected(unfinished, path, at - 1)
        case tree.Argument():
            return _argument(unfinished, path, at - 1)
        case tree.Call() if parent.receiver is not node:
            return None
        case tree.Binary():
            left = parent.left is node
            return _syntax(
                unfinished, parent.operator, [parent.left, parent.right], 0 if left else 1
            )
        case tree.Unary():
            syntax = "unary -" if parent.operator == "-" else parent.operator
            return _syntax(unfinished, syntax, [parent.operand], 0)
        case tree.Index() if parent.index is node:
            return _syntax(unfinished, "[]", [parent.base, parent.index], 1)
        case tree.Conditional():
            if parent.condition is node:
                return Expectation(one_of(BOOL))
            other = parent.alternative if parent.consequence is node else parent.consequence
            type_ = unfinished.inspection.type_of(other)
            if type_ is not None:
                return Expectation(one_of(type_, type_.with_nullable(True)))
            return _expected(unfinished, path, at - 1)
        case tree.ListLiteral():
            for item in parent.items:
                type_ = unfinished.inspection.type_of(item) if item is not node else None
                if type_ is not None:
                    return Expectation(one_of(type_))
            outer = _expected(unfinished, path, at - 1)
            if outer is not None:
                return Expectation(lambda type_: outer.rank(ListType(element=type_)))
        case tree.LambdaExpression() if parent.body is node:
            return _body(unfinished, path, at - 1)
        case tree.FeatureDeclaration() if parent.value is node:
            return Expectation(_of_kind(parent.kind.name.text))
        case _:
            pass
    return None


def _of_kind(kind: str) -> Judge:
    numbers = one_of(BOOL, INT, FLOAT)
    ids = one_of(ListType(element=INT))
    pairs = StructType(fields=(("id", INT), ("weight", FLOAT)))

    def dense(type_: Type) -> int:
        if isinstance(type_, VectorType):
            return FITS_SOMEHOW if type_.nullable else FITS_WELL
        return numbers(type_)

    judges: dict[str, Judge] = {
        "dense": dense,
        "label": dense,
        "id": one_of(INT),
        "ids": ids,
        "weighted": one_of(ListType(element=pairs), MapType(key=INT, value=FLOAT)),
        "text": one_of(STRING),
    }
    return judges.get(kind, nothing_expected)


# ---- arguments of calls --------------------------------------------------------------------------


@dataclass(frozen=True)
class CallSite:
    """A call with the argument that is asked about: ``given`` are its arguments, the receiver of a method first."""

    operators: tuple[Operator, ...]
    given: tuple[tuple[str | None, tree.Expression], ...]
    position: int


def operators_of(unfinished: Unfinished, call: tree.Call) -> tuple[tuple[Operator, ...], bool]:
    """Return the operators that a call may mean, and whether its receiver is the first argument."""
    scope = unfinished.inspection.scope
    registry = unfinished.inspection.registry
    receiver = call.receiver
    if isinstance(receiver, tree.Name) and receiver.text in registry.plugins:
        found = registry.find(f"{receiver.text}.{call.name.text}")
        if found is not None and receiver.text not in scope.names:
            return (found,), False
    if isinstance(scope.names.get(call.name.text), LetSymbol):
        return (), receiver is not None
    operator = registry.find(call.name.text)
    return ((operator,) if operator is not None else ()), receiver is not None


def _argument(unfinished: Unfinished, path: Sequence[tree.Node], at: int) -> Expectation | None:
    argument, owner = path[at], path[at - 1] if at else None
    assert isinstance(argument, tree.Argument)
    match owner:
        case tree.Call():
            return _call_argument(unfinished, owner, argument)
        case tree.Kind():
            wants_size = argument.name is None and owner.arguments.index(argument) == 0
            return Expectation(_size if wants_size else one_of(INT))
        case tree.ResourceDeclaration():
            return _fit_argument(owner, argument)
        case _:
            return None


def _size(type_: Type) -> int:
    if isinstance(type_, VocabularyType):
        return FITS_WELL
    return FITS_SOMEHOW if type_ == INT else DOES_NOT_FIT


def _fit_argument(owner: tree.ResourceDeclaration, argument: tree.Argument) -> Expectation | None:
    parameters = FITS.get(owner.constructor.text.removeprefix(FIT_PREFIX))
    if parameters is None:
        return None
    name = argument.name.text if argument.name is not None else parameters[0].name
    given = {a.name.text for a in owner.arguments if a.name is not None}
    free: dict[str, Parameter | None] = {
        p.name: None for p in parameters[1:] if p.name not in given
    }
    for parameter in parameters:
        if parameter.name == name and parameter.types:
            wanted = [SCALARS[scalar] for scalar in parameter.types]
            lists = [ListType(element=scalar) for scalar in wanted] if parameter.lists else []
            judge = one_of(*(t.with_nullable(True) for t in (*wanted, *lists)))
            return Expectation(judge, parameters=free)
    return Expectation(nothing_expected, parameters=free)


def _call_argument(
    unfinished: Unfinished, call: tree.Call, argument: tree.Argument
) -> Expectation | None:
    operators, is_method = operators_of(unfinished, call)
    given: list[tuple[str | None, tree.Expression]] = []
    if is_method and call.receiver is not None:
        given.append((None, call.receiver))
    position = len(given) + call.arguments.index(argument)
    given += [(a.name.text if a.name is not None else None, a.value) for a in call.arguments]
    if not operators:
        return _function_argument(unfinished, call, argument, position)
    return _of_call(unfinished, CallSite(operators, tuple(given), position), can_name=argument)


def _function_argument(
    unfinished: Unfinished, call: tree.Call, argument: tree.Argument, position: int
) -> Expectation | None:
    symbol = unfinished.inspection.scope.names.get(call.name.text)
    if call.name.text == "collect" and symbol is None:
        return Expectation(nothing_expected, wants_candidate=True)
    if not isinstance(symbol, LetSymbol):
        return None
    given = {a.name.text for a in call.arguments if a.name is not None}
    names = [p.name.text for p in symbol.declaration.parameters or ()]
    free: dict[str, Parameter | None] = {n: None for n in names[position:] if n not in given}
    return Expectation(nothing_expected, parameters=free if argument.name is None else {})


def _syntax(
    unfinished: Unfinished, syntax: str, parts: list[tree.Expression], position: int
) -> Expectation | None:
    registry = unfinished.inspection.registry
    operators = registry.by_syntax("in" if syntax == "not in" else syntax)
    if not operators:
        return None
    if syntax in ("in", "not in") and container_first(operators[0]):
        parts, position = parts[::-1], 1 - position
    given = tuple((None, part) for part in parts)
    return _of_call(unfinished, CallSite(operators, given, position))


def fitting(
    unfinished: Unfinished, site: CallSite
) -> list[tuple[Operator, Signature, Parameter, Callable[[], Fit]]]:
    """Return the forms that the other arguments leave, with the parameter of the one that is asked about.

    The last of each is a function that returns the form with the other arguments fitted into it.
    """
    result: list[tuple[Operator, Signature, Parameter, Callable[[], Fit]]] = []
    for operator in site.operators:
        for overload in operator.overloads:
            signature = overload.signature
            parameter = _parameter_of(signature, site.given, site.position)
            if parameter is None:
                continue

            def fit(signature: Signature = signature) -> Fit:
                made = Fit(signature)
                for index, (_, value) in enumerate(site.given):
                    other = _parameter_of(signature, site.given, index)
                    type_ = unfinished.inspection.type_of(value)
                    if index == site.position or other is None or type_ is None:
                        continue
                    if not isinstance(other.pattern, LambdaPattern):
                        literal = isinstance(value, tree.ListLiteral | tree.Literal)
                        made.argument(other.pattern, type_, index, literal)
                return made

            try:
                fit().finish()
            except Mismatch:
                continue
            result.append((operator, signature, parameter, fit))
    return result


def _parameter_of(
    signature: Signature, given: Sequence[tuple[str | None, tree.Expression]], position: int
) -> Parameter | None:
    name = given[position][0]
    parameters = signature.parameters
    if name is not None:
        return next((p for p in parameters if p.name == name), None)
    if position < len(parameters):
        return parameters[position]
    return parameters[-1] if parameters and parameters[-1].variadic else None


def _of_call(
    unfinished: Unfinished, site: CallSite, can_name: tree.Argument | None = None
) -> Expectation | None:
    forms = fitting(unfinished, site)
    if not forms:
        return None
    words: dict[str, None] = {}
    free: dict[str, Parameter | None] = {}
    given = {name for name, _ in site.given if name is not None}
    for _, signature, parameter, _ in forms:
        words.update(dict.fromkeys(parameter.words))
        if isinstance(parameter.pattern, ResourcePattern) and parameter.pattern.kind == "zone":
            words.update(dict.fromkeys(_zones()))
        if can_name is not None and can_name.name is None:
            for other in signature.parameters[site.position :]:
                if other.name not in given:
                    free.setdefault(other.name, other)

    def judge(type_: Type) -> int:
        best = DOES_NOT_FIT
        for _, _, parameter, fit in forms:
            if isinstance(parameter.pattern, LambdaPattern):
                continue
            made = fit()
            before = made.cost
            try:
                made.argument(parameter.pattern, type_, site.position, False)
                made.finish()
            except Mismatch:
                continue
            fine = made.cost == before and (not parameter.constant or _is_resource(parameter))
            best = min(best, FITS_WELL if fine else FITS_SOMEHOW)
        return best

    is_lambda = any(isinstance(parameter.pattern, LambdaPattern) for _, _, parameter, _ in forms)
    return Expectation(judge, tuple(words), is_lambda, parameters=free)


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _is_resource(parameter: Parameter) -> bool:
    return isinstance(parameter.pattern, ResourcePattern)


def _body(unfinished: Unfinished, path: Sequence[tree.Node], at: int) -> Expectation | None:
    """Return what is asked of the body of a lambda, such as a bool of a condition."""
    if at < 2 or not isinstance(path[at - 1], tree.Argument):
        return None
    argument, call = path[at - 1], path[at - 2]
    if not isinstance(call, tree.Call) or not isinstance(argument, tree.Argument):
        return None
    operators, is_method = operators_of(unfinished, call)
    position = call.arguments.index(argument) + (1 if is_method else 0)
    wanted: list[Type] = []
    for operator in operators:
        for overload in operator.overloads:
            parameters = overload.signature.parameters
            if position < len(parameters):
                pattern = parameters[position].pattern
                if isinstance(pattern, LambdaPattern) and isinstance(pattern.result, ScalarPattern):
                    wanted.append(SCALARS[pattern.result.name])
    return Expectation(one_of(*(type_.with_nullable(True) for type_ in wanted))) if wanted else None
