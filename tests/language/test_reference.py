"""The language reference: its links lead to tests, and its tables say what the compiler does."""

from __future__ import annotations

import re
from pathlib import Path

from feature_extractor.check import expressions, lets, modules
from feature_extractor.diagnostics import CODES
from feature_extractor.syntax import limits

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "dsl_grammar" / "LANGUAGE.md"
TEXT = REFERENCE.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """Return the anchors of a Markdown file's headings."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(words.replace(" ", "-"))
    return found


def test_links_lead_to_tests() -> None:
    """Each link names a file and, in Markdown, a heading that exist."""
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert len(links) > 50
    for link in links:
        name, _, anchor = link.partition("#")
        path = (REFERENCE.parent / name).resolve()
        assert path.is_file(), link
        if anchor:
            assert anchor in anchors(path), link


def test_every_test_is_linked() -> None:
    """A heading with tests that no rule of the reference leads to would be a rule that is not written down."""
    linked = set(re.findall(r"\]\(\.\./tests/language/([^)]+)\)", TEXT))
    missing = []
    for path in sorted(Path(__file__).parent.glob("*.md")):
        for heading in re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE):
            anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            if f"{path.name}#{anchor}" not in linked:
                missing.append(f"{path.name}#{anchor}")
    assert missing == []


def test_codes_are_listed() -> None:
    """The table of codes is the compiler's."""
    rows = dict(re.findall(r"^\| (FX\d\d\d) \| (.*) \|$", TEXT, re.MULTILINE))
    assert rows == {code.code: f"{code.name} | {code.explanation}" for code in CODES.values()}


def test_limits_are_listed() -> None:
    """The table of limits has the compiler's numbers."""
    table = TEXT[TEXT.index("## Limits") :]
    for number in (
        limits.MAXIMUM_FILE_CHARACTERS,
        limits.MAXIMUM_STATEMENTS,
        limits.MAXIMUM_STATEMENT_CHARACTERS,
        limits.MAXIMUM_LITERAL_CHARACTERS,
        limits.MAXIMUM_NAME_CHARACTERS,
        limits.MAXIMUM_BRACKETS,
        limits.MAXIMUM_DEPTH,
        expressions.MAXIMUM_NESTING,
        lets.MAXIMUM_TYPED_DEPTH,
        expressions.MAXIMUM_STEPS,
        modules.MAXIMUM_MODULES,
    ):
        assert f"{number:,}" in table
