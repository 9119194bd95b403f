"""``fx verify``: compute the requests that a service logged once more, and compare."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feature_extractor.cli.failures import (
    EXIT_FAILURE,
    EXIT_FINDINGS,
    CommandError,
    DataError,
    require_file,
)
from feature_extractor.cli.programs import known_registry, open_program, require_core
from feature_extractor.cli.tables.formats import expand, input_format

if TYPE_CHECKING:
    from feature_extractor.cli.programs import OpenedProgram
    from feature_extractor.verification import Verifier

_HELP = """Compute logged requests again, and say which features have other values than the service gave.

LOG is a file that `Service(log=RequestLog(FOLDER))` wrote, several, a pattern, or the folder. PROGRAM is the package
that served, or another one or a feature file that should give the same. With --against, both programs are gone down
to the first operator whose values differ.

\b
Examples:
    fx verify logs ranking.fxp
    fx verify 'logs/requests-20260131*.arrow' ranking.fx --against ranking.fxp
    fx verify logs ranking.fx --without-labels
    fx verify logs ranking.fxp --format json

\b
Exit codes, as those of diff:
    0    the same to the bit
    1    values differ
    2    they could not be compared
"""

_BATCH_ROWS = 1024


@click.command(help=_HELP, short_help="Compute logged requests again and compare.")
@click.argument("arguments", metavar="LOG... PROGRAM", nargs=-1, required=True)
@click.option(
    "--against",
    metavar="OLD",
    help="The program that is right: walk both to the first operator whose values differ.",
)
@click.option(
    "--without-labels",
    is_flag=True,
    help="Compile feature files without their labels, as `fx compile` does for a server.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="The form of the report.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="REQUESTS", help="Stop after so many requests."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")
def command(
    arguments: Sequence[str],
    against: str | None,
    without_labels: bool,
    output_format: str,
    limit: int | None,
    quiet: bool,
) -> int:
    """Compare and print."""
    if len(arguments) < 2:
        raise click.UsageError("Name a log and a program: fx verify LOG PROGRAM.")
    require_core()
    from feature_extractor.errors import CompileError, EngineError
    from feature_extractor.verification import VerificationError, Verifier, markdown, text

    paths = _log_files(arguments[:-1])
    opened: OpenedProgram | None = None
    try:
        opened = open_program(arguments[-1], labels=not without_labels)
        verifier = Verifier(opened.extractor, arguments[-1])
        _read(paths, opened, verifier, limit)
        if against is not None:
            _walk(verifier, against, arguments[-1], labels=not without_labels)
    except CompileError as error:
        from feature_extractor.cli.console import error_stream, print_findings

        print_findings(error.diagnostics, error_stream())
        return EXIT_FAILURE
    except VerificationError as error:
        raise CommandError(str(error)) from None
    except DataError as error:
        raise CommandError(error.message, error.hint) from None
    except EngineError as error:
        features = opened.extractor.features if opened is not None else ()
        labelled = any(feature.kind == "label" for feature in features)
        hint = "`--without-labels` leaves the labels of the program out." if labelled else ""
        raise CommandError(f"the requests cannot be computed: {error.message}", hint) from None
    found = verifier.found
    if found.requests == 0:
        raise CommandError("the log has no requests, so nothing is compared")
    if not quiet:
        if output_format == "json":
            print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        else:
            sys.stdout.write((markdown if output_format == "markdown" else text)(found))
    return 0 if found.same else EXIT_FINDINGS


def _log_files(named: Sequence[str]) -> list[str]:
    """Return the files of a log; a folder stands for those that a service wrote there."""
    from feature_extractor.serving.log import PREFIX, SUFFIX

    paths: list[str] = []
    for name in named:
        if not Path(name).is_dir():
            paths += expand([name])
            continue
        inside = sorted(str(path) for path in Path(name).glob(f"{PREFIX}*{SUFFIX}"))
        if not inside:
            raise CommandError(f"{name}: there are no files {PREFIX}*{SUFFIX} in this folder")
        paths += inside
    return paths


def _read(
    paths: Sequence[str], opened: OpenedProgram, verifier: Verifier, limit: int | None
) -> None:
    from feature_extractor.cli.tables.declared import Declarations
    from feature_extractor.cli.tables.read import Request, open_source
    from feature_extractor.serving.log import COLUMNS

    declarations = Declarations(opened.extractor.inputs, opened.used_inputs())
    request = Request(declarations, COLUMNS, _BATCH_ROWS)
    left = limit
    for path in paths:
        with ExitStack() as stack:
            source = open_source(path, _log_format(path), request, stack)
            first = 0
            for batch in source.batches():
                if left is not None:
                    batch = batch.slice(0, left)
                    left -= batch.num_rows
                if batch.num_rows:
                    verifier.add(path, first, batch)
                first += batch.num_rows
                if left == 0:
                    return


def _log_format(path: str) -> str:
    """Return the format of a file of a log: Arrow, as a service writes it, or Parquet, which somebody made of it."""
    require_file(path)
    try:
        form = input_format(path, None)
    except CommandError:
        form = ""
    if form not in ("arrow", "parquet"):
        raise CommandError(
            f"{path}: this is no log of a service: it is neither Arrow nor Parquet by its suffix"
        )
    return form


def _walk(verifier: Verifier, old: str, new: str, *, labels: bool) -> None:
    """Find for each differing feature where the two programs part."""
    from feature_extractor.lineage import LineageError, open_traced
    from feature_extractor.verification import first_parting

    registry = known_registry()
    verifier.found.against = old
    try:
        programs = [open_traced(require_file(path), registry, labels=labels) for path in (old, new)]
    except LineageError as error:
        raise CommandError(str(error)) from None
    for feature in verifier.found.differing:
        tables = verifier.kept[feature.name]
        feature.parting = first_parting(programs[0], programs[1], feature.name, tables)
