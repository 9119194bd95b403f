"""Writes docs/operators/, a page for each family of operators and an index, and docs/standard_library.md.

Everything on the pages comes from operators/registry.json, which is dumped from the operators' own specs, and from the
descriptions in dsl_grammar/std. With ``--check`` nothing is written; the exit code is 1 where a page is stale.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from feature_extractor.reference import render_pages, render_standard_library
from feature_extractor.registry import load_registry
from feature_extractor.standard import standard_modules

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = ROOT / "operators" / "registry.json"
PAGES = ROOT / "docs" / "operators"
LIBRARY = ROOT / "docs" / "standard_library.md"


def main() -> int:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether a page is stale")
    check = parser.parse_args().check
    operators = load_registry(REGISTRY).operators
    pages = render_pages(operators)
    library = render_standard_library(standard_modules())
    written = LIBRARY.read_text(encoding="utf-8") if LIBRARY.exists() else ""
    present = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(n for n in pages.keys() | present.keys() if pages.get(n) != present.get(n))
    if check:
        for name in stale:
            print(f"docs/operators/{name} is stale; run `make docs`", file=sys.stderr)
        if library != written:
            print("docs/standard_library.md is stale; run `make docs`", file=sys.stderr)
        return 1 if stale or library != written else 0
    if library != written:
        LIBRARY.write_text(library, encoding="utf-8")
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in pages:
            (PAGES / name).write_text(pages[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
