"""Feature programs in notebook cells: `%load_ext feature_extractor.jupyter`, then `%%fx frame`.

Needs IPython and pyarrow.
"""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.errors import FeatureExtractorError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from feature_extractor.extraction import Extraction
    from feature_extractor.program import Program

CELL = "<cell>"
"""How messages call the text of a cell."""

_HELP = """Compile the cell as a feature program and run it on a frame of the notebook.

FRAME is the name of a variable: a pandas, polars or pyarrow table, a dict of columns or a list of dicts. A program
without inputs takes those of the frame. Without FRAME the program is only compiled.

\b
Examples:
    %%fx orders
    %%fx orders --output samples --to pandas
    %%fx --program ranking
"""


class CellError(FeatureExtractorError):
    """A cell cannot be run; shown as its text, not as a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"error: {self}"]


@click.command(name="%%fx", help=_HELP, add_help_option=False)
@click.argument("frame", required=False)
@click.option("-o", "--output", metavar="NAME", help="Keep the result as this variable.")
@click.option("-p", "--program", metavar="NAME", help="Keep the compiled program as this variable.")
@click.option(
    "--to",
    type=click.Choice(["extraction", "pandas", "polars", "arrow"]),
    default="extraction",
    show_default=True,
    help="What the result is.",
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    help="The folder of modules and resources; the current one without it.",
)
@click.option("--rows", type=click.IntRange(min=1), help="Run on the first rows only.")
@click.option("-h", "--help", "wants_help", is_flag=True, help="Show this text.")
@click.pass_context
def _arguments(context: click.Context, /, **_: Any) -> None:
    """Hold the options of the cell magic."""


def fx_cell(shell: InteractiveShell, line: str, cell: str) -> Any:
    """Run a cell: the magic `%%fx`."""
    try:
        with _arguments.make_context("%%fx", shlex.split(line)) as context:
            chosen = context.params
            if chosen["wants_help"]:
                print(context.get_help())
                return None
    except (click.ClickException, ValueError) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        raise CellError(f"{text} `%%fx --help` lists the options.") from None
    for name in (chosen["output"], chosen["program"]):
        if name is not None and not name.isidentifier():
            raise CellError(f"`{name}` cannot be the name of a variable")
    frame = _frame(shell, chosen["frame"])
    program = _compiled(cell, frame, Path(chosen["root"]))
    if chosen["program"]:
        shell.user_ns[chosen["program"]] = program
    if chosen["frame"] is None:
        return program
    result = _result(program, frame, chosen["rows"], chosen["to"])
    if chosen["output"]:
        shell.user_ns[chosen["output"]] = result
        return None
    return result


def _frame(shell: InteractiveShell, name: str | None) -> Any:
    if name is None:
        return None
    if name not in shell.user_ns:
        known = [other for other in shell.user_ns if not other.startswith("_")]
        meant = closest(name, known)
        hint = f"; did you mean `{meant}`?" if meant else ""
        raise CellError(f"there is no variable `{name}`{hint}")
    return shell.user_ns[name]


def _compiled(cell: str, frame: Any, root: Path) -> Program:
    from feature_extractor.diagnostics import Source
    from feature_extractor.program import compile_text
    from feature_extractor.repl.tables import declared_inputs
    from feature_extractor.syntax import parse_source, tree

    text = cell
    statements = parse_source(Source(CELL, cell)).file.statements
    if frame is not None and not any(isinstance(s, tree.InputDeclaration) for s in statements):
        block, _ = declared_inputs(_table(frame))
        # Below the cell, so that the lines of messages are those of the cell.
        text = f"{cell.rstrip()}\n{block}\n"
    return compile_text(text, path=CELL, root=root)


def _table(frame: Any) -> Any:
    try:
        import pyarrow as pa
    except ImportError:
        raise CellError("reading a frame needs pyarrow: `pip install pyarrow`") from None
    try:
        if isinstance(frame, list):
            table = pa.Table.from_pylist(frame)
        elif hasattr(frame, "columns") and hasattr(frame, "to_records"):
            table = _of_pandas(frame)
        else:
            table = pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CellError(f"this is not a frame: {reason}") from None
    return table


def _of_pandas(frame: Any) -> Any:
    """Return a frame of pandas, whose NaN are nulls, without columns of objects that Arrow has no type for."""
    import pyarrow as pa

    if not frame.columns.is_unique:
        raise ValueError("two columns have the same name")
    columns = {}
    for name, column in frame.items():
        with contextlib.suppress(pa.ArrowException):
            columns[str(name)] = pa.Array.from_pandas(column)
    return pa.table(columns)


def _result(program: Program, frame: Any, rows: int | None, to: str) -> Any:
    from feature_extractor.errors import EngineError

    table = _table(frame)
    if rows is not None:
        table = table.slice(0, rows)
    try:
        extraction: Extraction = program.extractor().extract(table)
    except (EngineError, TypeError, ValueError) as error:
        raise CellError(str(error)) from None
    if to == "extraction":
        return extraction
    import pyarrow as pa

    result = pa.Table.from_batches([extraction.to_arrow()])
    if to == "arrow":
        return result
    if to == "pandas":
        return result.to_pandas()
    try:
        import polars
    except ImportError:
        raise CellError("polars is not installed") from None
    return polars.from_arrow(result)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%%fx`; IPython calls this for `%load_ext feature_extractor.jupyter`."""

    def fx(line: str, cell: str) -> Any:
        return fx_cell(shell, line, cell)

    fx.__doc__ = _HELP
    # What IPython declares for this method is how it decorates functions of its own.
    registry: Any = shell
    registry.register_magic_function(fx, magic_kind="cell", magic_name="fx")


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Forget `%%fx`."""
    shell.magics_manager.magics["cell"].pop("fx", None)
