"""The linter: rules about programs that compile and are still likely to be wrong in production.

It reads programs only. It never runs one, and never needs the compiled core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.lint.setting import Setting

if TYPE_CHECKING:
    from feature_extractor.lint.discovery import all_rules
    from feature_extractor.lint.program import LintedProgram
    from feature_extractor.lint.run import lint_paths
    from feature_extractor.lint.selection import Selection, SelectionError

_PLACES = {
    "LintedProgram": "program",
    "Selection": "selection",
    "SelectionError": "selection",
    "all_rules": "discovery",
    "lint_paths": "run",
}

__all__ = [
    "Finding",
    "LintedProgram",
    "Rule",
    "Selection",
    "SelectionError",
    "Setting",
    "Status",
    "all_rules",
    "lint_paths",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: a run that knows all findings already needs no compiler."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'feature_extractor.lint' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"feature_extractor.lint.{place}"), name)
    globals()[name] = value
    return value
