"""Which rules run: those that were asked for, by code, by the beginning of a code, or by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.rule import Rule, Status

_BEGINNING: Final = re.compile(r"[A-Z]{2,}[0-9]*")

EVERYTHING: Final = "ALL"
"""The word for all rules."""


class SelectionError(Exception):
    """A word stands for no rule; ``hint`` says what was perhaps meant."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Selection:
    """What to run. ``select`` replaces the rules that run by themselves, ``extend`` adds, ``ignore`` takes away."""

    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def rules(self) -> list[Rule]:
        """Return the rules that run. Raises SelectionError for a word that stands for none."""
        known = all_rules().values()
        if self.select:
            chosen = _meant(self.select, known)
        else:
            chosen = {rule.code for rule in known if rule.status is Status.STABLE}
        chosen |= _meant(self.extend, known)
        chosen -= _meant(self.ignore, known)
        return [rule for rule in known if rule.code in chosen]


def _meant(words: Sequence[str], known: Iterable[Rule]) -> set[str]:
    """Return the codes of the rules that some words stand for."""
    found: set[str] = set()
    for word in words:
        code = word.upper()
        meant = {
            rule.code
            for rule in known
            if code == EVERYTHING
            or rule.name == word.lower()
            or (_BEGINNING.fullmatch(code) and rule.code.startswith(code))
        }
        if not meant:
            similar = closest(word, [text for rule in known for text in (rule.code, rule.name)])
            hint = f"Did you mean `{similar}`?" if similar else "`fx rules` lists all rules."
            raise SelectionError(f"there is no rule `{word}`", hint)
        found |= meant
    return found
