"""Checks a feature's kind: its parameters, and that the value fits."""

from __future__ import annotations

from typing import Final

from feature_extractor.check.expressions import ExpressionChecker
from feature_extractor.check.interning import Interner
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import Environment
from feature_extractor.check.typed import (
    Call,
    Expression,
    Feature,
    Field,
    InputReference,
    Literal,
    ResourceReference,
    Struct,
)
from feature_extractor.check.unification import is_unclear, join
from feature_extractor.diagnostics import Applicability, Edit, Fix, Label, Span
from feature_extractor.diagnostics.suggestions import closest, enumerate_words
from feature_extractor.syntax import tree
from feature_extractor.types import (
    FLOAT,
    INT,
    ErrorType,
    ListType,
    MapType,
    NullType,
    ScalarType,
    StructType,
    Type,
    VectorType,
    VocabularyType,
)

MAXIMUM_SIZE: Final = 2**62
"""The largest number of different ids of a feature."""

MAXIMUM_LENGTH: Final = 1_000_000
"""The largest ``max`` of a ragged feature."""

KIND_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "dense": ("default",),
    "label": ("default",),
    "text": ("default",),
    "id": ("size", "default"),
    "ids": ("size", "max"),
    "weighted": ("size", "max"),
}
"""The parameters of each kind, by its name."""

KIND_EXAMPLES: Final = {
    "dense": "dense",
    "label": "label",
    "text": "text",
    "id": "id(1000)",
    "ids": "ids(1000, max = 20)",
    "weighted": "weighted(1000, max = 20)",
}
"""How each kind is written."""

_DEFAULTS: Final = {
    "dense": "0.0",
    "label": "0.0",
    "text": '""',
    "id": "0",
    "ids": "[]",
    "weighted": "[]",
}
_WEIGHTED: Final = StructType(fields=(("id", INT), ("weight", FLOAT)))
_IDS: Final = ListType(element=INT)
_WEIGHTED_IDS: Final = ListType(element=_WEIGHTED)
_WEIGHTS: Final = MapType(key=INT, value=FLOAT)


class KindChecker:
    """Turns feature declarations into typed features."""

    def __init__(self, expressions: ExpressionChecker, reporter: Reporter) -> None:
        self._expressions = expressions
        self._interner = expressions.interner
        self._reporter = reporter

    def feature(
        self,
        node: tree.FeatureDeclaration,
        environment: Environment,
        owner: str,
    ) -> Feature | None:
        """Return the typed feature, or None where it has a mistake."""
        kind = node.kind.name.text
        parameters = self._parameters(node.kind)
        size = vocabulary = maximum = default = None
        fine = parameters is not None
        if parameters is not None:
            if "size" in KIND_PARAMETERS[kind]:
                found = self._size(node.kind, parameters.get("size"), environment)
                if found is None:
                    fine = False
                elif isinstance(found, str):
                    vocabulary = found
                else:
                    size = found
            if "max" in parameters:
                maximum = self._integer(parameters["max"], environment, 1, MAXIMUM_LENGTH, "max")
                fine = fine and maximum is not None
            if "default" in parameters:
                default = self._default(kind, parameters["default"], environment, size)
                fine = fine and default is not None
        value = self._expressions.value(node.value, environment)
        if isinstance(value.type, ErrorType) or parameters is None:
            return None
        fitted = self._fit(node, kind, value, environment)
        if fitted is None or not fine:
            return None
        return Feature(
            name=node.name.text,
            kind=kind,
            value=fitted,
            place=node.name.span,
            size=size,
            vocabulary=vocabulary,
            maximum=maximum,
            default=default,
            description=node.description.text if node.description else "",
            owner=owner,
        )

    # ---- parameters ------------------------------------------------------------------------------

    def _parameters(self, kind: tree.Kind) -> dict[str, tree.Expression] | None:
        """Return the parameters of a kind by name, or None where the kind or one of them is wrong."""
        name = kind.name.text
        known = KIND_PARAMETERS.get(name)
        if known is None:
            meant = closest(name, KIND_PARAMETERS)
            self._reporter.report(
                "FX130",
                f"unknown kind `{name}`",
                kind.name.span,
                caption=f"did you mean `{meant}`?" if meant else "",
                help=""
                if meant
                else f"the kinds are {enumerate_words(KIND_EXAMPLES.values(), 'and')}",
                fix=Fix(
                    f"replace with `{meant}`", (Edit(kind.name.span, meant),), Applicability.UNSAFE
                )
                if meant
                else None,
            )
            return None
        result: dict[str, tree.Expression] = {}
        for position, argument in enumerate(kind.arguments):
            if argument.name is not None:
                target = argument.name.text
                place = argument.name.span
            elif position == 0 and known[0] == "size":
                target = "size"
                place = argument.span
            else:
                target = ""
                place = argument.span
            if target not in known or target in result:
                self._wrong_parameter(kind, known, target, place, target in result)
                return None
            result[target] = argument.value
        return result

    def _wrong_parameter(
        self, kind: tree.Kind, known: tuple[str, ...], target: str, place: Span, twice: bool
    ) -> None:
        name = kind.name.text
        if twice:
            message = f"`{target}` is given twice"
        elif target:
            message = f"`{name}` has no parameter `{target}`"
        else:
            message = f"`{name}` does not take this"
        meant = closest(target, known) if target else None
        self._reporter.report(
            "FX132",
            message,
            place,
            caption=f"did you mean `{meant}`?" if meant else "",
            help=f"write for example `{KIND_EXAMPLES[name]}`; "
            f"its parameters are {enumerate_words((f'`{p}`' for p in known), 'and')}",
        )

    def _size(
        self, kind: tree.Kind, node: tree.Expression | None, environment: Environment
    ) -> int | str | None:
        name = kind.name.text
        if node is None:
            self._reporter.report(
                "FX132",
                f"`{name}` needs a size: how many different ids there are",
                kind.span,
                help=f"write for example `{KIND_EXAMPLES[name]}`, or the name of a vocabulary",
            )
            return None
        value = self._expressions.check(node, environment)
        if isinstance(value, ResourceReference) and isinstance(value.type, VocabularyType):
            return value.name
        return self._whole(value, node.span, 1, MAXIMUM_SIZE, "size")

    def _integer(
        self, node: tree.Expression, environment: Environment, low: int, high: int, name: str
    ) -> int | None:
        return self._whole(self._expressions.check(node, environment), node.span, low, high, name)

    def _whole(self, value: Expression, span: Span, low: int, high: int, name: str) -> int | None:
        if isinstance(value.type, ErrorType):
            return None
        number = value.value if isinstance(value, Literal) else None
        if not isinstance(number, int) or isinstance(number, bool) or value.type != INT:
            self._reporter.report(
                "FX132",
                f"`{name}` must be an integer constant",
                span,
                caption=f"this is `{value.type}`" if value.type != INT else "",
                help="write for example `1000` or `2 ** 20`"
                + (", or the name of a vocabulary" if name == "size" else ""),
            )
            return None
        if not low <= number <= high:
            self._reporter.report("FX132", f"`{name}` must be from {low} to {high}", span)
            return None
        return number

    def _default(
        self, kind: str, node: tree.Expression, environment: Environment, size: int | None
    ) -> float | int | str | None:
        value = self._expressions.value(node, environment)
        if isinstance(value.type, ErrorType):
            return None
        constant = value.value if isinstance(value, Literal) else None
        if kind == "text":
            if isinstance(constant, str):
                return constant
            wanted = "a string constant"
        elif kind == "id":
            if isinstance(constant, int) and value.type == INT:
                if constant < 0 or (size is not None and constant >= size):
                    self._reporter.report(
                        "FX132", "the default of an id must be a valid id", node.span
                    )
                    return None
                return constant
            wanted = "an integer constant"
        else:
            if isinstance(constant, int | float) and value.type in (INT, FLOAT):
                return float(constant)
            wanted = "a constant number"
        self._reporter.report("FX132", f"the default of `{kind}` must be {wanted}", node.span)
        return None

    # ---- the value -------------------------------------------------------------------------------

    def _fit(
        self,
        node: tree.FeatureDeclaration,
        kind: str,
        value: Expression,
        environment: Environment,
    ) -> Expression | None:
        """Return the value where it fits the kind; report it otherwise."""
        type_ = value.type
        if isinstance(type_, NullType):
            self._reporter.report("FX120", "this value is always null", node.value.span)
            return None
        wanted = ""
        advice = ""
        match kind:
            case "dense" | "label":
                fits = isinstance(type_, VectorType) or (
                    isinstance(type_, ScalarType) and type_.name in ("float", "int", "bool")
                )
                wanted = "a number, a bool or a vector"
                advice = "" if fits else _dense_advice(type_)
            case "id":
                fits = isinstance(type_, ScalarType) and type_.name == "int"
                wanted = "an int"
                advice = "" if fits else _id_advice(type_)
            case "ids":
                fits = join(type_, _IDS) is not None
                wanted = "a list of ints"
                if isinstance(type_, ScalarType) and type_.name == "int":
                    advice = "a single id has the kind `id`"
                elif isinstance(type_, ListType):
                    advice = _id_advice(type_.element, True)
            case "weighted":
                fits = join(type_, _WEIGHTED_IDS) is not None or join(type_, _WEIGHTS) is not None
                wanted = "a `list<{id: int, weight: float}>` or a `map<int, float>`"
                advice = "write `.map(e -> {id: ..., weight: ...})`, with an int and a float"
            case _:
                fits = isinstance(type_, ScalarType) and type_.name == "string"
                wanted = "a string"
        if not fits:
            self._reporter.report(
                "FX131",
                f"a feature of kind `{kind}` needs {wanted}",
                node.value.span,
                caption=f"this is `{type_}`",
                help=advice,
            )
            return None
        if type_.nullable:
            self._report_null(node, kind, value, environment)
            return None
        if is_unclear(type_):
            target = ListType(element=INT if kind == "ids" else _WEIGHTED)
            return self._expressions.calls.adapt(value, target, node.value.span)
        return value

    def _report_null(
        self,
        node: tree.FeatureDeclaration,
        kind: str,
        value: Expression,
        environment: Environment,
    ) -> None:
        default = _DEFAULTS[kind]
        if isinstance(value.type, ScalarType) and value.type.name == "bool":
            default = "false"
        elif isinstance(value.type, ScalarType) and value.type.name == "int":
            default = "0"
        labels: tuple[Label, ...] = ()
        place = self._place_of_null(node, environment)
        if place is not None:
            labels = (Label(place, "this may be null"),)
        advice = f"give it a value for that case: `... ?? {default}`"
        fix = None
        if isinstance(value.type, VectorType):
            advice = "give it a vector for that case with `??`, such as another input"
        else:
            fix = _default_fix(node.value, default)
        self._reporter.report(
            "FX120",
            f"the value of `{node.name.text}` may be null",
            node.value.span,
            caption=f"this is `{value.type}`",
            labels=labels,
            help=advice,
            fix=fix,
        )

    def _place_of_null(
        self, node: tree.FeatureDeclaration, environment: Environment
    ) -> Span | None:
        """Return where the part of a value is written that makes it nullable, if that is not all of it.

        The value is checked once more, by itself: its part may be written in other features as well.
        """
        alone = ExpressionChecker(self._expressions.registry, Interner(), Reporter())
        alone.has_candidates = self._expressions.has_candidates
        value = alone.value(node.value, environment)
        origin = self._origin(value)
        if origin is None or origin is value:
            return None
        return alone.interner.known_span(origin)

    def _origin(self, value: Expression) -> Expression | None:
        """Return the innermost expression that makes a value nullable."""
        current = value
        while True:
            parts: tuple[Expression, ...] = ()
            if isinstance(current, Call):
                parts = current.arguments
            elif isinstance(current, Field):
                parts = (current.base,)
            elif isinstance(current, Struct | InputReference):
                return current
            inner = next((part for part in parts if part.type.nullable), None)
            if inner is None or (isinstance(inner, Literal) and inner.value is not None):
                return current
            if current is inner:
                return current
            current = inner


def _default_fix(node: tree.Expression, default: str) -> Fix:
    source, start, end = node.span
    loose = isinstance(node, tree.Conditional | tree.LambdaExpression)
    edits = [Edit(Span(source, end, end), f"{')' if loose else ''} ?? {default}")]
    if loose:
        edits.insert(0, Edit(Span(source, start, start), "("))
    return Fix(f"add `?? {default}`", tuple(edits), Applicability.UNSAFE)


def _dense_advice(type_: Type) -> str:
    if isinstance(type_, ScalarType):
        return {
            "duration": "divide it by a unit: `... / 1d`",
            "timestamp": "subtract another timestamp and divide by a unit: `(now - ...) / 1d`",
            "string": "a string is looked up, hashed or parsed first; its kind is then `id` or `dense`",
        }.get(type_.name, "")
    if isinstance(type_, ListType):
        return "reduce the list first, for example with `.sum()` or `.mean()`"
    return ""


def _id_advice(type_: Type, elements: bool = False) -> str:
    if isinstance(type_, ScalarType) and type_.name in ("string", "bytes"):
        return "turn it into ids with `.hash_bucket(size)`, or look it up in a vocabulary"
    if isinstance(type_, ScalarType) and type_.name == "float":
        return "turn it into ids with `.bucketize([...])`"
    if not elements and isinstance(type_, ListType):
        return "a list of ids has the kind `ids`"
    return ""
