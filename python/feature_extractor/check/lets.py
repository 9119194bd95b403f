"""Expands lets: each is checked where it is used, with what it is given, and each case only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from feature_extractor.check.interning import Interner
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import Environment, LetSymbol
from feature_extractor.check.typed import Expression
from feature_extractor.diagnostics import Label, Span
from feature_extractor.diagnostics.suggestions import did_you_mean
from feature_extractor.syntax import tree
from feature_extractor.types import ErrorType

MAXIMUM_TYPED_DEPTH: Final = 1_000
"""Nodes on the longest path through a checked expression, shared lets included."""


class LetExpander:
    """Gives the values of lets and of calls of let functions.

    ``nesting`` counts the expressions inside each other that are being checked at the moment; it is
    shared with the checker of expressions, because an expansion nests like an expression.
    """

    def __init__(
        self,
        interner: Interner,
        reporter: Reporter,
        check: Callable[[tree.Expression, Environment], Expression],
    ) -> None:
        self._interner = interner
        self._reporter = reporter
        self._check = check
        self.nesting = 0
        self._expanding: list[LetSymbol] = []
        self._expanding_now: set[LetSymbol] = set()
        self._expanded: dict[tuple[int, ...], Expression] = {}

    def value(self, symbol: LetSymbol, span: Span) -> Expression:
        """Return the value of a let without parameters; it is checked once."""
        return self._expand(symbol, {}, (), span)

    def _expand(
        self,
        symbol: LetSymbol,
        locals_: dict[str, Expression],
        arguments: tuple[Expression, ...],
        span: Span,
    ) -> Expression:
        key = (id(symbol), *map(id, arguments))
        found = self._expanded.get(key)
        if found is not None:
            return found
        if self._is_recursive(symbol, span):
            return self._interner.error(span)
        self._expanding.append(symbol)
        self._expanding_now.add(symbol)
        outer_calls = self._reporter.calls
        self._reporter.calls = [*outer_calls, (symbol.name, span)] if symbol.is_function else []
        # An expansion takes more of the Python stack than a level of an expression does.
        self.nesting += 1
        try:
            environment = Environment(symbol.scope, locals_)
            result = self._check(symbol.declaration.value, environment)
        finally:
            self.nesting -= 1
            self._reporter.calls = outer_calls
            self._expanding_now.discard(self._expanding.pop())
        if self._interner.depth(result) > MAXIMUM_TYPED_DEPTH:
            self._reporter.report(
                "FX006",
                f"`{symbol.name}` is nested more than {MAXIMUM_TYPED_DEPTH:,} levels deep, "
                "with the lets that it uses",
                symbol.span,
            )
            result = self._interner.error(span)
        self._expanded[key] = result
        return result

    def _is_recursive(self, symbol: LetSymbol, span: Span) -> bool:
        """Report a let that needs its own value, and return whether it does."""
        if symbol not in self._expanding_now:
            return False
        start = next(i for i, other in enumerate(self._expanding) if other is symbol)
        chain = [other.name for other in self._expanding[start:]] + [symbol.name]
        shown = chain if len(chain) <= 12 else [*chain[:6], "...", *chain[-5:]]
        self._reporter.report(
            "FX150",
            f"`{symbol.name}` needs its own value",
            span,
            notes=(f"{' -> '.join(f'`{name}`' for name in shown)}",) if len(chain) > 2 else (),
            help="a let cannot use itself; for lists use operators such as `map` and `sum`",
        )
        return True

    def call(
        self,
        symbol: LetSymbol,
        arguments: list[tuple[tree.Identifier | None, tree.Expression]],
        node: tree.Call,
        environment: Environment,
    ) -> Expression:
        """Return the expanded call of a let function; its arguments are checked first."""
        if not symbol.is_function:
            self._reporter.report(
                "FX107",
                f"`{symbol.name}` is a value and takes no arguments",
                node.name.span,
                labels=(Label(symbol.span, "it is declared here, without parameters"),),
                help=f"write `{symbol.name}` without parentheses",
            )
            return self._interner.error(node.span)
        parameters = symbol.declaration.parameters or []
        values: dict[str, Expression] = {}
        names = [parameter.name.text for parameter in parameters]
        faulty = False
        named = False
        for position, (name, value) in enumerate(arguments):
            if name is not None:
                named = True
                target: str | None = name.text
                if name.text not in names:
                    self._wrong_argument(
                        symbol,
                        f"`{symbol.name}` has no parameter `{name.text}`",
                        name.span,
                        did_you_mean(name.text, names),
                    )
                    target = None
            elif named:
                report_positional_after_named(self._reporter, value.span)
                target = None
            elif position < len(names):
                target = names[position]
            else:
                count = len(names)
                self._wrong_argument(
                    symbol,
                    f"`{symbol.name}` takes {count} argument{'s' if count != 1 else ''}",
                    value.span,
                )
                target = None
            if target is not None and target in values:
                self._wrong_argument(symbol, f"`{target}` is given twice", value.span)
                target = None
            if isinstance(value, tree.LambdaExpression):
                self._reporter.report(
                    "FX112",
                    "a let function cannot take a lambda",
                    value.span,
                    help="lambdas are arguments of operators, such as `map` and `filter`",
                )
                target = None
                checked = self._interner.error(value.span)
            else:
                checked = self._check(value, environment)
            if target is None:
                faulty = True
            else:
                values[target] = checked
        for parameter in parameters:
            name_text = parameter.name.text
            if name_text in values:
                continue
            if parameter.default is None:
                if not faulty:
                    self._wrong_argument(
                        symbol,
                        f"`{symbol.name}`: the argument `{name_text}` is missing",
                        node.name.span,
                    )
                faulty = True
            else:
                own = Environment(symbol.scope, {})
                values[name_text] = self._check(parameter.default, own)
        if faulty:
            return self._interner.error(node.span)
        ordered = tuple(values[name] for name in names)
        if any(isinstance(value.type, ErrorType) for value in ordered):
            self._is_recursive(symbol, node.span)
            return self._interner.error(node.span)
        return self._expand(symbol, values, ordered, node.span)

    def _wrong_argument(
        self, symbol: LetSymbol, message: str, span: Span, caption: str = ""
    ) -> None:
        self._reporter.report(
            "FX107",
            message,
            span,
            caption=caption,
            notes=(f"its form is: {show_call(symbol)}",),
        )

    def check_function(self, symbol: LetSymbol) -> None:
        """Look for unknown names in a let function, called or not; its parameters have no type
        here.
        """
        own = Environment(symbol.scope, {})
        locals_: dict[str, Expression] = {}
        for parameter in symbol.declaration.parameters or []:
            locals_[parameter.name.text] = self._interner.error(parameter.name.span)
            if parameter.default is not None:
                self._check(parameter.default, own)
        self._expanding.append(symbol)
        self._expanding_now.add(symbol)
        try:
            self._check(symbol.declaration.value, Environment(symbol.scope, locals_))
        finally:
            self._expanding_now.discard(self._expanding.pop())

    def report_budget(self, span: Span, limit: int) -> None:
        """Report that the program has become too large, and which let made it so."""
        names = list(dict.fromkeys(symbol.name for symbol in self._expanding))
        if names:
            shown = " -> ".join(f"`{name}`" for name in names[:6])
            more = " -> ..." if len(names) > 6 else ""
            outer = self._expanding[0]
            self._reporter.calls = []
            self._reporter.report(
                "FX151",
                f"expanding `{outer.name}` makes the program larger than {limit:,} expressions",
                outer.span,
                notes=(f"the expansion goes through {shown}{more}",),
                help="a let function is expanded at each call; "
                "give values that are used more than once a `let` without parameters",
            )
            return
        self._reporter.report("FX151", f"the program has more than {limit:,} expressions", span)


def report_positional_after_named(reporter: Reporter, span: Span) -> None:
    """Report an argument without a name behind one with a name."""
    reporter.report(
        "FX107",
        "after a named argument only named ones can follow",
        span,
        help="give this argument its name, or move it to the front",
    )


def show_call(symbol: LetSymbol) -> str:
    """Return a let function with its parameters, as it is shown in messages."""
    shown = []
    for parameter in symbol.declaration.parameters or []:
        text = parameter.name.text
        if parameter.default is not None:
            text += f" = {parameter.default.span.text}"
        shown.append(text)
    return f"{symbol.name}({', '.join(shown)})"
