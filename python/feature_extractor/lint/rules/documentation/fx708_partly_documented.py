"""FX708: most features of a file have an owner or a description, and one has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.setting import Setting

_FEWEST: Final = 4
"""From how many features on there is a habit."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the features with each other: where nobody writes owners, a missing one is no mistake."""
    features = program.features
    share = program.setting(RULE, "share")
    if len(features) < _FEWEST:
        return
    missing: dict[int, list[str]] = {}
    for what, lacks in (("owner", _lacks_owner), ("description", _lacks_description)):
        without = [index for index, feature in enumerate(features) if lacks(feature)]
        if len(features) - len(without) >= share * len(features):
            for index in without:
                missing.setdefault(index, []).append(what)
    for index, lacking in sorted(missing.items()):
        yield Finding(
            features[index].span,
            f"`{features[index].name}` has no {' and no '.join(lacking)}, unlike most features of this file",
            help='write `@owner("team")` above it'
            if lacking == ["owner"]
            else "write a string above it: what it means, and in which unit",
        )


def _lacks_owner(feature: DeclaredFeature) -> bool:
    return not feature.checked.owner.strip()


def _lacks_description(feature: DeclaredFeature) -> bool:
    return not feature.checked.description.strip()


RULE: Final = Rule(
    code="FX708",
    name="partly-documented",
    severity=Severity.INFORMATION,
    summary="A feature has no owner or description, and most features of its file have.",
    check=check,
    settings=(
        Setting("share", float, 0.75, "which share of the features makes a habit, from 0 to 1"),
    ),
)
