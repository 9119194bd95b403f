"""Options whose value is a list of names: given several times, or with commas between them."""

from __future__ import annotations

from collections.abc import Sequence

import click


def names(_ctx: click.Context, _parameter: click.Parameter, value: Sequence[str]) -> list[str]:
    """Split lists of names at commas; each name is kept once. This is a callback of click options."""
    found = [name.strip() for part in value for name in part.split(",")]
    return list(dict.fromkeys(name for name in found if name))
