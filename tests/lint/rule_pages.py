"""Reads the pages of rules; their examples are the tests. As a script it writes the findings into the pages."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from feature_extractor.check import analyse_text
from feature_extractor.diagnostics import Diagnostic, apply_fixes, render
from feature_extractor.lint import LintedProgram, Rule, all_rules
from feature_extractor.lint.run import lint_programs
from feature_extractor.lint.setting import Setting, SettingValue
from feature_extractor.registry import load_registry

PAGES = Path(__file__).parents[2] / "docs" / "rules"
FILES = Path(__file__).parent
"""The folder of the programs of the pages, as far from the root as these: it has results of what they fit."""
HEADINGS = ["What it does", "Why it matters", "Bad", "Good", "Fix", "Settings"]
FIXED = "Fixed"
"""The heading of what --fix makes of the bad programs; only rules with a fix have it, behind "Fix"."""
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


def lint_text(
    text: str,
    *rules: Rule,
    path: str = "example.fx",
    settings: Mapping[str, Mapping[str, SettingValue]] | None = None,
) -> list[Diagnostic]:
    """Return what rules find in a program without mistakes; settings are by code and name."""
    return lint_programs([linted(text, path, settings)], rules)


def linted(
    text: str,
    path: str = "example.fx",
    settings: Mapping[str, Mapping[str, SettingValue]] | None = None,
) -> LintedProgram:
    """Return a program without mistakes as rules see it."""
    registry = load_registry()
    analysis = analyse_text(text, registry, path, FILES)
    assert analysis.program is not None, render(analysis.diagnostics)
    return LintedProgram(analysis.program, analysis, registry, settings or {})


def assert_places(findings: Sequence[Diagnostic], places: Sequence[str]) -> None:
    """Require one finding for each place, in this order; a place is a part of what the finding marks."""
    assert len(findings) == len(places), findings
    for finding, place in zip(findings, places, strict=True):
        assert finding.span is not None
        assert place in finding.span.text


def rules_for(rule: Rule) -> list[Rule]:
    """Return a rule with the rules that it needs: one about comments needs those that they are for."""
    return list(all_rules().values()) if rule.check_comments is not None else [rule]


@cache
def settings_for(rule: Rule) -> Mapping[str, Mapping[str, SettingValue]]:
    """Return the settings that a page shows as TOML; the schema that they name is the page's block of JSON."""
    text = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    shown = re.search(r"^```toml\n(.*?)^```$", text, re.M | re.S)
    if shown is None:
        return {}
    chosen = tomllib.loads(shown[1])["lint"]["rules"]
    schema = re.search(r"^```json\n(.*?)^```$", text, re.M | re.S)
    (name,) = chosen["FX801"]["schema"]
    assert schema is not None
    place = Path(tempfile.mkdtemp()) / name
    atexit.register(shutil.rmtree, place.parent)
    place.write_text(schema[1], encoding="utf-8")
    return {"FX801": {"schema": (str(place),)}}


def found_by(rule: Rule, text: str) -> list[Diagnostic]:
    findings = lint_text(text, *rules_for(rule), settings=settings_for(rule))
    return [d for d in findings if d.code == rule.code]


def fixed(rule: Rule, text: str) -> str:
    """Return a program after all fixes of a rule, unsafe ones too; a program is made once and looked at again."""
    for _ in range(20):
        findings = found_by(rule, text)
        source = next((f.span.source for f in findings if f.span is not None), None)
        if source is None:
            break
        text, made = apply_fixes(source, [f.fix for f in findings if f.fix is not None])
        if not made:
            break
    return text


def fixed_section(rule: Rule, page: Page) -> str:
    """Return what stands under "Fixed": each bad program that fixes change; an empty text where there is none."""
    programs = [(text, fixed(rule, text)) for text, _ in page.examples("Bad")]
    return "\n".join(f"```fx\n{after}```\n" for before, after in programs if after != before)


def setting_line(setting: Setting) -> str:
    """Return how a page tells of a setting."""
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    return f"- `{setting.name} = {json.dumps(default, ensure_ascii=False)}`: {setting.summary}"


def current(path: Path) -> str:
    """Return a page with the findings that its bad examples have now, and what fixes make of these."""
    rule = all_rules()[path.stem]
    head, mark, rest = path.read_text(encoding="utf-8").partition("## Bad\n")
    bad, end, tail = rest.partition("## Good\n")

    def answered(block: re.Match[str]) -> str:
        return f"```fx\n{block[1]}```\n\n```text\n{render(found_by(rule, block[1]))}```\n"

    behind, settings_mark, settings = tail.partition("## Settings\n")
    behind = behind.partition(f"## {FIXED}\n")[0]
    repaired = fixed_section(rule, read_page(path))
    if repaired:
        behind += f"## {FIXED}\n\n{repaired}\n"
    return head + mark + _BLOCK.sub(answered, bad) + end + behind + settings_mark + settings


if __name__ == "__main__":
    for page_path in sorted(PAGES.glob("FX*.md")):
        page_path.write_text(current(page_path), encoding="utf-8")
