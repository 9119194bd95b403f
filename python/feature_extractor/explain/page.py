"""An explanation as one HTML page that needs no network: a table of features, and the graph of each.

The layout is computed here; the page's own script only draws, when a feature is chosen, so that a
page with two thousand features opens at once.
"""

from __future__ import annotations

import html
import json
from typing import Any

from feature_extractor.explain.analysis import Explanation
from feature_extractor.explain.layout import layered
from feature_extractor.explain.text import duration

_WHOLE_GRAPH = 80
"""A plan of at most so many steps is drawn whole as well, without the script."""

_WIDE, _HIGH, _BOX_WIDTH, _BOX_HEIGHT = 180, 66, 168, 38
_COLOURS = {"constant": "#ececec", "request": "#dcebfb", "candidate": "#fdeacf"}


def page(explanation: Explanation) -> str:
    """Return the page."""
    title = html.escape(explanation.name or "plan")
    drawn = [i for i, step in enumerate(explanation.steps) if step.kind != "constant"]
    whole = ""
    if len(drawn) <= _WHOLE_GRAPH:
        whole = f"<h2>All steps</h2><div class=graph>{svg(explanation, drawn)}</div>"
    rows = "".join(
        f"<tr data-feature={number}><td><a href='#{number}'>{html.escape(feature.name)}</a>"
        f"<td>{feature.kind}<td>{html.escape(feature.type)}<td>{feature.domain}"
        f"<td class=n>{duration(feature.nanoseconds)}<td class=n>{duration(feature.own_nanoseconds)}"
        f"<td class=n>{len(feature.steps)}<td class=n>{len(feature.shared_with)}</tr>"
        for number, feature in enumerate(explanation.features)
    )
    return _PAGE.format(
        title=title,
        assumptions=html.escape(explanation.assumptions.text()),
        legend="".join(
            f"<span style='background:{colour}'>{name}</span>" for name, colour in _COLOURS.items()
        ),
        rows=rows,
        whole=whole,
        data=_embedded(_data(explanation)),
        script=_SCRIPT,
    )


def svg(explanation: Explanation, steps: list[int]) -> str:
    """Return the graph of some steps as SVG; constants are in the labels of their readers."""
    placed = _placed(explanation, steps)
    left = min((x for x, _ in placed.values()), default=0)
    width = max((x for x, _ in placed.values()), default=0) - left + _WIDE
    height = max((y for _, y in placed.values()), default=0) + _HIGH
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"viewBox='{left - 6} 0 {width} {height}'>"
    ]
    for index, (x, y) in placed.items():
        for source in explanation.steps[index].sources:
            if source in placed:
                from_x, from_y = placed[source]
                start = f"{from_x + _BOX_WIDTH // 2},{from_y + _BOX_HEIGHT}"
                bend = y - (_HIGH - _BOX_HEIGHT) // 2
                parts.append(
                    f"<path d='M{start} C{from_x + _BOX_WIDTH // 2},{bend} "
                    f"{x + _BOX_WIDTH // 2},{bend} {x + _BOX_WIDTH // 2},{y}'/>"
                )
    for index, (x, y) in placed.items():
        step = explanation.steps[index]
        label = step.label if len(step.label) <= 26 else step.label[:25] + "\u2026"
        parts.append(
            f"<g><title>{html.escape(f'{index}: {step.label} {step.site}')}</title>"
            f"<rect x='{x}' y='{y}' width='{_BOX_WIDTH}' height='{_BOX_HEIGHT}' rx='4' "
            f"fill='{_colour(step.domain)}'/>"
            f"<text x='{x + 6}' y='{y + 16}'>{html.escape(label)}</text>"
            f"<text x='{x + 6}' y='{y + 31}' class='d'>{step.domain}, "
            f"{duration(step.nanoseconds)}</text></g>"
        )
    return "".join(parts) + "</svg>"


def _placed(explanation: Explanation, steps: list[int]) -> dict[int, tuple[int, int]]:
    sources = {index: explanation.steps[index].sources for index in steps}
    return {
        index: (round(position * _WIDE), layer * _HIGH + 4)
        for index, (position, layer) in layered(steps, sources).items()
    }


def _colour(domain: str) -> str:
    return _COLOURS[domain.rsplit(" ", 1)[-1]]


def _data(explanation: Explanation) -> dict[str, Any]:
    """Return what the script draws: steps, and per feature its steps with their places."""
    graphs = []
    for feature in explanation.features:
        steps = [i for i in feature.steps if explanation.steps[i].kind != "constant"]
        graphs.append([[i, x, y] for i, (x, y) in _placed(explanation, steps).items()])
    return {
        "box": [_BOX_WIDTH, _BOX_HEIGHT, _WIDE, _HIGH],
        "steps": [
            [s.label, s.domain, duration(s.nanoseconds), list(s.sources), s.site, len(s.features)]
            for s in explanation.steps
        ],
        "features": [
            [f.name, f.description, list(f.inputs), list(f.shared_with.items())[:40], graph]
            for f, graph in zip(explanation.features, graphs, strict=True)
        ],
        "colours": _COLOURS,
    }


def _embedded(data: dict[str, Any]) -> str:
    """Return JSON that may stand in a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}: features</title>
<style>
body {{ font: 14px/1.45 system-ui, sans-serif; margin: 2rem; color: #222 }}
table {{ border-collapse: collapse }} th, td {{ text-align: left; padding: .2rem .8rem .2rem 0 }}
th {{ border-bottom: 1px solid #888 }} td.n, th.n {{ text-align: right }}
tr.chosen {{ background: #f2f2f2 }} a {{ color: #0b5394; text-decoration: none }}
.graph {{ overflow: auto; border: 1px solid #ddd; padding: .5rem; margin: 1rem 0 }}
.legend span {{ padding: .1rem .5rem; margin-right: .5rem; border: 1px solid #bbb }}
.list {{ max-height: 40vh; overflow: auto }} input {{ font: inherit; padding: .2rem; width: 20rem }}
svg path {{ fill: none; stroke: #888 }} svg rect {{ stroke: #999 }}
svg text {{ font: 11px system-ui, sans-serif }} svg text.d {{ fill: #666; font-size: 10px }}
</style>
<h1>{title}</h1>
<p>{assumptions}</p><p class=legend>{legend}</p>
<p><input id=search type=search placeholder="Find a feature" aria-label="Find a feature"></p>
<div class=list><table><thead><tr><th>feature<th>kind<th>type<th>runs per<th class=n>cost
<th class=n>own<th class=n>steps<th class=n>shares with</tr></thead><tbody>{rows}</tbody></table></div>
<div id=chosen></div>
{whole}
<script type="application/json" id=data>{data}</script>
<script>{script}</script>
</html>
"""

_SCRIPT = """
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const [boxWidth, boxHeight, wide, high] = data.box;
const make = (name, attributes, text) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  return node;
};
const paragraph = (text) => {
  const node = document.createElement('p');
  node.textContent = text;
  return node;
};
function draw(graph) {
  const places = new Map(graph.map(([step, x, y]) => [step, [x, y]]));
  const xs = graph.map((node) => node[1]), ys = graph.map((node) => node[2]);
  const left = Math.min(0, ...xs) - 6;
  const width = Math.max(0, ...xs) - left + wide, height = Math.max(0, ...ys) + high;
  const svg = make('svg', {width, height, viewBox: `${left} 0 ${width} ${height}`});
  for (const [step, x, y] of graph) {
    for (const source of data.steps[step][3]) {
      if (!places.has(source)) continue;
      const [fromX, fromY] = places.get(source);
      const a = fromX + boxWidth / 2, b = x + boxWidth / 2, bend = y - (high - boxHeight) / 2;
      svg.append(make('path', {d: `M${a},${fromY + boxHeight} C${a},${bend} ${b},${bend} ${b},${y}`}));
    }
  }
  for (const [step, x, y] of graph) {
    const [label, domain, cost, , site, shared] = data.steps[step];
    const group = make('g', {});
    const others = shared > 1 ? `, in ${shared} features` : '';
    group.append(make('title', {}, `${step}: ${label} ${site}${others}`));
    const fill = data.colours[domain.split(' ').pop()];
    group.append(make('rect', {x, y, width: boxWidth, height: boxHeight, rx: 4, fill}));
    const shown = label.length <= 26 ? label : label.slice(0, 25) + '\\u2026';
    group.append(make('text', {x: x + 6, y: y + 16}, shown));
    group.append(make('text', {x: x + 6, y: y + 31, class: 'd'}, `${domain}, ${cost}`));
    svg.append(group);
  }
  return svg;
}
function choose() {
  const number = Number(location.hash.slice(1) || NaN);
  const place = document.getElementById('chosen');
  place.replaceChildren();
  for (const row of document.querySelectorAll('tr.chosen')) row.classList.remove('chosen');
  const feature = data.features[number];
  if (!feature) return;
  document.querySelector(`tr[data-feature="${number}"]`).classList.add('chosen');
  const [name, description, inputs, shared, graph] = feature;
  const heading = document.createElement('h2');
  heading.textContent = name;
  const frame = document.createElement('div');
  frame.className = 'graph';
  frame.append(draw(graph));
  place.append(heading, paragraph(description), paragraph('Reads ' + (inputs.join(', ') || 'nothing')));
  if (shared.length) {
    const text = shared.map(([other, count]) => `${other} (${count})`).join(', ');
    place.append(paragraph('Shares steps with ' + text));
  }
  place.append(frame);
}
document.getElementById('search').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const row of document.querySelectorAll('tr[data-feature]')) {
    row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
  }
});
addEventListener('hashchange', choose);
choose();
"""
