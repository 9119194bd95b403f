"""The rules of time zones, as files of the IANA database: the checker asks which there are, and packages carry them."""

from __future__ import annotations

import importlib.resources
import zoneinfo
from functools import cache
from pathlib import Path


def read_time_zone(name: str) -> bytes:
    """Return the TZif file of a zone, from the tzdata package or else from the system.

    An unknown name raises ValueError.
    """
    parts = name.split("/")
    if all(part and part not in (".", "..") for part in parts):
        for source in (_packaged_zone, _system_zone):
            data = source(parts)
            if data is not None and data.startswith(b"TZif"):
                return data
    raise ValueError(f"no time zone is named {name!r}")


@cache
def is_time_zone(name: str) -> bool:
    """Return whether there is a zone of this name, that is, whether :func:`read_time_zone` finds it."""
    try:
        read_time_zone(name)
    except ValueError:
        return False
    return True


@cache
def time_zone_names() -> frozenset[str]:
    """Return the names of all zones, for suggestions; this reads folders."""
    return frozenset(zoneinfo.available_timezones())


def _packaged_zone(parts: list[str]) -> bytes | None:
    try:
        return importlib.resources.files("tzdata.zoneinfo").joinpath(*parts).read_bytes()
    except (ImportError, OSError, ValueError):
        return None


def _system_zone(parts: list[str]) -> bytes | None:
    for folder in zoneinfo.TZPATH:
        path = Path(folder, *parts)
        try:
            if path.is_file():
                return path.read_bytes()
        except (OSError, ValueError):
            continue
    return None
