"""FX207: cents are cut off, not rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Applicability, Severity
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, called, is_plain
from feature_extractor.syntax import tree
from feature_extractor.types import FLOAT

_CUTTING: Final = {"to_int", "trunc", "floor"}
_FACTORS: Final = (100.0, 1000.0, 10_000.0, 1_000_000.0)
"""How many cents, tenths of cents, basis points and micros make one."""
_MONEY: Final = re.compile(
    r"(?:^|_)(?:price|prices|cost|costs|amount|fee|fees|revenue|salary|spend|spending|discount|budget|bid|cpc|cpm|"
    r"tax|tip|balance|payment|usd|eur|dollars|euros)(?:_|$)"
)


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for amounts of money that are multiplied by a power of ten and then cut off."""
    for call, feature in program.calls(*sorted(_CUTTING)):
        program.look_closer()
        product = call.arguments[0]
        if not isinstance(product, Call) or product.operator != "multiply":
            continue
        factor = next((f for f in _FACTORS if any(_is(part, f) for part in product.arguments)), 0.0)
        if not factor or not any(_is_money(part) for part in product.arguments):
            continue
        node = own_node(program, call)
        fix = None
        if isinstance(node, tree.Call) and is_plain(node):
            text = called(node, "round", arguments(node))
            fix = program.written.replacing(node, text, "round", Applicability.UNSAFE)
        shown = _example(factor)
        yield Finding(
            program.place(call, feature),
            f"`{call.operator}` cuts off what the product lacks to a whole number",
            caption=f"{shown:g} * {factor:g} is {shown * factor!r}, and becomes {int(shown * factor)}",
            help="write `round`",
            fix=fix,
        )


def _example(factor: float) -> float:
    """Return the least decimal of this many parts whose product is below the whole number that it ought to be."""
    return next(n / factor for n in range(1, 10_000) if int(n / factor * factor) < n)


def _is(value: Expression, number: float) -> bool:
    return isinstance(value, Literal) and value.value == number


def _is_money(value: Expression) -> bool:
    return value.type.with_nullable(False) == FLOAT and any(
        isinstance(origin, InputReference | Field)
        and origin.type.with_nullable(False) == FLOAT
        and bool(_MONEY.search(origin.name))
        for origin in origins(value)
    )


RULE: Final = Rule(
    code="FX207",
    name="truncated-decimal",
    severity=Severity.WARNING,
    summary="An amount of money is made a whole number by cutting off, which loses a cent now and then.",
    check=check,
    by_feature=True,
)
