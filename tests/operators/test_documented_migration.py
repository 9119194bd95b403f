"""What docs say of other systems: docs/semantics.md and the pages in docs/migrate hold, line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from feature_extractor.testing import check_cases

from .documented_cases import ROOT, read_page

SEMANTICS = ROOT / "docs" / "semantics.md"


def _conflicts() -> list[tuple[str, str]]:
    """Return the title and the text of each section of the page about conflicts."""
    sections = SEMANTICS.read_text(encoding="utf-8").split("\n## ")[1:]
    return [(section.split("\n", 1)[0], section) for section in sections]


def test_each_conflict_has_its_answer() -> None:
    numbers = [title.split(":")[0] for title, _ in _conflicts()]
    assert numbers == [f"C{number}" for number in range(1, 23)]


@pytest.mark.parametrize(
    ("title", "section"), _conflicts(), ids=[t.split(":")[0] for t, _ in _conflicts()]
)
def test_answers_stand_in_the_cases_of_their_operators(title: str, section: str) -> None:
    """Those files run each line in every layout and on every level of instructions."""
    links = re.findall(r"\]\((\.\./tests/operators/[^)]*\.test)\)", section)
    files = [(SEMANTICS.parent / link).resolve() for link in links]
    lines = {line for path in files for line in path.read_text(encoding="utf-8").splitlines()}
    blocks = re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    answers = [line for block in blocks for line in block.splitlines() if " => " in line]
    assert answers, f"{title} has no answer"
    assert not [answer for answer in answers if answer not in lines]
    unused = [path.name for path in files if not set(answers) & set(_lines(path))]
    assert not unused, "these files fix nothing of it"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_page_that_lies_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    table = "```\nxs: list<int> = [1, 2]\n```\n| `length` | `xs.length() => 3` |\n"
    page.write_text(table, encoding="utf-8")
    assert check_cases(list(read_page(page).cases))
    page.write_text(table.replace("3", "2"), encoding="utf-8")
    assert not check_cases(list(read_page(page).cases))


PAGES = sorted(set((ROOT / "docs" / "migrate").glob("*.md")) - {ROOT / "docs/migrate/hashing.md"})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_says_of_a_system_holds(path: Path) -> None:
    page = read_page(path)
    assert len(page.cases) > 25 or path.stem == "README"
    failures = check_cases(list(page.cases))
    assert not failures, "\n".join(failures)


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "migrate" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs" / "migrate").glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\((\w+\.md)\)", index)) == pages


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_row_has_an_expression_and_says_what_differs(path: Path) -> None:
    rows = re.findall(r"^\| (.*) \|$", path.read_text(encoding="utf-8"), re.MULTILINE)
    cells = [re.split(r"(?<!\\) \| ", row) for row in rows]
    cells = [row for row in cells if len(row) == 3 and row[0] not in ("there", "---")]
    assert cells or path.stem == "README"
    assert not [row for row in cells if " => " not in row[1] or not row[2].strip()]
