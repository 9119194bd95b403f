"""``fx plugin``: build, test and document plug-ins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from feature_extractor.cli.console import print_error
from feature_extractor.cli.failures import EXIT_FINDINGS, CommandError, require_file
from feature_extractor.cli.programs import known_registry, require_core
from feature_extractor.cli.writing import write_text
from feature_extractor.wording import counted

_HELP = """Build, test and document plug-ins: operators that are compiled outside of this project.

\b
Examples:
    cmake -S . -B build -Dfeature_extractor_DIR="$(fx plugin cmake)"
    fx --plugin build/libshop.so plugin test tests
    fx --plugin build/libshop.so plugin docs --output docs
"""


@click.group(help=_HELP, short_help="Build, test and document plug-ins.")
def command() -> None:
    """Hold the commands; the text of the help is in _HELP."""


@command.command()
def headers() -> int:
    """Print the folder with the headers that a plug-in is compiled with."""
    from feature_extractor.plugins import include_directory

    print(include_directory())
    return 0


@command.command()
def cmake() -> int:
    """Print the folder for CMake's find_package(feature_extractor): feature_extractor_DIR."""
    from feature_extractor.plugins import cmake_directory

    print(cmake_directory())
    return 0


@command.command()
@click.argument("plugin", metavar="PLUGIN")
@click.argument("output", metavar="FILE", required=False)
def registry(plugin: str, output: str | None) -> int:
    """Write the registry of a plug-in: what its operators are, for checking programs without it.

    Without FILE it is printed. Beside libNAME.so it is called NAME.registry.json.
    """
    require_core()
    from feature_extractor import _native

    text = _native.load_plugin(str(require_file(plugin)))
    if output is None:
        sys.stdout.write(text)
    else:
        write_text(output, text)
    return 0


@command.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
def test(paths: Sequence[str]) -> int:
    """Run the cases and laws of .test files, in every way that must not change a bit.

    A folder stands for all .test files below it. The examples in the operators' own specs are run too. Needs
    pyarrow. The exit code is 1 where a case fails.
    """
    require_core()
    from feature_extractor.cli.tables.arrow import pyarrow

    pyarrow()
    from feature_extractor.testing import check_cases, parse_case, read_cases

    plugins = known_registry().plugins.values()
    if not plugins:
        raise CommandError(
            "there is no plug-in to test", "Name it: fx --plugin FILE plugin test ..."
        )
    files = [file for path in paths for file in _test_files(path)]
    count = 0
    failures: list[str] = []
    for file in files:
        try:
            cases = read_cases(file)
        except (ValueError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from None
        count += len(cases)
        failures += check_cases(cases, file.parent)
    untested = []
    for operator in (operator for plugin in plugins for operator in plugin.operators):
        lines = [f"{example.expression} => {example.result}" for example in operator.examples]
        examples = [parse_case(line, f"the examples of {operator.name}") for line in lines]
        count += len(examples)
        failures += check_cases(examples)
        if operator.name.partition(".")[2] not in {file.stem for file in files}:
            untested.append(operator.name)
    for failure in failures:
        print(failure)
    if untested:
        print_error(f"no .test file is named as the operators {', '.join(untested)}")
    shown = f"{counted(count, 'case')} in {counted(len(files), 'file')}, and the examples"
    if failures or untested:
        print(f"{shown}: {counted(len(failures), 'failure')}")
        return EXIT_FINDINGS
    print(f"{shown}: all passed")
    return 0


def _test_files(path: str) -> list[Path]:
    place = Path(path)
    if not place.is_dir():
        return [require_file(path)]
    found = sorted(place.rglob("*.test"))
    if not found:
        raise CommandError(f"{path}: there is no .test file in this folder")
    return found


@command.command()
@click.option("-o", "--output", metavar="FOLDER", required=True, help="Where to write the pages.")
def docs(output: str) -> int:
    """Write the reference pages of the plug-ins: README.md and one page per family, in Markdown."""
    from feature_extractor.reference import render_pages

    plugins = known_registry().plugins.values()
    if not plugins:
        raise CommandError(
            "there is no plug-in to describe", "Name it: fx --plugin FILE plugin docs ..."
        )
    named = ", ".join(f"{plugin.name} {plugin.version}" for plugin in plugins)
    pages = render_pages(
        [operator for plugin in plugins for operator in plugin.operators],
        note=f"<!-- Written by `fx plugin docs` from the specs of the operators of {named}. -->",
        language="the language page of feature_extractor tells how to read a signature.",
    )
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{folder}: {counted(len(pages), 'page')}")
    return 0
