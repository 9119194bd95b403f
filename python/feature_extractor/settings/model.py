"""What a settings file says, and what follows from it for a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.rule import Rule
from feature_extractor.lint.selection import Selection
from feature_extractor.lint.setting import SettingValue
from feature_extractor.settings.patterns import matches


@dataclass(frozen=True)
class Settings:
    """The settings for the programs of a folder; those of nobody are the defaults.

    ``file`` is where they were read, and patterns and paths are relative to its ``folder``. ``values`` and
    ``severities`` are by the code of a rule.
    """

    file: Path | None = None
    folder: Path = field(default_factory=Path)
    exclude: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    lint_exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    baseline: Path | None = None
    values: Mapping[str, Mapping[str, SettingValue]] = field(default_factory=dict)

    def excludes(self, path: Path, *, lint: bool = True) -> bool:
        """Return whether a file or folder is left out of searches."""
        patterns = self.exclude + (self.lint_exclude if lint else ())
        return any(matches(pattern, path, self.folder) for pattern in patterns)

    def configuration(self, path: Path, command_line: Selection | None = None) -> Configuration:
        """Return what holds for a program; the words of the command line win over those of the file.

        Raises SelectionError for a word of the command line that stands for no rule.
        """
        asked = command_line or Selection()
        ignored = tuple(
            word
            for pattern, words in self.per_file_ignores.items()
            if matches(pattern, path, self.folder)
            for word in words
        )
        # Nearly all programs of a repository have one configuration.
        found = self._configurations.get((asked, ignored))
        if found is None:
            found = self._configurations[asked, ignored] = self._configuration(asked, ignored)
        return found

    @cached_property
    def _configurations(self) -> dict[tuple[Selection, tuple[str, ...]], Configuration]:
        return {}

    def _configuration(self, asked: Selection, ignored: tuple[str, ...]) -> Configuration:
        base = Selection(asked.select) if asked.select else self.selection
        chosen = {rule.code: rule for rule in base.rules()}
        for code in codes_of(ignored):
            chosen.pop(code, None)
        if asked.extend:
            chosen.update((rule.code, rule) for rule in Selection(asked.extend).rules())
        for code in codes_of(asked.ignore):
            chosen.pop(code, None)
        rules: list[Rule] = [chosen[code] for code in sorted(chosen)]
        return Configuration(rules, self.values, self.severities)


def codes_of(words: tuple[str, ...] | list[str]) -> list[str]:
    """Return the codes of the rules that some words stand for; raises SelectionError."""
    return [rule.code for rule in Selection(tuple(words)).rules()] if words else []
