"""``fx compile``: make a package of a program."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from feature_extractor.cli.console import counted, print_findings, size_text, visible
from feature_extractor.cli.failures import CommandError, require_file
from feature_extractor.cli.programs import is_package, refuse_binary, require_core
from feature_extractor.cli.writing import refuse_overwriting

_HELP = """Compile a feature file with its modules and resources into a package (.fxp).

The file is replaced at once, so that a server that loads it sees the old package or the new one.
The same program and resources give the same bytes and the same digest.

With --golden, the package holds the first requests of a table and what they give. Whoever loads it, from whatever
language, computes them and refuses the package where a bit differs.

\b
Examples:
    fx compile ranking.fx
    fx compile ranking.fx -o build/ranking.fxp
    fx compile ranking.fx --golden sample.parquet
"""

_GOLDEN_REQUESTS = 64


@click.command(help=_HELP, short_help="Make a package of a program.")
@click.argument("program", metavar="PROGRAM")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The package to write; without it PROGRAM with the suffix .fxp.",
)
@click.option(
    "--golden",
    metavar="TABLE",
    help="Keep the first requests of this table, and their results, in the package.",
)
@click.option(
    "--golden-requests",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help=f"Keep so many requests of --golden.  [default: {_GOLDEN_REQUESTS}]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where all is well.")
def command(
    program: str, output: str | None, golden: str | None, golden_requests: int | None, quiet: bool
) -> int:
    """Compile and write."""
    if golden is None and golden_requests is not None:
        raise CommandError("--golden-requests says how many of --golden: name that table too")
    place = require_file(program)
    if is_package(place):
        raise CommandError(f"{program}: this is a package already")
    refuse_binary(place)
    target = Path(output) if output else place.with_suffix(".fxp")
    if target.is_dir():
        raise CommandError(f"{target}: this is a directory, not a file")
    if not target.parent.is_dir():
        raise CommandError(f"{target}: there is no directory {target.parent}")
    refuse_overwriting(str(target), [program, golden or ""])
    require_core()
    from feature_extractor.program import compile

    compiled = compile(place)
    print_findings(compiled.warnings, sys.stderr)
    if golden is not None:
        from feature_extractor.cli.golden_tables import program_with_golden_rows

        compiled = program_with_golden_rows(compiled, golden, golden_requests or _GOLDEN_REQUESTS)
    compiled.save(target)
    if not quiet:
        features = counted(len(compiled.package.manifest["features"]), "feature")
        size = size_text(target.stat().st_size)
        kept = compiled.package.manifest.get("golden")
        proof = f", {counted(kept['requests'], 'golden request')}" if kept else ""
        print(f"{visible(str(target))}: {features}{proof}, {size}, digest {compiled.digest}")
    return 0
