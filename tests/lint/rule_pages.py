"""Reads the pages of rules; their examples are the tests. As a script it writes the findings into the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from feature_extractor.check import analyse_text
from feature_extractor.diagnostics import Diagnostic, render
from feature_extractor.lint import LintedProgram, Rule, all_rules
from feature_extractor.lint.run import lint_programs
from feature_extractor.registry import load_registry

PAGES = Path(__file__).parents[2] / "docs" / "rules"
HEADINGS = ["What it does", "Why it matters", "Bad", "Good", "Fix", "Settings"]
_BLOCK = re.compile(r"^```fx\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)


@dataclass
class Page:
    """A page in its parts; an example is a program with the text of its findings."""

    path: Path
    title: str
    summary: str
    sections: dict[str, str] = field(default_factory=dict)

    def examples(self, heading: str) -> list[tuple[str, str]]:
        return [(found[1], found[2] or "") for found in _BLOCK.finditer(self.sections[heading])]


def read_page(path: Path) -> Page:
    head, *rest = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)
    title, _, summary = head.partition("\n")
    page = Page(path, title.removeprefix("# "), summary.strip())
    for section in rest:
        heading, _, text = section.partition("\n")
        page.sections[heading] = text
    return page


def lint_text(text: str, *rules: Rule, path: str = "example.fx") -> list[Diagnostic]:
    """Return what rules find in a program without mistakes."""
    registry = load_registry()
    analysis = analyse_text(text, registry, path, PAGES)
    assert analysis.program is not None, render(analysis.diagnostics)
    return lint_programs([LintedProgram(analysis.program, analysis, registry)], rules)


def rules_for(rule: Rule) -> list[Rule]:
    """Return a rule with the rules that it needs: one about findings needs those that make them."""
    return list(all_rules().values()) if rule.about_findings else [rule]


def found_by(rule: Rule, text: str) -> list[Diagnostic]:
    return [d for d in lint_text(text, *rules_for(rule)) if d.code == rule.code]


def current(path: Path) -> str:
    """Return a page with the findings that its bad examples have now."""
    rule = all_rules()[path.stem]
    head, mark, rest = path.read_text(encoding="utf-8").partition("## Bad\n")
    bad, end, tail = rest.partition("## Good\n")

    def answered(block: re.Match[str]) -> str:
        return f"```fx\n{block[1]}```\n\n```text\n{render(found_by(rule, block[1]))}```\n"

    return head + mark + _BLOCK.sub(answered, bad) + end + tail


if __name__ == "__main__":
    for page_path in sorted(PAGES.glob("FX*.md")):
        page_path.write_text(current(page_path), encoding="utf-8")
