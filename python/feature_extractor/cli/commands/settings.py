"""``fx settings``: which settings hold for a program, and the schema of settings files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.cli.console import visible

if TYPE_CHECKING:
    from feature_extractor.settings import Settings

_HELP = """Show the settings for a program or a folder: where they are, and what follows from them.

Settings are in `fx.toml`, or in `[tool.fx]` of `pyproject.toml`, in the folder of a program or above it. Without a path
it is the current folder.

\b
Examples:
    fx settings
    fx settings features/ranking.fx
    fx settings --schema > fx.schema.json
"""


@click.command(help=_HELP, short_help="Show which settings hold for a program.")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--schema", is_flag=True, help="Print the JSON schema of settings files instead.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the settings.",
)
def command(path: str, schema: bool, output_format: str) -> int:
    """Print what holds for a path."""
    from feature_extractor.settings import SettingsFinder, json_schema

    if schema:
        sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
        return 0
    place = Path(path)
    found = _as_json(SettingsFinder().settings(place), place)
    if output_format == "json":
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        return 0
    print(f"settings of {visible(path)}: {visible(found['file'] or 'there is no settings file')}")
    for name, value in found.items():
        if name != "file" and value:
            print(f"{name}: {visible(_text(value))}")
    return 0


def _as_json(settings: Settings, path: Path) -> dict[str, Any]:
    """Return the settings of a path, with the rules and the values of their settings that follow from them."""
    chosen = settings.configuration(path)
    values = {
        rule.code: {
            setting.name: chosen.settings.get(rule.code, {}).get(setting.name, setting.default)
            for setting in rule.settings
        }
        for rule in chosen.rules
        if rule.settings
    }
    return {
        "file": str(settings.file) if settings.file else None,
        "exclude": list(settings.exclude),
        "lint.exclude": list(settings.lint_exclude),
        "lint.baseline": str(settings.baseline) if settings.baseline else None,
        "lint.severity": {code: level.value for code, level in chosen.severities.items()},
        "rules": [rule.code for rule in chosen.rules],
        "lint.rules": values,
    }


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_text(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "[]"
    return str(value)
