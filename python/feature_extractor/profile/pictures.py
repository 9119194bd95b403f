"""Distributions as inline SVG: bars that a screen reader can name, in the colours of the page."""

from __future__ import annotations

import html
from collections.abc import Sequence

from feature_extractor.profile.drift import Drift
from feature_extractor.profile.report import Histogram
from feature_extractor.profile.summaries import TOP

_WIDTH, _HEIGHT = 420, 120
_ROW = 18
_LETTER = 8
"""What a letter of a label needs at most in the font of the page, but for a few wide ones."""


def histogram_picture(shown: Histogram, name: str) -> str:
    """Return a histogram."""
    total = sum(shown.counts) + shown.below + shown.above
    first = [count / max(1, total) for count in shown.counts]
    most = max(first, default=0.0) or 1.0
    bars = len(first)
    width = _WIDTH / max(1, bars)
    parts = []
    for position, share in enumerate(first):
        height = share / most * _HEIGHT
        parts.append(
            f'<rect class="bar" x="{position * width:.2f}" y="{_HEIGHT - height:.2f}" '
            f'width="{max(0.5, width - 1):.2f}" height="{height:.2f}">'
            f"<title>{_text(_bin(shown, position))}: {shown.counts[position]:,} ({100 * share:.3g} %)</title></rect>"
        )
    low, high = _ends(shown)
    right = high if bars > 1 else ""
    highest = f"{100 * max(first, default=0.0):.3g} %"
    label = f"Histogram of {name}: {bars} bars from {low} to {high}, the highest has {highest}"
    outside = shown.below + shown.above
    note = f"; {outside:,} values are outside" if outside else ""
    return (
        f'<svg class="picture" viewBox="0 0 {_WIDTH} {_HEIGHT + 18}" width="{_WIDTH}" height="{_HEIGHT + 18}" '
        f'role="img" aria-label="{_text(label + note)}">{"".join(parts)}'
        f'<line class="axis" x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>'
        f'<text x="0" y="{_HEIGHT + 14}">{_text(low)}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT + 14}" text-anchor="end">{_text(right)}</text></svg>'
        + (
            f'<p class="quiet">{shown.below:,} values below, {shown.above:,} above</p>'
            if outside
            else ""
        )
    )


def _ends(shown: Histogram) -> tuple[str, str]:
    ends = shown.values or shown.edges
    return (f"{ends[0]:.5g}", f"{ends[-1]:.5g}") if ends else ("", "")


def _bin(shown: Histogram, position: int) -> str:
    if shown.values:
        return f"{shown.values[position]:.6g}"
    return f"{shown.edges[position]:.6g} to {shown.edges[position + 1]:.6g}"


def value_picture(top: Sequence[tuple[int | str, int]], total: int, name: str) -> str:
    """Return the most frequent values as bars that lie."""
    shown = top[:TOP]
    most = max((count for _, count in shown), default=1) or 1
    words = [_word(value) for value, _ in shown]
    left = max((_LETTER * len(word) for word in words), default=0)
    parts = []
    for row, (_, count) in enumerate(shown):
        y = row * _ROW
        width = count / most * (_WIDTH - left - 60)
        parts.append(
            f'<text x="{left}" y="{y + 13}" text-anchor="end">{_text(words[row])}</text>'
            f'<rect class="bar" x="{left + 6}" y="{y + 3}" width="{max(0.5, width):.2f}" height="12">'
            f"<title>{count:,}</title></rect>"
            f'<text x="{left + 12 + width:.2f}" y="{y + 13}">{100 * count / max(1, total):.3g} %</text>'
        )
    height = max(1, len(shown)) * _ROW
    label = f"The {len(shown)} most frequent values of {name}"
    return (
        f'<svg class="picture" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{_text(label)}">{"".join(parts)}</svg>'
    )


def _word(value: int | str) -> str:
    """Return a value as it stands beside its bar."""
    text = str(value)
    short = text if len(text) <= 24 else f"{text[:23]}\N{HORIZONTAL ELLIPSIS}"
    return (
        "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short) or "(empty)"
    )


def drift_picture(drift: Drift, name: str) -> str:
    """Return the shares of the bins in both data sets, as pairs of bars."""
    first, second = max(1, sum(drift.first)), max(1, sum(drift.second))
    pairs = [(a / first, b / second) for a, b in zip(drift.first, drift.second, strict=True)]
    most = max((max(pair) for pair in pairs), default=1.0) or 1.0
    width = _WIDTH / max(1, len(pairs))
    parts = []
    for position, (a, b) in enumerate(pairs):
        x = position * width
        title = f"{drift.bins[position]}: {100 * a:.3g} %, then {100 * b:.3g} %"
        for share, kind, at in ((a, "bar", 0.0), (b, "bar second", 0.45)):
            height = share / most * _HEIGHT
            parts.append(
                f'<rect class="{kind}" x="{x + at * width:.2f}" y="{_HEIGHT - height:.2f}" '
                f'width="{max(0.5, width * 0.42):.2f}" height="{height:.2f}"><title>{_text(title)}</title></rect>'
            )
    label = f"Shares of {len(pairs)} bins of {name} in both data sets; PSI {drift.psi:.3g}"
    return (
        f'<svg class="picture" viewBox="0 0 {_WIDTH} {_HEIGHT + 2}" width="{_WIDTH}" height="{_HEIGHT + 2}" '
        f'role="img" aria-label="{_text(label)}">{"".join(parts)}'
        f'<line class="axis" x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/></svg>'
    )


def _text(text: str) -> str:
    return html.escape(text)
