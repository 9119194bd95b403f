"""``fx clean``: remove what ``fx lint`` keeps to be faster the next time."""

from __future__ import annotations

from pathlib import Path

import click

from feature_extractor.cli.console import visible

_HELP = """Remove the folder `.fx_cache` from this folder, or another cache of `fx lint`.

Nothing is lost but time: the next `fx lint` looks at every program again.
"""


@click.command(help=_HELP, short_help="Remove the cache of the linter.")
@click.option(
    "--cache-dir",
    metavar="FOLDER",
    envvar="FX_CACHE_DIR",
    help="Remove this folder, in place of `.fx_cache`.",
)
def command(cache_dir: str | None) -> int:
    """Remove a cache, and nothing else."""
    from feature_extractor.lint.cache import FOLDER, remove_cache

    folder = Path(cache_dir or FOLDER)
    removed = remove_cache(folder)
    print(f"{visible(str(folder))}: {'removed' if removed else 'there is no cache here'}")
    return 0
