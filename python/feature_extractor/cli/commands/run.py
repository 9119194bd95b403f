"""``fx run``: extract the features of tables."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Literal

import click

from feature_extractor.cli.console import error_stream
from feature_extractor.cli.failures import CommandError
from feature_extractor.cli.name_lists import names
from feature_extractor.cli.tables.formats import (
    INPUT_FORMATS,
    OUTPUT_FORMATS,
    STANDARD_STREAM,
    expand,
    input_format,
    output_format,
    shard_paths,
)
from feature_extractor.cli.writing import refuse_overwriting, write_text

_HELP = """Extract the features of tables with a program (.fx, compiled first) or a package (.fxp).

A table has a row per candidate, with the request's columns repeated, or a row per request with
its candidates in a column `candidates`: a list of structs. It is read and written batch by batch.
CSV and JSON lines are typed by the program's inputs. `-` is standard input or output.

\b
Formats, by suffix:
    Parquet     .parquet .pq
    CSV         .csv              with a header; an empty cell is null
    JSON lines  .jsonl .ndjson    one object per line
    Arrow IPC   .arrow .feather .ipc .arrows
    TFRecord    .tfrecord .tfrecord.gz    written only: a tf.train.Example per row
    CSV and JSON lines are also read with .gz .bz2 .zst .lz4 behind it.

\b
Examples:
    fx run ranking.fx --input log.parquet --output samples.parquet
    fx run ranking.fxp -i 'day=*/log.jsonl.gz' -o samples.parquet --keep user_id,movie
    fx run ranking.fxp -i log.parquet -o samples.tfrecord.gz --shards 16
    fx run ranking.fx -i log.csv --limit 10
    cat log.jsonl | fx run ranking.fxp -i - --input-format jsonl -o samples.arrow
"""


@click.command(help=_HELP, short_help="Extract the features of tables.")
@click.argument("program", metavar="PROGRAM|PACKAGE")
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    required=True,
    metavar="FILE",
    help="A table, or a pattern such as 'log/*.parquet'; may be given several times.",
)
@click.option(
    "-o",
    "--output",
    default=STANDARD_STREAM,
    metavar="FILE",
    help="Where to write; standard output, as JSON lines, without it.",
)
@click.option("--input-format", "input_form", type=click.Choice(INPUT_FORMATS))
@click.option("--output-format", "output_form", type=click.Choice(OUTPUT_FORMATS))
@click.option(
    "--select",
    multiple=True,
    callback=names,
    metavar="NAME,...",
    help="Write only these features, in this order.",
)
@click.option(
    "--keep",
    multiple=True,
    callback=names,
    metavar="COLUMN,...",
    help="Write these columns of the input too, in front of the features.",
)
@click.option(
    "--shards",
    type=click.IntRange(1, 99_999),
    metavar="N",
    help="Write N files that take turns row by row: samples-00000-of-00016.tfrecord.gz.",
)
@click.option(
    "--tf-example",
    "sample_form",
    type=click.Choice(["example", "sequence"]),
    help="What a TFRecord holds; `sequence` makes a SequenceExample with a step per id.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="ROWS", help="Stop after so many rows of input."
)
@click.option(
    "--threads",
    type=click.IntRange(min=1, max=1024),
    help="The most threads to compute with.  [default: the number of cores]",
)
@click.option(
    "--batch-rows",
    type=click.IntRange(min=1, max=16_777_216),
    default=65_536,
    show_default=True,
    metavar="ROWS",
    help="Rows that are in memory at a time. It does not change the result.",
)
@click.option(
    "--statistics", "statistics_path", metavar="FILE", help="Write the counts to a JSON file."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress and no counts on stderr.")
def command(
    program: str,
    inputs: Sequence[str],
    output: str,
    input_form: str | None,
    output_form: str | None,
    select: list[str],
    keep: list[str],
    shards: int | None,
    sample_form: Literal["example", "sequence"] | None,
    limit: int | None,
    threads: int | None,
    batch_rows: int,
    statistics_path: str | None,
    quiet: bool,
) -> int:
    """Open everything, then run."""
    paths = expand(inputs)
    forms = [input_format(path, input_form) for path in paths]
    form = output_format(output, output_form)
    targets = _targets(output, shards)
    for path in targets:
        refuse_overwriting(path, [program, *paths])
    if statistics_path is not None:
        refuse_overwriting(statistics_path, [program, *targets, *paths])
    if sample_form is not None and form != "tfrecord":
        raise CommandError(f"--tf-example is for TFRecord files, not for {form}")
    if output == STANDARD_STREAM and form not in ("jsonl", "csv") and sys.stdout.isatty():
        raise CommandError(f"{form} is not for a terminal", "Name a file: --output FILE.")

    from feature_extractor.cli.counts import as_json, print_counts
    from feature_extractor.cli.extract_tables import Job, Target, run_job
    from feature_extractor.cli.programs import open_program
    from feature_extractor.cli.progress import ProgressBar
    from feature_extractor.cli.tables.arrow import pyarrow

    pyarrow()
    opened = open_program(program)
    with ExitStack() as stack:
        bar = stack.enter_context(ProgressBar(not quiet))
        started = time.perf_counter()
        job = Job(
            paths=paths,
            forms=forms,
            select=select,
            keep=tuple(keep),
            limit=limit,
            threads=threads or len(os.sched_getaffinity(0)),
            batch_rows=batch_rows,
        )
        target = Target(targets, form, sample_form or "example")
        counts = run_job(opened, job, target, bar)
        seconds = time.perf_counter() - started
    extractor = opened.extractor
    operators = opened.operators_at()
    if not quiet:
        print_counts(
            error_stream(), counts, seconds, extractor.features, extractor.inputs, operators
        )
    if statistics_path is not None:
        content = as_json(counts, seconds, extractor.digest, extractor.features, operators)
        text = json.dumps(content, ensure_ascii=False, indent=2)
        write_text(statistics_path, text + "\n")
    return 0


def _targets(output: str, shards: int | None) -> list[str]:
    if shards is None:
        return [output]
    if output == STANDARD_STREAM:
        raise CommandError("--shards needs files", "Name them: --output samples.parquet.")
    return shard_paths(output, shards)
