"""Writes docs/operators/: a page for each family of operators, and an index.

Everything on the pages comes from operators/registry.json, which is dumped from the operators' own
specs. With ``--check`` nothing is written; the exit code is 1 where a page is stale.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from feature_extractor.reference import render_pages
from feature_extractor.registry import load_registry

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = ROOT / "operators" / "registry.json"
PAGES = ROOT / "docs" / "operators"


def main() -> int:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether a page is stale")
    check = parser.parse_args().check
    operators = load_registry(REGISTRY).operators
    pages = render_pages(operators)
    present = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(n for n in pages.keys() | present.keys() if pages.get(n) != present.get(n))
    if check:
        for name in stale:
            print(f"docs/operators/{name} is stale; run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in pages:
            (PAGES / name).write_text(pages[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
