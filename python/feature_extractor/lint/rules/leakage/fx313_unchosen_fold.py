"""FX313: a target mean with folds of which training or the server reads the wrong value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Applicability, Edit, Fix, Label, Severity
from feature_extractor.lint.folds import FoldedMean, folded_means
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import bare, below
from feature_extractor.syntax import tree

_TRAINING: Final = re.compile(r"(?:^|_)(?:train|training|offline|fitting)(?:_|$)")
_SERVING: Final = re.compile(r"(?:^|_)(?:serve|serving|online|live|inference|scoring)(?:_|$)")
_FULL: Final = "value"
_OUT: Final = "out_of_fold"


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for target means whose folds nothing reads, whose full values nothing reads, and for exchanged ones."""
    for mean in folded_means(program):
        read = {call.name.text for call in mean.calls}
        first = min(mean.calls, key=lambda call: call.span.start, default=None)
        if first is None:
            continue
        both = (
            f"`if training then {mean.name}.out_of_fold(key) else {mean.name}.value(key)`, with an "
            "input that says which one is meant"
        )
        dealt = (Label(mean.fold_key.span, "dealt into folds here"),)
        if read == {_FULL}:
            yield Finding(
                first.span,
                f"no feature reads `{mean.name}.out_of_fold`: a training sample sees its own label",
                caption="the mean of all rows, the own one among them",
                labels=dealt,
                help=f"write {both}; where all samples are later than what was fitted, leave `fold_key` out",
            )
        elif read == {_OUT}:
            yield Finding(
                first.span,
                f"no feature reads `{mean.name}.value`: the server leaves a part of the data out, too",
                caption="the mean without the rows of the own fold",
                labels=dealt,
                help=f"write {both}",
            )
        else:
            yield from _exchanged(program, mean)


def _exchanged(program: LintedProgram, mean: FoldedMean) -> Iterator[Finding]:
    for choice in program.written.of(tree.Conditional):
        side = _side(choice.condition)
        if not side:
            continue
        first = _calls(mean, choice.consequence)
        second = _calls(mean, choice.alternative)
        training, serving = (first, second) if side == "training" else (second, first)
        if {c.name.text for c in training} != {_FULL} or {c.name.text for c in serving} != {_OUT}:
            continue
        edits = tuple(
            Edit(call.name.span, _OUT if call.name.text == _FULL else _FULL)
            for call in (*training, *serving)
        )
        yield Finding(
            choice.span,
            f"training reads `{mean.name}.value`, and the server `{mean.name}.out_of_fold`",
            caption="a training sample sees its own label",
            help="exchange the two",
            fix=Fix("exchange the two values", edits, Applicability.UNSAFE),
        )


def _side(condition: tree.Expression) -> str:
    """Return whether a condition asks for training or serving, by its name; empty where nobody can say."""
    condition = bare(condition)
    if isinstance(condition, tree.Unary) and condition.operator == "not":
        opposite = {"training": "serving", "serving": "training"}
        return opposite.get(_side(condition.operand), "")
    if not isinstance(condition, tree.Name):
        return ""
    is_training = bool(_TRAINING.search(condition.text))
    is_serving = bool(_SERVING.search(condition.text))
    if is_training == is_serving:
        return ""
    return "training" if is_training else "serving"


def _calls(mean: FoldedMean, branch: tree.Expression) -> list[tree.Call]:
    parts = set(map(id, below(branch)))
    return [call for call in mean.calls if id(call) in parts]


RULE: Final = Rule(
    code="FX313",
    name="unchosen-fold",
    severity=Severity.WARNING,
    summary="A target mean has folds, and training or the server reads the value that is meant for the other.",
    check=check,
)
