"""``fx profile``: distributions, defaults, collisions and drift of the features of a table."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.cli.failures import CommandError, DataError, require_file
from feature_extractor.cli.tables.formats import (
    INPUT_FORMATS,
    STANDARD_STREAM,
    expand,
    input_format,
)
from feature_extractor.cli.writing import refuse_overwriting, write_output

if TYPE_CHECKING:
    from feature_extractor.cli.progress import ProgressBar
    from feature_extractor.profile.report import Profile
    from feature_extractor.profile.run import Opened, Pass

_HELP = """Profile the features that a program gives for a table: distributions, quantiles, defaults, cardinality, hash
collisions, and drift against another table. Features that deserve a look come first.

DATA is one table or several, or a pattern in quotes; PROGRAM a feature file or a package. The table is read once, batch
by batch, in the same memory however long it is.

\b
Examples:
    fx profile log.parquet ranking.fx -o report.html
    fx profile 'january/*.parquet' --against 'february/*.parquet' ranking.fx -o drift.html
    fx profile log.parquet ranking.fx --format json
"""

_MOST_LINES = 40


@click.command(help=_HELP, short_help="Show distributions, defaults, collisions and drift.")
@click.argument("arguments", metavar="DATA... PROGRAM", nargs=-1, required=True)
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    help="Compare with this table; several count as one. The bins are those of DATA.",
)
@click.option("--input-format", "input_form", type=click.Choice(INPUT_FORMATS))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "html", "json"]),
    help="The form of the report.  [default: text, or what the suffix of --output says]",
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of the terminal.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="ROWS", help="Read at most so many rows."
)
@click.option(
    "--threads",
    type=click.IntRange(min=1, max=1024),
    help="The most threads to compute with.  [default: the number of cores]",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def command(
    arguments: Sequence[str],
    against: Sequence[str],
    input_form: str | None,
    output_format: str | None,
    output: str | None,
    limit: int | None,
    threads: int | None,
    quiet: bool,
) -> int:
    """Read, profile and write."""
    if len(arguments) < 2:
        raise click.UsageError("Name the data and the program: fx profile DATA PROGRAM.")
    program = arguments[-1]
    form = output_format or _form(output)
    if form == "html" and output is None and sys.stdout.isatty():
        raise CommandError("html is not for a terminal", "Name a file: --output report.html.")
    if form == "text" and output is not None:
        raise CommandError("text is for the terminal", "Name a file that ends in .html or .json.")
    refuse_overwriting(output, [*arguments, *against])

    from feature_extractor.cli.programs import (
        is_package,
        known_registry,
        refuse_binary,
        require_core,
    )
    from feature_extractor.cli.progress import ProgressBar
    from feature_extractor.cli.tables.arrow import pyarrow
    from feature_extractor.profile.run import finish, open_program

    place = require_file(program)
    require_core()
    pyarrow()
    if not is_package(place):
        refuse_binary(place)
    opened = open_program(place, known_registry())
    if not opened.features:
        raise DataError("the program has no features, so there is nothing to profile")
    paths = expand(arguments[:-1])
    others = expand(against)
    for path in [*paths, *others]:
        if path != STANDARD_STREAM:
            require_file(path)
    count = threads or len(os.sched_getaffinity(0))
    with ProgressBar(not quiet) as bar:
        first = _pass(opened, paths, input_form, limit, count, bar)
        second = _pass(opened, others, input_form, limit, count, bar) if others else None
    found = finish(opened, first, second, paths, others)
    _write(found, form, output)
    return 0


def _form(output: str | None) -> str:
    suffix = Path(output).suffix.lower() if output else ""
    return {".html": "html", ".htm": "html", ".json": "json"}.get(suffix, "text")


def _pass(
    opened: Opened,
    paths: Sequence[str],
    form: str | None,
    limit: int | None,
    threads: int,
    bar: ProgressBar,
) -> Pass:
    from feature_extractor.cli.tables.declared import NESTED
    from feature_extractor.errors import EngineError
    from feature_extractor.profile.run import BATCH_REQUESTS, BATCH_ROWS, Pass

    found = Pass(opened)
    left = limit
    for path, batch, fraction in _batches(opened, paths, form):
        nested = NESTED in batch.schema.names
        size = BATCH_REQUESTS if nested else BATCH_ROWS
        for start in range(0, batch.num_rows, size):
            part = batch.slice(start, size if left is None else min(size, left))
            try:
                found.add(opened.extractor.extract(part, threads=threads))
            except EngineError as error:
                if error.code == "invalid_argument":
                    raise DataError(f"{path}: {error.message}") from None
                raise
            bar.update(found.counted.rows, fraction)
            if left is not None:
                left -= part.num_rows
                if left <= 0:
                    return found
    return found


def _batches(
    opened: Opened, paths: Sequence[str], form: str | None
) -> Iterator[tuple[str, Any, float | None]]:
    from feature_extractor.cli.tables.declared import Declarations
    from feature_extractor.cli.tables.read import Request, open_source
    from feature_extractor.profile.run import BATCH_ROWS

    declarations = Declarations(opened.extractor.inputs, opened.used_inputs())
    request = Request(declarations, (), BATCH_ROWS)
    sizes = [os.path.getsize(p) if p != STANDARD_STREAM else 0 for p in paths]
    total, before = sum(sizes), 0
    for path, size in zip(paths, sizes, strict=True):
        with ExitStack() as stack:
            source = open_source(path, input_format(path, form), request, stack)
            for batch in source.batches():
                here = source.fraction()
                known = here is not None and total > 0
                yield path, batch, (before + (here or 0.0) * size) / total if known else None
        before += size


def _write(found: Profile, form: str, output: str | None) -> None:
    if form == "text":
        _print(found)
    elif form == "json":
        write_output(output, json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        from feature_extractor.profile.page import page

        write_output(output, page(found))


def _print(found: Profile) -> None:
    from rich.table import Table
    from rich.text import Text

    from feature_extractor.cli.console import visible, write_rendered
    from feature_extractor.wording import counted

    drifts = found.against is not None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("feature", overflow="fold")
    table.add_column("defaults", justify="right", no_wrap=True)
    table.add_column("different", justify="right", no_wrap=True)
    if drifts:
        table.add_column("PSI", justify="right", no_wrap=True)
    table.add_column("look at", overflow="fold")
    noted = [one for one in found.features if one.remarks]
    for one in noted[:_MOST_LINES]:
        here = one.distribution
        of = here.numbers or here.values
        cells = [
            visible(one.name),
            f"{100 * here.default_share:.3g} %" if here.defaulted else "",
            "" if of is None else f"{'~' if of.distinct_error else ''}{of.distinct:,}",
        ]
        if drifts:
            cells.append(f"{one.drift.psi:.3f}" if one.drift is not None else "")
        cells.append("; ".join(visible(remark.text) for remark in one.remarks[:3]))
        table.add_row(*map(Text, cells))
    if noted:
        write_rendered(sys.stdout, table)
        print()
    if len(noted) > _MOST_LINES:
        print(f"and {counted(len(noted) - _MOST_LINES, 'more feature')} to look at")
    rows = counted(found.data.rows, "row")
    if found.against is not None:
        rows += f" against {found.against.rows:,}"
    print(
        f"{counted(len(found.features), 'feature')} of {rows}: {counted(len(noted), 'feature')} to look at; "
        "`-o report.html` shows all of them"
    )
