"""An explanation as text for a terminal, in tables of at most 100 columns."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from feature_extractor.explain.analysis import Explanation, FeatureExplanation
from feature_extractor.explain.fitted import describe

WIDTH = 100


def summary_text(explanation: Explanation) -> str:
    """Return one row per feature, and what a request costs in all."""
    table = Table(box=box.SIMPLE_HEAD, width=WIDTH, pad_edge=False)
    table.add_column("feature", overflow="fold", ratio=3)
    table.add_column("kind", no_wrap=True)
    table.add_column("type", overflow="fold", ratio=2)
    table.add_column("runs per", no_wrap=True)
    table.add_column("cost", justify="right", no_wrap=True)
    table.add_column("own", justify="right", no_wrap=True)
    table.add_column("steps", justify="right", no_wrap=True)
    table.add_column("shares with", justify="right", no_wrap=True)
    for feature in explanation.features:
        table.add_row(
            Text(feature.name),
            feature.kind,
            feature.type,
            feature.domain,
            duration(feature.nanoseconds),
            duration(feature.own_nanoseconds),
            str(len(feature.steps)),
            str(len(feature.shared_with)),
        )
    request, candidate = (explanation.nanoseconds.get(n, 0.0) for n in ("request", "candidate"))
    total = (
        f"{len(explanation.features)} features, {len(explanation.steps)} steps. Once per request: "
        f"{duration(request)}; for all candidates: {duration(candidate)}."
    )
    parts: list[RenderableType] = [table, Text(total), Text(explanation.assumptions.text())]
    if explanation.fitted:
        parts.append(_fitted_table(explanation))
    return _rendered(*parts)


def _fitted_table(explanation: Explanation) -> Table:
    table = Table(box=box.SIMPLE_HEAD, width=WIDTH, pad_edge=False)
    table.add_column("fitted", overflow="fold", ratio=2)
    table.add_column("of", overflow="fold", ratio=4)
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("found", overflow="fold", ratio=4)
    for entry in explanation.fitted:
        rows = f"{entry['data']['rows']:,}"
        table.add_row(Text(entry["name"]), Text(entry["of"]), rows, Text(describe(entry)))
    return table


def feature_text(explanation: Explanation, feature: FeatureExplanation) -> str:
    """Return all that is known of one feature, with its steps."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    shared = [f"{name} ({count})" for name, count in list(feature.shared_with.items())[:20]]
    if len(feature.shared_with) > 20:
        shared.append(f"and {len(feature.shared_with) - 20} more")
    operators = ", ".join(
        name if count == 1 else f"{name} x {count}" for name, count in feature.operators.items()
    )
    for name, value in (
        ("feature", feature.name),
        ("description", feature.description),
        ("owner", feature.owner),
        ("kind", feature.kind),
        ("type", feature.type),
        ("runs per", feature.domain),
        ("cost", f"{duration(feature.nanoseconds)}, own {duration(feature.own_nanoseconds)}"),
        ("reads", ", ".join(feature.inputs)),
        ("operators", operators),
        ("shares with", ", ".join(shared)),
    ):
        if value:
            facts.add_row(name, Text(value))
    steps = Table(box=box.SIMPLE_HEAD, width=WIDTH, pad_edge=False)
    steps.add_column("step", justify="right", no_wrap=True)
    steps.add_column("does", overflow="fold", ratio=3)
    steps.add_column("in", overflow="fold", ratio=2)
    steps.add_column("from", overflow="fold", ratio=1)
    steps.add_column("cost", justify="right", no_wrap=True)
    steps.add_column("features", justify="right", no_wrap=True)
    for index in feature.steps:
        step = explanation.steps[index]
        steps.add_row(
            str(index),
            Text(step.label),
            step.domain,
            " ".join(str(source) for source in step.sources),
            duration(step.nanoseconds),
            str(len(step.features)),
        )
    return _rendered(facts, steps, Text(explanation.assumptions.text()))


def duration(nanoseconds: float) -> str:
    """Return a time with three digits and a unit."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size * 0.9995:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def _rendered(*parts: RenderableType) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=WIDTH, color_system=None, highlight=False, legacy_windows=False
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
