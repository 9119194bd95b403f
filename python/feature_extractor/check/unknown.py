"""Names and operators that nobody has declared: tells what was probably meant, and where it is to be had."""

from __future__ import annotations

from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import Environment, LetSymbol, Symbol
from feature_extractor.diagnostics import Applicability, Edit, Fix
from feature_extractor.diagnostics.suggestions import closest, did_you_mean
from feature_extractor.registry import Plugin, Registry
from feature_extractor.standard import function_names, modules_with
from feature_extractor.syntax import tree

_SHOWN_ALIASES = 4
"""How many operators are named where another system's word may mean each of them."""


class UnknownNames:
    """Reports what is unknown."""

    def __init__(self, registry: Registry, reporter: Reporter) -> None:
        self._registry = registry
        self._reporter = reporter

    def is_plugin(self, node: tree.Expression | None, environment: Environment) -> bool:
        """Return whether an expression can only be the name of a plug-in that is not known."""
        if not isinstance(node, tree.Name) or environment.scope.uncertain:
            return False
        scope = environment.scope
        names = (environment.locals, scope.names, scope.features, self._registry.plugins)
        return not any(node.text in known for known in names)

    def name(self, node: tree.Name, environment: Environment, before: str = "") -> None:
        """Report a name that stands for nothing; ``before`` is the operator that is called with it."""
        name = node.text
        scope = environment.scope
        if scope.uncertain:
            return
        meant = closest(name, environment.locals, scope.names)
        fix = None
        caption = advice = ""
        if meant:
            caption = f"did you mean `{meant}`?"
            fix = Fix(f"replace with `{meant}`", (Edit(node.span, meant),), Applicability.UNSAFE)
        elif before:
            advice = f"where `{name}` is a plug-in with an operator `{before}`, name its file: `fx --plugin FILE ...`"
        elif self._registry.find(name):
            advice = f"`{name}` is an operator; call it: `{name}(...)`"
        else:
            advice = "inputs, lets, resources, parameters and lambda variables can be named here"
        self._reporter.report(
            "FX101", f"unknown name `{name}`", node.span, caption=caption, help=advice, fix=fix
        )

    def operator(self, node: tree.Call, symbol: Symbol | None, environment: Environment) -> None:
        """Report an operator that is called, and is none."""
        name = node.name.text
        if symbol is None and environment.scope.uncertain:
            return
        if name in environment.locals or symbol is not None:
            self._reporter.report(
                "FX103",
                f"`{name}` is a value and cannot be called",
                node.name.span,
            )
            return
        modules = modules_with(name)
        if modules:
            self._reporter.report(
                "FX103",
                f"unknown operator `{name}`",
                node.name.span,
                caption="it is a function of the standard library",
                help=f'write `use "{modules[0]}"` at the top of the file',
            )
            return
        aliases = self._registry.all_by_alias(name)
        alias = aliases[0] if aliases else None
        functions = [
            other
            for other, found in environment.scope.names.items()
            if isinstance(found, LetSymbol) and found.is_function
        ]
        meant = alias or closest(name, functions, self._registry.names)
        near = None if meant else closest(name, function_names())
        if near:
            self._reporter.report(
                "FX103",
                f"unknown operator `{name}`",
                node.name.span,
                caption=f"did you mean `{near}` of the standard library?",
                help=f'write `use "{modules_with(near)[0]}"` at the top of the file',
            )
            return
        # The name of a plug-in cannot stand in the middle of a chain.
        fix = None
        if meant and len(aliases) < 2 and not ("." in meant and node.receiver is not None):
            fix = Fix(
                f"replace with `{meant}`", (Edit(node.name.span, meant),), Applicability.UNSAFE
            )
        self._reporter.report(
            "FX103",
            f"unknown operator `{name}`",
            node.name.span,
            caption=self._called_here(aliases)
            if alias
            else (f"did you mean `{meant}`?" if meant else ""),
            notes=tuple(self._summary(other) for other in aliases[:_SHOWN_ALIASES]),
            help="" if meant else "`fx ops` lists all operators",
            fix=fix,
        )

    @staticmethod
    def _called_here(aliases: tuple[str, ...]) -> str:
        """Say what we call an operator of another system."""
        shown = [f"`{alias}`" for alias in aliases[:_SHOWN_ALIASES]]
        if len(aliases) > len(shown):
            shown.append("otherwise")
        names = " or ".join(([", ".join(shown[:-1])] if shown[:-1] else []) + shown[-1:])
        return f"it is called {names} here"

    def _summary(self, name: str) -> str:
        """Say in a line what an operator does: what has the same name elsewhere may count or begin otherwise."""
        operator = self._registry.by_name[name]
        syntax = operator.syntax
        written = (
            f", written `{syntax.removeprefix('unary ')}`"
            if syntax and not syntax[-1].isalnum()
            else ""
        )
        return f"`{name}`{written}: {operator.summary[:1].lower()}{operator.summary[1:]}"

    def operator_of_plugin(self, plugin: Plugin, name: tree.Identifier) -> None:
        """Report an operator that a plug-in does not have."""
        names = [operator.name.partition(".")[2] for operator in plugin.operators]
        alias = self._registry.by_alias(name.text)
        if alias is not None and alias.startswith(f"{plugin.name}."):
            caption = f"it is called `{alias}` here"
        else:
            caption = did_you_mean(name.text, names)
        self._reporter.report(
            "FX103",
            f"the plug-in `{plugin.name}` {plugin.version} has no operator `{name.text}`",
            name.span,
            caption=caption,
            help="" if caption else f"`fx --plugin FILE ops {plugin.name}` lists its operators",
        )
