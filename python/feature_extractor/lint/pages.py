"""The pages of rules: ``FX201.md`` says what a rule does and why, with examples that are tested."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def page(code: str) -> str:
    """Return the page of a rule, as Markdown. Raises FileNotFoundError where it has none."""
    folder = resources.files("feature_extractor").joinpath("docs", "rules")
    if not folder.is_dir():
        folder = Path(__file__).parents[3] / "docs" / "rules"
    return folder.joinpath(f"{code}.md").read_text(encoding="utf-8")
