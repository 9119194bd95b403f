"""Use all published cases, and keep how many of them are used, which a test does not let fall."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def main() -> int:
    """Print the summaries, and write the numbers where nothing differs."""
    running: Any = importlib.import_module("operators.shared_cases.running")
    outcomes = [running.run(file) for file in running.TRANSLATORS]
    for outcome in outcomes:
        print(outcome.summary())
        for failure in outcome.failures:
            print(f"  differs: {failure}")
    if any(outcome.failures for outcome in outcomes):
        return 1
    counts = {outcome.file: outcome.counts() for outcome in outcomes}
    text = json.dumps(counts, indent=1, ensure_ascii=False)
    running.COUNTS.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
