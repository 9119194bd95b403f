"""FX409: a feature has room for ids that never come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.identifiers import id_values
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.setting import Setting


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the size of a feature with the greatest id that its value can be."""
    least = int(program.setting(RULE, "rows"))
    for feature in program.features:
        if feature.checked.size is None:
            continue
        program.look_closer()
        size = feature.checked.size
        values = [program.ranges.of(value) for value in id_values(feature)]
        highest = [known.high for known in values if known.high is not None and known.high >= 0]
        if not values or len(highest) < len(values):
            continue
        default = feature.checked.default
        used = 1 + max(int(max(highest)), default if isinstance(default, int) else 0)
        if size - used < least or size < 2 * used:
            continue
        yield Finding(
            feature.declaration.kind.span,
            f"`{feature.name}` has room for {size:,} ids, and {used:,} can come",
            caption=f"{size - used:,} rows of the model's table are never trained",
            help=f"write `{feature.checked.kind}({used})`, or make more ids",
        )


RULE: Final = Rule(
    code="FX409",
    name="unused-ids",
    severity=Severity.WARNING,
    summary="More than half of the ids that a feature has room for never come.",
    check=check,
    by_feature=True,
    settings=(Setting("rows", int, 1000, "how many unused ids are reported at least"),),
)
