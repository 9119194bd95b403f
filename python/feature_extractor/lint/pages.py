"""The pages of rules: ``FX201.md`` says what a rule does and why, with examples that are tested."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Final

from feature_extractor.lint.rule import Rule

_FIX: Final = re.compile(r"^## Fix\n\n(Safe|Unsafe)\b", re.MULTILINE)
"""The first word of what a page says about its fix."""


def page(rule: Rule) -> str:
    """Return the page of a rule, as Markdown; a rule of a plug-in without one is told by its summary.

    Raises FileNotFoundError where a rule of this package has none.
    """
    if rule.plugin:
        return rule.page or f"# {rule.code} {rule.name}\n\n{rule.summary}\n"
    folder = resources.files("feature_extractor").joinpath("docs", "rules")
    if not folder.is_dir():
        folder = Path(__file__).parents[3] / "docs" / "rules"
    return folder.joinpath(f"{rule.code}.md").read_text(encoding="utf-8")


def fix_of(rule: Rule) -> str:
    """Return which fix the page of a rule tells of: ``safe``, ``unsafe``, or an empty text where there is none."""
    found = _FIX.search(page(rule))
    return found[1].lower() if found is not None else ""
