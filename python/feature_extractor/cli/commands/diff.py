"""``fx diff``: what changed in the meaning of a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from feature_extractor.cli.assumptions import assumption_options
from feature_extractor.cli.failures import EXIT_FAILURE, EXIT_FINDINGS, CommandError
from feature_extractor.cli.name_lists import names
from feature_extractor.cli.programs import known_registry, require_core

_HELP = """Compare two programs by what they mean: features, resources, inputs, output and cost.

OLD and NEW are feature files (.fx), packages (.fxp) or folders, or one of these at a revision of git. How a program is
written does not matter: a renamed let, another layout or a value written in another way is no difference.

\b
Examples:
    fx diff HEAD:ranking.fx ranking.fx
    fx diff production.fxp ranking.fx
    fx diff origin/main:models models --format markdown
    fx diff old.fx new.fx --feature ctr

\b
Exit codes, as those of diff:
    0    both mean the same
    1    they differ
    2    they could not be compared
"""


@click.command(help=_HELP, short_help="Show what changed in the meaning of a program.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="The form of the report; markdown is for a comment in a code review.",
)
@click.option(
    "--feature",
    "features",
    multiple=True,
    callback=names,
    metavar="NAME,...",
    help="Look at these features only.",
)
@assumption_options
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")
def command(
    old: str,
    new: str,
    output_format: str,
    features: Sequence[str],
    candidates: int,
    list_length: int,
    quiet: bool,
) -> int:
    """Compare and print."""
    require_core()
    registry = known_registry()

    from feature_extractor.cli.console import error_stream, print_findings, write_rendered
    from feature_extractor.diff import DiffError, FolderDiff, diff
    from feature_extractor.diff.markdown import markdown
    from feature_extractor.diff.selection import only
    from feature_extractor.diff.text import text_lines
    from feature_extractor.errors import CompileError
    from feature_extractor.explain import Assumptions

    try:
        found = diff(old, new, registry=registry, assumptions=Assumptions(candidates, list_length))
        if features:
            if isinstance(found, FolderDiff):
                raise CommandError("--feature is for two programs, not for folders")
            found = only(found, features)
    except CompileError as error:
        print_findings(error.diagnostics, error_stream())
        return EXIT_FAILURE
    except DiffError as error:
        raise CommandError(str(error), error.hint) from None
    if quiet:
        pass
    elif output_format == "json":
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    elif output_format == "markdown":
        sys.stdout.write(markdown(found))
    else:
        write_rendered(sys.stdout, *text_lines(found))
    return 0 if found.same else EXIT_FINDINGS
