"""What users of a rule may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, Final, Protocol, TypeAlias

SettingValue: TypeAlias = bool | int | float | str | tuple[str, ...]


KIND_NAMES: Final[Mapping[Any, str]] = {
    int: "int",
    float: "float",
    str: "str",
    bool: "bool",
    list[str]: "list of str",
}
"""What a setting may be, with the words for it."""


@dataclass(frozen=True)
class Setting:
    """One such choice, which is made in a settings file.

    ``kind`` is ``int``, ``float``, ``str``, ``bool`` or ``list[str]``. A list is given to the rule as a tuple. The
    summary says in one line what the value means, and in which unit. Where the texts of a list ``are_files``, they
    are relative to the settings file.
    """

    name: str
    kind: type | GenericAlias
    default: SettingValue
    summary: str
    are_files: bool = False


class Configurable(Protocol):
    """What has settings: a rule."""

    @property
    def code(self) -> str:
        """The code by which settings files name it."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All that may be chosen."""
