"""The JSON schema of settings files, for editors and for other checks of a repository."""

from __future__ import annotations

from typing import Any, Final

from feature_extractor.lint import Setting, all_rules
from feature_extractor.settings.keys import KEYS, SEVERITIES, Kind

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The draft that editors with TOML support read."""

_TEXT: Final = {"type": "string", "minLength": 1}
_RULES: Final = {"type": "array", "items": {"$ref": "#/definitions/rule"}}
_KINDS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.RULES: _RULES,
    Kind.PATTERNS: {"type": "array", "items": _TEXT},
    Kind.FILE: _TEXT,
    Kind.RULES_BY_PATTERN: {"type": "object", "additionalProperties": _RULES},
    Kind.SEVERITIES: {"type": "object", "additionalProperties": {"enum": list(SEVERITIES)}},
}
_SETTINGS: Final[dict[Any, dict[str, Any]]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    list[str]: {"type": "array", "items": {"type": "string"}},
}


def json_schema() -> dict[str, Any]:
    """Return the schema of `fx.toml`, which is also that of the table `[tool.fx]`."""
    schema: dict[str, Any] = {
        "$schema": _DRAFT,
        "title": "Settings of feature_extractor",
        "description": "The content of fx.toml, or of the table [tool.fx] of pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": {},
        "definitions": {
            "rule": {
                "description": "The code of a rule, the beginning of some codes, a name, or ALL.",
                "type": "string",
                "pattern": "^([A-Za-z]+[0-9]*|[a-z]+(-[a-z]+)*)$",
            }
        },
    }
    for key in KEYS:
        table = schema
        for name in key.path[:-1]:
            table = table["properties"].setdefault(
                name, {"type": "object", "additionalProperties": False, "properties": {}}
            )
        shape = _rule_settings() if key.kind is Kind.RULE_SETTINGS else _KINDS[key.kind]
        table["properties"][key.path[-1]] = {"description": key.summary, **shape}
    return schema


def _rule_settings() -> dict[str, Any]:
    """Return the shape of what rules let choose, by their codes and by their names."""
    properties = {}
    for rule in all_rules().values():
        if rule.settings:
            table = {
                "type": "object",
                "additionalProperties": False,
                "properties": {setting.name: _setting(setting) for setting in rule.settings},
            }
            properties[rule.code] = {"description": rule.summary, **table}
            properties[rule.name] = {"description": rule.summary, **table}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _setting(setting: Setting) -> dict[str, Any]:
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    return {"description": setting.summary, **_SETTINGS[setting.kind], "default": default}
