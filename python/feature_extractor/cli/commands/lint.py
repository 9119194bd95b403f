"""``fx lint``: find what compiles and is still likely to be wrong. Never loads the native core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from feature_extractor.cli.linting import FOR_PEOPLE, FORMATS, LintOptions, run_lint
from feature_extractor.cli.settings import settings_options

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
    fx lint features --baseline known.json --write-baseline
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
    "--baseline",
    metavar="FILE",
    help="Do not report the findings that this file says are known.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Write all findings to the baseline, and report none.",
)
@click.option(
    "--schema",
    multiple=True,
    metavar="FILE",
    help="Compare the inputs with the columns of the data: a Parquet or Arrow file, an Avro schema (.avsc), "
    "what Spark's `df.schema.json()` gives (.json), or a descriptor set of Protocol Buffers (.desc).",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Look at the programs with so many processes; as many as there are processors unless given.",
)
@click.option(
    "--no-cache", is_flag=True, help="Look at every program, also at those that did not change."
)
@click.option(
    "--cache-dir",
    metavar="FOLDER",
    envvar="FX_CACHE_DIR",
    help="Keep what was found in this folder, in place of `.fx_cache`.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Look again whenever a program or a settings file changes, until Ctrl-C.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="full",
    show_default=True,
    help="How to print the findings.",
)
def command(
    select: Sequence[str],
    extend_select: Sequence[str],
    ignore: Sequence[str],
    watch: bool,
    **others: Any,
) -> int:
    """Print the findings of the chosen rules in all programs, or repair them."""
    options = LintOptions(
        select=_words(select), extend_select=_words(extend_select), ignore=_words(ignore), **others
    )
    if options.diff and options.output_format != "full":
        raise click.UsageError("`--diff` prints a diff, so that `--format` has no meaning.")
    if options.write_baseline and (options.fix or options.diff):
        raise click.UsageError("`--write-baseline` goes without `--fix` and `--diff`.")
    if not watch:
        return run_lint(options)
    if options.diff or options.write_baseline or options.output_format not in FOR_PEOPLE:
        raise click.UsageError(
            "`--watch` prints findings for people: it goes without `--diff`, `--write-baseline` and reports."
        )
    from feature_extractor.cli.watching import watch as run_again

    others_read = [Path(file) for file in (options.config, options.baseline) if file is not None]
    return run_again(lambda: run_lint(options), options.paths, others_read)


def _words(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for text in options for word in text.split(",") if word.strip())
