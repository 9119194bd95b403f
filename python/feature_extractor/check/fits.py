"""Checks resources that are fitted to data: `resource prices = fit.moments(price)`.

docs/design/0010-fit.md tells why they are as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import xxhash

from feature_extractor.check.expressions import ExpressionChecker
from feature_extractor.check.fingerprint import Fingerprints
from feature_extractor.check.generated import parsed_scope
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import Environment, Scope, ValueSymbol
from feature_extractor.check.typed import Expression, Literal, Site, site_of
from feature_extractor.check.unification import is_int
from feature_extractor.diagnostics import Span
from feature_extractor.diagnostics.suggestions import closest, enumerate_words
from feature_extractor.syntax import tree
from feature_extractor.types import ErrorType, ListType, ScalarType, Type

PREFIX: Final = "fit."
LARGEST_TABLE: Final = 10_000_000
"""Entries of a fitted vocabulary or table."""
MOST_BUCKETS: Final = 10_000
MOST_FOLDS: Final = 20
FOLD_SEED: Final = 7_919
"""The seed by which keys are dealt out to folds.

It differs from the default seed, so that folds do not go along with the hash buckets of the same key.
"""

_NUMBERS: Final = ("int", "float")
_KEYS: Final = ("int", "string", "timestamp", "duration")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a fit: an expression that is computed on the data, or a constant.

    ``types`` are the names of the scalar types that an expression may have; ``lists`` says whether a list of them may
    be given too. A constant lies between ``low`` and ``high``; its type is that of ``low``.
    """

    name: str
    types: tuple[str, ...] = ()
    lists: bool = False
    low: float = 0
    high: float = 0
    default: Any = None
    required: bool = False
    many: bool = False


def _value(types: tuple[str, ...]) -> Parameter:
    return Parameter("value", types, lists=True, required=True)


FITS: Final[dict[str, tuple[Parameter, ...]]] = {
    "moments": (_value(_NUMBERS), Parameter("ddof", low=0, high=1, default=0)),
    "quantiles": (
        _value(_NUMBERS),
        Parameter("buckets", low=2, high=MOST_BUCKETS),
        Parameter("at", low=0.0, high=1.0, many=True),
    ),
    "vocabulary": (
        _value(("string", "int")),
        Parameter("minimum_count", low=1, high=2**62, default=1),
        Parameter("maximum_size", low=1, high=LARGEST_TABLE, default=1_000_000),
        Parameter("oov", low=1, high=2**31 - 1, default=0),
    ),
    "counts": (
        _value(_KEYS),
        Parameter("minimum_count", low=1, high=2**62, default=1),
        Parameter("maximum_size", low=1, high=LARGEST_TABLE, default=1_000_000),
    ),
    "target_mean": (
        _value(_KEYS),
        Parameter("target", ("int", "float", "bool"), required=True),
        Parameter("prior_weight", low=0.0, high=1e15, default=20.0),
        Parameter("fold_key", ("int", "string", "timestamp", "duration", "bool", "bytes")),
        Parameter("folds", low=2, high=MOST_FOLDS),
    ),
}
"""Every fit, by the name behind ``fit.``, with its parameters."""

FORMS: Final = {
    "moments": "fit.moments(price)",
    "quantiles": "fit.quantiles(price, buckets = 20)",
    "vocabulary": "fit.vocabulary(title.lower().tokenize(), minimum_count = 5)",
    "counts": "fit.counts(product)",
    "target_mean": "fit.target_mean(category, target = clicked, fold_key = user)",
}


@dataclass(frozen=True)
class FitRequest:
    """A resource that is fitted to data: what is computed, and with which parameters.

    ``expressions`` has the values by role: ``value``, ``target`` and ``fold``. ``of`` is the call as it was
    written, and ``fingerprint`` identifies what it means.
    """

    name: str
    fit: str
    of: str
    site: Site
    expressions: dict[str, Expression]
    parameters: dict[str, Any]
    fingerprint: str

    @property
    def value_type(self) -> ScalarType:
        """The type of a single value, also where the expression gives lists."""
        return scalar_of(self.expressions["value"].type)


def scalar_of(type_: Type) -> ScalarType:
    """Return a scalar type, or that of the elements of a list."""
    inner = type_.element if isinstance(type_, ListType) else type_
    assert isinstance(inner, ScalarType)
    return inner


@dataclass
class _Given:
    values: dict[str, Any] = field(default_factory=dict)
    faulty: bool = False


class FitReader:
    """Turns declarations such as ``fit.moments(price)`` into requests, once the names of the file are known."""

    def __init__(
        self,
        expressions: ExpressionChecker,
        reporter: Reporter,
        resource: Callable[[str], str],
    ) -> None:
        self._expressions = expressions
        self._reporter = reporter
        self._fingerprints = Fingerprints(resource)

    def read(self, node: tree.ResourceDeclaration, scope: Scope) -> FitRequest | None:
        """Return the request, or None where it has a mistake, which is reported."""
        fit = node.constructor.text.removeprefix(PREFIX)
        parameters = FITS.get(fit)
        if parameters is None:
            meant = closest(fit, FITS)
            self._reporter.report(
                "FX160",
                f"there is no fit `{fit}`",
                node.constructor.span,
                caption=f"did you mean `{PREFIX}{meant}`?" if meant else "",
                help=""
                if meant
                else f"there are {enumerate_words((f'`{PREFIX}{name}`' for name in FITS), 'and')}",
            )
            return None
        if node.types:
            self._report(fit, "a fitted resource has no type parameters", node.types[0].span)
            return None
        given = self._given(fit, parameters, node, scope)
        if given.faulty:
            return None
        expressions = {
            parameter.name: given.values[parameter.name]
            for parameter in parameters
            if parameter.types and parameter.name in given.values
        }
        constants = {
            parameter.name: given.values.get(parameter.name, parameter.default)
            for parameter in parameters
            if not parameter.types
        }
        if not self._fits(fit, node, expressions, constants):
            return None
        if fit == "target_mean":
            fold = self._fold(expressions.pop("fold_key", None), constants["folds"])
            if fold is not None:
                expressions["fold"] = fold
        listing = [fit]
        listing += [f"{role}={self._fingerprints.of(value)}" for role, value in expressions.items()]
        listing += [f"{name}={value!r}" for name, value in constants.items()]
        return FitRequest(
            name=node.name.text,
            fit=fit,
            of=" ".join(_call_text(node).split()),
            site=site_of(node.name.span),
            expressions=expressions,
            parameters=constants,
            fingerprint=str(xxhash.xxh3_128_hexdigest("\0".join(listing).encode())),
        )

    # ---- arguments -------------------------------------------------------------------------------

    def _given(
        self,
        fit: str,
        parameters: tuple[Parameter, ...],
        node: tree.ResourceDeclaration,
        scope: Scope,
    ) -> _Given:
        given = _Given()
        environment = Environment(scope, {})
        by_name = {parameter.name: parameter for parameter in parameters}
        for position, argument in enumerate(node.arguments):
            if argument.name is None and position == 0:
                parameter: Parameter | None = parameters[0]
            else:
                parameter = by_name.get(argument.name.text) if argument.name else None
            if parameter is None or parameter.name in given.values:
                self._unknown(fit, by_name, argument, parameter is not None)
                given.faulty = True
                continue
            read = self._expression if parameter.types else self._constant
            value = read(fit, parameter, argument, environment)
            given.faulty = given.faulty or value is None
            given.values[parameter.name] = value
        for parameter in parameters:
            if parameter.required and parameter.name not in given.values and not given.faulty:
                what = "what is fitted" if parameter.name == "value" else f"`{parameter.name}`"
                self._report(fit, f"`{PREFIX}{fit}` lacks {what}", node.span)
                given.faulty = True
        return given

    def _unknown(
        self, fit: str, known: Mapping[str, Parameter], argument: tree.Argument, twice: bool
    ) -> None:
        if argument.name is None:
            self._report(fit, "this argument needs a name", argument.span)
        elif twice:
            self._report(fit, f"`{argument.name.text}` is given twice", argument.name.span)
        else:
            meant = closest(argument.name.text, known)
            self._reporter.report(
                "FX160",
                f"`{PREFIX}{fit}` has no parameter `{argument.name.text}`",
                argument.name.span,
                caption=f"did you mean `{meant}`?" if meant else "",
                help=f"its parameters are {enumerate_words((f'`{p}`' for p in known), 'and')}",
            )

    def _expression(
        self, fit: str, parameter: Parameter, argument: tree.Argument, environment: Environment
    ) -> Expression | None:
        value = self._expressions.value(argument.value, environment)
        type_ = value.type
        if isinstance(type_, ErrorType):
            return None
        inner = type_.element if parameter.lists and isinstance(type_, ListType) else type_
        if isinstance(inner, ScalarType) and inner.name in parameter.types:
            return value
        wanted = enumerate_words((f"`{name}`" for name in parameter.types), "or")
        lists = ", or a list of them" if parameter.lists else ""
        self._reporter.report(
            "FX110",
            f"`{PREFIX}{fit}` takes values of type {wanted} here{lists}",
            argument.value.span,
            caption=f"this is `{type_}`",
        )
        return None

    def _constant(
        self, fit: str, parameter: Parameter, argument: tree.Argument, environment: Environment
    ) -> Any:
        value = self._expressions.value(argument.value, environment)
        if isinstance(value.type, ErrorType):
            return None
        constant = value.value if isinstance(value, Literal) else None
        if parameter.many:
            items = constant if isinstance(constant, tuple) else ()
            numbers = [_number(parameter, item) for item in items]
            if numbers and None not in numbers:
                return tuple(numbers)
            wanted = f"a list of constants from {parameter.low:g} to {parameter.high:g}"
        else:
            is_whole = isinstance(parameter.low, int)
            number = _number(parameter, constant)
            if number is not None and (not is_whole or is_int(value.type)):
                return number
            what = "an integer constant" if is_whole else "a constant number"
            wanted = f"{what} from {parameter.low:g} to {parameter.high:g}"
        self._report(fit, f"`{parameter.name}` must be {wanted}", argument.value.span)
        return None

    def _fits(
        self,
        fit: str,
        node: tree.ResourceDeclaration,
        expressions: dict[str, Expression],
        constants: dict[str, Any],
    ) -> bool:
        """Report parameters that do not go together, and return whether all do."""
        if fit == "quantiles" and (constants["buckets"] is None) == (constants["at"] is None):
            self._report(fit, "give either `buckets` or `at`", node.constructor.span)
            return False
        if fit == "target_mean":
            if constants["folds"] is not None and "fold_key" not in expressions:
                self._report(fit, "`folds` needs a `fold_key`", node.constructor.span)
                return False
            if "fold_key" in expressions and constants["folds"] is None:
                constants["folds"] = 5
        return True

    def _fold(self, key: Expression | None, folds: int | None) -> Expression | None:
        """Return the fold that a row belongs to; a key that is null belongs to the first one."""
        if key is None:
            return None
        scope = parsed_scope(
            "fold", f"let fold = fold_key.hash_bucket({folds}, {FOLD_SEED}) ?? 0\n"
        )
        place = Span(scope.source, 0, 0)
        scope.names["fold_key"] = ValueSymbol("fold_key", key, place)
        name = tree.Name(place, "fold")
        return self._expressions.value(name, Environment(scope, {}))

    def _report(self, fit: str, message: str, span: Span) -> None:
        self._reporter.report("FX160", message, span, help=f"write for example `{FORMS[fit]}`")


def _number(parameter: Parameter, constant: Any) -> Any:
    if isinstance(constant, bool) or not isinstance(constant, int | float):
        return None
    if isinstance(parameter.low, float):
        constant = float(constant)
    elif not isinstance(constant, int):
        return None
    return constant if parameter.low <= constant <= parameter.high else None


def _call_text(node: tree.ResourceDeclaration) -> str:
    start = node.constructor.span.start
    return Span(node.span.source, start, node.span.end).text
