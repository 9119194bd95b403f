"""The page of each rule is its test: what it calls bad is found, and what it calls good is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from feature_extractor.lint import Rule, Status, all_rules
from feature_extractor.lint import rules as rules_package
from feature_extractor.lint.pages import fix_of
from rule_pages import (
    FIXED,
    HEADINGS,
    PAGES,
    current,
    fixed,
    fixed_section,
    found_by,
    linted,
    read_page,
    rules_for,
    setting_line,
)

RULES = list(all_rules().values())
FILES = {
    path.stem.split("_")[0].upper(): path
    for path in Path(rules_package.__path__[0]).rglob("fx*_*.py")
}


def test_every_rule_has_one_page_and_every_page_a_rule() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(all_rules())
    assert set(FILES) == set(all_rules())


def test_names_are_readable_and_belong_to_one_rule() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert all(part.isalpha() and part.islower() for name in names for part in name.split("-"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
class TestRule:
    def test_the_file_is_called_like_the_rule(self, rule: Rule) -> None:
        assert FILES[rule.code].stem == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
        assert rule.check or rule.check_project or rule.check_comments
        assert (rule.summarise is None) == (rule.check_project is None)

    def test_the_page_says_what_it_has_to(self, rule: Rule) -> None:
        page = read_page(PAGES / f"{rule.code}.md")
        assert page.title == f"{rule.code} {rule.name}"
        assert page.summary == rule.summary
        repaired = fixed_section(rule, page)
        wanted = [*HEADINGS[:-1], FIXED, HEADINGS[-1]] if repaired else HEADINGS
        assert list(page.sections) == wanted
        fixes = {
            f.fix.applicability for t, _ in page.examples("Bad") for f in found_by(rule, t) if f.fix
        }
        assert fix_of(rule) == (str(min(fixes)) if fixes else "")
        assert all(text.strip() for text in page.sections.values())
        optional = rule.status is not Status.STABLE
        assert (f"`--extend-select {rule.code}`" in page.sections["Settings"]) == optional

    def test_the_page_has_each_setting_with_its_default(self, rule: Rule) -> None:
        settings = read_page(PAGES / f"{rule.code}.md").sections["Settings"]
        assert [line for line in settings.splitlines() if line.startswith("- `")] == [
            setting_line(setting) for setting in rule.settings
        ]

    def test_what_fixes_make_compiles_and_has_fewer_findings(self, rule: Rule) -> None:
        for text, _ in read_page(PAGES / f"{rule.code}.md").examples("Bad"):
            findings = found_by(rule, text)
            repairable = sum(finding.fix is not None for finding in findings)
            left = found_by(rule, fixed(rule, text))
            assert len(left) <= len(findings) - repairable
            assert not any(finding.fix for finding in left)

    def test_what_is_bad_is_found_and_shown_so(self, rule: Rule) -> None:
        path = PAGES / f"{rule.code}.md"
        examples = read_page(path).examples("Bad")
        assert examples
        assert all(found_by(rule, text) for text, _ in examples)
        assert current(path) == path.read_text(encoding="utf-8"), "run `tests/lint/rule_pages.py`"

    def test_what_is_good_is_not_found(self, rule: Rule) -> None:
        examples = read_page(PAGES / f"{rule.code}.md").examples("Good")
        assert examples
        for text, _ in examples:
            assert found_by(rule, text) == []

    def test_what_it_keeps_of_a_program_is_json(self, rule: Rule) -> None:
        """A summary may come from another process or a cache."""
        if rule.summarise is None:
            return
        for text, _ in read_page(PAGES / f"{rule.code}.md").examples("Bad"):
            facts = rule.summarise(linted(text))
            assert facts == json.loads(json.dumps(facts))

    def test_a_comment_allows_what_is_bad(self, rule: Rule) -> None:
        if rule.check_comments is not None:
            # Such a rule is about the comments themselves: its own code in one is no word of its findings.
            assert rule.code in {r.code for r in rules_for(rule)}
            return
        for text, _ in read_page(PAGES / f"{rule.code}.md").examples("Bad"):
            (first, *_others) = found_by(rule, text)
            assert first.span is not None
            lines = text.split("\n")
            lines[first.span.line - 1] += f" # fx: ignore[{rule.code}] so it shall be"
            places = [finding.span for finding in found_by(rule, "\n".join(lines))]
            assert first.span.line not in [span.line for span in places if span is not None]
        assert rules_for(rule) == [rule]
