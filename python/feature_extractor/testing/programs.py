"""Makes programs of cases: each expression once, its inputs and literals as columns of an input.

The values of any type are read back as the core's own bytes (the feature kind `value`), so that every
comparison is of bits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from feature_extractor import _native
from feature_extractor.check.program import analyse_text
from feature_extractor.check.typed import (
    Call,
    CheckedProgram,
    Expression,
    Feature,
    Field,
    Input,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    Resource,
    ResourceReference,
    Site,
    Struct,
)
from feature_extractor.plan.fold import Replacement, native_fold
from feature_extractor.plan.operators import Operators
from feature_extractor.plan.package import build_package
from feature_extractor.registry import Registry, load_registry
from feature_extractor.testing.case_file import Binding
from feature_extractor.types import ListType, NullType, ScalarType, Type

PLACE = Site("<cases>", 1, 1, 1, 1)


@cache
def registry() -> Registry:
    """Return the known operators, with those that only the planner calls callable."""
    known = load_registry()
    shown = (replace(op, role="" if op.role == "hidden" else op.role) for op in known.operators)
    return Registry(known.engine, tuple(shown), tuple(known.plugins.values()))


@cache
def operators() -> Operators:
    """Return the planner's view of the registry."""
    return Operators(registry())


class CaseError(AssertionError):
    """A case that does not compile."""


def check_expression(
    expression: str,
    bindings: Sequence[Binding] = (),
    *,
    declarations: str = "",
    root: Path | None = None,
) -> tuple[Expression, dict[str, Type], tuple[Resource, ...]]:
    """Return a typed expression, the types of its bound names, and the resources that it reads."""
    fields = "".join(f"    {binding.name}: {binding.type}\n" for binding in bindings)
    block = f"input candidate {{\n{fields}}}\n" if bindings else ""
    text = f"{declarations}\n{block}let the_case = {expression}\n"
    analysis = analyse_text(text, registry(), "cases.fx", root)
    if analysis.program is None or "the_case" not in analysis.values:
        raise CaseError("\n".join(str(found.message) for found in analysis.diagnostics))
    types = {declared.name: declared.type for declared in analysis.program.inputs}
    return analysis.values["the_case"], types, analysis.program.resources


@dataclass(eq=False)
class Template:
    """An expression whose inputs are places to be filled: ``inputs`` are in order of appearance."""

    expression: Expression
    inputs: list[InputReference]
    key: tuple[Any, ...]

    def placed(self, references: Sequence[Expression]) -> Expression:
        """Return the expression with other expressions in the place of its inputs."""
        replaced: dict[Any, Any] = dict(zip(self.inputs, references, strict=True))
        return Replacement(replaced).apply(self.expression)


class _Parametriser:
    """Replaces each literal in a position that need not be constant by an input."""

    def __init__(self, in_lambdas: bool) -> None:
        self.inputs: list[InputReference] = []
        self.values: list[Any] = []
        self.names: list[str | None] = []
        self._known: dict[Expression, InputReference] = {}
        self._variables: dict[LambdaVariable, int] = {}
        self._in_lambdas = in_lambdas
        self._depth = 0

    def add(self, source: Expression, name: str | None, value: Any) -> InputReference:
        reference = InputReference(source.type, PLACE, "candidate", f"place_{len(self.inputs)}")
        self.inputs.append(reference)
        self.names.append(name)
        self.values.append(value)
        return reference

    def apply(self, expression: Expression, constant: bool = False) -> tuple[Expression, Any]:
        """Return the new expression and a key that tells its structure."""
        match expression:
            case Literal():
                if (
                    constant
                    or not _is_column(expression.type)
                    or (self._depth and not self._in_lambdas)
                ):
                    return expression, ("literal", str(expression.type), repr(expression.value))
                value = expression.value
                new = self.add(expression, None, list(value) if isinstance(value, tuple) else value)
                return new, ("input", len(self.inputs) - 1, str(new.type))
            case InputReference():
                known = self._known.get(expression)
                if known is None:
                    known = self.add(expression, expression.name, None)
                    self._known[expression] = known
                return known, ("input", self.inputs.index(known), str(known.type))
            case LambdaVariable():
                return expression, ("variable", self._variables[expression])
            case ResourceReference():
                return expression, ("resource", expression.name)
            case Field():
                base, key = self.apply(expression.base, constant)
                return replace(expression, base=base), ("field", expression.name, key)
            case Struct():
                pairs = [self.apply(value, constant) for value in expression.values]
                new_struct = replace(expression, values=tuple(new for new, _ in pairs))
                return new_struct, ("struct", str(expression.type), *(key for _, key in pairs))
            case Lambda():
                self._variables.setdefault(expression.variable, len(self._variables))
                self._depth += 1
                body, key = self.apply(expression.body, constant)
                self._depth -= 1
                return replace(expression, body=body), ("lambda", key)
            case Call():
                signature = (
                    operators()[expression.operator].overloads[expression.overload].signature
                )
                arguments, keys = [], []
                for i, argument in enumerate(expression.arguments):
                    parameter = signature.parameter(i)
                    fixed = constant or parameter.constant or parameter.pattern.kind == "zone"
                    new_argument, key = self.apply(argument, fixed)
                    arguments.append(new_argument)
                    keys.append(key)
                bindings = tuple((name, str(bound)) for name, bound in expression.bindings)
                call = replace(expression, arguments=tuple(arguments))
                return call, (expression.operator, expression.overload, bindings, *keys)
        raise AssertionError(type(expression).__name__)


def _is_column(type_: Type) -> bool:
    """Whether a literal of this type can be given as a column."""
    if isinstance(type_, ListType):
        return not isinstance(type_.element, NullType) and _is_column(type_.element)
    return isinstance(type_, ScalarType)


def parametrise(
    expression: Expression, named: Mapping[str, Any], *, in_lambdas: bool = True
) -> tuple[Template, list[Any]]:
    """Return a template and the values of its inputs: those of the names, and the literals."""
    parametriser = _Parametriser(in_lambdas)
    new, key = parametriser.apply(expression)
    values = [
        value if name is None else named.get(name)
        for name, value in zip(parametriser.names, parametriser.values, strict=True)
    ]
    return Template(new, parametriser.inputs, key), values


def constant_form(expression: Expression, named: Mapping[str, Any]) -> Expression | None:
    """Return the expression with literals for its inputs; None where a value has no literal."""
    parametriser = _Parametriser(False)
    new, _ = parametriser.apply(expression)
    literals: dict[Any, Any] = {}
    for reference, name, value in zip(
        parametriser.inputs, parametriser.names, parametriser.values, strict=True
    ):
        flat = reference.type.element if isinstance(reference.type, ListType) else reference.type
        if not isinstance(flat, ScalarType):
            return None
        held = named[name] if name is not None else value
        literals[reference] = Literal(
            reference.type, PLACE, tuple(held) if isinstance(held, list) else held
        )
    return Replacement(literals).apply(new)


@dataclass(eq=False)
class Group:
    """A template with rows of values for its inputs: the cases that share one structure."""

    template: Template
    rows: list[list[Any]] = field(default_factory=list)

    @property
    def types(self) -> list[Type]:
        """The types of the inputs."""
        return [reference.type for reference in self.template.inputs]

    @property
    def result(self) -> Type:
        """The type of the value."""
        return self.template.expression.type


Placement = Callable[[int, int], str]
"""Gives the domain of an input: by the position of its group and its own position."""


def all_candidate(_group: int, _input: int) -> str:
    """Place each input per candidate."""
    return "candidate"


def all_request(_group: int, _input: int) -> str:
    """Place each input per request; the program then has no candidates."""
    return "request"


def even_request(_group: int, position: int) -> str:
    """Place the first, third ... input of each group per request."""
    return "request" if position % 2 == 0 else "candidate"


def odd_request(_group: int, position: int) -> str:
    """Place the second, fourth ... input of each group per request."""
    return "request" if position % 2 else "candidate"


@dataclass(eq=False)
class CaseProgram:
    """A packaged program with one feature of kind ``value`` per group."""

    package: bytes
    count: int
    placement: Placement
    has_candidates: bool

    def load(self, simd_level: int = 2, use_reference: bool = False) -> _native.Extractor:
        """Load it for a SIMD level, or with the plain form of each kernel."""
        return _native.load_package(self.package, True, simd_level, use_reference)[0]


def compile_groups(
    groups: Sequence[Group],
    placement: Placement = all_candidate,
    *,
    optimise: bool = True,
    resources: tuple[Resource, ...] = (),
) -> CaseProgram:
    """Compile the groups to one program; input ``j`` of group ``i`` is called ``gi_j``."""
    inputs: list[Input] = []
    features: list[Feature] = []
    for i, group in enumerate(groups):
        references: list[Expression] = []
        for j, type_ in enumerate(group.types):
            domain = placement(i, j)
            inputs.append(Input(domain, f"g{i}_{j}", type_, PLACE))
            references.append(InputReference(type_, PLACE, domain, f"g{i}_{j}"))
        features.append(Feature(f"g{i}", "value", group.template.placed(references), PLACE))
    has_candidates = placement is not all_request
    anchor = Input("candidate" if has_candidates else "request", "anchor", ScalarType(), PLACE)
    program = CheckedProgram("cases.fx", (*inputs, anchor), resources, tuple(features))
    return CaseProgram(packaged(program, optimise), len(features), placement, has_candidates)


def compile_constants(
    expressions: Sequence[Expression], *, optimise: bool, resources: tuple[Resource, ...] = ()
) -> CaseProgram:
    """Compile expressions that read nothing; optimised, the core folds them while compiling."""
    features = tuple(
        Feature(f"g{i}", "value", expression, PLACE) for i, expression in enumerate(expressions)
    )
    anchor = Input("request", "anchor", ScalarType(), PLACE)
    program = CheckedProgram("cases.fx", (anchor,), resources, features)
    return CaseProgram(packaged(program, optimise), len(features), all_request, False)


def packaged(program: CheckedProgram, optimise: bool) -> bytes:
    """Return the package of a checked program."""
    fold = native_fold(_native.evaluate_constants) if optimise else None
    return build_package(program, registry(), _native, fold=fold, optimise=optimise).to_bytes()


Blobs = tuple[bytes, "np.ndarray[Any, Any]"]
"""The values of one feature: their bytes, and where each row starts."""


def read_values(extraction: _native.Extraction, count: int) -> list[Blobs]:
    """Return the bytes of all features."""
    found = []
    for i in range(count):
        values, offsets = extraction.arrays(i)
        found.append((values.tobytes(), np.array(offsets)))
    return found


def rows_of(blobs: Blobs) -> list[bytes]:
    """Return the bytes of each row."""
    data, offsets = blobs
    bounds = offsets.tolist()
    return [data[a:b] for a, b in itertools.pairwise(bounds)]


def record_batch(columns: Mapping[str, pa.Array], rows: int) -> pa.RecordBatch:
    """Return the columns, with the anchor that gives a batch without other columns its rows."""
    anchor = pa.array(np.arange(rows, dtype=np.int64))
    return pa.RecordBatch.from_arrays([anchor, *columns.values()], ["anchor", *columns])
