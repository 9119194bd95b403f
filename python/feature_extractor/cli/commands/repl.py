"""``fx repl``: try the language on rows of a table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from feature_extractor.cli.failures import EXIT_FINDINGS, CommandError, require_file
from feature_extractor.cli.programs import known_registry, refuse_binary, require_core

_HELP = """Try the language on rows of a table: declare inputs and lets, and see what expressions give.

PROGRAM is a feature file to begin with. `:help` lists the commands of the session. Standard input may be a pipe; then
the exit code is 1 where an entry had a mistake.

\b
Examples:
    fx repl
    fx repl ranking.fx --load samples.parquet
    echo 'title.lower().tokenize()' | fx repl --load samples.parquet
"""


@click.command(help=_HELP, short_help="Try the language on rows of a table.")
@click.argument("program", required=False, metavar="[PROGRAM]")
@click.option("--load", "table", metavar="FILE", help="Take rows from this table, as `:load` does.")
@click.option(
    "--rows",
    type=click.IntRange(1, 100_000),
    default=5,
    show_default=True,
    help="Show so many rows.",
)
@click.option(
    "--editor",
    type=click.Choice(["auto", "prompt-toolkit", "readline"]),
    default="auto",
    show_default=True,
    help="How lines are edited in a terminal; auto takes prompt-toolkit where it is installed.",
)
def command(program: str | None, table: str | None, rows: int, editor: str) -> int:
    """Open the session and answer."""
    require_core()
    registry = known_registry()

    from feature_extractor.check.modules import UnreadableFile, read_file
    from feature_extractor.cli.tables.arrow import pyarrow
    from feature_extractor.repl.loop import Loop
    from feature_extractor.repl.session import Session

    pyarrow()
    session = Session(registry, Path.cwd(), shown_rows=rows)
    loop = Loop(session)
    if program is not None:
        place = require_file(program)
        refuse_binary(place)
        session.root = place.absolute().parent
        session.name = place.name
        try:
            session.declare(read_file(place))
        except UnreadableFile as error:
            raise CommandError(f"{program}: {error}") from None
    if table is not None:
        loop.answer(f":load {table}")
        if loop.failed:
            return EXIT_FINDINGS
    from feature_extractor.repl.reading import LineReader, PipeReader, editor_reader

    if not sys.stdin.isatty():
        loop.run(PipeReader(sys.stdin))
        return EXIT_FINDINGS if loop.failed else 0
    from feature_extractor import __version__

    print(f"feature_extractor {__version__}; `:help` lists the commands, Ctrl-D leaves")
    if editor != "readline":
        try:
            loop.run(editor_reader(loop.propose))
            return 0
        except ImportError:
            if editor == "prompt-toolkit":
                raise CommandError(
                    "prompt_toolkit is not installed",
                    "Install it with `pip install prompt_toolkit`.",
                ) from None
    loop.run(LineReader(loop.propose))
    return 0
