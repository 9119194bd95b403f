"""All keys of a settings file: what the reader accepts, the schema describes and the documentation lists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a key takes."""

    RULES = "list of rules"
    PATTERNS = "list of patterns"
    FILE = "path of a file"
    RULES_BY_PATTERN = "table of lists of rules, by pattern"
    SEVERITIES = "table of severities, by rule"
    RULE_SETTINGS = "table of tables, by rule"


@dataclass(frozen=True)
class Key:
    """A key with the table that it is in, and what it is for."""

    path: tuple[str, ...]
    kind: Kind
    summary: str


SEVERITIES: Final = ("error", "warning", "info")
"""The words for how bad a finding is."""

KEYS: Final = (
    Key(("exclude",), Kind.PATTERNS, "Files and folders that are not searched."),
    Key(("lint", "select"), Kind.RULES, "The rules that run, in place of the stable ones."),
    Key(("lint", "extend-select"), Kind.RULES, "Rules that run as well."),
    Key(("lint", "ignore"), Kind.RULES, "Rules that do not run."),
    Key(("lint", "exclude"), Kind.PATTERNS, "Files and folders that are not linted."),
    Key(
        ("lint", "per-file-ignores"),
        Kind.RULES_BY_PATTERN,
        "Rules that do not run for the files of a pattern.",
    ),
    Key(("lint", "severity"), Kind.SEVERITIES, "How bad the findings of a rule are."),
    Key(("lint", "baseline"), Kind.FILE, "A file with findings that are known already."),
    Key(("lint", "rules"), Kind.RULE_SETTINGS, "What the rules themselves let choose."),
)
