"""Says in a line what a fitted resource holds, and how exact it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feature_extractor.wording import counted


def describe(summary: Mapping[str, Any]) -> str:
    """Return what a fitted resource holds, in one line; ``summary`` is what the package says of it."""
    result, method, data = summary["result"], summary["method"], summary["data"]
    fit = summary["fit"]
    if fit == "moments":
        text = f"mean {result['mean']:.6g}, standard deviation {result['standard_deviation']:.6g}"
    elif fit == "quantiles":
        values = result.get("boundaries", result.get("values", []))
        kind = ("boundary", "boundaries") if "boundaries" in result else ("value", "values")
        shown = ", ".join(f"{value:.4g}" for value in values[:4])
        text = (
            f"{len(values)} {kind[len(values) != 1]}: {shown}{', ...' if len(values) > 4 else ''}"
        )
    elif fit == "vocabulary":
        text = f"{counted(summary['entries'], 'word')}"
    elif fit == "target_mean":
        text = f"{counted(summary['entries'], 'key')}, prior {result['prior']:.6g}"
    else:
        text = f"{counted(summary['entries'], 'key')}"
    seen = f"of {counted(data['values'], 'value')}, {counted(data['nulls'], 'null')}"
    exact = "" if method.get("exact") else f"; {_inexact(method)}"
    return f"{text} ({seen}{exact})"


def _inexact(method: Mapping[str, Any]) -> str:
    if "rank_error_share" in method:
        return f"ranks are exact to {method['rank_error_share']:.1e}"
    return f"counts are too small by at most {method.get('count_error', 0):,}"
