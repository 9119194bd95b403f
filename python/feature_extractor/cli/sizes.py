"""Sizes on the command line: a number of bytes, or one with a unit."""

from __future__ import annotations

import re
from typing import Final

import click

_UNITS: Final = {
    "": 1, "b": 1,
    "kb": 10**3, "mb": 10**6, "gb": 10**9,
    "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
}  # fmt: skip
_SIZE: Final = re.compile(r"([0-9]{1,18}) ?([a-z]*)")


def size_in_bytes(_: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """Return the bytes of a size: ``64MiB`` and ``67108864`` are the same. It is the callback of an option.

    ``MB`` is a million, and ``M``, which is one or the other in other tools, is refused.
    """
    if value is None:
        return None
    found = _SIZE.fullmatch(value.strip().lower())
    size = int(found[1]) * _UNITS.get(found[2], 0) if found is not None else 0
    if not 0 < size < 1 << 62:
        raise click.BadParameter(
            f"{value!r} is no size: write bytes, or a whole number with kB, MB, GB, KiB, MiB or GiB, such as 64MiB."
        )
    return size
