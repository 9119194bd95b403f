"""Writes docs/operators/: a page for each family of operators, and an index.

Everything on the pages comes from operators/registry.json, which is dumped from the operators' own
specs. With ``--check`` nothing is written; the exit code is 1 where a page is stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from feature_extractor.registry import Operator, Overload, load_registry

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = ROOT / "operators" / "registry.json"
PAGES = ROOT / "docs" / "operators"
NOTE = "<!-- Written by `make docs` from the specs of the operators. Change those. -->"


def main() -> int:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether a page is stale")
    check = parser.parse_args().check
    operators = load_registry(REGISTRY).operators
    pages = render_pages(operators)
    present = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(n for n in pages.keys() | present.keys() if pages.get(n) != present.get(n))
    if check:
        for name in stale:
            print(f"docs/operators/{name} is stale; run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in pages:
            (PAGES / name).write_text(pages[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    return 0


def render_pages(operators: Iterable[Operator]) -> dict[str, str]:
    """Return the text of each page by its file name; operators of the planner are left out."""
    shown = sorted((o for o in operators if not o.hidden), key=lambda o: (o.family, o.name))
    families: dict[str, list[Operator]] = {}
    for operator in shown:
        families.setdefault(operator.family, []).append(operator)
    places = {o.name: f"{o.family}.md#{o.name}" for o in shown}
    pages = {f"{family}.md": family_page(family, ops, places) for family, ops in families.items()}
    pages["README.md"] = index_page(families)
    return pages


def title(family: str) -> str:
    """Return the name of a family for people."""
    return family.replace("_", " ").capitalize()


def index_page(families: dict[str, list[Operator]]) -> str:
    """Return the index: each operator in one line."""
    count = sum(len(operators) for operators in families.values())
    parts = [
        "# Operators",
        NOTE,
        f"{count} operators in {len(families)} families. `x.f(y)` is `f(x, y)`. A trailing `?` is a "
        "value that may be null; [language](../language.md) tells how to read a signature.",
    ]
    for family, operators in families.items():
        parts.append(f"## {title(family)}")
        rows = [
            f"| [`{o.name}`]({family}.md#{o.name}) | {code(o.syntax)} | {cell(o.summary)} |"
            for o in operators
        ]
        parts.append("\n".join(["| name | written | meaning |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"


def family_page(family: str, operators: list[Operator], places: dict[str, str]) -> str:
    """Return the page of one family."""
    parts = [f"# {title(family)} operators", NOTE, "[All operators](README.md)"]
    for operator in operators:
        parts.extend(operator_section(operator, places))
    return "\n\n".join(parts) + "\n"


def operator_section(operator: Operator, places: dict[str, str]) -> list[str]:
    """Return the paragraphs about one operator."""
    parts = [f"## {operator.name}"]
    if operator.deprecated:
        parts.append(f"**Deprecated.** {operator.deprecated}")
    written = f" Written `{operator.syntax}`." if operator.syntax else ""
    parts.append(f"{sentence(operator.summary)}{written}")
    if operator.detail:
        parts.append(sentence(operator.detail))
    signatures = "\n".join(show(operator.name, overload) for overload in operator.overloads)
    parts.append(f"```\n{signatures}\n```")
    if operator.parameters:
        parts.append(
            "\n".join(
                ["| parameter | meaning |", "| --- | --- |"]
                + [f"| `{p.name}` | {cell(p.description)} |" for p in operator.parameters]
            )
        )
    if operator.edges:
        parts.append(
            "\n".join(
                ["| when | result |", "| --- | --- |"]
                + [f"| {cell(edge.when)} | {cell(edge.result)} |" for edge in operator.edges]
            )
        )
    if operator.examples:
        examples = "\n".join(f"{e.expression} => {e.result}" for e in operator.examples)
        parts.append(f"```\n{examples}\n```")
    parts.append("\n".join(f"- {fact}" for fact in facts(operator, places)))
    return parts


def show(name: str, overload: Overload) -> str:
    """Return a signature with the operator's name in front."""
    variables, bracket, rest = overload.signature_text.partition("(")
    return f"{name}{variables.strip()}{bracket}{rest}"


def facts(operator: Operator, places: dict[str, str]) -> list[str]:
    """Return what is left to say, in a line each."""
    found = [f"Since {operator.since}."]
    cost = next((overload.cost for overload in operator.overloads if overload.cost), {})
    if cost:
        row, element = cost.get("per_row", 0), cost.get("per_element", 0)
        each = f", {element:g} ns per element" if element else ""
        found.append(f"Cost, measured roughly: {row:g} ns per row{each}.")
    if operator.algebra:
        found.append(f"Algebra: {', '.join(operator.algebra)}.")
    if operator.source:
        found.append(f"Source: {sentence(operator.source)}")
    if operator.aliases:
        found.append(f"Elsewhere known as {', '.join(code(alias) for alias in operator.aliases)}.")
    linked = [f"[`{n}`]({places[n]})" for n in operator.see_also if n in places]
    if linked:
        found.append(f"See also {', '.join(linked)}.")
    return found


def sentence(text: str) -> str:
    """Return a text that ends in a full stop."""
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


def code(text: str) -> str:
    """Return text as code in a table, or nothing."""
    return f"`{cell(text)}`" if text else ""


def cell(text: str) -> str:
    """Return text that may stand in a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
