"""``fx digest``: compare values, whatever their order, batches and files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.cli.failures import (
    EXIT_FINDINGS,
    CommandError,
    DataError,
    require_file,
    unknown_feature,
)
from feature_extractor.cli.tables.formats import (
    INPUT_FORMATS,
    STANDARD_STREAM,
    expand,
    input_format,
)

if TYPE_CHECKING:
    from feature_extractor.cli.programs import OpenedProgram
    from feature_extractor.digest import TableDigest

_HELP = """Print digests of the values in tables: one per column and one of the whole rows.

They do not depend on the order of the rows, nor on how these are cut into batches and files: several tables count as
one. With --input the tables are computed first, by a program or a package.

\b
Examples:
    fx digest samples.parquet
    fx digest 'spark_output/*.parquet' --compare samples.parquet
    fx digest ranking.fxp --input log.parquet --compare samples.parquet
    fx digest samples.parquet --format json > digest.json
    fx digest samples.jsonl --types ranking.fxp

\b
Exit codes:
    0    the digests were printed; with --compare: they are equal
    1    with --compare: they differ
"""

_BATCH_ROWS = 65_536


@click.command(help=_HELP, short_help="Compare values, whatever their order and files.")
@click.argument("tables", metavar="TABLE...|PROGRAM", nargs=-1, required=True)
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    metavar="FILE",
    help="Compute the features of this table with PROGRAM; may be given several times.",
)
@click.option("--input-format", "input_form", type=click.Choice(INPUT_FORMATS))
@click.option(
    "--compare",
    "others",
    multiple=True,
    metavar="FILE",
    help="Compare with this table, or with a digest in JSON (.json); several tables count as one.",
)
@click.option(
    "--select", multiple=True, metavar="NAME,...", help="Look at these columns only, in this order."
)
@click.option(
    "--types",
    "types_of",
    metavar="PROGRAM",
    help="Read CSV and JSON lines as the features of this program or package.",
)
@click.option(
    "--threads", type=click.IntRange(min=1, max=1024), help="For --input, as in `fx run`."
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
def command(
    tables: Sequence[str],
    inputs: Sequence[str],
    input_form: str | None,
    others: Sequence[str],
    select: Sequence[str],
    types_of: str | None,
    threads: int | None,
    output_format: str,
) -> int:
    """Make the digests, then print or compare."""
    if inputs and len(tables) != 1:
        raise CommandError("--input takes one program or package")
    names = [name.strip() for part in select for name in part.split(",") if name.strip()]

    from feature_extractor.cli.programs import open_program, require_core
    from feature_extractor.cli.tables.arrow import pyarrow

    require_core()
    pyarrow()
    typed_by = open_program(types_of) if types_of is not None else None
    if inputs:
        opened = open_program(tables[0])
        digest = _computed(opened, expand(inputs), input_form, names, threads)
        typed_by = typed_by or opened
    else:
        digest = _read(expand(tables), input_form, names, typed_by)
    if not others:
        _print(digest, output_format)
        return 0
    return _compare(digest, _other(others, names, typed_by), output_format)


def _computed(
    opened: OpenedProgram,
    paths: Sequence[str],
    form: str | None,
    names: Sequence[str],
    threads: int | None,
) -> TableDigest:
    from feature_extractor.cli.extract_tables import Job, start_job
    from feature_extractor.cli.progress import ProgressBar
    from feature_extractor.digest import digest_table, total

    job = Job(
        paths=paths,
        forms=[input_format(path, form) for path in paths],
        select=names,
        keep=(),
        limit=None,
        threads=threads or len(os.sched_getaffinity(0)),
        batch_rows=_BATCH_ROWS,
    )
    with ExitStack() as stack:
        bar = stack.enter_context(ProgressBar(True))
        run = start_job(opened, job, bar, stack)
        nothing = digest_table(run.schema.empty_table())
        return total([nothing, *map(digest_table, run.batches)])


def _read(
    paths: Sequence[str], form: str | None, names: Sequence[str], typed_by: OpenedProgram | None
) -> TableDigest:
    """Return the digest of tables together."""
    from feature_extractor.digest import DigestError, total

    digests = []
    for path in paths:
        digests.append(_digest_of(path, input_format(path, form), names, typed_by))
        try:
            total([digests[0], digests[-1]])
        except DigestError as error:
            raise DataError(f"{path}: {error}") from None
    return total(digests)


def _digest_of(
    path: str, form: str, names: Sequence[str], typed_by: OpenedProgram | None
) -> TableDigest:
    from feature_extractor.cli.tables.declared import Declarations
    from feature_extractor.cli.tables.read import Request, open_source
    from feature_extractor.digest import DigestError, digest_table, total
    from feature_extractor.errors import EngineError

    name = "standard input" if path == STANDARD_STREAM else path
    schema: Any = None
    declarations = Declarations(())
    if form in ("csv", "jsonl"):
        if typed_by is None:
            raise CommandError(
                f"{name}: {form} does not tell the types of its columns",
                "Name the program whose features they are: --types PROGRAM.",
            )
        schema, declarations = _typed(typed_by, names)
    with ExitStack() as stack:
        source = open_source(path, form, Request(declarations, tuple(names), _BATCH_ROWS), stack)
        wanted = list(names or (schema or source.schema).names)
        for column in wanted:
            if source.schema.get_field_index(column) < 0:
                raise DataError(f"{name}: there is no column `{column}`")
        try:
            parts = [digest_table(_chosen(source.schema.empty_table(), wanted, schema))]
            for batch in source.batches():
                parts.append(digest_table(_chosen(batch, wanted, schema)))
            return total(parts)
        except (DigestError, EngineError) as error:
            raise DataError(f"{name}: {error}") from None


def _typed(opened: OpenedProgram, names: Sequence[str]) -> tuple[Any, Any]:
    """Return the schema of a program's features, and declarations to read them from text."""
    from feature_extractor.cli.tables.arrow import pyarrow
    from feature_extractor.cli.tables.declared import Declarations
    from feature_extractor.extractor import InputDescription

    types = {
        "id": "int",
        "ids": "list<int>",
        "weighted": "list<{id: int, weight: float}>",
        "text": "string",
    }
    features = [f for f in opened.extractor.features if not names or f.name in names]
    for name in names:
        if all(name != feature.name for feature in features):
            # Of any other column nothing says what its texts stand for.
            raise unknown_feature(name, [feature.name for feature in opened.extractor.features])
    declared = [
        InputDescription(
            "request",
            f.name,
            types.get(f.kind) or ("float" if f.width == 1 else f"vector<{f.width}>"),
        )
        for f in features
    ]
    whole = pyarrow().schema(opened.extractor)
    schema = pyarrow().schema([whole.field(feature.name) for feature in features])
    return schema, Declarations(tuple(declared))


def _chosen(table: Any, names: Sequence[str], schema: Any) -> Any:
    """Return the wanted columns; those that were read from text have the types of the features."""
    table = table.select(list(names))
    if schema is None:
        return table
    from feature_extractor.cli.tables.arrow import pyarrow

    fields = [schema.field(name) for name in names]
    return table.cast(pyarrow().schema(fields))


def _other(
    paths: Sequence[str], names: Sequence[str], typed_by: OpenedProgram | None
) -> TableDigest:
    """Return the digest to compare with: of tables, or from a JSON file."""
    from feature_extractor.digest import DigestError, TableDigest

    if len(paths) == 1 and paths[0].endswith(".json"):
        place = require_file(paths[0])
        try:
            digest = TableDigest.from_json(json.loads(place.read_bytes()))
        except (ValueError, DigestError) as error:
            raise DataError(f"{paths[0]}: this is not a digest: {error}") from None
        if names and names != list(digest.columns):
            raise CommandError(
                f"{paths[0]}: the digest is of {', '.join(digest.columns)}",
                "--select the same columns, in the same order, or compare tables.",
            )
        return digest
    return _read(expand(paths), None, names, typed_by)


def _print(digest: TableDigest, form: str) -> None:
    if form == "json":
        print(json.dumps(digest.to_json(), ensure_ascii=False, indent=1))
        return
    from feature_extractor.cli.console import visible
    from feature_extractor.wording import counted

    lines = {visible(name): value for name, value in digest.columns.items()} | {"": digest.rows}
    width = max(map(len, lines))
    for name, value in lines.items():
        print(f"{name or 'rows':{max(width, 4)}}  {value}")
    print(f"{counted(digest.count, 'row')}, {counted(len(digest.columns), 'column')}")


def _compare(digest: TableDigest, other: TableDigest, form: str) -> int:
    """Print what differs; the exit code is 1 where anything does."""
    from feature_extractor.cli.console import visible
    from feature_extractor.wording import counted

    names = digest.differences(other)
    same_rows = digest.rows == other.rows and list(digest.columns) == list(other.columns)
    same = not names and same_rows and digest.count == other.count
    if form == "json":
        result = {
            "equal": same,
            "differences": names,
            "digests": [digest.to_json(), other.to_json()],
        }
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return 0 if same else EXIT_FINDINGS
    if same:
        columns = counted(len(digest.columns), "column")
        print(f"equal: {counted(digest.count, 'row')}, {columns}, digest {digest.rows}")
        return 0
    if digest.count != other.count:
        print(f"{counted(digest.count, 'row')}, but {other.count:,} to compare with")
    for name in names:
        ours, theirs = (d.columns.get(name, "not there") for d in (digest, other))
        print(f"{visible(name)}: {ours}, but {theirs}")
    if not names and digest.count == other.count:
        if list(digest.columns) == list(other.columns):
            print("each column has the same values, but the rows put them together in another way")
        else:
            print("each column has the same values, but the columns have another order")
    sys.stdout.flush()
    return EXIT_FINDINGS
