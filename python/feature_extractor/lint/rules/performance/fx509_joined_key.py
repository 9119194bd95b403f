"""FX509: values are joined to a text to be hashed together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

HASHING: Final = ("hash", "hash_bucket", "multi_hash")
"""Our own hashes: those of other systems are called to give ids that exist already, which `cross` cannot."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at what is hashed."""
    for call, feature in program.calls(*HASHING):
        program.look_closer()
        for origin in origins(call.arguments[0]):
            parts = _joined(origin)
            values = [part for part in parts if not isinstance(part, Literal)]
            if len(values) < 2:
                continue
            is_ambiguous = sum(_may_hold_anything(value) for value in values) >= 2
            separator = next((s for part in parts if (s := _text(part))), "")
            if is_ambiguous:
                first, second = f"a{separator}b", f"b{separator}c"
                caption = f'"{first}" and "c" have the key of "a" and "{second}"'
            else:
                caption = "a text is made for each row"
            yield Finding(
                program.place(call, feature),
                "values are joined to a text to be hashed together",
                caption=caption,
                notes=(
                    "the ids will be other ones, so that the model has to be trained with them",
                ),
                help="write `cross(a, b)` with the values themselves: it makes no text, and tells all pairs apart",
            )
            break


def _joined(value: Expression) -> tuple[Expression, ...]:
    """Return the parts that a text is put together from."""
    if not isinstance(value, Call):
        return ()
    if value.operator == "concat":
        return value.arguments
    if value.operator == "join":
        items, separator = value.arguments
        if isinstance(items, Call) and items.operator == "list_of":
            return (items.arguments[0], separator, *items.arguments[1:])
    return ()


def _may_hold_anything(value: Expression) -> bool:
    """Return whether a text may have the separator in it: a written number has none."""
    return not (isinstance(value, Call) and value.operator == "to_string")


def _text(value: Expression) -> str:
    is_text = isinstance(value, Literal) and isinstance(value.value, str)
    return str(value.value) if is_text and isinstance(value, Literal) else ""


RULE: Final = Rule(
    code="FX509",
    name="joined-key",
    severity=Severity.WARNING,
    summary="Values are joined to a text to be hashed together.",
    check=check,
    by_feature=True,
)
