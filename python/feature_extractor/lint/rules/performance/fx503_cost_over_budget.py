"""FX503: a feature is estimated to cost more than it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from feature_extractor.check.typed import Call, Expression, Lambda, children
from feature_extractor.diagnostics import Label, Severity, Span
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.setting import Setting

if TYPE_CHECKING:
    from feature_extractor.explain.analysis import FeatureExplanation, StepExplanation

_SITE: Final = re.compile(r"(.*):(\d+):(\d+)")
_SHOWN: Final = 3


def check(program: LintedProgram) -> Iterator[Finding]:
    """Estimate what features cost, as `fx explain` does; those that are cheap at a glance are not planned."""
    budget = program.setting(RULE, "budget") * 1000.0
    if budget <= 0:
        return
    glance = Glance(program)
    for feature in program.features:
        if glance.nanoseconds(feature.value) <= budget:
            continue
        # The plan knows more of a feature than its types.
        program.look_further()
        estimate = explained(program, feature)
        if estimate is None or estimate[0].nanoseconds <= budget:
            continue
        cost, steps = estimate
        candidates = program.setting(RULE, "candidates")
        length = program.setting(RULE, "list_length")
        yield Finding(
            feature.span,
            f"`{feature.name}` is estimated at {_time(cost.nanoseconds)} for a request, more than {_time(budget)}",
            labels=tuple(_labels(program, steps)),
            notes=(
                f"with {candidates:,} candidates and lists of {length:,} elements, on one core; the dearest parts:",
                *(
                    f"{step.label}: {_time(step.nanoseconds)}, {step.rows:,.0f} times"
                    for step in steps
                ),
            ),
            help="`fx explain --feature` shows all parts; the budget is a setting",
        )


class Glance:
    """A quick estimate, nearly always above that of the plan: work that is shared counts once for each reader."""

    def __init__(self, program: LintedProgram) -> None:
        self._registry = program.registry
        self._candidates = program.setting(RULE, "candidates")
        self._length = max(program.setting(RULE, "list_length"), 1)
        self._calls: dict[tuple[str, int], float] = {}
        self._known: dict[Expression, float] = {}
        known, calls = self._known, self._calls
        for part in program.inner_first:
            if type(part) is Call:
                own = calls.get((part.operator, part.overload))
                if own is None:
                    own = self._own(part.operator, part.overload)
                inner = 0.0
                for argument in part.arguments:
                    inner += known[argument]
                known[part] = inner + own
            else:
                inner = sum([known[child] for child in children(part)])
                known[part] = inner * self._length if isinstance(part, Lambda) else inner

    def nanoseconds(self, value: Expression) -> float:
        """Return what the value of a feature costs for a request, and its way into the result."""
        return self._known[value] + 2.0 * float(self._candidates)

    def _own(self, operator: str, overload: int) -> float:
        cost = self._registry.by_name[operator].overloads[overload].cost
        per_element = float(cost.get("per_element", 0.0)) * self._length
        found: float = self._candidates * (float(cost.get("per_row", 1.0)) + 2.0 + per_element)
        self._calls[operator, overload] = found
        return found


def explained(
    program: LintedProgram, feature: DeclaredFeature
) -> tuple[FeatureExplanation, list[StepExplanation]] | None:
    """Return the estimate of a feature with its dearest steps, or None where it cannot be planned."""
    from feature_extractor.explain.analysis import Assumptions, explain
    from feature_extractor.plan.build import build_plan
    from feature_extractor.plan.errors import PlanError

    alone = replace(program.program, features=(feature.checked,))
    sizes = {resource.name: 1 for resource in alone.resources}
    try:
        plan = build_plan(alone, program.registry, vocabulary_sizes=sizes)
    except PlanError:
        return None
    assumptions = Assumptions(
        program.setting(RULE, "candidates"), program.setting(RULE, "list_length")
    )
    explanation = explain(plan.content, program.registry, None, assumptions)
    steps = sorted(explanation.steps, key=lambda step: -step.nanoseconds)
    return explanation.features[0], steps[:_SHOWN]


def _labels(program: LintedProgram, steps: list[StepExplanation]) -> Iterator[Label]:
    """Yield the places of steps that lie in the main file."""
    starts = program.source.line_starts
    name = program.path.rpartition("/")[2]
    for step in steps:
        match = _SITE.fullmatch(step.site)
        if match is None or match[1] != name:
            continue
        start = starts[int(match[2]) - 1] + int(match[3]) - 1
        yield Label(Span(program.source, start, start + 1), _time(step.nanoseconds))


def _time(nanoseconds: float) -> str:
    if nanoseconds >= 1e6:
        return f"{nanoseconds / 1e6:,.1f} ms"
    return f"{nanoseconds / 1e3:,.0f} µs"


RULE: Final = Rule(
    code="FX503",
    name="cost-over-budget",
    severity=Severity.WARNING,
    summary="The estimated cost of a feature is above a budget.",
    check=check,
    by_feature=True,
    settings=(
        Setting(
            "budget",
            int,
            2000,
            "the most microseconds that a feature may cost for a request; 0 turns the rule off",
        ),
        Setting("candidates", int, 100, "how many candidates a request is taken to have"),
        Setting("list_length", int, 20, "how many elements each list is taken to have"),
    ),
)
