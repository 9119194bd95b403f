"""Rules of other packages, which they announce as entry points of the group ``feature_extractor.lint_rules``.

The name of an entry point is the prefix of the codes, such as ``SHOP`` for ``SHOP001``. It leads to a rule, to several
of them, or to a function that returns these.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Final

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.lint.rule import Rule
from feature_extractor.lint.setting import KIND_NAMES, Setting

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "feature_extractor.lint_rules"
_OWN_PREFIX: Final = "FX"
_PREFIX: Final = re.compile(r"[A-Z]{2,10}")
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*")


class RulePluginError(FeatureExtractorError):
    """The rules of a plug-in cannot be used, or one of them failed; the text says of which and why."""


def plugin_rules(own: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the rules of all installed plug-ins by code, beside the ``own`` ones. Raises RulePluginError."""
    found: dict[str, Rule] = {}
    prefixes: dict[str, EntryPoint] = {}
    names = {rule.name: rule.code for rule in own.values()}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        known = prefixes.setdefault(entry.name, entry)
        if known is not entry and known != entry:
            raise _error(entry, f"{_origin(known)} has codes with the same prefix")
        _check_prefix(entry)
        for rule in _loaded(entry):
            _check(entry, rule)
            if rule.code in found:
                raise _error(entry, f"two rules have the code {rule.code}")
            if rule.name in names:
                raise _error(entry, f"{rule.code} has the name `{rule.name}` of {names[rule.name]}")
            names[rule.name] = rule.code
            found[rule.code] = replace(rule, plugin=_origin(entry))
    return dict(sorted(found.items()))


def entry_points(group: str) -> Iterable[EntryPoint]:
    """Return the entry points of a group.

    The module of the standard library for this brings that for e-mail, and takes a tenth of a run that finds everything
    in its cache. So it is only asked where a file that it would read names the group.
    """
    if not _is_announced(group.encode()):
        return ()
    from importlib import metadata

    return metadata.entry_points(group=group)


def _is_announced(group: bytes) -> bool:
    """Return whether a distribution may have entry points of a group: where that is not certain, it may."""
    finders = (finder for finder in sys.meta_path if finder is not PathFinder)
    if any(hasattr(finder, "find_distributions") for finder in finders):
        return True
    for folder in sys.path:
        try:
            with os.scandir(folder or os.curdir) as entries:
                names = [e.path for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
        except FileNotFoundError:
            continue
        except OSError:
            return True  # An archive may have distributions too.
        for name in names:
            try:
                with open(os.path.join(name, "entry_points.txt"), "rb") as file:
                    if group in file.read():
                        return True
            except OSError:
                continue
    return False


def _loaded(entry: EntryPoint) -> Iterable[Rule]:
    """Return what an entry point leads to; whatever goes wrong there is the mistake of the plug-in."""
    try:
        value = entry.load()
        if callable(value):
            value = value()
        rules = [value] if isinstance(value, Rule) else list(value)
    except Exception as error:
        raise _error(entry, f"{type(error).__name__}: {error}") from error
    for rule in rules:
        if not isinstance(rule, Rule):
            raise _error(entry, f"`{entry.value}` leads to {type(rule).__name__}, not to rules")
    return rules


def _check_prefix(entry: EntryPoint) -> None:
    if not _PREFIX.fullmatch(entry.name) or entry.name.startswith(_OWN_PREFIX):
        raise _error(
            entry,
            f"the entry point has to be called like the codes begin: 2 to 10 capital letters, not {_OWN_PREFIX}",
        )


def _check(entry: EntryPoint, rule: Rule) -> None:
    """Raise RulePluginError for a rule that would not work, or not fit in with the others."""
    if not re.fullmatch(rf"{entry.name}\d{{3}}", str(rule.code)):
        raise _error(entry, f"the code {rule.code!r} is not {entry.name} with three digits")
    if not _NAME.fullmatch(str(rule.name)):
        raise _error(entry, f"the name {rule.name!r} of {rule.code} is not words with hyphens")
    if (rule.check_project is None) != (rule.summarise is None):
        raise _error(entry, f"{rule.code} needs both of `summarise` and `check_project`")
    if rule.check is None and rule.check_project is None and rule.check_comments is None:
        raise _error(entry, f"{rule.code} has no check")
    for setting in rule.settings:
        if not isinstance(setting, Setting) or setting.kind not in KIND_NAMES:
            raise _error(entry, f"a setting of {rule.code} has a kind that there is not")


def _origin(entry: EntryPoint) -> str:
    """Return the distribution of an entry point, with its version."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.value


def _error(entry: EntryPoint, reason: str) -> RulePluginError:
    return RulePluginError(
        f"the lint rules `{entry.name}` of {_origin(entry)} cannot be used: {reason}"
    )
