"""A profile as one HTML page that needs no network and no script, for light and dark screens."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

from feature_extractor.explain.text import duration
from feature_extractor.html_table import html_table
from feature_extractor.profile.drift import Drift
from feature_extractor.profile.pictures import drift_picture, histogram_picture, value_picture
from feature_extractor.profile.report import (
    DataSet,
    Distribution,
    FeatureProfile,
    NumberSummary,
    Profile,
    ValueSummary,
)
from feature_extractor.wording import counted

_MOST_OPEN: Final = 12
"""So many features with a reason to look are shown open."""

_BREAK: Final = re.compile(r"\n\s*\n")
_CODE: Final = re.compile(r"`([^`]+)`")
_AS_CODE: Final = r"<code>\1</code>"


def page(found: Profile) -> str:
    """Return the page."""
    noted = sum(one.weight > 0 for one in found.features)
    opened = {one.name for one in found.features[:_MOST_OPEN] if one.weight > 0}
    sections = "".join(
        _section(number, one, one.name in opened) for number, one in enumerate(found.features)
    )
    data = _data("Data", found.data)
    if found.against is not None:
        data += _data("Against", found.against)
    about = _paragraphs(found.description)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(found.program)}: profile</title><style>{_STYLE}</style></head><body>"
        f"<main><h1>Profile of {_text(found.program)}</h1>{about}"
        f'<table class="facts"><tbody>{data}{_fact("Program", f"digest {found.digest}")}</tbody></table>'
        f"<p>{counted(len(found.features), 'feature')}; {noted:,} deserve a look and come first. "
        f"{_text(found.assumptions)}</p>{_index(found)}{sections}{_NOTES}</main></body></html>\n"
    )


def _data(title: str, data: DataSet) -> str:
    files = ", ".join(data.files[:5]) + (
        f" and {len(data.files) - 5} more" if len(data.files) > 5 else ""
    )
    size = f"{counted(data.rows, 'row')} of {counted(data.requests, 'request')}"
    return _fact(title, f"{files}: {size}" if files else size)


def _index(found: Profile) -> str:
    drifts = found.against is not None
    header = [
        "feature",
        "kind",
        "defaults",
        "different",
        "cost",
        *(["PSI", "JS"] if drifts else []),
        "look at",
    ]
    rows = []
    for number, one in enumerate(found.features):
        here = one.distribution
        cells = [
            f'<a href="#f{number}">{_text(one.name)}</a>',
            _text(one.kind),
            _percent(here.default_share) if here.defaulted else "",
            _distinct(here),
            duration(one.nanoseconds),
        ]
        if drifts:
            cells += [f"{one.drift.psi:.3f}", f"{one.drift.js:.3f}"] if one.drift else ["", ""]
        cells.append("; ".join(_text(remark.text) for remark in one.remarks[:2]))
        rows.append(cells)
    numeric = range(2, len(header) - 1)
    return f'<h2>All features</h2><div class="index">{_table(header, rows, numeric)}</div>'


def _distinct(here: Distribution) -> str:
    of = here.numbers or here.values
    if of is None:
        return ""
    return f"{'about ' if of.distinct_error else ''}{of.distinct:,}"


def _section(number: int, one: FeatureProfile, opened: bool) -> str:
    here = one.distribution
    parts = [_paragraphs(one.description)]
    if one.remarks:
        items = "".join(f"<li>{_text(remark.text)}</li>" for remark in one.remarks)
        parts.append(f'<ul class="remarks">{items}</ul>')
    parts.append(f'<table class="facts"><tbody>{_facts(one)}</tbody></table>')
    parts.append(_numbers("Values", one.name, here.numbers))
    parts.append(_values(one.name, here.values))
    parts.append(_numbers("Lengths", f"the lengths of {one.name}", here.lengths))
    parts.append(_numbers("Weights", f"the weights of {one.name}", here.weights))
    parts.append(_drift("Drift", one.name, one.drift))
    parts.append(_drift("Drift of the lengths", f"the lengths of {one.name}", one.length_drift))
    kind = f'<span class="quiet">{_text(one.kind)}</span>'
    return (
        f'<details id="f{number}"{" open" if opened else ""}><summary><h3>{_text(one.name)}</h3> {kind}</summary>'
        f"{''.join(parts)}</details>"
    )


def _facts(one: FeatureProfile) -> str:
    here = one.distribution
    facts = [("runs per", one.domain), ("cost", duration(one.nanoseconds))]
    if one.owner:
        facts.append(("owner", one.owner))
    facts.append(("defaults", f"{here.defaulted:,} ({_percent(here.default_share)})"))
    if one.other is not None:
        facts.append(
            ("defaults, against", f"{one.other.defaulted:,} ({_percent(one.other.default_share)})")
        )
    for name, share in one.nulls.items():
        facts.append((f"null in {name}", _percent(share)))
    if one.no_result:
        facts.append(("no result inside", f"{one.no_result:,} times"))
    if one.collisions is not None:
        found = one.collisions
        behind = "about " if found.estimated else ""
        text = f"{behind}{found.values:,} values in {found.buckets:,} buckets: {found.expected:,.1f} expected"
        if found.measured is not None:
            text += f", {found.measured:,} measured"
        facts.append(("collisions", text))
    return "".join(_fact(name, text) for name, text in facts)


def _numbers(title: str, name: str, found: NumberSummary | None) -> str:
    if found is None:
        return ""
    quantiles = [[f"{100 * float(q):g} %", f"{value:.6g}"] for q, value in found.quantiles.items()]
    facts = (
        _fact("values", f"{found.count:,}")
        + _fact("mean", f"{found.mean:.6g}")
        + _fact("standard deviation", f"{found.standard_deviation:.6g}")
        + _fact("minimum, maximum", f"{found.minimum:.6g}, {found.maximum:.6g}")
        + _fact("zeros", f"{found.zeros:,} ({_percent(found.zeros / found.count)})")
        + _fact("different", _different(found.distinct, found.distinct_error))
    )
    if not found.exact:
        facts += _fact("ranks are exact to", f"{found.rank_error:.1e}")
    table = _table(["quantile", "value"], quantiles, (0, 1))
    top = ""
    if found.top and found.top[0][1] > 1:
        shown = [
            [f"{value:.6g}", f"{count:,}", _percent(count / found.count)]
            for value, count in found.top[:5]
        ]
        top = _table(["most frequent", "count", "share"], shown, (0, 1, 2))
    return (
        f"<h4>{title}</h4><div class=row><div>{histogram_picture(found.histogram, name)}"
        f'<table class="facts"><tbody>{facts}</tbody></table></div><div>{table}</div><div>{top}</div></div>'
    )


def _values(name: str, found: ValueSummary | None) -> str:
    if found is None or not found.count:
        return ""
    facts = _fact("values", f"{found.count:,}")
    facts += _fact("different", _different(found.distinct, found.distinct_error))
    if found.size:
        facts += _fact("ids in use", f"{_percent(found.distinct / found.size)} of {found.size:,}")
    if found.empty:
        facts += _fact("empty", f"{found.empty:,}")
    if found.count_error:
        facts += _fact("counts are too small by at most", f"{found.count_error:,}")
    return (
        f"<h4>Most frequent</h4><div class=row><div>{value_picture(found.top, found.count, name)}</div>"
        f'<div><table class="facts"><tbody>{facts}</tbody></table></div></div>'
    )


def _different(number: int, error: float) -> str:
    return f"about {number:,}, to {100 * error:.1g} %" if error else f"{number:,}"


def _drift(title: str, name: str, found: Drift | None) -> str:
    if found is None:
        return ""
    first, second = max(1, sum(found.first)), max(1, sum(found.second))
    rows = [
        [_text(label), f"{a:,}", _percent(a / first), f"{b:,}", _percent(b / second)]
        for label, a, b in zip(found.bins, found.first, found.second, strict=True)
    ]
    facts = (
        _fact("PSI", f"{found.psi:.4f}")
        + _fact("KL", f"{found.kl:.4f} nats")
        + _fact("JS", f"{found.js:.4f} bits")
    )
    first_key, second_key = (
        f'<span class="{kind}"></span> {title}'
        for kind, title in (("key", "data"), ("second key", "against"))
    )
    table = _table(["bin", first_key, "", second_key, ""], rows, (1, 2, 3, 4))
    return (
        f"<h4>{title}</h4><div class=row><div>{drift_picture(found, name)}"
        f'<table class="facts"><tbody>{facts}</tbody></table></div><div>{table}</div></div>'
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> str:
    return f'<div class="wide">{html_table(header, rows, numbers)}</div>'


def _fact(name: str, value: str) -> str:
    return f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>'


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _paragraphs(description: str) -> str:
    """Return what somebody wrote: empty lines part paragraphs, and what stands between backquotes is code."""
    paragraphs = (_text(" ".join(part.split())) for part in _BREAK.split(description.strip()))
    return "".join(f"<p>{_CODE.sub(_AS_CODE, part)}</p>" for part in paragraphs if part)


def _text(text: object) -> str:
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    return html.escape(shown)


_NOTES: Final = """<h2>What the numbers mean</h2>
<p>A default stands where a value had no result. A quantile is the smallest value with at least that share of the
values at or below it. The standard deviation divides by the number of values. In a vector all numbers are taken
together.</p>
<p>With p and q the shares of a bin in the first and the second data set, each with half a value more in each bin:
PSI = sum((q - p) ln(q / p)) (Siddiqi 2006: below 0.1 no change, above 0.25 a shift); KL = sum(q ln(q / p)) in nats
(Kullback and Leibler 1951); JS is the mean divergence of both from their middle, in bits (Lin 1991). The bins are
those of the first data set: deciles of numbers, the most frequent ids and texts.</p>
<p>Of n different values in m buckets, n - m (1 - (1 - 1/m)^n) are expected to share their bucket with an earlier
one.</p>"""

_STYLE: Final = """
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --back: #fff;
  --bar: #4c78a8; --second: #d9730d; --note: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --back: #0d1117;
  --bar: #79a8dc; --second: #f0a35e; --note: #e3b341 } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem }
main { max-width: 75rem; margin: 0 auto } h3, h4 { margin: .6rem 0 .3rem } h3 { display: inline; font-size: 1.05rem }
a { color: inherit } .quiet { color: var(--quiet) } .wide { overflow-x: auto }
table { border-collapse: collapse; margin: .4rem 0 } th, td { text-align: left; padding: .1rem .8rem .1rem 0;
  vertical-align: top } thead th { border-bottom: 1px solid var(--line) } .n { text-align: right; white-space: nowrap }
.facts th { font-weight: 400; color: var(--quiet) } .row { display: flex; flex-wrap: wrap; gap: 2rem }
details { border-top: 1px solid var(--line); padding: .5rem 0 } summary { cursor: pointer }
.index td:nth-child(2) { white-space: nowrap } .index td:last-child { min-width: 12rem }
@media (max-width: 45rem) { body { margin: 1rem } .row { gap: .5rem }
  .index :is(th, td):is(:nth-child(n+2):nth-child(-n+5), :nth-child(7)):not(:last-child) { display: none }
  .index td:last-child { min-width: 8rem; overflow-wrap: anywhere } }
.remarks { color: var(--note); margin: .3rem 0; padding-left: 1.2rem }
.picture { max-width: 100%; height: auto } .picture .bar { fill: var(--bar) } .picture .second { fill: var(--second) }
.key { display: inline-block; width: .65em; height: .65em; background: var(--bar) }
.second.key { background: var(--second) }
.picture .axis { stroke: var(--line) } .picture text { font: 11px system-ui, sans-serif; fill: var(--text) }
"""
