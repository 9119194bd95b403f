"""Checks expressions: gives every name its meaning and every expression its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from feature_extractor.check.calls import CallChecker, container_first
from feature_extractor.check.folding import constant_item, fold_integers
from feature_extractor.check.interning import Interner
from feature_extractor.check.lets import LetExpander, report_positional_after_named, show_call
from feature_extractor.check.overloads import Given
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import (
    DamagedSymbol,
    Environment,
    FeatureSymbol,
    FitSymbol,
    InputSymbol,
    LetSymbol,
    ModuleSymbol,
    ResourceSymbol,
    Scope,
    Symbol,
    ValueSymbol,
)
from feature_extractor.check.typed import Constant, Expression, Lambda, Literal
from feature_extractor.check.unification import is_int, is_unclear, join
from feature_extractor.check.unknown import UnknownNames
from feature_extractor.diagnostics import Applicability, Edit, Fix, Label, Span
from feature_extractor.diagnostics.suggestions import closest, did_you_mean, enumerate_words
from feature_extractor.registry import Operator, Plugin, Registry
from feature_extractor.syntax import tree
from feature_extractor.syntax.literals import LARGEST_INT
from feature_extractor.types import (
    BOOL,
    FLOAT,
    SCALARS,
    STRING,
    ErrorType,
    ListType,
    MapType,
    NullType,
    ScalarType,
    StructType,
    TableType,
    Type,
    VocabularyType,
)

MAXIMUM_STEPS: Final = 250_000
"""Expressions that one compilation checks, expanded lets included."""

MAXIMUM_NESTING: Final = 220
"""Levels of expressions inside each other, the bodies of expanded lets included."""

_RESOURCES: Final = (VocabularyType, TableType)
"""The types of what is no value. A tuple: a union would be made anew for each expression."""


class BudgetExceeded(Exception):
    """The program is too large once its lets are expanded; this was reported."""


class ExpressionChecker:
    """Checks expressions of one program."""

    def __init__(self, registry: Registry, interner: Interner, reporter: Reporter) -> None:
        self.registry = registry
        self.interner = interner
        self.reporter = reporter
        self.calls = CallChecker(registry, interner, reporter)
        self._unknown = UnknownNames(registry, reporter)
        self.has_candidates = False
        self._steps = 0
        self.lets = LetExpander(interner, reporter, self.check)
        self._handlers: dict[type[tree.Expression], Callable[[Any, Environment], Expression]] = {
            tree.Name: self._name,
            tree.Literal: self._literal,
            tree.Binary: self._binary,
            tree.Call: self._call,
            tree.FieldAccess: self._field,
            tree.Parenthesised: self._parenthesised,
            tree.Unary: self._unary,
            tree.Index: self._index,
            tree.Conditional: self._conditional,
            tree.ListLiteral: self._list,
            tree.StructLiteral: self._struct,
            tree.LambdaExpression: self._lambda,
        }

    def check(self, node: tree.Expression, environment: Environment) -> Expression:
        """Return the typed expression; mistakes are reported and give an expression of ErrorType."""
        self._steps += 1
        lets = self.lets
        if self._steps > MAXIMUM_STEPS:
            lets.report_budget(node.span, MAXIMUM_STEPS)
            raise BudgetExceeded
        if lets.nesting >= MAXIMUM_NESTING:
            self._report_nesting(node.span)
            return self.interner.error(node.span)
        lets.nesting += 1
        try:
            return self._handlers[type(node)](node, environment)
        finally:
            lets.nesting -= 1

    def close(self) -> None:
        """Part from what refers back to this checker, so that its memory is free at once."""
        self._handlers.clear()
        del self.lets

    @property
    def steps(self) -> int:
        """How many expressions were checked so far."""
        return self._steps

    def value(self, node: tree.Expression, environment: Environment) -> Expression:
        """Check an expression that must be a value, not a resource."""
        result = self.check(node, environment)
        if isinstance(result.type, _RESOURCES):
            self.reporter.report(
                "FX113",
                f"the resource `{node.span.text}` is not a value",
                node.span,
                help=f"look something up in it: `{node.span.text}.lookup(...)`",
            )
            return self.interner.error(node.span)
        return result

    def _report_nesting(self, span: Span) -> None:
        self.reporter.report(
            "FX006",
            f"more than {MAXIMUM_NESTING} expressions are nested here, expanded lets included",
            span,
            help="make intermediate values a `let` without parameters",
        )

    # ---- names -----------------------------------------------------------------------------------

    def _name(self, node: tree.Name, environment: Environment) -> Expression:
        local = environment.locals.get(node.text)
        if local is not None:
            return local
        scope = environment.scope
        symbol = scope.names.get(node.text) or scope.features.get(node.text)
        if symbol is None:
            if node.text in self.registry.plugins:
                self.reporter.report(
                    "FX113",
                    f"`{node.text}` is a plug-in, not a value",
                    node.span,
                    help=f"call one of its operators: `{node.text}.name(...)`",
                )
                return self.interner.error(node.span)
            self._unknown.name(node, environment)
            return self.interner.error(node.span)
        return self._symbol(symbol, node.span)

    def _symbol(self, symbol: Symbol, span: Span) -> Expression:
        """Return the value of a name of a file."""
        match symbol:
            case InputSymbol():
                if not symbol.readable:
                    self.reporter.report(
                        "FX143",
                        f"a module cannot read the input `{symbol.name}`",
                        span,
                        help=f"make `{symbol.name}` a parameter of the let",
                    )
                    return self.interner.error(span)
                return self.interner.input(symbol.type, symbol.domain, symbol.name, symbol.span)
            case LetSymbol():
                if symbol.is_function:
                    self.reporter.report(
                        "FX113",
                        f"`{symbol.name}` is a function, not a value",
                        span,
                        help=f"call it: `{show_call(symbol)}`",
                    )
                    return self.interner.error(span)
                return self.lets.value(symbol, span)
            case ResourceSymbol():
                return self.interner.resource(symbol.type, symbol.resource.name, symbol.span)
            case FeatureSymbol():
                self.reporter.report(
                    "FX152",
                    f"a feature cannot be read: `{symbol.name}`",
                    span,
                    labels=(Label(symbol.span, "it is declared here"),),
                    help=f"give the shared value a name of its own with `let`, "
                    f"and use that in `{symbol.name}` and here",
                )
            case ModuleSymbol():
                what, advice = "module", f"name something in it: `{symbol.name}.name`"
                if symbol.is_fitted:
                    parts = [
                        show_call(found)
                        if isinstance(found, LetSymbol) and found.is_function
                        else name
                        for name, found in symbol.scope.names.items()
                        if not name.startswith("_")
                    ]
                    what = "fitted resource"
                    named = enumerate_words((f"`{symbol.name}.{part}`" for part in parts), "or")
                    advice = f"name something in it: {named}"
                self.reporter.report(
                    "FX113",
                    f"`{symbol.name}` is a {what}, not a value",
                    span,
                    help=advice,
                )
            case ValueSymbol():
                return symbol.value
            case DamagedSymbol() | FitSymbol():
                pass
        return self.interner.error(span)

    # ---- simple expressions ----------------------------------------------------------------------

    def _literal(self, node: tree.Literal, environment: Environment) -> Expression:
        if node.kind == "null":
            return self.interner.literal(NullType(), None, node.span)
        if isinstance(node.value, int) and node.value > LARGEST_INT:
            self.reporter.report(
                "FX004", "this number does not fit into an int (64 bits)", node.span
            )
            return self.interner.error(node.span)
        return self.interner.literal(SCALARS[node.kind], node.value, node.span)

    def _parenthesised(self, node: tree.Parenthesised, environment: Environment) -> Expression:
        return self.check(node.inner, environment)

    def _lambda(self, node: tree.LambdaExpression, environment: Environment) -> Expression:
        self.reporter.report(
            "FX112",
            "a lambda can only be an argument of an operator",
            node.span,
            help="lambdas say what happens to each element of a list: `xs.map(x -> x + 1)`; "
            "a function with a name is written `let f(x) = ...`",
        )
        return self.interner.error(node.span)

    def _struct(self, node: tree.StructLiteral, environment: Environment) -> Expression:
        seen: dict[str, tree.Identifier] = {}
        fields: list[tuple[str, Type]] = []
        values: list[Expression] = []
        faulty = False
        for name, member in node.members:
            if name.text in seen:
                self.reporter.report(
                    "FX102",
                    f"the field `{name.text}` is given twice",
                    name.span,
                    labels=(Label(seen[name.text].span, "first here"),),
                )
                faulty = True
            seen[name.text] = name
            value = self.value(member, environment)
            faulty = faulty or isinstance(value.type, ErrorType)
            fields.append((name.text, value.type))
            values.append(value)
        if faulty:
            return self.interner.error(node.span)
        return self.interner.struct(StructType(fields=tuple(fields)), tuple(values), node.span)

    def _list(self, node: tree.ListLiteral, environment: Environment) -> Expression:
        items = [self.value(item, environment) for item in node.items]
        if any(isinstance(item.type, ErrorType) for item in items):
            return self.interner.error(node.span)
        # The elements of an empty list are of no type yet, and none of them is null.
        element: Type = items[0].type if items else NullType(nullable=False)
        for item, written in zip(items, node.items, strict=True):
            if element is item.type:
                continue
            joined = join(element, item.type)
            if joined is None and _are_numbers(element, item.type):
                joined = FLOAT.with_nullable(element.nullable or item.type.nullable)
            if joined is None:
                self.reporter.report(
                    "FX110",
                    "the items of a list must have one type",
                    written.span,
                    caption=f"this is `{item.type}`",
                    labels=(Label(node.items[0].span, f"this is `{items[0].type}`"),),
                )
                return self.interner.error(node.span)
            element = joined
        if all(isinstance(item, Literal) and not isinstance(item.value, tuple) for item in items):
            constants: list[Constant] = []
            is_float_list = isinstance(element, ScalarType) and element.name == "float"
            for item in items:
                assert isinstance(item, Literal)
                value = item.value
                if is_float_list and isinstance(value, int):
                    value = float(value)
                constants.append(value)
            return self.interner.literal(ListType(element=element), tuple(constants), node.span)
        given = [Given(n.span, item) for n, item in zip(node.items, items, strict=True)]
        return self._syntax("list", "[...]", given, node.span, node.span, environment)

    # ---- operators with a syntax of their own ----------------------------------------------------

    def _syntax(
        self,
        syntax: str,
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        environment: Environment,
    ) -> Expression:
        operators = self.registry.by_syntax(syntax)
        if not operators:
            self.reporter.report(
                "FX103", f"this engine has no operator for `{shown}`", operator_span
            )
            return self.interner.error(span)
        return self._apply(operators, shown, given, span, operator_span, environment)

    def _apply(
        self,
        operators: tuple[Operator, ...],
        shown: str,
        given: list[Given],
        span: Span,
        operator_span: Span,
        environment: Environment,
    ) -> Expression:
        def check_lambda(lambda_: tree.LambdaExpression, element: Type) -> Lambda | None:
            name = lambda_.parameter.text
            variable = self.interner.variable(element, name, lambda_.parameter.span)
            body = self.value(lambda_.body, environment.bind(name, variable))
            if isinstance(body.type, ErrorType):
                return None
            return self.interner.lambda_(variable, body, lambda_.span)

        return self.calls.call(operators, shown, given, span, operator_span, check_lambda)

    def _binary(self, node: tree.Binary, environment: Environment) -> Expression:
        operator = node.operator
        left = self.value(node.left, environment)
        # Words may be looked for in a vocabulary, so behind `in` a resource can stand.
        right_of = self.check if operator in ("in", "not in") else self.value
        right = right_of(node.right, environment)
        if isinstance(left, Literal) and isinstance(right, Literal):
            folded = fold_integers(operator, left, right)
            if folded is not None:
                return self.interner.literal(left.type, folded, node.span)
        first, second = Given(node.left.span, left), Given(node.right.span, right)
        span, place = node.span, node.operator_span
        if operator in ("in", "not in"):
            given = [first, second]
            found = self.registry.by_syntax("in")
            if found and container_first(found[0]):
                given.reverse()
            result = self._syntax("in", operator, given, span, place, environment)
            if operator == "in" or isinstance(result.type, ErrorType):
                return result
            return self._syntax("not", "not", [Given(span, result)], span, place, environment)
        if operator == "??" and not isinstance(left.type, ErrorType | NullType):
            joined = join(left.type, right.type)
            if joined is None and not _are_numbers(left.type, right.type):
                if not isinstance(right.type, ErrorType):
                    self.reporter.report(
                        "FX110",
                        f"the default of a `{left.type.with_nullable(False)}` cannot be a "
                        f"`{right.type}`",
                        node.right.span,
                        labels=(Label(node.left.span, f"this is `{left.type}`"),),
                    )
                return self.interner.error(span)
        return self._syntax(operator, operator, [first, second], span, place, environment)

    def _unary(self, node: tree.Unary, environment: Environment) -> Expression:
        if node.operator == "-" and isinstance(node.operand, tree.Literal):
            literal = node.operand
            if literal.kind in ("int", "float", "duration"):
                assert isinstance(literal.value, int | float)
                return self.interner.literal(SCALARS[literal.kind], -literal.value, node.span)
        operand = self.value(node.operand, environment)
        syntax = "unary -" if node.operator == "-" else node.operator
        if syntax == "unary -" and isinstance(operand, Literal) and is_int(operand.type):
            assert isinstance(operand.value, int)
            if -operand.value <= LARGEST_INT:
                return self.interner.literal(operand.type, -operand.value, node.span)
        given = [Given(node.operand.span, operand)]
        return self._syntax(
            syntax, node.operator, given, node.span, node.operator_span, environment
        )

    def _index(self, node: tree.Index, environment: Environment) -> Expression:
        base = self.value(node.base, environment)
        index = self.value(node.index, environment)
        item = constant_item(base, index)
        if item is not None:
            assert isinstance(base.type, ListType)
            element = base.type.element.with_nullable(False)
            return self.interner.literal(element, item, node.span)
        given = [Given(node.base.span, base), Given(node.index.span, index)]
        return self._syntax("[]", "[]", given, node.span, node.index.span, environment)

    def _conditional(self, node: tree.Conditional, environment: Environment) -> Expression:
        condition = self.value(node.condition, environment)
        consequence = self.value(node.consequence, environment)
        alternative = self.value(node.alternative, environment)
        parts = (condition, consequence, alternative)
        if any(isinstance(part.type, ErrorType) for part in parts):
            return self.interner.error(node.span)
        if join(condition.type, BOOL) is None:
            self.reporter.report(
                "FX110",
                f"a condition must be a `bool`, not `{condition.type}`",
                node.condition.span,
                help=_condition_advice(condition.type, node.condition),
            )
            return self.interner.error(node.span)
        if join(consequence.type, alternative.type) is None and not _are_numbers(
            consequence.type, alternative.type
        ):
            self.reporter.report(
                "FX110",
                "both branches of an `if` must have one type",
                node.alternative.span,
                caption=f"this is `{alternative.type}`",
                labels=(Label(node.consequence.span, f"this is `{consequence.type}`"),),
            )
            return self.interner.error(node.span)
        given = [
            Given(node.condition.span, condition),
            Given(node.consequence.span, consequence),
            Given(node.alternative.span, alternative),
        ]
        return self._syntax("if", "if", given, node.span, node.span, environment)

    # ---- fields and calls ------------------------------------------------------------------------

    def _module(self, node: tree.Expression | None, environment: Environment) -> Scope | None:
        """Return the module that an expression names, if it is the name of one."""
        if not isinstance(node, tree.Name) or node.text in environment.locals:
            return None
        symbol = environment.scope.names.get(node.text)
        return symbol.scope if isinstance(symbol, ModuleSymbol) else None

    def _plugin(self, node: tree.Expression | None, environment: Environment) -> Plugin | None:
        """Return the plug-in that an expression names; names of the program come first."""
        if not isinstance(node, tree.Name) or node.text in environment.locals:
            return None
        scope = environment.scope
        if node.text in scope.names or node.text in scope.features:
            return None
        return self.registry.plugins.get(node.text)

    def _in_module(self, module: Scope, alias: str, name: tree.Identifier) -> Symbol | None:
        symbol = module.names.get(name.text)
        if isinstance(symbol, LetSymbol | ResourceSymbol | ValueSymbol | DamagedSymbol):
            return symbol
        if not module.uncertain:
            names = [
                other
                for other, found in module.names.items()
                if isinstance(found, LetSymbol | ResourceSymbol | ValueSymbol)
                and not (module.is_fitted and other.startswith("_"))
            ]
            caption = did_you_mean(name.text, names)
            self.reporter.report(
                "FX101",
                f"the module `{alias}` has no let or resource `{name.text}`"
                if not module.is_fitted
                else f"the fitted resource `{alias}` has no `{name.text}`",
                name.span,
                caption=caption,
                help=""
                if caption or not module.is_fitted
                else f"it has {enumerate_words((f'`{other}`' for other in names), 'and')}",
            )
        return None

    def _field(self, node: tree.FieldAccess, environment: Environment) -> Expression:
        module = self._module(node.base, environment)
        if module is not None:
            found = self._in_module(module, node.base.span.text, node.name)
            if found is None:
                return self.interner.error(node.span)
            return self._symbol(found, node.span)
        plugin = self._plugin(node.base, environment)
        if plugin is not None:
            full = f"{plugin.name}.{node.name.text}"
            if self.registry.find(full) is None:
                self._unknown.operator_of_plugin(plugin, node.name)
            else:
                self.reporter.report(
                    "FX113",
                    f"`{full}` is an operator, not a value",
                    node.span,
                    help=f"call it: `{full}(...)`",
                )
            return self.interner.error(node.span)
        base = self.value(node.base, environment)
        type_ = base.type
        if isinstance(type_, ErrorType):
            return self.interner.error(node.span)
        name = node.name.text
        if not isinstance(type_, StructType):
            self._no_field(node, type_, name)
            return self.interner.error(node.span)
        field = type_.field(name)
        if field is None:
            meant = closest(name, [field_name for field_name, _ in type_.fields])
            fields = ", ".join(f"`{field_name}`" for field_name, _ in type_.fields[:12])
            self.reporter.report(
                "FX104",
                f"this struct has no field `{name}`",
                node.name.span,
                caption=f"did you mean `{meant}`?" if meant else "",
                notes=() if meant else (f"it has {fields}",),
                help=f"write `.{name}()` to call the operator" if self.registry.find(name) else "",
                fix=Fix(
                    f"replace with `{meant}`", (Edit(node.name.span, meant),), Applicability.UNSAFE
                )
                if meant
                else None,
            )
            return self.interner.error(node.span)
        result = field.with_nullable(field.nullable or type_.nullable)
        return self.interner.field(result, base, name, node.span)

    def _no_field(self, node: tree.FieldAccess, type_: Type, name: str) -> None:
        advice = ""
        fix = None
        if isinstance(type_, ListType) and isinstance(type_.element, StructType):
            advice = f"for the field of each element write `.map(e -> e.{name})`"
        elif isinstance(type_, MapType) and type_.key == STRING:
            advice = f'the value of a key is written `["{name}"]`'
        elif self.registry.find(name):
            advice = f"to call the operator `{name}` write `.{name}()`"
            end = Span(node.span.source, node.span.end, node.span.end)
            fix = Fix("add the parentheses", (Edit(end, "()"),), Applicability.UNSAFE)
        self.reporter.report(
            "FX104",
            f"a `{type_}` has no field `{name}`",
            node.name.span,
            help=advice,
            fix=fix,
        )

    def _call(self, node: tree.Call, environment: Environment) -> Expression:
        name = node.name
        receiver = node.receiver
        arguments: list[tuple[tree.Identifier | None, tree.Expression]] = [
            (argument.name, argument.value) for argument in node.arguments
        ]
        plugin: Plugin | None = None
        if receiver is not None:
            if isinstance(receiver, tree.Name):
                module = self._module(receiver, environment)
                if module is not None:
                    return self._call_in_module(module, receiver, arguments, node, environment)
                plugin = self._plugin(receiver, environment)
            if plugin is None:
                arguments.insert(0, (None, receiver))
        symbol = environment.scope.names.get(name.text) if plugin is None else None
        if symbol is not None and isinstance(symbol, LetSymbol):
            return self.lets.call(symbol, arguments, node, environment)
        if symbol is None and plugin is None and name.text == "collect":
            return self._collect(node, arguments, environment)
        shown = name.text if plugin is None else f"{plugin.name}.{name.text}"
        operator = self.registry.find(shown)
        if operator is None and self._unknown.is_plugin(receiver, environment):
            assert isinstance(receiver, tree.Name)
            self._unknown.name(receiver, environment, before=name.text)
            return self.interner.error(node.span)
        if operator is None:
            for _, value in arguments:
                if not isinstance(value, tree.LambdaExpression):
                    self.check(value, environment)
            if plugin is not None:
                self._unknown.operator_of_plugin(plugin, name)
            elif not isinstance(symbol, DamagedSymbol) and not environment.is_damaged(receiver):
                self._unknown.operator(node, symbol, environment)
            return self.interner.error(node.span)
        given: list[Given] = []
        faulty = False
        named = False
        for argument_name, value in arguments:
            if argument_name is not None:
                named = True
            elif named:
                report_positional_after_named(self.reporter, value.span)
                faulty = True
            inner = value
            while isinstance(inner, tree.Parenthesised):
                inner = inner.inner
            if isinstance(inner, tree.LambdaExpression):
                given.append(Given(value.span, lambda_=inner, name=argument_name))
            elif isinstance(inner, tree.Name) and self._is_function(inner, environment):
                self._function_as_value(inner)
                faulty = True
            else:
                given.append(Given(value.span, self.check(value, environment), None, argument_name))
        if faulty:
            return self.interner.error(node.span)
        return self._apply((operator,), shown, given, node.span, name.span, environment)

    def _call_in_module(
        self,
        module: Scope,
        alias: tree.Name,
        arguments: list[tuple[tree.Identifier | None, tree.Expression]],
        node: tree.Call,
        environment: Environment,
    ) -> Expression:
        """Check ``alias.name(arguments)``, which calls a function of a module."""
        name = node.name
        found = self._in_module(module, alias.span.text, name)
        if isinstance(found, LetSymbol):
            return self.lets.call(found, arguments, node, environment)
        if isinstance(found, ResourceSymbol):
            self.reporter.report("FX113", f"the resource `{name.text}` cannot be called", name.span)
        elif isinstance(found, ValueSymbol):
            self.reporter.report(
                "FX107",
                f"`{name.text}` is a value and takes no arguments",
                name.span,
                help=f"write `{alias.span.text}.{name.text}` without parentheses",
            )
        return self.interner.error(node.span)

    def _collect(
        self,
        node: tree.Call,
        arguments: list[tuple[tree.Identifier | None, tree.Expression]],
        environment: Environment,
    ) -> Expression:
        """Check ``collect(value)``, the one form that looks from one candidate to the others."""
        if len(arguments) != 1 or arguments[0][0] is not None:
            self.reporter.report(
                "FX107",
                "`collect` takes one value, without a name",
                node.name.span,
                help="write `collect(value)`",
            )
            return self.interner.error(node.span)
        value = self.value(arguments[0][1], environment)
        if isinstance(value.type, ErrorType):
            return self.interner.error(node.span)
        problem = advice = ""
        if isinstance(value.type, NullType) or is_unclear(value.type):
            problem = "nothing says which type this value has"
        elif self.interner.reads_variables(value):
            problem = "`collect` cannot take the value of a lambda's variable"
            advice = "collect a value of the candidate, and go through the list: `collect(price).map(p -> ...)`"
        elif not self.has_candidates:
            problem = "this program has no candidates to collect from"
            advice = "declare what comes with each of them: `input candidate { ... }`"
        if problem:
            self.reporter.report("FX114", problem, node.span, help=advice)
            return self.interner.error(node.span)
        return self.interner.collect(ListType(element=value.type), value, node.span)

    def _is_function(self, node: tree.Name, environment: Environment) -> bool:
        """Return whether a name alone stands for a function, as in ``xs.map(lower)``."""
        if node.text in environment.locals:
            return False
        symbol = environment.scope.names.get(node.text)
        if symbol is None:
            return self.registry.find(node.text) is not None
        return isinstance(symbol, LetSymbol) and symbol.is_function

    def _function_as_value(self, node: tree.Name) -> None:
        replacement = f"x -> {node.text}(x)"
        self.reporter.report(
            "FX112",
            f"`{node.text}` is a function, not a value",
            node.span,
            help=f"where a lambda is asked for, write `{replacement}`",
            fix=Fix(
                f"replace with `{replacement}`",
                (Edit(node.span, replacement),),
                Applicability.UNSAFE,
            ),
        )


def _are_numbers(left: Type, right: Type) -> bool:
    return all(
        isinstance(type_, ScalarType) and type_.name in ("int", "float") for type_ in (left, right)
    )


def _condition_advice(type_: Type, node: tree.Expression) -> str:
    if isinstance(type_, ScalarType) and type_.name in ("int", "float"):
        return f"compare it: `{node.span.text} != 0`"
    if isinstance(type_, ScalarType) and type_.name == "string":
        return f'compare it: `{node.span.text} != ""`'
    return ""
