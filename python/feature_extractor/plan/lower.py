"""Turns typed expressions into steps over flat columns, as docs/design/0001 says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from feature_extractor.check.typed import (
    Call,
    CheckedProgram,
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
)
from feature_extractor.plan.dependencies import Dependencies, Dependency
from feature_extractor.plan.errors import PlanError, plan_error
from feature_extractor.plan.graph import Argument, Domain, Graph, Slot, Step
from feature_extractor.plan.leaves import Path, leaf_type, representative, width_of
from feature_extractor.plan.operators import (
    Operator,
    Operators,
    Overload,
    Parameter,
    Pattern,
    Signature,
    is_opaque,
    list_of_lambda,
    result_storage,
    storage_of,
    substitute,
)
from feature_extractor.plan.scopes import Binding, Lifting, Scope, clashes
from feature_extractor.plan.values import (
    LISTS,
    Leaf,
    ListValue,
    MapValue,
    StructValue,
    Value,
    outer_slots,
)
from feature_extractor.types import (
    BYTES,
    ListType,
    MapType,
    NullType,
    ScalarType,
    StructType,
    TableType,
    Type,
    VectorType,
)

ResultSpecification: TypeAlias = tuple[Domain | None, str, int]
"""Domain (None: the elements of the first result), storage type and width of a result."""


@dataclass(slots=True)
class _Invocation:
    """A call whose arguments are lowered and whose domain is known.

    It may become several steps, one per leaf. ``values`` and ``lists`` hold, by the position of the
    argument, its value and the domain of its elements; ``narrow`` says which leaf of a struct a type
    variable stands for.
    """

    expression: Call
    operator: Operator
    overload: Overload
    parameters: Sequence[Parameter]
    domain: Domain
    values: dict[int, Value]
    lists: dict[int, Domain]
    narrow: dict[str, Path]


class Lowering:
    """Lowers expressions into a graph; equal work becomes one step."""

    def __init__(
        self,
        program: CheckedProgram,
        operators: Operators,
        dependencies: Dependencies,
        site_text: Callable[[Expression], str],
    ) -> None:
        self.program = program
        self.operators = operators
        self.graph = Graph()
        self.lifting = Lifting(self.graph)
        self.resource_index = {r.name: i for i, r in enumerate(program.resources)}
        self.zones: dict[str, int] = {}
        self.site_text = site_text
        self._input_index = {(i.domain, i.name): n for n, i in enumerate(program.inputs)}
        self.dependencies = dependencies
        self._memory: dict[tuple[object, ...], Value] = {}

    def start_feature(self, index: int, *, shared: bool) -> None:
        """Begin a feature; without sharing, nothing computed for earlier features is used again."""
        self.graph.shared = shared
        self.graph.scope = index
        if not shared:
            self._memory.clear()

    def lower(self, expression: Expression, scope: Scope = ()) -> Value:
        """Return the value of an expression; ``scope`` binds its free variables."""
        if scope:
            # Variables that the expression does not read must not choose its domain.
            free = self.dependencies.of(expression)
            scope = tuple(binding for binding in scope if binding.variable in free)
        key = (expression, *scope)
        value = self._memory.get(key)
        if value is None:
            value = self._memory[key] = self._lower(expression, scope)
        return value

    def _lower(self, expression: Expression, scope: Scope) -> Value:
        match expression:
            case Call():
                return self._call(expression, scope)
            case Literal():
                return self._literal(expression, expression.type)
            case Collect():
                # The candidates of a request are the elements of its list: nothing is copied.
                value = self.lifting.lift(self.lower(expression.value), self.graph.candidate)
                return ListValue(self.graph.collected(), value)
            case InputReference():
                index = self._input_index[expression.domain, expression.name]
                return self._input(index, (), expression.type, self.graph.root(expression.domain))
            case LambdaVariable():
                return next(b.value for b in reversed(scope) if b.variable is expression)
            case ElementValue():
                values = self.lower(expression.values)
                home = next(b.home for b in reversed(scope) if b.variable is expression.variable)
                assert isinstance(values, ListValue)
                return self.lifting.as_variable(values.element, home)
            case Field():
                base = self.lower(expression.base, scope)
                assert isinstance(base, StructValue)
                return base.field(expression.name)
            case Struct():
                fields = dict(zip(_names(expression.type), expression.values, strict=True))
                return StructValue(tuple(fields), lambda name: self.lower(fields[name], scope))
        raise AssertionError(f"{type(expression).__name__} is not a value")

    def _literal(self, literal: Literal, type_: Type) -> Value:
        value = literal.value
        if isinstance(type_, StructType):
            types = dict(type_.fields)
            return StructValue(tuple(types), lambda name: self._literal(literal, types[name]))
        if isinstance(type_, ListType):
            element = type_.element
            if not isinstance(element, ScalarType | NullType):
                if not value:
                    return self._empty_list(value is None, element)
                raise self._error(literal, "A constant list of lists cannot be planned.")
            items = value if isinstance(value, tuple) else None
            _, slot = self.graph.constant_list(items, storage_of(element), _same(element, BYTES))
            return ListValue(slot.domain, Leaf(slot))
        if isinstance(type_, MapType) or (isinstance(type_, VectorType) and value is not None):
            raise self._error(literal, f"A constant of type {type_} cannot be planned.")
        return Leaf(
            self.graph.constant(
                value, storage_of(type_), width_of(type_), bytes_=_same(type_, BYTES)
            )
        )

    def _empty_list(self, null: bool, element: Type) -> Value:
        """Return a null or empty constant list of anything.

        Its elements have no rows, so a column of ints stands for each.
        """
        _, slot = self.graph.constant_list(None if null else (), "int")

        def column(type_: Type) -> Value:
            if isinstance(type_, StructType):
                types = dict(type_.fields)
                return StructValue(tuple(types), lambda name: column(types[name]))
            return Leaf(
                self.graph.lift(
                    self.graph.constant(None, storage_of(type_), width_of(type_)), slot.domain
                )
            )

        return ListValue(slot.domain, column(element))

    def _input(self, index: int, path: Path, type_: Type, domain: Domain) -> Value:
        if isinstance(type_, StructType):
            types = dict(type_.fields)
            return StructValue(
                tuple(types), lambda name: self._input(index, (*path, name), types[name], domain)
            )
        if isinstance(type_, ListType | MapType):
            shape = self.graph.input(index, path, domain, "list", 0)
            elements = self.graph.elements(shape)
            if isinstance(type_, ListType):
                return ListValue(
                    elements, self._input(index, (*path, "*"), type_.element, elements)
                )
            return MapValue(
                elements,
                self._input(index, (*path, "key"), type_.key, elements),
                self._input(index, (*path, "value"), type_.value, elements),
            )
        return Leaf(self.graph.input(index, path, domain, storage_of(type_), width_of(type_)))

    def _error(self, expression: Expression, message: str, help: str = "") -> PlanError:
        return plan_error("FX170", message, expression.site, self.program.sources, help=help)

    # Calls.

    def _call(self, call: Call, scope: Scope) -> Value:
        operator = self.operators[call.operator]
        overload = operator.overloads[call.overload]
        signature = overload.signature
        parameters = signature.parameters_of(len(call.arguments))
        values: dict[int, Value] = {}
        lambdas: dict[int, list[int]] = {}
        for i, argument in enumerate(call.arguments):
            if isinstance(argument, Lambda):
                lambdas.setdefault(list_of_lambda(parameters, i), []).append(i)
            elif isinstance(argument, Literal) and isinstance(argument.type, NullType):
                expected = substitute(parameters[i].pattern, dict(call.bindings))
                values[i] = self._literal(argument, expected or argument.type)
            elif (
                not isinstance(argument, ResourceReference) and parameters[i].pattern.kind != "zone"
            ):
                values[i] = self.lower(argument, scope)

        elements: dict[int, Domain] = {}
        for i, positions in lambdas.items():
            elements[i] = self._bodies(call, parameters, i, positions, scope, values)
        if overload.shape == "mapping" and not lambdas:
            return self._parts(call, values[0], signature)
        if overload.shape == "mapping":
            ((over_index, (body_index, *_)),) = lambdas.items()
            return ListValue(elements[over_index], values[body_index])

        chooses = overload.shape in ("selection", "span", "element")
        domain = self.graph.constants
        for i, value in values.items():
            if parameters[i].pattern.kind == "lambda":
                continue
            if isinstance(value, LISTS):
                elements.setdefault(i, value.domain)
                where = elements[i].parent
                assert where is not None
                domain = self.lifting.deepest(domain, where, scope)
            else:
                for slot in outer_slots(value):
                    domain = self.lifting.deepest(domain, slot.domain, scope)
        for i, list_domain in list(elements.items()):
            if parameters[i].constant:
                continue  # The core binds it where it is.
            if list_domain.parent is not self.graph.constants or chooses:
                elements[i] = self.lifting.domain_to(list_domain, domain)
            for position in lambdas.get(i, ()):
                elements[position] = elements[i]

        narrow = {
            name: representative(bound)
            for name, bound in call.bindings
            if isinstance(bound, StructType)
        }
        invocation = _Invocation(
            call, operator, overload, parameters, domain, values, elements, narrow
        )
        if chooses:
            return self._choice(invocation, values)
        return self._results(invocation, signature.result)

    def _parts(self, call: Call, value: Value, signature: Signature) -> Value:
        """Return the keys, the values or the entries of a map: its own columns, as a list."""
        assert isinstance(value, MapValue) and isinstance(call.type, ListType)
        if isinstance(call.type.element, StructType):
            fields = {"key": value.key, "value": value.value}
            return ListValue(value.domain, StructValue(tuple(fields), lambda name: fields[name]))
        is_key = signature.result.parts[0].name == signature.parameters[0].pattern.parts[0].name
        return ListValue(value.domain, value.key if is_key else value.value)

    def _bodies(
        self,
        call: Call,
        parameters: Sequence[Parameter],
        index: int,
        positions: list[int],
        scope: Scope,
        values: dict[int, Value],
    ) -> Domain:
        """Lower the lambdas over one list into ``values``.

        Return the domain of elements that they live in.
        """
        over = values[index]
        assert isinstance(over, LISTS)
        captured: frozenset[Dependency] = frozenset()
        for i in positions:
            captured |= self.dependencies.of(call.arguments[i])
        outer = over.domain.parent
        assert outer is not None
        for name in ("request", "candidate"):
            if name in captured:
                outer = self.lifting.deepest(outer, self.graph.root(name), scope)
        around = [binding for binding in scope if binding.variable in captured]
        for binding in around:
            outer = self.lifting.deepest(outer, binding.home, scope)
        home = over.domain
        product = self.lifting.domain_to(home, outer)
        clash = clashes(home, outer, around)
        if clash:
            home = product
        bodies: dict[int, Value] = {}
        for i in positions:
            function = call.arguments[i]
            assert isinstance(function, Lambda)
            if isinstance(over, ListValue):
                element = over.element
            else:
                of_keys = (
                    parameters[i].pattern.parts[0].name == parameters[index].pattern.parts[0].name
                )
                element = over.key if of_keys else over.value
            variable = (
                self.lifting.fetch(element, home)
                if clash
                else self.lifting.as_variable(element, home)
            )
            inner = (*scope, Binding(function.variable, variable, home, product))
            bodies[i] = self.lower(function.body, inner)
        chosen = home
        for body in bodies.values():
            if not all(home.reaches(slot.domain) for slot in outer_slots(body)):
                chosen = product
        for i, body in bodies.items():
            values[i] = self.lifting.as_element(body, chosen)
        return chosen

    def _variable_storage(self, bound: Type, path: Path | None) -> str:
        if isinstance(bound, StructType):
            return storage_of(leaf_type(bound, path or representative(bound)))
        return storage_of(bound)

    def _argument(
        self,
        expression: Expression,
        parameter: Parameter,
        value: Value | None,
        elements: Domain | None,
        domain: Domain,
        overload: Overload,
        narrow: Mapping[str, Path],
    ) -> Argument:
        if isinstance(expression, ResourceReference):
            return Argument(resource=self.resource_index[expression.name])
        if parameter.pattern.kind == "zone":
            return Argument(resource=self._zone(expression))
        assert value is not None
        pattern = parameter.pattern
        if pattern.kind == "lambda":
            assert elements is not None and elements.shape is not None
            body = self._element(value, pattern.parts[1], overload, narrow, keep=True)
            return Argument(elements.shape, body)
        if isinstance(value, LISTS):
            assert elements is not None and elements.shape is not None
            return Argument(elements.shape, self._children(value, pattern, overload, narrow))
        slot = self._flat(value, pattern, narrow)
        if slot.domain is self.graph.constants:
            return Argument(slot)
        return Argument(self._lifted(slot, domain))

    def _zone(self, expression: Expression) -> int:
        """Return the index of the resource with a time zone's rules."""
        assert isinstance(expression, Literal) and isinstance(expression.value, str)
        position = self.zones.setdefault(expression.value, len(self.zones))
        return len(self.program.resources) + position

    def _lifted(self, slot: Slot, domain: Domain) -> Slot:
        lifted = self.lifting.lift(Leaf(slot), domain)
        assert isinstance(lifted, Leaf)
        return lifted.slot

    def _children(
        self,
        value: ListValue | MapValue,
        pattern: Pattern,
        overload: Overload,
        narrow: Mapping[str, Path],
    ) -> tuple[Argument, ...]:
        parts = pattern.parts or (pattern, pattern)
        if isinstance(value, ListValue):
            return self._element(value.element, parts[0], overload, narrow)
        if is_opaque(parts[0], overload) and is_opaque(parts[-1], overload):
            return ()
        key, item = self.lifting.together((value.key, value.value), value.domain)
        return (
            *self._element(key, parts[0], overload, narrow, keep=True),
            *self._element(item, parts[-1], overload, narrow, keep=True),
        )

    def _element(
        self,
        value: Value,
        pattern: Pattern,
        overload: Overload,
        narrow: Mapping[str, Path],
        keep: bool = False,
    ) -> tuple[Argument, ...]:
        """Return the columns of a list's elements; none where the kernel never looks at them."""
        if is_opaque(pattern, overload) and not keep:
            return ()
        if isinstance(value, LISTS):
            return (Argument(value.shape, self._children(value, pattern, overload, narrow)),)
        return (Argument(self._flat(value, pattern, narrow)),)

    def _flat(self, value: Value, pattern: Pattern, narrow: Mapping[str, Path]) -> Slot:
        """Return the column that stands for a value.

        Of a struct, the leaf that the call is about.
        """
        if isinstance(value, StructValue):
            for name in narrow.get(pattern.name, ()):
                assert isinstance(value, StructValue)
                value = value.field(name)
        return next(outer_slots(value))

    def _choice(self, invocation: _Invocation, values: Mapping[int, Value]) -> Value:
        """Lower a call that chooses elements.

        It makes a domain, and the leaves that are read are fetched from there.
        """
        index = next(i for i, value in values.items() if isinstance(value, LISTS))
        over, elements = values[index], invocation.lists[index]
        assert isinstance(over, LISTS)
        step = self._emit(invocation, {}, [(invocation.domain, "list", 0)])
        shape = invocation.overload.shape
        domain = self.graph.elements(step.results[0], elements, view=shape != "selection")

        def chosen(value: Value) -> Value:
            if shape == "element":
                return self._only(value, domain)
            return value if shape == "span" else self.lifting.fetch(value, domain)

        if shape == "element":
            return chosen(_element_for(over, invocation))
        if isinstance(over, MapValue):
            return MapValue(domain, chosen(over.key), chosen(over.value))
        return ListValue(domain, chosen(over.element))

    def _only(self, value: Value, domain: Domain) -> Value:
        """Return the value of a domain's at most one element, in the parent domain."""
        if isinstance(value, StructValue):
            struct = value
            return StructValue(struct.names, lambda name: self._only(struct.field(name), domain))
        if isinstance(value, Leaf):
            return Leaf(self.graph.fetch(value.slot, domain))
        inner = self.graph.elements(self.graph.fetch(value.shape, domain), value.domain, view=True)
        if isinstance(value, ListValue):
            return ListValue(inner, value.element)
        return MapValue(inner, value.key, value.value)

    def _results(self, invocation: _Invocation, pattern: Pattern) -> Value:
        type_ = invocation.expression.type
        domain = invocation.domain
        if pattern.kind == "row":
            return self._row(invocation)
        if isinstance(type_, ListType):
            step = self._emit(
                invocation, {}, [(domain, "list", 0), self._part(invocation, type_.element)]
            )
            element = step.results[1]
            return ListValue(element.domain, Leaf(element))
        if isinstance(type_, MapType):
            parts = [self._part(invocation, part) for part in (type_.key, type_.value)]
            step = self._emit(invocation, {}, [(domain, "list", 0), *parts])
            _, key, value = step.results
            return MapValue(key.domain, Leaf(key), Leaf(value))
        if isinstance(type_, StructType):
            return self._struct(
                type_,
                (),
                lambda path, leaf: self._emit(
                    invocation, {pattern.name: path}, [(domain, storage_of(leaf), width_of(leaf))]
                ).results[0],
            )
        step = self._emit(invocation, {}, [(domain, storage_of(type_), width_of(type_))])
        return Leaf(step.results[0])

    def _part(self, invocation: _Invocation, type_: Type) -> ResultSpecification:
        """Return the column of the elements that an operator makes; they are scalars."""
        if isinstance(type_, ListType | MapType | StructType | VectorType):
            raise self._error(
                invocation.expression,
                f"`{invocation.operator.name}` would make a list of `{type_}`, which no operator can.",
                help="Make a list of scalars, for example of one field: `xs.map(e -> e.field)`.",
            )
        return None, storage_of(type_), 0

    def _struct(
        self, type_: StructType, path: Path, leaf: Callable[[Path, Type], Slot]
    ) -> StructValue:
        types = dict(type_.fields)

        def make(name: str) -> Value:
            field_type = types[name]
            if isinstance(field_type, StructType):
                return self._struct(field_type, (*path, name), leaf)
            return Leaf(leaf((*path, name), field_type))

        return StructValue(tuple(types), make)

    def _row(self, invocation: _Invocation) -> Value:
        """Lower a table lookup.

        The call finds the row, and each column that is read is a step of its own.
        """
        row = self._emit(invocation, {}, [(invocation.domain, "int", 0)]).results[0]
        resource = next(
            a for a in invocation.expression.arguments if isinstance(a, ResourceReference)
        )
        table = resource.type
        assert isinstance(table, TableType)
        field_of = self.operators.with_role("table_field")
        site = self.site_text(invocation.expression)

        def leaf(path: Path, type_: Type) -> Slot:
            storage = storage_of(type_)
            for i, overload in enumerate(field_of.overloads if field_of else ()):
                result = overload.signature.result
                if result_storage(result, storage) != storage:
                    continue
                kernel = overload.kernel({result.name: storage})
                assert field_of is not None and kernel is not None
                arguments = (
                    Argument(resource=self.resource_index[resource.name]),
                    Argument(row),
                    Argument(self.graph.constant(path[0], "text")),
                )
                specification: list[ResultSpecification] = [(row.domain, storage, width_of(type_))]
                step = self.graph.call(
                    field_of.name, i, kernel, arguments, row.domain, specification, site
                )
                return step.results[0]
            raise self._error(
                invocation.expression, f"A table field of type {type_} cannot be read."
            )

        return self._struct(table.row, (), leaf)

    def _emit(
        self,
        invocation: _Invocation,
        narrow: Mapping[str, Path],
        results: list[ResultSpecification],
    ) -> Step:
        call, operator, overload = invocation.expression, invocation.operator, invocation.overload
        narrow = {**invocation.narrow, **narrow}
        storage = {
            name: self._variable_storage(bound, narrow.get(name))
            for name, bound in call.bindings
            if isinstance(bound, Type)
        }
        kernel = overload.kernel(storage)
        if kernel is None:
            types = ", ".join(str(bound) for _, bound in call.bindings)
            raise self._error(
                call,
                f"`{operator.name}` is not compiled for {types}.",
                help="Take the fields apart and use the operator on each.",
            )
        values, lists, domain = invocation.values, invocation.lists, invocation.domain
        arguments = [
            self._argument(
                argument, parameter, values.get(i), lists.get(i), domain, overload, narrow
            )
            for i, (argument, parameter) in enumerate(
                zip(call.arguments, invocation.parameters, strict=True)
            )
        ]
        commutative = (
            operator.commutative
            and all(argument.elements is None and argument.resource < 0 for argument in arguments)
            and overload.signature.is_uniform
        )
        return self.graph.call(
            operator.name,
            call.overload,
            kernel,
            arguments,
            domain,
            results,
            self.site_text(call),
            commutative=commutative,
        )

    def call_by_syntax(
        self, syntax: str, value: Leaf, kind: str, result: Type, site: Expression
    ) -> Leaf:
        """Call the one-argument operator behind a piece of syntax on a column of type ``kind``."""
        operator = self.operators.with_syntax(syntax)
        for i, overload in enumerate(operator.overloads if operator else ()):
            parameters = overload.signature.parameters
            if operator and len(parameters) == 1 and parameters[0].pattern.kind == kind:
                specification = [(value.domain, storage_of(result), 0)]
                step = self.graph.call(
                    operator.name,
                    i,
                    0,
                    (Argument(value.slot),),
                    value.domain,
                    specification,
                    self.site_text(site),
                )
                return Leaf(step.results[0])
        raise self._error(site, f"The registry has no operator that makes {result} of {kind}.")


def _element_for(over: ListValue | MapValue, invocation: _Invocation) -> Value:
    """Return what a call that gives one element gives.

    Of a map, the value, or the key if that is its result.
    """
    if isinstance(over, ListValue):
        return over.element
    signature = invocation.overload.signature
    pattern = next(p.pattern for p in signature.parameters if p.pattern.kind == "map")
    return over.key if pattern.parts[0].name == signature.result.name else over.value


def _names(type_: Type) -> tuple[str, ...]:
    assert isinstance(type_, StructType)
    return tuple(name for name, _ in type_.fields)


def _same(type_: Type, scalar: ScalarType) -> bool:
    return isinstance(type_, ScalarType) and type_.name == scalar.name
