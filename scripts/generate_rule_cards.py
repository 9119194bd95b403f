"""Write python/feature_extractor/lint/rules.json: what is known of each lint rule without importing it.

Run this after a change of a rule's name, summary, status, severity or settings; a test tells when the file is stale.
"""

from __future__ import annotations

from pathlib import Path

from feature_extractor.lint.cards import serialise
from feature_extractor.lint.discovery import imported_rules

PLACE = Path(__file__).parents[1] / "python" / "feature_extractor" / "lint" / "rules.json"


def main() -> None:
    """Write the file."""
    PLACE.write_text(serialise(imported_rules()), encoding="utf-8")


if __name__ == "__main__":
    main()
