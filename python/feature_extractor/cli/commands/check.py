"""``fx check``: find the mistakes of programs, for which the native core is not needed; load packages."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from feature_extractor.cli.console import print_findings, visible, wants_colour
from feature_extractor.cli.failures import EXIT_FINDINGS, require_file
from feature_extractor.cli.programs import (
    is_package,
    known_registry,
    refuse_binary,
    require_core,
)
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.diagnostics.diagnostic import Severity
from feature_extractor.wording import counted

_HELP = """Check feature files: syntax, names, types, nulls, domains and resources.

Nothing is run, and the compiled core is not needed; where it is there, it tries patterns and other constants. The
exit code is 0 where no program has an error and 1 otherwise; warnings do not count. A package (.fxp) is loaded by
the core as a server would: its digests and its plan are verified, and its golden rows are computed.

\b
Examples:
    fx check ranking.fx
    fx check ranking.fxp
    fx check features/*.fx --format json
"""


@click.command(help=_HELP, short_help="Find the mistakes of programs.")
@click.argument("programs", nargs=-1, required=True, metavar="PROGRAM...")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
def command(programs: Sequence[str], output_format: str) -> int:
    """Print all findings of all programs."""
    packages = [path for path in programs if is_package(require_file(path))]
    loaded = [_loaded(path) for path in packages]
    sources = [path for path in programs if path not in packages]
    findings = [finding for path in sources for finding in check(path)]
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if output_format == "json":
        sys.stdout.write(json.dumps([f.as_json() for f in findings], ensure_ascii=False, indent=2))
        sys.stdout.write("\n")
        return EXIT_FINDINGS if errors else 0
    print_findings(findings, sys.stdout)
    for line in loaded:
        print(line)
    files = counted(len(programs), "file")
    if not findings:
        print(f"{files} checked: all is well")
        return 0
    others = len(findings) - errors
    parts = [counted(errors, "error")] if errors else []
    parts += [counted(others, "warning")] if others else []
    colour = ("\x1b[1m", "\x1b[0m") if wants_colour(sys.stdout) else ("", "")
    print(f"\n{colour[0]}{files} checked: {' and '.join(parts)}{colour[1]}")
    return EXIT_FINDINGS if errors else 0


def _loaded(path: str) -> str:
    """Load a package, and say what was verified; raises EngineError where something is wrong with it."""
    require_core()
    from feature_extractor.extractor import load

    extractor = load(path)
    features = counted(len(extractor.features), "feature")
    if not extractor.golden_requests:
        return f"{visible(path)}: {features}, no golden rows"
    golden = counted(extractor.golden_requests, "golden request")
    return f"{visible(path)}: {features}, {golden} computed: each value is the same as where it was compiled"


def check(path: str) -> list[Diagnostic]:
    """Return the findings about one file, its modules, and the files of its resources."""
    from feature_extractor.check.program import check_file
    from feature_extractor.plan.build import build_plan
    from feature_extractor.plan.errors import PlanError
    from feature_extractor.plan.resources import Vocabulary, read_resources

    place = require_file(path)
    refuse_binary(place)
    registry = known_registry()
    program, findings = check_file(place, registry)
    if program is None:
        return findings
    try:
        resources = read_resources(program)
        sizes = {name: r.size for name, r in resources.items() if isinstance(r, Vocabulary)}
        build_plan(program, registry, vocabulary_sizes=sizes)
    except PlanError as error:
        return [*findings, *error.diagnostics]
    return findings
