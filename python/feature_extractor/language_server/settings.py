"""What a user may choose: the settings under ``fx`` of an editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

SECTION = "fx"
"""Where an editor keeps the settings."""


@dataclass(frozen=True)
class Settings:
    """The settings, each with the name that it has in an editor, but for the case of its letters."""

    lint: bool = True
    """Whether findings of the linter are shown beside errors."""

    inlay_hints: bool = True
    """Whether the types of lets are shown behind their names."""

    code_lenses: bool = True
    """Whether "run on sample rows" is shown above each feature."""

    sample_file: str = ""
    """Rows to run a feature on: Parquet, JSON, JSON lines, CSV or Arrow; relative to the folder that is open."""

    sample_rows: int = 10
    """Rows of the sample that are computed and shown."""

    delay: int = 150
    """Milliseconds without a change before the linter looks; errors are shown at once."""


def read_settings(given: Any, before: Settings | None = None) -> Settings:
    """Return settings with what an editor has sent; what is unknown or of another type is left as it was.

    ``given`` may be the section itself, or an object that holds it: editors differ in that.
    """
    result = before or Settings()
    if not isinstance(given, Mapping):
        return result
    inner = given.get(SECTION, given)
    if not isinstance(inner, Mapping):
        return result
    changes: dict[str, Any] = {}
    for field in fields(Settings):
        value = inner.get(_camel(field.name), inner.get(field.name))
        default = getattr(result, field.name)
        if type(value) is type(default) and (not isinstance(value, int) or value >= 0):
            changes[field.name] = value
    return replace(result, **changes)


def _camel(name: str) -> str:
    """Return ``sample_file`` as ``sampleFile``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
