"""FX619: a lambda gives its element, or the same constant, back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Applicability, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, called, is_plain, operand

ITSELF: Final = {
    "map": "",
    "sort_by": "sort",
    "any": "any",
    "all": "all",
    "min_by": "min",
    "max_by": "max",
}
"""What `f(xs, x -> x)` is; an empty text for the list itself."""
TRUE: Final = {"filter": "", "take_while": "", "count": "length"}
"""What `f(xs, x -> true)` is."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the bodies of lambdas."""
    for call, _ in program.calls(*ITSELF, *TRUE):
        function = next((part for part in call.arguments if isinstance(part, Lambda)), None)
        if function is None:
            continue
        body = function.body
        if body is function.variable and call.operator in ITSELF:
            better, what = ITSELF[call.operator], "its element"
        elif call.operator in TRUE and _is_true(program, body):
            better, what = TRUE[call.operator], "`true`"
        else:
            continue
        node = program.written.call(call, call.operator)
        if node is None or not is_plain(node):
            continue
        items, *given = arguments(node)
        rest = given[1:]
        text = called(node, better, [items, *rest]) if better else operand(items)
        shown = f"`{better}()`" if better else "the list itself"
        yield Finding(
            node.span,
            f"the lambda only gives {what} back: this is {shown}",
            help=f"write `{text}`" if "\n" not in text and len(text) < 60 else f"write {shown}",
            fix=program.written.replacing(
                node,
                text,
                f"replace with {shown}",
                Applicability.UNSAFE if _has_two_zeros(program, call) else Applicability.SAFE,
            ),
        )


def _is_true(program: LintedProgram, body: Expression) -> bool:
    if not isinstance(body, Literal):
        return False
    program.look_closer()
    return body.value is True


def _has_two_zeros(program: LintedProgram, call: Call) -> bool:
    """Return whether equal elements may differ: 0.0 and -0.0, of which `min` and `min_by` take another one.

    A function may be called with floats elsewhere.
    """
    may_be_float = "float" in str(call.type) or program.written.own(call) is None
    return call.operator in ("min_by", "max_by") and may_be_float


RULE: Final = Rule(
    code="FX619",
    name="idle-lambda",
    severity=Severity.WARNING,
    summary="A lambda only gives its element, or `true`, back.",
    check=check,
    by_feature=True,
)
