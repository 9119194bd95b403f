"""``fx fit``: fit the resources of a program to data."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feature_extractor.cli.console import error_stream
from feature_extractor.cli.failures import CommandError, DataError, require_file
from feature_extractor.cli.name_lists import names
from feature_extractor.cli.programs import is_package, refuse_binary, require_core
from feature_extractor.cli.tables.formats import INPUT_FORMATS, expand, input_format
from feature_extractor.wording import counted

if TYPE_CHECKING:
    from feature_extractor.check.fitted_files import FittedFile

_HELP = """Fit the resources of a program that are declared with `fit.` to data: means and deviations, quantiles,
vocabularies, counts, target means.

Each result is written to a file of its own, PROGRAM.fitted/NAME.json, where the compiler looks for
it. The tables are those that `fx run` takes; a folder stands for all tables in it. They are read
once, and once more for each resource that is fitted to values which need another one. The same
data in the same order give the same bytes.

\b
Examples:
    fx fit ranking.fx --input samples.parquet
    fx fit ranking.fx -i day=2026-01-30/ -i day=2026-01-31/ --time at
    fx fit ranking.fx -i 'log/*.parquet' --select prices,words
    fx fit ranking.fx -i samples.parquet --output other/
"""


@click.command(help=_HELP, short_help="Fit resources to data.")
@click.argument("program", metavar="PROGRAM")
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    required=True,
    metavar="FILE",
    help="A table, a folder of tables, or a pattern such as 'log/*.parquet'; may be given several times.",
)
@click.option("--input-format", "input_form", type=click.Choice(INPUT_FORMATS))
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    help="Where to write the results.  [default: PROGRAM.fitted, where the compiler looks]",
)
@click.option(
    "--select",
    multiple=True,
    callback=names,
    metavar="NAME,...",
    help="Fit only these resources; those that they need must have been fitted.",
)
@click.option(
    "--time",
    default="",
    metavar="NAME",
    help="An input or let of type timestamp; its range is noted in the results.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1, max=1024),
    help="The most threads to compute with.  [default: the number of cores]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where all is well.")
def command(
    program: str,
    inputs: Sequence[str],
    input_form: str | None,
    output: str | None,
    select: list[str],
    time: str,
    threads: int | None,
    quiet: bool,
) -> int:
    """Fit and write."""
    place = require_file(program)
    if is_package(place):
        raise CommandError(
            f"{program}: this is a package; resources are fitted for a program (.fx)"
        )
    refuse_binary(place)
    paths = expand(_files(inputs, input_form))
    forms = [input_format(path, input_form) for path in paths]
    for path in paths:
        if path != "-":
            require_file(path)
    if output is not None and Path(output).is_file():
        raise CommandError(f"{output}: this is a file, not a folder")
    require_core()
    from feature_extractor.cli.fit_tables import TableRunner
    from feature_extractor.cli.progress import ProgressBar
    from feature_extractor.cli.tables.arrow import pyarrow
    from feature_extractor.fitting.run import fit_with
    from feature_extractor.fitting.states import FitError

    pyarrow()
    started = clock.perf_counter()
    with ProgressBar(not quiet) as bar:
        runner = TableRunner(paths, forms, threads or len(os.sched_getaffinity(0)), bar)
        try:
            fitted = fit_with(place, runner, output=output, select=select, time=time)
        except FitError as error:
            raise DataError(str(error)) from None
    if not quiet:
        seconds = clock.perf_counter() - started
        _print(list(fitted.files.values()), fitted.folder)
        passes = counted(fitted.passes, "pass") if fitted.passes == 1 else f"{fitted.passes} passes"
        rows = counted(runner.rows, "row")
        speed = runner.rows / max(seconds, 1e-9)
        print(f"{passes}, {rows} in {seconds:.2f} s ({speed:,.0f} rows/s)", file=error_stream())
    return 0


def _files(inputs: Sequence[str], form: str | None) -> list[str]:
    """Return the inputs with the tables of each folder in its place, sorted by path."""
    found: list[str] = []
    for given in inputs:
        if not os.path.isdir(given):
            found.append(given)
            continue
        inside = sorted(
            str(path)
            for path in Path(given).rglob("*")
            if path.is_file() and not path.name.startswith((".", "_")) and _is_table(path, form)
        )
        if not inside:
            raise CommandError(f"{given}: no table is in this folder")
        found += inside
    return found


def _is_table(path: Path, form: str | None) -> bool:
    try:
        return form is not None or bool(input_format(str(path), None))
    except CommandError:
        return False


def _print(files: Sequence[FittedFile], folder: str) -> None:
    """Print a line per resource: what was found, and how exact it is."""
    from feature_extractor.explain.fitted import describe

    width = max((len(file.name) for file in files), default=0)
    for file in files:
        print(f"{file.name:<{width}}  {describe(file.summary())}")
    print(f"{folder}: {counted(len(files), 'fitted resource')}")
