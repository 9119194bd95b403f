"""FX404: a missing value is given the id of a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, ResourceReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer, origins
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.words import vocabulary_size


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare defaults with the ids that a vocabulary sets aside for unknown words."""
    resources = {r.name: r for r in program.program.resources if r.kind == "vocabulary"}
    buckets = {name: resource.oov_buckets for name, resource in resources.items()}
    if not buckets:
        return
    for call, feature in program.calls("coalesce"):
        default = integer(call.arguments[1])
        name = next((n for o in origins(call.arguments[0]) if (n := _vocabulary(o))), "")
        if default is None or name not in buckets or not _is_word(default, buckets[name]):
            continue
        size = vocabulary_size(resources[name])
        if default >= size if size is not None else not _is_first(feature, name, default, buckets):
            continue
        yield Finding(
            program.place(call, feature),
            f"{default} is the id of {_word(default, buckets[name])} of `{name}`",
            caption="a missing value looks like that word",
            help=f"take {_free(buckets[name])}, or a default that is no id of the vocabulary",
        )
    for feature in program.features:
        checked = feature.checked
        name = next((n for o in origins(feature.value) if (n := _vocabulary(o))), "")
        if checked.kind != "id" or not isinstance(checked.default, int) or name not in buckets:
            continue
        if checked.vocabulary == name and _is_word(checked.default, buckets[name]):
            yield Finding(
                feature.declaration.kind.span,
                f"{checked.default} is the id of {_word(checked.default, buckets[name])} of `{name}`",
                caption="a missing value looks like that word",
                help=f"take {_free(buckets[name])}",
            )


def _is_first(feature: DeclaredFeature, name: str, default: int, buckets: dict[str, int]) -> bool:
    """Return whether a default is a word of a vocabulary whose file is not there: each has a first one."""
    return feature.checked.vocabulary == name or default == max(buckets[name], 1)


def _is_word(default: int, buckets: int) -> bool:
    return default >= max(buckets, 1)


def _word(default: int, buckets: int) -> str:
    """Return which word has an id."""
    place = default - max(buckets, 1) + 1
    return "the first word" if place == 1 else f"word {place:,}"


def _free(buckets: int) -> str:
    return (
        "0, as for unknown words"
        if buckets < 2
        else f"one of 0 to {buckets - 1}, as for unknown words"
    )


def _vocabulary(value: Expression) -> str:
    """Return the vocabulary that a value is the id of a word of, or an empty text."""
    if isinstance(value, Call) and value.operator == "lookup":
        resource = value.arguments[0]
        if isinstance(resource, ResourceReference):
            return resource.name
    return ""


RULE: Final = Rule(
    code="FX404",
    name="null-as-word",
    severity=Severity.WARNING,
    summary="A missing value is given the id of a word of the vocabulary.",
    check=check,
)
