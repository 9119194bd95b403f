"""What the commands that read settings files have in common: their options, and which files they work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from feature_extractor.cli.failures import CommandError, require_file
from feature_extractor.cli.programs import refuse_binary

if TYPE_CHECKING:
    from feature_extractor.lint import Selection
    from feature_extractor.lint.configuration import Configuration, Configure
    from feature_extractor.settings import SettingsFinder

_Function = TypeVar("_Function", bound=Callable[..., Any])


def settings_options(function: _Function) -> _Function:
    """Add ``--config``, ``--isolated`` and ``--force-exclude`` to a command."""
    options = [
        click.option(
            "--config",
            metavar="FILE",
            help="Take the settings of this file for all programs, in place of the nearest file.",
        ),
        click.option("--isolated", is_flag=True, help="Read no settings file."),
        click.option(
            "--force-exclude",
            is_flag=True,
            help="Leave excluded files out even where they are named, as tools do that pass all files.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def find_settings(config: str | None, isolated: bool) -> SettingsFinder:
    """Return what finds the settings of a program; raises CommandError for a file that is not there."""
    from feature_extractor.settings import SettingsFinder

    if config is not None and isolated:
        raise click.UsageError("`--config` names a settings file, and `--isolated` reads none.")
    return SettingsFinder(require_file(config) if config is not None else None, isolated=isolated)


def configured(finder: SettingsFinder, asked: Selection) -> Configure:
    """Return what says for each program which rules run; raises CommandError for a rule that does not exist."""
    from feature_extractor.lint import SelectionError

    try:
        asked.rules()
    except SelectionError as error:
        raise CommandError(str(error), error.hint) from None

    def configure(path: Path) -> Configuration:
        return finder.settings(path).configuration(path, asked)

    return configure


def with_schema(configure: Configure, files: Sequence[str]) -> Configure:
    """Return what compares programs with these schemas rather than those that settings files name.

    Raises CommandError for a file that is no schema.
    """
    if not files:
        return configure
    from feature_extractor.lint.columns import SchemaError, read_schema
    from feature_extractor.lint.drift import SCHEMA
    from feature_extractor.lint.rules.schema.fx801_missing_column import RULE

    for file in files:
        try:
            read_schema(Path(file))
        except SchemaError as error:
            raise CommandError(str(error), error.hint) from None

    def with_files(path: Path) -> Configuration:
        found = configure(path)
        chosen = {**found.settings.get(RULE.code, {}), SCHEMA.name: tuple(files)}
        return replace(found, settings={**found.settings, RULE.code: chosen})

    return with_files


def find_all_programs(
    paths: Sequence[str], finder: SettingsFinder, *, force_exclude: bool
) -> list[Path]:
    """Return the files that are named or lie in a named folder, each once and without those that are excluded.

    Raises CommandError for a file that cannot be read or is no feature file, SettingsError for a mistake in a
    settings file.
    """
    from feature_extractor.settings import find_programs

    def excluded(path: Path) -> bool:
        return finder.settings(path).excludes(path)

    found: dict[Path, None] = {}
    for path in paths:
        place = Path(path)
        if not path or not place.is_dir():
            refuse_binary(require_file(path))
        if not (force_exclude and excluded(place)):
            found.update(dict.fromkeys(find_programs(place, excluded)))
    return list(found)
