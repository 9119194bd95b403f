"""What is known of each rule of this package without importing it, in ``rules.json``.

A run that finds everything in its cache calls few rules, and to import them all would take most of its time. So the
name cards of the rules are kept in a file (`scripts/generate_rule_cards.py`), and a function of a rule is imported when
it is first called.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.rule import Rule, Status
from feature_extractor.lint.setting import KIND_NAMES, Setting

_FUNCTIONS: Final = ("check", "summarise", "check_project", "check_comments")
_KINDS: Final = {name: kind for kind, name in KIND_NAMES.items()}


class LateFunction:
    """A function of a rule, as ``module:name``: imported when it is first called, or when somebody loads it before."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._function: Callable[..., Any] | None = None

    def load(self) -> Callable[..., Any]:
        """Return the function itself."""
        if self._function is None:
            module, _, name = self._place.partition(":")
            function: Callable[..., Any] = getattr(import_module(module), name)
            self._function = function
        return self._function

    def __call__(self, *arguments: Any) -> Any:
        return (self._function or self.load())(*arguments)


def load_functions(rule: Rule) -> None:
    """Import the functions of a rule now, for those that go on in several processes."""
    for field in _FUNCTIONS:
        function = getattr(rule, field)
        if isinstance(function, LateFunction):
            function.load()


def read_cards() -> dict[str, Rule]:
    """Return the rules by the names of their modules, as the file has them."""
    text = Path(__file__).with_name("rules.json").read_text(encoding="utf-8")
    return {module: _rule(card) for module, card in json.loads(text).items()}


def serialise(rules: Mapping[str, Rule]) -> str:
    """Return the text of the file: JSON with a line for each rule, by the name of its module."""
    lines = [
        f"{json.dumps(module)}: {json.dumps(_card(rule), ensure_ascii=False)}"
        for module, rule in rules.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _card(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "status": rule.status.value,
        "functions": {
            field: f"{function.__module__}:{function.__qualname__}"
            for field in _FUNCTIONS
            if (function := getattr(rule, field)) is not None
        },
        "by_feature": rule.by_feature,
        "settings": [
            {
                "name": setting.name,
                "kind": KIND_NAMES[setting.kind],
                "default": setting.default,
                "summary": setting.summary,
                "are_files": setting.are_files,
            }
            for setting in rule.settings
        ],
    }


def _rule(card: Mapping[str, Any]) -> Rule:
    functions = {field: LateFunction(place) for field, place in card["functions"].items()}
    return Rule(
        code=card["code"],
        name=card["name"],
        severity=Severity(card["severity"]),
        summary=card["summary"],
        status=Status(card["status"]),
        check=functions.get("check"),
        summarise=functions.get("summarise"),
        check_project=functions.get("check_project"),
        check_comments=functions.get("check_comments"),
        by_feature=card["by_feature"],
        settings=tuple(map(_setting, card["settings"])),
    )


def _setting(values: Mapping[str, Any]) -> Setting:
    default = values["default"]
    return Setting(
        values["name"],
        _KINDS[values["kind"]],
        tuple(default) if isinstance(default, list) else default,
        values["summary"],
        values["are_files"],
    )
