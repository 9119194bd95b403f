"""Help of commands with many options: under headings, in place of one long list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click


class CommandWithHeadings(click.Command):
    """A command whose help shows its options under headings.

    ``headings`` has the names of parameters by heading. Options that are under none of them come last, as ``Options``.
    """

    def __init__(
        self, *arguments: Any, headings: Mapping[str, Sequence[str]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._headings = headings

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections of the help."""
        records = {
            parameter.name: record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            and (record := parameter.get_help_record(ctx)) is not None
        }
        sections = [
            (heading, [records.pop(name) for name in names])
            for heading, names in self._headings.items()
        ]
        for heading, section in [*sections, ("Options", list(records.values()))]:
            with formatter.section(heading):
                formatter.write_dl(section)
