"""Programs, extractors and results as HTML that stands in a notebook: no script, no network, light or dark."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from feature_extractor.html_table import html_table
from feature_extractor.wording import counted, kind_with_sizes

if TYPE_CHECKING:
    from feature_extractor.extraction import Extraction, FeatureDescription
    from feature_extractor.extractor import Extractor
    from feature_extractor.program import Program

MOST_FEATURES: Final = 200
"""Features that a table of them shows."""
MOST_STEPS: Final = 80
"""A plan of more steps is not drawn; `fx explain -o page.html` draws it feature by feature."""
MOST_ROWS: Final = 10
MOST_COLUMNS: Final = 30
_LONGEST: Final = 80

# The styles hold inside of their own block only, and take colours from the page around it. Jupyter has styles of its
# own for tables and pictures in results; a class that is named three times wins over these.
_STYLE: Final = """<style>
.fx-view { font: 13px/1.4 system-ui, sans-serif }
.fx-view table { border-collapse: collapse; margin: .4em 0 }
.fx-view.fx-view.fx-view :is(th, td) { text-align: left; padding: .15em .8em .15em 0; vertical-align: top }
.fx-view th { border-bottom: 1px solid; font-weight: 600 }
.fx-view.fx-view.fx-view .n { text-align: right; white-space: nowrap }
.fx-view .fx-quiet { opacity: .7 }
.fx-view .fx-graph { overflow: auto; max-height: 40em }
.fx-view.fx-view.fx-view svg { max-width: none }
.fx-view svg path { fill: none; stroke: #888 }
.fx-view svg rect { stroke: #888 }
.fx-view svg text { font: 11px system-ui, sans-serif; fill: #222 }
.fx-view svg text.d { fill: #555; font-size: 10px }
</style>"""


def program_html(program: Program) -> str:
    """Return a compiled program: its features with type, domain, cost and description, and the graph of its steps."""
    from feature_extractor.explain import explain
    from feature_extractor.explain.page import svg
    from feature_extractor.explain.text import duration
    from feature_extractor.registry import load_registry

    manifest = program.package.manifest
    explanation = explain(program.package.plan, load_registry(), manifest)
    rows = [
        (
            feature.name,
            feature.kind,
            feature.type,
            feature.domain,
            duration(feature.nanoseconds),
            feature.description,
        )
        for feature in explanation.features
    ]
    table = _table(
        ("feature", "kind", "type", "runs per", "cost", "description"), rows, numbers=(4,)
    )
    steps = [step.index for step in explanation.steps if step.kind != "constant"]
    graph = ""
    if 0 < len(steps) <= MOST_STEPS:
        drawn = svg(explanation, steps).replace(
            "<svg ", f"<svg role='img' aria-label='The {len(steps)} steps of the plan' ", 1
        )
        graph = f"<details open><summary>Steps</summary><div class=fx-graph>{drawn}</div></details>"
    elif steps:
        graph = f"<p class=fx-quiet>{len(steps):,} steps are too many for a picture here.</p>"
    head = (
        f"<p><b>{_text(manifest['name'])}</b> "
        f"<span class=fx-quiet>{counted(len(rows), 'feature')}, digest {_text(program.digest)}</span></p>"
    )
    about = f"<p class=fx-quiet>{_text(explanation.assumptions.text())}</p>"
    return _block(head, _paragraph(manifest.get("description", "")), table, about, graph)


def extractor_html(extractor: Extractor) -> str:
    """Return a loaded package: its inputs and features."""
    inputs = _table(
        ("input", "per", "type"), [(i.name, i.domain, i.type) for i in extractor.inputs]
    )
    features = _table(
        ("feature", "kind", "runs per", "description"),
        [(f.name, _kind(f), f.domain, f.description) for f in extractor.features],
    )
    head = f"<p><b>{_text(extractor.name)}</b> <span class=fx-quiet>digest {_text(extractor.digest)}</span></p>"
    return _block(head, inputs, features)


def extraction_html(extraction: Extraction, features: Sequence[FeatureDescription]) -> str:
    """Return the first rows of a result."""
    from feature_extractor.extraction import Ids

    shown = features[:MOST_COLUMNS]
    rows = min(extraction.rows, MOST_ROWS)
    columns: list[list[str]] = []
    for feature in shown:
        values = extraction[feature.name]
        if isinstance(values, Ids):
            columns.append([_ids(values, row) for row in range(rows)])
        else:
            columns.append([_value(values[row]) for row in range(rows)])
    header = [f"{_text(f.name)}<br><span class=fx-quiet>{_text(_kind(f))}</span>" for f in shown]
    numbers = [
        i for i, f in enumerate(shown) if f.kind in ("dense", "label", "id") and f.width == 1
    ]
    cells = [[_text(column[row]) for column in columns] for row in range(rows)]
    left = [
        counted(number, noun)
        for number, noun in (
            (extraction.rows - rows, "more row"),
            (len(features) - len(shown), "more feature"),
        )
        if number > 0
    ]
    more = f"<p class=fx-quiet>{', '.join(left)}</p>" if left else ""
    head = f"<p class=fx-quiet>{counted(extraction.rows, 'row')}, {counted(len(features), 'feature')}</p>"
    return _block(head, _raw_table(header, cells, numbers), more)


def _kind(feature: FeatureDescription) -> str:
    return kind_with_sizes(feature.kind, feature.size, feature.maximum, feature.width)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _short(value)
    if getattr(value, "ndim", 0):
        return _short(f"[{', '.join(f'{float(item):.6g}' for item in value[:20])}]")
    return f"{float(value):.7g}" if value.dtype.kind == "f" else str(value)


def _ids(values: Any, row: int) -> str:
    ids = values[row][:20].tolist()
    if values.weights is None:
        return _short(str(ids))
    start = int(values.offsets[row])
    weights = values.weights[start : start + len(ids)].tolist()
    return _short(f"{{{', '.join(f'{i}: {w:.6g}' for i, w in zip(ids, weights, strict=True))}}}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _table(
    header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Iterable[int] = ()
) -> str:
    shown = [[_text(cell) for cell in row] for row in rows[:MOST_FEATURES]]
    left = len(rows) - len(shown)
    more = f"<p class=fx-quiet>and {left:,} more</p>" if left > 0 else ""
    return _raw_table([_text(title) for title in header], shown, numbers) + more


def _raw_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Iterable[int] = ()
) -> str:
    """Return a table of cells that are HTML already, without columns that have nothing to say."""
    filled = [i for i, _ in enumerate(header) if any(row[i] for row in rows)]
    filled = filled or list(range(len(header)))
    shown = [[row[i] for i in filled] for row in rows]
    right = set(numbers)
    return html_table(
        [header[i] for i in filled], shown, [at for at, i in enumerate(filled) if i in right]
    )


def _block(*parts: str) -> str:
    return f"<div class=fx-view>{_STYLE}{''.join(parts)}</div>"


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>" if text else ""


def _text(text: object) -> str:
    return html.escape(str(text))
