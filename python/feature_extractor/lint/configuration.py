"""What is looked for in a program: the rules that run, what was chosen for them, and how bad their findings are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.rule import Rule
from feature_extractor.lint.setting import SettingValue


@dataclass(frozen=True)
class Configuration:
    """What holds for a program. ``settings`` has values by the code of a rule and the name of its setting.

    ``severities`` has the codes of rules whose findings are worse, or less bad, than the rule says.
    """

    rules: Sequence[Rule]
    settings: Mapping[str, Mapping[str, SettingValue]] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of the rules that run."""
        return frozenset(rule.code for rule in self.rules)

    @cached_property
    def words(self) -> frozenset[str]:
        """The codes and names of the rules that run, as comments may give them."""
        return frozenset(word for rule in self.rules for word in (rule.code, rule.name))

    def severity(self, rule: Rule) -> Severity:
        """Return how bad a finding of a rule is."""
        return self.severities.get(rule.code, rule.severity)

    @cached_property
    def key(self) -> str:
        """All of this as one line, which is equal where the same findings have to be expected."""
        return json.dumps(
            [
                sorted(self.codes),
                {code: dict(chosen) for code, chosen in self.settings.items()},
                {code: severity.value for code, severity in self.severities.items()},
                self._files(),
            ],
            sort_keys=True,
        )

    def _files(self) -> dict[str, tuple[int, int]]:
        """Return the age and size of each file that a setting names: its content is a part of what was chosen."""
        values = [value for chosen in self.settings.values() for value in chosen.values()]
        named = {name for value in values if isinstance(value, tuple) for name in value}
        found: dict[str, tuple[int, int]] = {}
        for name in sorted(named):
            try:
                # Behind a colon a message of the file may be named.
                status = (
                    Path(name) if Path(name).exists() else Path(name.rpartition(":")[0])
                ).stat()
            except (OSError, ValueError):
                continue
            found[name] = (status.st_mtime_ns, status.st_size)
        return found


Configure: TypeAlias = Callable[[Path], Configuration]
"""Returns what holds for a file."""
