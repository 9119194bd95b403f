"""Adds up what was counted over the batches of a run, and shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TextIO

from feature_extractor.cli.console import write_rendered
from feature_extractor.extraction import Extraction, FeatureDescription, InputCounts
from feature_extractor.extractor import InputDescription
from feature_extractor.wording import counted

_MOST_PLACES = 20
"""So many places of the program are listed; the others are only counted."""

_COUNTS = tuple(field.name for field in fields(InputCounts))


@dataclass
class Counts:
    """The statistics of all batches together."""

    rows: int = 0
    requests: int = 0
    batches: int = 0
    defaulted: Counter[str] = field(default_factory=Counter)
    inputs: dict[str, Counter[str]] = field(default_factory=dict)
    nulls_at: Counter[str] = field(default_factory=Counter)

    def add(self, extraction: Extraction) -> None:
        """Add those of one batch."""
        self.rows += extraction.rows
        self.requests += extraction.requests
        self.batches += 1
        statistics = extraction.statistics()
        self.defaulted.update(statistics.defaulted)
        for name, counts in statistics.inputs.items():
            into = self.inputs.setdefault(name, Counter())
            into.update({kind: getattr(counts, kind) for kind in _COUNTS})
        self.nulls_at.update(statistics.nulls_at)


def as_json(
    counts: Counts,
    seconds: float,
    digest: str,
    features: Sequence[FeatureDescription],
    operators: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Return all counts as JSON values, zeros too."""
    return {
        "digest": digest,
        "rows": counts.rows,
        "requests": counts.requests,
        "batches": counts.batches,
        "seconds": round(seconds, 6),
        "rows_per_second": round(counts.rows / seconds) if seconds > 0 else None,
        "features": {f.name: {"defaulted": counts.defaulted[f.name]} for f in features},
        "inputs": {
            name: {kind: found[kind] for kind in _COUNTS} for name, found in counts.inputs.items()
        },
        "nulls_at": [
            {"place": place, "operators": list(operators.get(place, ())), "count": count}
            for place, count in counts.nulls_at.most_common()
        ],
    }


def print_counts(
    stream: TextIO,
    counts: Counts,
    seconds: float,
    features: Sequence[FeatureDescription],
    inputs: Sequence[InputDescription],
    operators: Mapping[str, Sequence[str]],
) -> None:
    """Write what there is to say: rows and speed, and only the features, inputs and places that
    counted something.
    """
    speed = f" ({counts.rows / seconds:,.0f} rows/s)" if seconds > 0 and counts.rows else ""
    stream.write(
        f"{counted(counts.rows, 'row')} of {counted(counts.requests, 'request')} in "
        f"{seconds:.2f} s{speed}, {counted(len(features), 'feature')}\n"
    )
    _print_table(
        stream,
        ("feature", "kind", "default used", "share of rows"),
        [
            (f.name, f.kind, f"{count:,}", _share(count, counts.rows, f.kind))
            for f in features
            if (count := counts.defaulted[f.name])
        ],
        numbers=(2, 3),
    )
    types = {f"{i.domain}.{i.name}": _brief(i.type) for i in inputs}
    shown = [kind for kind in _COUNTS if any(found[kind] for found in counts.inputs.values())]
    _print_table(
        stream,
        ("input", "type", *(kind.replace("_", " ") for kind in shown)),
        [
            (name, types.get(name, ""), *(f"{found[kind]:,}" for kind in shown))
            for name, found in counts.inputs.items()
            if any(found[kind] for kind in shown)
        ],
        numbers=range(2, 2 + len(shown)),
    )
    places = counts.nulls_at.most_common()
    _print_table(
        stream,
        ("no result at", "operator", "times"),
        [
            (place, ", ".join(operators.get(place, ())), f"{count:,}")
            for place, count in places[:_MOST_PLACES]
        ],
        numbers=(2,),
    )
    if len(places) > _MOST_PLACES:
        stream.write(f"and {counted(len(places) - _MOST_PLACES, 'place')} more\n")


def _brief(declared: str) -> str:
    """Return a type for a narrow column: the fields of a struct are left out where they are many."""
    return declared if len(declared) <= 32 else re.sub(r"\{.*\}", "{...}", declared)


def _share(count: int, rows: int, kind: str) -> str:
    """Return the share of rows; for lists of ids the count is not of rows."""
    if kind in ("ids", "weighted") or rows == 0:
        return ""
    return f"{100 * count / rows:.3g} %"


def _print_table(
    stream: TextIO,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int],
) -> None:
    if not rows:
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, title in enumerate(header):
        number = index in numbers
        table.add_column(
            Text(title), justify="right" if number else "left", overflow="fold", no_wrap=number
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    write_rendered(stream, Text(), table)
