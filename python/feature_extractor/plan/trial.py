"""Loads a package that was just made, so that what the core refuses is told by the compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from feature_extractor.check.typed import Call, CheckedProgram, Expression, children
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.errors import EngineError
from feature_extractor.plan.build import SiteTexts
from feature_extractor.plan.errors import PlanError, plan_error
from feature_extractor.plan.package import Package

Loaded = TypeVar("Loaded")


def try_package(
    checked: CheckedProgram, package: Package, load: Callable[[bytes], Loaded]
) -> Loaded:
    """Load the package and return what that gave.

    A pattern that is no pattern or boundaries that fall raise PlanError.

    Operators look at their constant arguments when they are bound, which only the core can do. A package
    that it refuses would fail in the program that loads it, far from who could mend it.
    """
    try:
        return load(package.to_bytes())
    except EngineError as error:
        # The core writes "Operator 'name' at file:line:column: reason".
        front, _, reason = error.message.partition(": ")
        operator, _, place = front.removeprefix("Operator '").partition("' at ")
        call = _find(checked, operator, place)
        if call is None:
            finding = Diagnostic("FX176", error.message, None, path=checked.path)
            raise PlanError((finding,)) from None
        shown = reason[:1].lower() + reason[1:].rstrip(".")
        raise plan_error("FX176", f"`{operator}`: {shown}", call.site, checked.sources) from None


def _find(checked: CheckedProgram, operator: str, place: str) -> Call | None:
    """Return the call of an operator at a place ``file:line:column``."""
    sites = SiteTexts(checked)
    seen: set[int] = set()
    pending: list[Expression] = [feature.value for feature in checked.features]
    while pending:
        expression = pending.pop()
        if id(expression) not in seen:
            seen.add(id(expression))
            found = isinstance(expression, Call) and expression.operator == operator
            if found and sites.text(expression) == place:
                assert isinstance(expression, Call)
                return expression
            pending.extend(children(expression))
    return None
