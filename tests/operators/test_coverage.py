"""What the cases of operators cover may only rise; ``make operator-coverage`` keeps the present numbers."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

_SCRIPT = Path(__file__).parents[2] / "scripts" / "count_operator_coverage.py"


def test_coverage_only_rises() -> None:
    specification = importlib.util.spec_from_file_location("count_operator_coverage", _SCRIPT)
    assert specification is not None and specification.loader is not None
    counting = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(counting)
    numbers, missed = counting.coverage()
    kept = json.loads(counting.NUMBERS.read_text(encoding="utf-8"))
    assert set(kept) == set(numbers)
    lower = {name: (numbers[name], least) for name, least in kept.items() if numbers[name] < least}
    assert not lower, f"lower than it was, as (now, before): {lower}"
    assert not missed, f"no case calls {missed}"
    if numbers != kept:
        print(f"\nmore is covered than before: `make operator-coverage` keeps {numbers}")
