"""Every operator's cases and the examples of its spec, run in every way that must not matter.

Constant-folded; as columns of 1, 65, 1,025 and 4,097 rows; sliced; with garbage behind the nulls; as
dictionaries; all rows equal; broadcast from the request; at each SIMD level and with the plain kernels; with
chunks of 1, 7, 16, 64, 100 and 1,024 rows and with one and two threads. All give the same bits.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from feature_extractor.testing import Case, check_cases, parse_case, read_cases
from feature_extractor.testing.layouts import EXACT_LAYOUTS, LAYOUTS
from feature_extractor.testing.programs import registry

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.test"))

if "FEATURE_EXTRACTOR_SANITIZED_CORE" in os.environ:
    LAYOUTS.update(EXACT_LAYOUTS)


def _run(cases: list[Case], root: Path | None = None) -> None:
    failures = check_cases(cases, root)
    assert not failures, f"{len(failures)} failures:\n" + "\n".join(failures[:25])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_cases(path: Path) -> None:
    cases = read_cases(path)
    assert cases, "the file has no cases"
    _run(cases, path.parent)


def _examples() -> dict[str, list[Case]]:
    families: dict[str, list[Case]] = {}
    for operator in registry().operators:
        for example in operator.examples:
            line = f"{example.expression} => {example.result}"
            families.setdefault(operator.family, []).append(parse_case(line, operator.name))
    return families


@pytest.mark.parametrize("family", sorted(_examples()))
def test_examples(family: str) -> None:
    _run(_examples()[family])


def test_each_operator_has_cases() -> None:
    named = {path.stem for path in FILES}
    missing = [op.name for op in registry().operators if op.name not in named]
    assert not missing, f"operators without cases: {missing}"
