"""The entry of ``fx``: finds the commands, and turns every failure into one clear line."""

from __future__ import annotations

import codecs
import contextlib
import errno
import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click

from feature_extractor.cli import commands
from feature_extractor.cli.console import error_stream, print_error, print_findings
from feature_extractor.cli.failures import (
    EXIT_FAILURE,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    CommandError,
)
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.errors import CompileError, EngineError, FeatureExtractorError, SettingsError
from feature_extractor.surrogates import without_surrogates

EXIT_BROKEN_PIPE = 141
"""What a shell reports for a process that SIGPIPE ended: 128 + 13."""

_HELP = """Write a ranking feature once; compute the same bits in training and serving.

\b
Exit codes:
    0    all is well
    1    the program has mistakes, or the data do not fit it
    2    wrong usage, a file that cannot be read or written, or an error of fx itself
    130  interrupted (Ctrl-C)
    141  the reader of the output went away (broken pipe)

\b
Examples:
    fx check ranking.fx
    fx fmt ranking.fx
    fx run ranking.fx --input log.parquet --output samples.parquet
    fx fit ranking.fx --input samples.parquet
    fx compile ranking.fx -o ranking.fxp
    fx explain ranking.fx --feature ctr
    fx diff HEAD:ranking.fx ranking.fx
    fx profile log.parquet ranking.fx -o report.html
    fx verify logs ranking.fxp
    fx ops bucket
"""


class _Commands(click.Group):
    """Imports a command when it is needed: each module in ``commands`` is one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{commands.__name__}.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            meant = closest(name, self.list_commands(ctx))
            hint = f" Did you mean `{meant}`?" if meant else ""
            raise click.UsageError(f"There is no command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from feature_extractor import __version__

        click.echo(f"fx {__version__}")
        ctx.exit()


@click.group(cls=_Commands, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    type=click.Path(),
    envvar="FEATURE_EXTRACTOR_PLUGINS",
    metavar="FILE",
    help="Load a plug-in, libNAME.so; may be given several times. For commands that need no compiled core its "
    "NAME.registry.json is enough.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
@click.pass_context
def fx(context: click.Context, debug: bool, plugins: Sequence[str]) -> None:
    """Hold the commands; the text of the help is in _HELP."""
    settings = context.ensure_object(dict)
    settings["debug"] = debug
    settings["plugins"] = plugins
    if plugins:
        from feature_extractor.plugins import plugins_kept

        context.with_resource(plugins_kept())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``fx`` and return its exit code; nothing but the code and the output tells how it went."""
    settings: dict[str, Any] = {"debug": False}
    _open_closed_streams()
    _speak_utf8()
    try:
        code = _guarded(list(sys.argv[1:] if arguments is None else arguments), settings)
        sys.stdout.flush()
        if arguments is None:
            # The process ends, and all memory goes with it: a last search for garbage may take a second.
            gc.freeze()
        return code
    except BrokenPipeError:
        # The interpreter flushes once more at its end, which must not fail loudly.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except OSError as error:
        print_error(system_error_text(error))
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILURE


def _open_closed_streams() -> None:
    """Open what the caller has closed (`fx ... >&-`): Python has None for it, and a file would take its number."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115 (for as long as the process runs)
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def _speak_utf8() -> None:
    """Read and write UTF-8, whatever the locale says: programs, JSON and JSON lines are UTF-8 everywhere.

    In a locale of fewer letters a message that shows a line of a program could not be written at all. What is read and
    is not UTF-8 is refused with its place, as in a file; letters of file names that are not are written as `�`.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    codecs.register_error("feature_extractor.replacement", _replacement)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="feature_extractor.replacement")


def _replacement(error: UnicodeError) -> tuple[bytes, int]:
    """Stand in for what has no UTF-8, an error handler as the module codecs wants it; of text it takes ASCII only."""
    assert isinstance(error, UnicodeEncodeError)
    return without_surrogates(error.object[error.start : error.end]).encode(), error.end


def _guarded(arguments: list[str], settings: dict[str, Any]) -> int:
    try:
        # Not fx.main(): that would end the process itself where a pipe breaks.
        with fx.make_context("fx", arguments, obj=settings) as context:
            result = fx.invoke(context)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as wanted:
        return wanted.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=error_stream())
        return EXIT_FAILURE
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "fx"
        print_error(error.format_message(), f"Run `{command} --help` for the options.")
        return EXIT_FAILURE
    except click.ClickException as error:
        print_error(error.format_message())
        return EXIT_FAILURE
    except (click.Abort, KeyboardInterrupt):
        print_error("interrupted")
        return EXIT_INTERRUPTED
    except CompileError as error:
        print_findings(error.diagnostics, error_stream())
        return EXIT_FINDINGS
    except SettingsError as error:
        print_findings(error.diagnostics, error_stream())
        return EXIT_FAILURE
    except CommandError as error:
        print_error(error.message, error.hint)
        return error.exit_code
    except EngineError as error:
        print_error(error.message)
        return EXIT_FINDINGS if error.code == "invalid_argument" else EXIT_FAILURE
    except FeatureExtractorError as error:
        print_error(str(error))
        if settings["debug"] and error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        return EXIT_FAILURE
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise BrokenPipeError from None
        print_error(system_error_text(error))
        return EXIT_FAILURE
    except MemoryError:
        print_error("out of memory", "A smaller --batch-rows needs less.")
        return EXIT_FAILURE
    except Exception as error:
        if settings["debug"]:
            traceback.print_exc()
        text = " ".join(str(error).split())
        print_error(
            f"this is a mistake in fx, please report it: {type(error).__name__}: {text}",
            "" if settings["debug"] else "`fx --debug ...` shows where it happened.",
        )
        return EXIT_FAILURE


def system_error_text(error: OSError) -> str:
    """Return what the operating system refused, with the file where it is known."""
    reason = error.strerror or " ".join(str(error).split()) or type(error).__name__
    # Some libraries put a whole message where others have the system's words.
    reason = reason[:1].lower() + reason[1:]
    return f"{os.fspath(error.filename)!s}: {reason}" if error.filename else reason
