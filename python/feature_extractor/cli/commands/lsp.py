"""``fx lsp``: the language server for editors. Never loads the native core itself."""

from __future__ import annotations

import logging
import os
import sys

import click

from feature_extractor.cli.failures import EXIT_FINDINGS, CommandError
from feature_extractor.cli.programs import known_registry, named_plugins
from feature_extractor.plugins import VARIABLE

_HELP = """Start the language server, for editors. It speaks the Language Server Protocol on its standard streams.

An editor starts it; docs/editors.md has the settings for VS Code, Neovim and Helix. What goes wrong inside of it is
told to the editor, which has a log for it.
"""


@click.command(help=_HELP, short_help="Start the language server, for editors.")
@click.option(
    "--stdio", is_flag=True, help="Speak on standard input and output; there is no other way."
)
@click.option("--verbose", is_flag=True, help="Log each message to standard error.")
def command(stdio: bool, verbose: bool) -> int:
    """Serve until the editor ends the session."""
    try:
        from feature_extractor.language_server.collection import collect_in_pauses
        from feature_extractor.language_server.server import FeatureServer
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise CommandError(
            f"the language server needs the package {error.name.partition('.')[0]}",
            "Install it with: pip install 'feature_extractor[lsp]'",
        ) from None
    from feature_extractor import __version__

    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.CRITICAL,
        format="%(message)s",
    )
    server = FeatureServer(known_registry(), __version__)
    plugins = named_plugins()
    if plugins:
        # For the processes that lint, and that run features on samples.
        os.environ[VARIABLE] = os.pathsep.join(plugins)
    # The protocol has standard output for itself: nothing that prints may get between its messages.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    collect_in_pauses(server)
    server.start_io(stdout=output)
    return 0 if server.was_shut_down else EXIT_FINDINGS
