"""``fx lint``: find what compiles and is still likely to be wrong. Never loads the native core."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from feature_extractor.cli.console import counted, print_findings
from feature_extractor.cli.failures import EXIT_FINDINGS, CommandError, require_file
from feature_extractor.cli.programs import known_registry, refuse_binary
from feature_extractor.diagnostics import Diagnostic, Severity, render_json

_HELP = """Find what compiles and is still likely to be wrong in production.

PATH is a feature file or a folder with some. Nothing is run, and the compiled core is not needed.
The exit code is 0 where nothing was found and 1 otherwise. `fx rules` lists the rules, and a comment
`# fx: ignore[FX201] reason` allows a finding.

\b
Examples:
    fx lint ranking.fx
    fx lint features --select FX3,label-leak
    fx lint . --extend-select missing-owner --format github
"""


@click.command(help=_HELP, short_help="Find what is likely to be wrong in production.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Run only these rules: codes, beginnings of codes, names, or ALL; with commas between them.",
)
@click.option(
    "--extend-select", multiple=True, metavar="RULES", help="Run these rules as well as the usual."
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not run these rules.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["full", "concise", "json", "sarif", "github", "gitlab", "junit"]),
    default="full",
    show_default=True,
    help="How to print the findings.",
)
def command(
    paths: Sequence[str],
    select: Sequence[str],
    extend_select: Sequence[str],
    ignore: Sequence[str],
    output_format: str,
) -> int:
    """Print the findings of the chosen rules in all programs."""
    from feature_extractor.lint import Selection, SelectionError, lint_paths, output, reports
    from feature_extractor.lint.run import find_programs

    try:
        rules = Selection(_words(select), _words(extend_select), _words(ignore)).rules()
    except SelectionError as error:
        raise CommandError(str(error), error.hint) from None
    programs: dict[Path, None] = {}
    for path in paths:
        place = Path(path)
        if not place.is_dir():
            refuse_binary(require_file(path))
        programs.update(dict.fromkeys(find_programs(place)))
    findings = lint_paths(programs, known_registry(), rules)
    match output_format:
        case "json":
            sys.stdout.write(render_json(findings) + "\n")
        case "sarif":
            sys.stdout.write(reports.sarif(findings))
        case "github":
            sys.stdout.write(output.github(findings))
        case "gitlab":
            sys.stdout.write(reports.gitlab(findings))
        case "junit":
            sys.stdout.write(reports.junit(findings, map(str, programs)))
        case "concise":
            sys.stdout.write(output.concise(findings))
        case _:
            print_findings(findings, sys.stdout)
            print(_summary(len(programs), findings))
    return EXIT_FINDINGS if findings else 0


def _words(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for text in options for word in text.split(",") if word.strip())


def _summary(files: int, findings: Sequence[Diagnostic]) -> str:
    checked = f"{counted(files, 'file')} checked"
    if not findings:
        return f"{checked}: nothing found"
    names = {
        Severity.ERROR: "error",
        Severity.WARNING: "warning",
        Severity.INFORMATION: "remark",
    }
    counts = [
        counted(number, noun)
        for severity, noun in names.items()
        if (number := sum(finding.severity is severity for finding in findings))
    ]
    return f"\n{checked}: {', '.join(counts)}"
