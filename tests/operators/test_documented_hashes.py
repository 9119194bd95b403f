"""The page about hashes of other systems, docs/migrate/hashing.md: each line of it that can be run holds."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from feature_extractor.testing import check_cases, parse_case

PAGE = Path(__file__).parents[2] / "docs" / "migrate" / "hashing.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_expressions_on_the_page() -> None:
    lines = [
        line
        for language, block in _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
        if not language
        for line in block.splitlines()
        if " => " in line
    ]
    assert len(lines) > 40
    failures = check_cases([parse_case(line, f"{PAGE.name}: {line}") for line in lines])
    assert not failures, "\n".join(failures)


def test_the_python_on_the_page() -> None:
    blocks = [b for language, b in _BLOCK.findall(PAGE.read_text("utf-8")) if language == "python"]
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, None, 0)
    assert len(test.examples) > 6
    told: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(
        test, out=told.append
    )
    assert outcome.failed == 0, "".join(told)
