"""FX202: an operator makes more ids than the feature has room for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Applicability, Edit, Fix, Severity
from feature_extractor.lint.expressions import integer
from feature_extractor.lint.identifiers import id_values, lists
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_BUCKET_ARGUMENT: Final = {
    "hash_bucket": 1,
    "modulo_bucket": 1,
    "iceberg_bucket": 1,
    "multi_hash": 2,
}
"""The operators that give ids below a constant, with the position of that constant."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the size of id features with the number of ids that their operators give."""
    for feature in program.features:
        size = feature.checked.size
        if size is None:
            continue
        for value in id_values(feature):
            for origin, ids in _numbered(program, value):
                if ids > size:
                    yield _finding(program, feature, origin, ids, size)


def _finding(
    program: LintedProgram, feature: DeclaredFeature, origin: Call, ids: int, size: int
) -> Finding:
    share = 100 * (ids - size) / ids
    lost = (
        f"with an even spread {share:.0f} % of the values are lost"
        if origin.operator in _BUCKET_ARGUMENT
        else (
            f"the id {size:,} is lost"
            if size == ids - 1
            else f"ids from {size:,} to {ids - 1:,} are lost"
        )
    )
    what = "replaced by the default" if feature.checked.kind == "id" else "dropped"
    return Finding(
        program.place(origin, feature),
        f"`{origin.operator}` gives {ids:,} ids, and `{feature.name}` has room for {size:,}",
        caption=lost,
        notes=(f"an id that is not below the size is {what}",),
        help=f"write `{feature.checked.kind}({ids})`, or make fewer ids",
        fix=_fix(feature, ids),
    )


def _fix(feature: DeclaredFeature, ids: int) -> Fix | None:
    """Return the fix that gives a feature another size; None where the size has a name, which others use too."""
    size = feature.declaration.kind.arguments[0].value
    if not isinstance(size, tree.Literal):
        return None
    edit = Edit(size.span, str(ids))
    return Fix(f"give the feature room for {ids:,} ids", (edit,), Applicability.UNSAFE)


def _numbered(program: LintedProgram, value: Expression) -> Iterator[tuple[Call, int]]:
    """Yield the calls that an id comes from unchanged, with the number of ids that they give."""
    for origin in lists(value):
        if origin.operator in _BUCKET_ARGUMENT:
            program.look_closer()
            ids = integer(origin.arguments[_BUCKET_ARGUMENT[origin.operator]])
            if ids is not None:
                yield origin, ids
        elif origin.operator == "bucketize":
            program.look_closer()
            boundaries = origin.arguments[1]
            if isinstance(boundaries, Literal) and isinstance(boundaries.value, tuple):
                yield origin, len(boundaries.value) + 1
        elif program.operator(origin.operator).mapping:
            for argument in origin.arguments:
                if isinstance(argument, Lambda):
                    yield from _numbered(program, argument.body)


RULE: Final = Rule(
    code="FX202",
    name="more-ids-than-size",
    severity=Severity.ERROR,
    summary="A hash or bucket operator gives ids that are not below the size of the feature.",
    check=check,
    by_feature=True,
)
