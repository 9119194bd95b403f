"""``fx ops``: look operators up. Never loads the native core."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.cli.console import print_error, write_rendered
from feature_extractor.cli.failures import EXIT_FINDINGS, CommandError
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.wording import counted

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from feature_extractor.registry import Operator, Registry
    from feature_extractor.standard import StandardFunction

_HELP = """List the operators, or show all about one.

SEARCH is looked for in names, other systems' names, written forms and summaries. Where it is the
name of an operator, or how it is written (`+`), its whole page is shown. `std` stands for the functions
of the standard library, `std/ctr.fx` for those of one module.

\b
Examples:
    fx ops
    fx ops bucket
    fx ops bucketize
    fx ops --family string
    fx ops std
    fx ops --format json
"""


@click.command(help=_HELP, short_help="Look operators up.")
@click.argument("search", required=False)
@click.option("--family", metavar="NAME", help="Only operators of this family.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints the whole spec of each operator.",
)
def command(search: str | None, family: str | None, output_format: str) -> int:
    """Find and print."""
    from rich.text import Text

    from feature_extractor.cli.programs import known_registry

    registry = known_registry()
    operators = sorted(
        (o for o in registry.operators if not o.hidden), key=lambda o: (o.family, o.name)
    )
    if family is not None:
        families = sorted({o.family for o in operators})
        if family not in families:
            raise CommandError(
                f"there is no family `{family}`", f"The families are {', '.join(families)}."
            )
        operators = [o for o in operators if o.family == family]
    functions = [] if family is not None or search is None else standard_functions(search)
    named = search in {function.name for function in functions}
    if functions and search is not None:
        found, whole = find(operators, search)
        if search.startswith("std") or (not whole and (named or not found)):
            return _show_functions(functions, search, output_format)
    found, whole = (operators, False) if search is None else find(operators, search)
    if output_format == "json":
        sys.stdout.write(json.dumps([spec(o) for o in found], ensure_ascii=False, indent=2) + "\n")
        return 0 if found else EXIT_FINDINGS
    if not found:
        meant = _meant(registry, operators, search or "")
        print_error(f"no operator has `{search}` in its name or summary", meant)
        return EXIT_FINDINGS
    if whole:
        for number, operator in enumerate(found):
            write_rendered(sys.stdout, *([Text()] if number else []), *_page(operator))
    else:
        write_rendered(sys.stdout, _table(found))
        if functions:
            others = ", ".join(f"{function.name} ({function.module})" for function in functions)
            print(f"\nIn the standard library: {others}")
        print(f"\n{counted(len(found), 'operator')}; `fx ops NAME` shows one.")
    return 0


def standard_functions(search: str) -> list[StandardFunction]:
    """Return the functions of the standard library for a search: all for ``std``, those of a module, or by name."""
    from feature_extractor.standard import standard_modules

    functions = [function for module in standard_modules() for function in module.functions]
    if search in ("std", "std/"):
        return functions
    word = search.lower()
    named = [f for f in functions if search in (f.module, f.name)]
    return named or [f for f in functions if word in f.name or word in f.summary.lower()]


def _show_functions(functions: list[StandardFunction], search: str, output_format: str) -> int:
    from dataclasses import asdict

    from rich.padding import Padding
    from rich.text import Text

    if output_format == "json":
        rows = [asdict(function) for function in functions]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    if len(functions) == 1 and functions[0].name == search:
        (function,) = functions
        heading = Text(function.name, style="bold cyan")
        heading.append(f'  (use "{function.module}")', style="dim")
        texts = [function.signature, function.summary, function.detail]
        blocks = [Padding(Text(text), (0, 0, 0, 2)) for text in texts if text]
        examples = [Padding(Text(f"{e} => {r}"), (0, 0, 0, 2)) for e, r in function.examples]
        title = Text("\nExamples", style="bold")
        write_rendered(sys.stdout, heading, *blocks, title, *examples)
        return 0
    module = ""
    for function in functions:
        if function.module != module:
            module = function.module
            write_rendered(sys.stdout, Text(f'use "{module}"', style="bold"))
        signature = Text(f"  {function.signature}", style="cyan")
        write_rendered(sys.stdout, signature, Padding(Text(function.summary), (0, 0, 0, 6)))
    print(f"\n{counted(len(functions), 'function')}; `fx ops NAME` shows one.")
    return 0


def find(operators: list[Operator], search: str) -> tuple[list[Operator], bool]:
    """Return the operators for a search, and whether it names them, so that all is to be shown."""
    named = [o for o in operators if o.name == search] or [
        o for o in operators if o.syntax and o.syntax == search
    ]
    if named:
        return named, True
    word = search.lower()
    found = [
        o
        for o in operators
        if any(word in text.lower() for text in (o.name, o.summary, o.syntax, *o.aliases))
    ]
    return found, False


def spec(operator: Operator) -> dict[str, Any]:
    """Return all that is known of an operator as JSON values."""
    return {
        "name": operator.name,
        "family": operator.family,
        "summary": operator.summary,
        "detail": operator.detail,
        "syntax": operator.syntax,
        "aliases": list(operator.aliases),
        "nulls": sorted(operator.nulls),
        "parameters": [{"name": p.name, "description": p.description} for p in operator.parameters],
        "edges": [{"when": e.when, "result": e.result} for e in operator.edges],
        "examples": [{"expression": e.expression, "result": e.result} for e in operator.examples],
        "overloads": [
            {
                "signature": o.signature_text,
                "shape": o.shape,
                "instances": list(o.instances),
                "cost": o.cost,
            }
            for o in operator.overloads
        ],
        "determinism": operator.determinism,
        "algebra": list(operator.algebra),
        "equi_join": operator.equi_join,
        "membership_join": operator.membership_join,
        "mapping": operator.mapping,
        "role": operator.role,
        "since": operator.since,
        "source": operator.source,
        "see_also": list(operator.see_also),
        "deprecated": operator.deprecated,
    }


def _meant(registry: Registry, operators: list[Operator], search: str) -> str:
    alias = registry.by_alias(search)
    meant = alias or closest(search, [o.name for o in operators])
    return f"Did you mean `{meant}`?" if meant else "`fx ops` lists all of them."


def _table(operators: list[Operator]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    family = ""
    for operator in operators:
        if operator.family != family:
            if family:
                table.add_row("", "", "")
            family = operator.family
            table.add_row(Text(family, style="bold"), "", "")
        table.add_row(
            Text(f"  {operator.name}", style="cyan"), Text(operator.syntax), Text(operator.summary)
        )
    return table


def _page(operator: Operator) -> list[RenderableType]:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []

    def title(text: str) -> None:
        parts.append(Text(f"\n{text}", style="bold"))

    def block(text: str, style: str = "") -> None:
        parts.append(Padding(Text(text, style=style), (0, 0, 0, 2)))

    def pairs(rows: list[tuple[str, str]]) -> None:
        table = Table.grid(padding=(0, 2))
        table.add_column(ratio=1, overflow="fold")
        table.add_column(ratio=2, overflow="fold")
        for left, right in rows:
            table.add_row(Text(left), Text(right))
        parts.append(Padding(table, (0, 0, 0, 2)))

    heading = Text(operator.name, style="bold cyan")
    heading.append(f"  ({operator.family})", style="dim")
    if operator.syntax:
        heading.append(f"  written {operator.syntax}", style="dim")
    parts.append(heading)
    block(operator.summary)
    if operator.deprecated:
        block(f"Deprecated: {operator.deprecated}", "yellow")
    if operator.detail:
        block(operator.detail)
    title("Signatures")
    for overload in operator.overloads:
        block(overload.signature.show(operator.name))
    if operator.parameters:
        title("Parameters")
        pairs([(p.name, p.description) for p in operator.parameters])
    if operator.edges:
        title("Edges")
        pairs([(e.when, e.result) for e in operator.edges])
    if operator.examples:
        title("Examples")
        for example in operator.examples:
            block(f"{example.expression} => {example.result}")
    facts = [
        ("Elsewhere known as", ", ".join(operator.aliases)),
        ("Algebra", ", ".join(operator.algebra)),
        ("Source", operator.source),
        ("See also", ", ".join(operator.see_also)),
        ("Since", operator.since),
    ]
    parts.append(Text())
    for name, value in facts:
        if value:
            block(f"{name}: {value}")
    return parts
