"""Packages that take each other's place: the same program with another number, and with more declarations."""

from __future__ import annotations

from collections.abc import Callable

import feature_extractor as fx

Package = Callable[..., bytes]
"""Returns the bytes of a package with a number, and with more declarations."""


def numbered_packages(program: str) -> Package:
    """Return a function that compiles a program with ``{number}`` and ``{more}`` in its text, each form once."""
    made: dict[tuple[int, str], bytes] = {}

    def make(number: int, more: str = "") -> bytes:
        if (number, more) not in made:
            text = program.format(number=number, more=more)
            made[number, more] = fx.compile_text(text, path="served.fx").package.to_bytes()
        return made[number, more]

    return make
