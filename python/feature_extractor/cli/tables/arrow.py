"""Finds pyarrow, which only tables in files need."""

from __future__ import annotations

from typing import Any

from feature_extractor.cli.failures import CommandError


def pyarrow() -> Any:
    """Return the module pyarrow; raises CommandError with the command that installs it."""
    try:
        import pyarrow
    except ImportError:
        raise CommandError(
            "reading and writing tables needs pyarrow", "Install it with `pip install pyarrow`."
        ) from None
    return pyarrow
