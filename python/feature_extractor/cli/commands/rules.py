"""``fx rules``: what the rules of ``fx lint`` are about."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from feature_extractor.cli.console import visible, write_rendered
from feature_extractor.cli.failures import CommandError
from feature_extractor.wording import counted

_HELP = """List the rules of `fx lint`, or show the pages of some, by code or name.

\b
Examples:
    fx rules
    fx rules FX301
    fx rules label-leak --format json
"""


@click.command(help=_HELP, short_help="List and explain the rules of the linter.")
@click.argument("words", nargs=-1, metavar="[RULE...]")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the rules.",
)
def command(words: Sequence[str], output_format: str) -> int:
    """Print a list of rules, or their pages."""
    from feature_extractor.diagnostics.suggestions import closest
    from feature_extractor.lint.discovery import all_rules, find_rule
    from feature_extractor.lint.pages import fix_of, page
    from feature_extractor.lint.setting import KIND_NAMES

    known = all_rules().values()
    chosen = []
    for word in words:
        rule = find_rule(word)
        if rule is None:
            similar = closest(word, [text for rule in known for text in (rule.code, rule.name)])
            hint = f"Did you mean `{similar}`?" if similar else "`fx rules` lists all rules."
            raise CommandError(f"there is no rule `{word}`", hint)
        chosen.append(rule)
    if output_format == "json":
        rows = [
            {
                "code": rule.code,
                "name": rule.name,
                "severity": rule.severity.value,
                "status": rule.status.value,
                "summary": rule.summary,
                "fix": fix_of(rule) or None,
                "settings": [
                    {
                        "name": setting.name,
                        "kind": KIND_NAMES[setting.kind],
                        "default": setting.default,
                        "summary": setting.summary,
                    }
                    for setting in rule.settings
                ],
                "plugin": rule.plugin or None,
                "page": page(rule),
            }
            for rule in chosen or known
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    if chosen:
        _print_pages([visible(page(rule)) for rule in chosen])
        return 0
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    has_plugins = any(rule.plugin for rule in known)
    for title in ("code", "name", "severity", "status", "fix", "finds"):
        table.add_column(title, overflow="fold")
    if has_plugins:
        table.add_column("from", overflow="fold")
    for rule in known:
        cells = [rule.code, rule.name, rule.severity.value, rule.status.value, fix_of(rule)]
        table.add_row(*cells, rule.summary, *([rule.plugin] if has_plugins else []))
    write_rendered(sys.stdout, table)
    print(f"{counted(len(known), 'rule')}; `fx rules CODE` explains one.")
    return 0


def _print_pages(pages: Sequence[str]) -> None:
    """Write pages as they are, or with headings and frames on a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.write("\n".join(pages))
        return
    from rich.markdown import Markdown

    # This theme takes the colours of the terminal, also its background.
    write_rendered(sys.stdout, *(Markdown(text, code_theme="ansi_dark") for text in pages))
