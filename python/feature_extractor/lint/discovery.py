"""Finds the rules: those of this package, a file in ``rules`` each, and those of plug-ins."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from feature_extractor.lint import rules
from feature_extractor.lint.cards import read_cards
from feature_extractor.lint.plugin_rules import plugin_rules
from feature_extractor.lint.rule import Rule


@cache
def own_rules() -> dict[str, Rule]:
    """Return the rules of this package by code, in the order of the codes.

    Each file in ``rules`` whose name starts with a code holds one, as ``RULE``. None of them is imported where the
    cards are those of these files.
    """
    found = read_cards()
    if found.keys() != set(_modules()):
        found = imported_rules()
    by_code = {rule.code: rule for rule in found.values()}
    assert len(by_code) == len(found), "two rules have one code"
    return dict(sorted(by_code.items()))


def imported_rules() -> dict[str, Rule]:
    """Return the rules of this package by the names of their modules, all of them imported."""
    found: dict[str, Rule] = {}
    for module in _modules():
        rule = import_module(module).RULE
        assert isinstance(rule, Rule)
        found[module] = rule
    return found


def _modules() -> list[str]:
    """Return the names of the modules that hold a rule."""
    return sorted(
        f"{rules.__name__}.{family.name}.{module.name}"
        for folder in rules.__path__
        for family in iter_modules([folder])
        if family.ispkg
        for module in iter_modules([str(Path(folder, family.name))])
    )


@cache
def all_rules() -> dict[str, Rule]:
    """Return every rule by its code: those of this package, then those of plug-ins.

    Raises RulePluginError for a plug-in whose rules cannot be used.
    """
    return {**own_rules(), **plugin_rules(own_rules())}


def find_rule(word: str) -> Rule | None:
    """Return the rule with this code or name."""
    rules_by_code = all_rules()
    if word.upper() in rules_by_code:
        return rules_by_code[word.upper()]
    return next((rule for rule in rules_by_code.values() if rule.name == word), None)
