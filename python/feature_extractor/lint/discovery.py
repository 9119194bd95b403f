"""Finds the rules: those of this package, a file in ``rules`` each, and those of plug-ins."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from feature_extractor.lint import rules
from feature_extractor.lint.plugin_rules import plugin_rules
from feature_extractor.lint.rule import Rule


@cache
def own_rules() -> dict[str, Rule]:
    """Return the rules of this package by code, in the order of the codes.

    Each file in ``rules`` whose name starts with a code holds one, as ``RULE``.
    """
    found: dict[str, Rule] = {}
    for module in walk_packages(rules.__path__, f"{rules.__name__}."):
        if module.ispkg:
            continue
        rule = import_module(module.name).RULE
        assert isinstance(rule, Rule)
        assert rule.code not in found, rule.code
        found[rule.code] = rule
    return dict(sorted(found.items()))


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
