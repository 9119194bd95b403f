"""Reads settings files, and tells what is wrong in them with line and caret."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from feature_extractor.diagnostics import Diagnostic, Severity, Source, Span
from feature_extractor.diagnostics.suggestions import closest, enumerate_words
from feature_extractor.errors import SettingsError
from feature_extractor.files import UnreadableFile, read_file
from feature_extractor.lint import Rule, Selection, SelectionError, Setting, all_rules
from feature_extractor.lint.discovery import find_rule
from feature_extractor.lint.setting import SettingValue
from feature_extractor.settings.keys import KEYS, SEVERITIES, Kind
from feature_extractor.settings.model import Settings
from feature_extractor.settings.places import Path as KeyPath
from feature_extractor.settings.places import Places, find_places

_CODE: Final = "FX008"
_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_PROJECT_FILE: Final = "pyproject.toml"
_PROJECT_TABLE: Final = ("tool", "fx")


def read_settings(path: Path) -> Settings | None:
    """Return what a file says; None for a `pyproject.toml` without a table `[tool.fx]`.

    Raises SettingsError with all mistakes that were found.
    """
    try:
        source = Source(str(path), read_file(path))
    except UnreadableFile as error:
        raise SettingsError([_plain(path, str(error))]) from None
    try:
        content: Any = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([_syntax(source, str(error))]) from None
    except RecursionError:
        raise SettingsError([_plain(path, "the values are nested too deeply")]) from None
    prefix: KeyPath = ()
    if path.name == _PROJECT_FILE:
        for key in _PROJECT_TABLE:
            if not isinstance(content, dict) or key not in content:
                return None
            content = content[key]
        prefix = _PROJECT_TABLE
    reader = _Reader(source, find_places(source), prefix)
    settings = reader.read(content, path)
    if reader.diagnostics:
        raise SettingsError(sorted(reader.diagnostics, key=Diagnostic.sort_key))
    return settings


def _plain(path: Path, message: str) -> Diagnostic:
    return Diagnostic(_CODE, f"{path}: {message}", None, path=str(path))


def _syntax(source: Source, message: str) -> Diagnostic:
    """Return what the parser found; it tells the place in its text only."""
    at = _AT.search(message)
    start = len(source.text)
    if at is not None and at[1]:
        start = source.line_starts[int(at[1]) - 1] + int(at[2]) - 1
    what = message[: at.start()] if at is not None else message
    return Diagnostic(
        _CODE,
        f"this is not TOML: {what[:1].lower()}{what[1:]}",
        Span(source, start, min(start + 1, len(source.text))),
    )


class _Reader:
    def __init__(self, source: Source, places: Places, prefix: KeyPath) -> None:
        self._source = source
        self._places = places
        self._prefix = prefix
        self._folder = Path()
        self.diagnostics: list[Diagnostic] = []

    def read(self, content: Any, path: Path) -> Settings:
        found: dict[tuple[str, ...], Any] = {}
        self._folder = path.parent
        self._table(content, (), found)
        get = found.get
        baseline = get(("lint", "baseline"))
        return Settings(
            file=path,
            folder=path.parent,
            exclude=get(("exclude",), ()),
            selection=Selection(
                get(("lint", "select"), ()),
                get(("lint", "extend-select"), ()),
                get(("lint", "ignore"), ()),
            ),
            lint_exclude=get(("lint", "exclude"), ()),
            per_file_ignores=get(("lint", "per-file-ignores"), {}),
            severities=get(("lint", "severity"), {}),
            baseline=path.parent / baseline if baseline else None,
            values=get(("lint", "rules"), {}),
        )

    def _table(self, content: Any, at: tuple[str, ...], found: dict[tuple[str, ...], Any]) -> None:
        """Read a table of keys, and the tables in it."""
        if not isinstance(content, dict):
            self._wrong_type(at, content, "a table")
            return
        known = {key.path[len(at)]: key for key in KEYS if key.path[: len(at)] == at}
        for name, value in content.items():
            path = (*at, name)
            key = known.get(name)
            if key is None:
                self._unknown(path, "setting", name, known)
            elif key.path != path:
                self._table(value, path, found)
            else:
                found[path] = self._value(key.kind, value, path)

    def _value(self, kind: Kind, value: Any, path: KeyPath) -> Any:
        match kind:
            case Kind.RULES:
                return self._rules(value, path)
            case Kind.PATTERNS:
                return self._texts(value, path, "a list of patterns")
            case Kind.FILE:
                return self._text(value, path, "the path of a file")
            case Kind.RULES_BY_PATTERN:
                pairs = self._pairs(value, path, "a table of lists of rules")
                return {name: self._rules(words, (*path, name)) for name, words in pairs}
            case Kind.SEVERITIES:
                return self._severities(value, path)
            case Kind.RULE_SETTINGS:
                return self._rule_settings(value, path)

    def _texts(self, value: Any, path: KeyPath, wanted: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._wrong_type(path, value, wanted)
            return ()
        texts = []
        for index, item in enumerate(value):
            if isinstance(item, str) and item:
                texts.append(item)
            else:
                self._wrong_type((*path, index), item, "a text that is not empty")
        return tuple(texts)

    def _text(self, value: Any, path: KeyPath, wanted: str) -> str:
        if isinstance(value, str) and value:
            return value
        self._wrong_type(path, value, wanted)
        return ""

    def _pairs(self, value: Any, path: KeyPath, wanted: str) -> Iterable[tuple[str, Any]]:
        if isinstance(value, dict):
            return value.items()
        self._wrong_type(path, value, wanted)
        return ()

    def _rules(self, value: Any, path: KeyPath) -> tuple[str, ...]:
        words = self._texts(value, path, "a list of rules")
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if not isinstance(item, str) or not item:
                continue
            try:
                Selection((item,)).rules()
            except SelectionError as error:
                place = self._places.value((*self._prefix, *path, index))
                self._report(str(error), place, help=error.hint)
        return words

    def _rule(self, word: str, path: KeyPath) -> Rule | None:
        rule = find_rule(word)
        if rule is None:
            known = [text for rule in all_rules().values() for text in (rule.code, rule.name)]
            self._unknown(path, "rule", word, known, listed="`fx rules` lists all rules")
        return rule

    def _severities(self, value: Any, path: KeyPath) -> dict[str, Severity]:
        found = {}
        for word, severity in self._pairs(value, path, "a table of severities"):
            rule = self._rule(word, (*path, word))
            if not isinstance(severity, str) or severity not in SEVERITIES:
                wanted = enumerate_words(f'"{word}"' for word in SEVERITIES)
                self._wrong_type((*path, word), severity, wanted)
            elif rule is not None:
                found[rule.code] = Severity(severity)
        return found

    def _rule_settings(self, value: Any, path: KeyPath) -> dict[str, dict[str, SettingValue]]:
        found: dict[str, dict[str, SettingValue]] = {}
        for word, chosen in self._pairs(value, path, "a table of tables"):
            rule = self._rule(word, (*path, word))
            if rule is None:
                continue
            known = {setting.name: setting for setting in rule.settings}
            values = found.setdefault(rule.code, {})
            for name, given in self._pairs(chosen, (*path, word), "a table"):
                place = (*path, word, name)
                if name not in known:
                    none = f"{rule.code} has none" if not known else ""
                    self._unknown(place, f"setting of {rule.code}", name, known, listed=none)
                    continue
                accepted = _accepted(known[name], given)
                if accepted is None:
                    self._wrong_type(place, given, _KINDS[known[name].kind])
                elif known[name].are_files and isinstance(accepted, tuple):
                    values[name] = tuple(str(self._folder / file) for file in accepted)
                else:
                    values[name] = accepted
        return found

    def _unknown(
        self,
        path: KeyPath,
        what: str,
        word: str,
        known: Iterable[str],
        listed: str = "",
    ) -> None:
        meant = closest(word, known)
        if not meant and not listed:
            listed = f"there is {enumerate_words((f'`{name}`' for name in known), 'and')}"
        self._report(
            f"there is no {what} `{word}`",
            self._places.key((*self._prefix, *path)),
            caption=f"did you mean `{meant}`?" if meant else "",
            help="" if meant else listed,
        )

    def _wrong_type(self, path: KeyPath, value: Any, wanted: str) -> None:
        name = next((part for part in reversed(path) if isinstance(part, str)), "fx")
        self._report(
            f"`{name}` takes {wanted}, not {_described(value)}",
            self._places.value((*self._prefix, *path)),
        )

    def _report(
        self, message: str, span: Span | None, *, caption: str = "", help: str = ""
    ) -> None:
        place = span or Span(self._source, 0, 0)
        self.diagnostics.append(Diagnostic(_CODE, message, place, caption=caption, help=help))


_KINDS: Final[Mapping[Any, str]] = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "`true` or `false`",
    list[str]: "a list of texts",
}


def _accepted(setting: Setting, value: Any) -> SettingValue | None:
    """Return a value as the rule takes it, or None where it is of another kind. A bool is no number."""
    if setting.kind == list[str]:
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return tuple(value) if is_list else None
    if setting.kind is float and type(value) is int:
        return float(value)
    if isinstance(value, bool | int | float | str) and type(value) is setting.kind:
        return value
    return None


def _described(value: Any) -> str:
    """Return what a value is, in the words of the messages."""
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'"{value}"' if value else "an empty text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
