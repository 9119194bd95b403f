"""Finds the settings of programs: the nearest file in the folder of a program, or in one above it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from feature_extractor.settings.model import Settings
from feature_extractor.settings.reading import read_settings

FILE_NAMES: Final = ("fx.toml", "pyproject.toml")
"""The files that may hold settings, the one that wins first. Settings of several folders are never mixed."""


class SettingsFinder:
    """Finds settings, and reads each file once.

    ``file`` is one that was named and holds for all programs; with ``isolated`` no file is read at all.
    """

    def __init__(self, file: Path | None = None, *, isolated: bool = False) -> None:
        self._by_path: dict[Path, Settings] = {}
        self._by_folder: dict[Path, Settings] = {}
        self._fixed: Settings | None = None
        if isolated:
            self._fixed = Settings()
        elif file is not None:
            # A named file without a table of settings is taken at its word: it sets nothing.
            self._fixed = read_settings(file) or Settings(file=file, folder=file.parent)

    def settings(self, path: Path) -> Settings:
        """Return the settings of a file or folder. Raises SettingsError for a settings file with mistakes."""
        if self._fixed is not None:
            return self._fixed
        found = self._by_path.get(path)
        if found is None:
            folder = path if path.is_dir() else path.parent
            found = self._by_path.get(folder) or self._of_folder(folder.resolve())
            self._by_path[folder] = self._by_path[path] = found
        return found

    def _of_folder(self, folder: Path) -> Settings:
        passed: list[Path] = []
        found: Settings | None = None
        for current in (folder, *folder.parents):
            found = self._by_folder.get(current)
            if found is not None:
                break
            passed.append(current)
            for name in FILE_NAMES:
                if (current / name).is_file():
                    found = read_settings(_shown(current / name))
                    if found is not None:
                        break
            if found is not None:
                break
        settings = found or Settings()
        self._by_folder.update(dict.fromkeys(passed, settings))
        return settings


def _shown(path: Path) -> Path:
    """Return a path as messages show it: relative to the current folder where it is in there."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
