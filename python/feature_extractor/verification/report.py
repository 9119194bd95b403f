"""A verification as text and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from feature_extractor.verification.compare import Example, FeatureComparison, Verification
from feature_extractor.wording import counted

_LONGEST = 100


def text(found: Verification) -> str:
    """Return the report for a terminal."""
    lines = [_head(found)]
    lines += _remarks(found)
    for feature in found.differing:
        lines += ["", f"{feature.name}: {_share(feature)}"]
        lines += [f"  {line}" for line in _details(feature)]
    return "\n".join(lines) + "\n"


def markdown(found: Verification) -> str:
    """Return the report as a comment in a review or a ticket shows it."""
    lines = [f"### {_head(found)}", "", *(f"* {remark}" for remark in _remarks(found))]
    if found.differing:
        lines += ["", "| feature | differs in |", "| --- | --- |"]
        lines += [f"| `{feature.name}` | {_share(feature)} |" for feature in found.differing]
    for feature in found.differing:
        lines += ["", f"#### `{feature.name}`", "", "```", *_details(feature), "```"]
    return "\n".join(lines) + "\n"


def _head(found: Verification) -> str:
    compared = f"{counted(found.requests, 'request')} with {counted(found.rows, 'row')}"
    features = counted(len(found.features), "feature")
    if found.same:
        return f"{features} compared, all the same: {compared}."
    return f"{len(found.differing):,} of {features} differ: {compared}."


def _remarks(found: Verification) -> list[str]:
    remarks = []
    others = {by: count for by, count in found.logged_by.items() if by != found.digest}
    for by, count in others.items():
        remarks.append(
            f"{counted(count, 'request')} served by the package {by}, computed by {found.digest}."
        )
    for names, what in (
        (found.only_logged, "in the log only"),
        (found.not_logged, "in the package only"),
    ):
        if names:
            remarks.append(f"Features {what}: {', '.join(names)}.")
    return remarks


def _share(feature: FeatureComparison) -> str:
    if feature.rows is None:
        return f"{feature.differing:,} of {feature.requests:,} requests (the log has no values)"
    return (
        f"{feature.differing_rows:,} of {feature.rows:,} values, in {feature.differing:,} of "
        f"{feature.requests:,} requests"
    )


def _details(feature: FeatureComparison) -> Iterator[str]:
    parting = feature.parting
    if parting is not None:
        yield f"first difference: {parting.reason}, in row {parting.row} of the request"
        yield f"  old  {parting.old_value}    {parting.old_source}    {parting.old_site}".rstrip()
        yield f"  new  {parting.new_value}    {parting.new_source}    {parting.new_site}".rstrip()
    for example in feature.examples:
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    place = f"request {example.request} of {example.table}, {example.time}"
    if example.row is None:
        yield f"{place}: computed {_cut(example.computed)}"
    else:
        yield f"{place}, row {example.row}: logged {_cut(example.logged)}, computed {_cut(example.computed)}"
    yield f"  request    {_cut(example.inputs)}"
    if example.candidate is not None:
        yield f"  candidate  {_cut(example.candidate)}"


def _cut(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."
