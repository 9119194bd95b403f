"""The options that say for which sizes a cost is estimated."""

from __future__ import annotations

from collections.abc import Callable

import click


def assumption_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add ``--candidates`` and ``--list-length``, as parameters of these names."""
    lists = click.option(
        "--list-length",
        type=click.IntRange(0, 1_000_000),
        default=20,
        show_default=True,
        help="Estimate costs for lists of this length.",
    )
    candidates = click.option(
        "--candidates",
        type=click.IntRange(1, 10_000_000),
        default=100,
        show_default=True,
        help="Estimate costs for this many candidates per request.",
    )
    return candidates(lists(command))
