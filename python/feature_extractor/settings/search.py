"""Searches folders for programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def find_programs(path: Path, excluded: Callable[[Path], bool] = lambda path: False) -> list[Path]:
    """Return a file itself, or the `.fx` files below a folder.

    Hidden folders are left out, and the files and folders that are ``excluded``.
    """
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, names, files in os.walk(path):
        names[:] = sorted(
            name for name in names if not name.startswith(".") and not excluded(Path(folder, name))
        )
        programs = (Path(folder, name) for name in sorted(files) if name.endswith(".fx"))
        found.extend(program for program in programs if not excluded(program))
    return found
