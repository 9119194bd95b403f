"""``fx compile``: make a package of a program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from feature_extractor.cli.console import error_stream, print_findings, size_text, visible
from feature_extractor.cli.failures import CommandError, require_file
from feature_extractor.cli.programs import is_package, refuse_binary, require_core
from feature_extractor.cli.writing import refuse_overwriting
from feature_extractor.wording import counted

if TYPE_CHECKING:
    from feature_extractor.plan.package import Package

_HELP = """Compile a feature file with its modules and resources into a package (.fxp).

The file is replaced at once, so that a server that loads it sees the old package or the new one.
The same program and resources give the same bytes and the same digest.

With --golden, the package holds the first requests of a table and what they give. Whoever loads it, from whatever
language, computes them and refuses the package where a bit differs.

With --without-labels, the features of kind label are left out, so that a server need not be given the inputs that
only they read. All other features are the same.

With --resource, PROGRAM is a package, and the result is the one that its program gives with this file for a
vocabulary or table. Golden rows keep their requests; what they give is computed anew.

\b
Examples:
    fx compile ranking.fx
    fx compile ranking.fx -o build/ranking.fxp
    fx compile ranking.fx --golden sample.parquet
    fx compile ranking.fx --without-labels -o serving.fxp
    fx compile ranking.fxp --resource movies=movies.txt -o fresh.fxp
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
@click.option(
    "--without-labels",
    is_flag=True,
    help="Leave the labels out, for a server.",
)
@click.option(
    "--resource",
    "resources",
    multiple=True,
    metavar="NAME=FILE",
    help="Take this file for a resource of a package; may be repeated.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where all is well.")
def command(
    program: str,
    output: str | None,
    golden: str | None,
    golden_requests: int | None,
    without_labels: bool,
    resources: tuple[str, ...],
    quiet: bool,
) -> int:
    """Compile and write."""
    if golden is None and golden_requests is not None:
        raise CommandError("--golden-requests says how many of --golden: name that table too")
    place = require_file(program)
    files = _named_files(resources)
    if files and not is_package(place):
        raise CommandError(
            "--resource is for packages: a program names the files of its resources itself"
        )
    if not files and is_package(place):
        raise CommandError(
            f"{program}: this is a package already", "With --resource it gets other words or rows."
        )
    if files and golden is not None:
        raise CommandError("--golden is for programs: a package keeps its golden requests")
    if files and without_labels:
        raise CommandError("--without-labels is for programs: a package keeps its features")
    if not files:
        refuse_binary(place)
    target = Path(output) if output else place.with_suffix(".fxp")
    if target.is_dir():
        raise CommandError(f"{target}: this is a directory, not a file")
    if not target.parent.is_dir():
        raise CommandError(f"{target}: there is no directory {target.parent}")
    # A package may be replaced by itself with other resources: it is read before it is written, and written at once.
    refuse_overwriting(str(target), [golden or "", *files.values(), *(() if files else (program,))])
    require_core()
    if files:
        package = _with_files(place, files)
        package.write(target)
        if not quiet:
            _tell(target, package)
        return 0
    from feature_extractor.program import compile

    compiled = compile(place, labels=not without_labels)
    print_findings(compiled.warnings, error_stream())
    if golden is not None:
        from feature_extractor.cli.golden_tables import program_with_golden_rows

        compiled = program_with_golden_rows(compiled, golden, golden_requests or _GOLDEN_REQUESTS)
    compiled.save(target)
    if not quiet:
        _tell(target, compiled.package)
    return 0


def _tell(target: Path, package: Package) -> None:
    features = counted(len(package.manifest["features"]), "feature")
    size = size_text(target.stat().st_size)
    kept = package.manifest.get("golden")
    proof = f", {counted(kept['requests'], 'golden request')}" if kept else ""
    digest = package.manifest["digest"]
    print(f"{visible(str(target))}: {features}{proof}, {size}, digest {digest}")


def _named_files(named: tuple[str, ...]) -> dict[str, str]:
    files: dict[str, str] = {}
    for one in named:
        name, equals, file = one.partition("=")
        if not name or not equals or not file:
            raise CommandError(f"--resource: {one} is not of the form NAME=FILE")
        if name in files:
            raise CommandError(f"--resource: {name} comes twice")
        files[name] = str(require_file(file))
    return files


def _with_files(place: Path, files: dict[str, str]) -> Package:
    """Return a package with other files for its resources. Raises CompileError for mistakes in them."""
    from feature_extractor.dictionaries import package_with_resources
    from feature_extractor.plan.new_resources import ResourceError
    from feature_extractor.plan.package import PackageError, read_package

    try:
        return package_with_resources(read_package(place), files)
    except (PackageError, ResourceError) as error:
        raise CommandError(f"{place}: {error}") from None
