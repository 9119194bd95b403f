"""The cards of the rules say what the rules say, and a run that finds everything in its cache imports no rule."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from feature_extractor.lint import Rule, cards, discovery
from feature_extractor.lint.discovery import imported_rules, own_rules

SHOW_MODULES = """
import sys
from feature_extractor.cli import main
code = main(["lint", "p.fx", "--format", "concise"])
heavy = ("check", "syntax", "registry", "plan", "lint.program", "lint.rules.correctness")
print(code, [name for name in heavy if f"feature_extractor.{name}" in sys.modules])
"""


def test_the_cards_are_current() -> None:
    kept = Path(cards.__file__).with_name("rules.json").read_text(encoding="utf-8")
    assert kept == cards.serialise(imported_rules()), "run scripts/generate_rule_cards.py"


def test_a_card_says_all_that_a_rule_says() -> None:
    fields = ("check", "summarise", "check_project", "check_comments")
    for rule in imported_rules().values():
        card = own_rules()[rule.code]
        for field in fields:
            function = getattr(card, field)
            if function is not None:
                assert isinstance(function, cards.LateFunction)
                function = function.load()
            assert function is getattr(rule, field)
        assert without_functions(card) == without_functions(rule)


def without_functions(rule: Rule) -> Rule:
    return replace(rule, check=None, summarise=None, check_project=None, check_comments=None)


def test_rules_without_current_cards_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(list(cards.read_cards().items())[1:])
    monkeypatch.setattr(discovery, "read_cards", lambda: known)
    found = own_rules.__wrapped__()
    assert {*found.values()} == {*imported_rules().values()}


def test_a_run_that_knows_everything_imports_no_compiler(tmp_path: Path) -> None:
    program = "input request {\n    a: int\n}\n\nlet b = a + 1\n\nfeature c : dense = a * 1\n"
    (tmp_path / "p.fx").write_text(program)

    def run() -> list[str]:
        command = [sys.executable, "-c", SHOW_MODULES]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    *first, imported = run()
    assert len(first) >= 2 and imported.startswith("1 [") and "'check'" in imported
    assert run() == [*first, "1 []"]
