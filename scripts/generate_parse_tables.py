"""Write python/feature_extractor/syntax/tables.json: the parser's tables, as Lark makes them of the grammar.

Run this after a change of dsl_grammar/feature.lark; a test tells when the file is stale.
"""

from __future__ import annotations

from pathlib import Path

from feature_extractor.syntax.parser import grammar_text
from feature_extractor.syntax.tables import make_tables, serialise

PLACE = Path(__file__).parents[1] / "python" / "feature_extractor" / "syntax" / "tables.json"


def main() -> None:
    """Write the file."""
    PLACE.write_text(serialise(make_tables(grammar_text())), encoding="utf-8")


if __name__ == "__main__":
    main()
