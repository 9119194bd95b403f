"""``fx lint``: find what compiles and is still likely to be wrong. Never loads the native core."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feature_extractor.cli.console import counted, print_findings
from feature_extractor.cli.failures import (
    EXIT_FAILURE,
    EXIT_FINDINGS,
)
from feature_extractor.cli.fixes import (
    print_differences,
    print_fixable,
    print_fixes,
    write_fixes,
)
from feature_extractor.cli.programs import known_registry
from feature_extractor.cli.settings import (
    configured,
    find_all_programs,
    find_settings,
    settings_options,
)
from feature_extractor.diagnostics import Applicability, Diagnostic, Severity, render_json

if TYPE_CHECKING:
    from feature_extractor.lint.fixing import Fixing, Texts
    from feature_extractor.registry import Registry

_HELP = """Find what compiles and is still likely to be wrong in production.

PATH is a feature file or a folder with some. Nothing is run, and the compiled core is not needed. What is looked for
may be chosen in `fx.toml`, or in `[tool.fx]` of `pyproject.toml`, in the folder of a program or above it; options win.
`fx rules` lists the rules, and a comment `# fx: ignore[FX201] reason` allows a finding.

Findings with [*] have a safe fix, which leaves every value as it is: --fix makes it. The exit code is 0 where
nothing is left to be said, and 1 otherwise.

\b
Examples:
    fx lint ranking.fx
    fx lint features --select FX3,label-leak
    fx lint . --extend-select missing-owner --format github
    fx lint features --diff
    fx lint features --fix
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
@settings_options
@click.option("--fix", is_flag=True, help="Make the safe fixes, and tell what is left.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff: make also fixes that may change values, or guess what was meant.",
)
@click.option(
    "--diff", is_flag=True, help="Write nothing; show what --fix would change, and only that."
)
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
    config: str | None,
    isolated: bool,
    force_exclude: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    output_format: str,
) -> int:
    """Print the findings of the chosen rules in all programs, or repair them."""
    from feature_extractor.lint import Selection, lint_paths
    from feature_extractor.lint.fixing import Texts

    if diff and output_format != "full":
        raise click.UsageError("`--diff` prints a diff, so that `--format` has no meaning.")
    finder = find_settings(config, isolated)
    asked = Selection(_words(select), _words(extend_select), _words(ignore))
    configure = configured(finder, asked)
    programs = find_all_programs(paths, finder, force_exclude=force_exclude)
    registry = known_registry()

    def lint(texts: Texts) -> list[Diagnostic]:
        return lint_paths(programs, registry, configure, texts)

    if not (fix or diff):
        findings = lint(Texts())
        _print_report(output_format, programs, findings, unsafe_fixes)
        return EXIT_FINDINGS if findings else 0
    fixing = _fixed(programs, lint, registry, unsafe_fixes)
    if diff:
        return print_differences(fixing)
    failed = write_fixes(fixing)
    # Reports are read by programs, so that what was done is told elsewhere.
    print_fixes(fixing, sys.stdout if output_format in ("full", "concise") else sys.stderr)
    _print_report(output_format, programs, fixing.findings, unsafe_fixes)
    return EXIT_FAILURE if failed else EXIT_FINDINGS if fixing.findings else 0


def _fixed(
    programs: Iterable[Path],
    lint: Callable[[Texts], list[Diagnostic]],
    registry: Registry,
    unsafe_fixes: bool,
) -> Fixing:
    from feature_extractor.check import analyse_file
    from feature_extractor.lint.fixing import fix_programs

    def count_errors(path: Path, texts: Texts) -> int:
        found = analyse_file(path, registry, texts).diagnostics
        return sum(finding.severity is Severity.ERROR for finding in found)

    allowed = {Applicability.SAFE, *([Applicability.UNSAFE] if unsafe_fixes else [])}
    return fix_programs(programs, lint, count_errors, frozenset(allowed))


def _print_report(
    output_format: str, programs: list[Path], findings: list[Diagnostic], unsafe_fixes: bool
) -> None:
    from feature_extractor.lint import output, reports

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
            print_fixable(findings, unsafe_fixes)
        case _:
            print_findings(findings, sys.stdout)
            print(_summary(len(programs), findings))
            print_fixable(findings, unsafe_fixes)


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
