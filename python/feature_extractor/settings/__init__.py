"""Settings files: `fx.toml`, or the table `[tool.fx]` of a `pyproject.toml`, found by walking up from a program."""

from feature_extractor.settings.discovery import FILE_NAMES, SettingsFinder
from feature_extractor.settings.keys import KEYS, Key
from feature_extractor.settings.model import Settings
from feature_extractor.settings.reading import read_settings
from feature_extractor.settings.schema import json_schema
from feature_extractor.settings.search import find_programs

__all__ = [
    "FILE_NAMES",
    "KEYS",
    "Key",
    "Settings",
    "SettingsFinder",
    "find_programs",
    "json_schema",
    "read_settings",
]
