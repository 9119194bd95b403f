"""The reference pages, in Markdown: operators of the engine and of plug-ins, and the standard library."""

from __future__ import annotations

from collections.abc import Iterable

from feature_extractor.registry import Operator, Overload
from feature_extractor.standard import StandardFunction, StandardModule

NOTE = "<!-- Written by `make docs` from the specs of the operators. Change those. -->"
LANGUAGE = "[language](../language.md) tells how to read a signature."

RULES = (
    "Where an operator says nothing else: a null argument gives null, a float that is not finite or an int that "
    "does not fit 64 bits is null, there is no NaN and nothing tells -0.0 from 0.0, lists and maps keep their "
    "order, of equal elements the first comes first, of equal keys the last value counts, and texts, which are "
    "always UTF-8, are counted and cut in code points and compared without folding case."
)


def render_pages(
    operators: Iterable[Operator], *, note: str = NOTE, language: str = LANGUAGE
) -> dict[str, str]:
    """Return the text of each page by its file name; operators of the planner are left out."""
    shown = sorted((o for o in operators if not o.hidden), key=lambda o: (o.family, o.name))
    families: dict[str, list[Operator]] = {}
    for operator in shown:
        families.setdefault(operator.family, []).append(operator)
    places = {o.name: place(o) for o in shown}
    pages = {
        f"{family}.md": family_page(family, ops, places, note) for family, ops in families.items()
    }
    pages["README.md"] = index_page(families, note, language)
    return pages


def place(operator: Operator) -> str:
    """Return the link to an operator's section; anchors have no points."""
    return f"{operator.family}.md#{operator.name.replace('.', '')}"


def title(family: str) -> str:
    """Return the name of a family for people."""
    return family.replace("_", " ").capitalize()


def index_page(families: dict[str, list[Operator]], note: str, language: str) -> str:
    """Return the index: each operator in one line."""
    count = sum(len(operators) for operators in families.values())
    parts = [
        "# Operators",
        note,
        f"{count} operators in {len(families)} families. `x.f(y)` is `f(x, y)`. A trailing `?` is a "
        f"value that may be null; {language}",
    ]
    for family, operators in families.items():
        parts.append(f"## {title(family)}")
        rows = [
            f"| [`{o.name}`]({place(o)}) | {code(o.syntax)} | {cell(o.summary)} |"
            for o in operators
        ]
        parts.append("\n".join(["| name | written | meaning |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"


def family_page(family: str, operators: list[Operator], places: dict[str, str], note: str) -> str:
    """Return the page of one family."""
    parts = [f"# {title(family)} operators", note, "[All operators](README.md)", RULES]
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
    named = [f"{operator.plugin}.{n}" if operator.plugin else n for n in operator.see_also]
    linked = [f"[`{n}`]({places[n]})" for n in named if n in places]
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


def render_standard_library(modules: Iterable[StandardModule]) -> str:
    """Return the page about the standard library."""
    parts = [
        "# Standard library",
        "<!-- Written by `make docs` from the modules in dsl_grammar/std. Change those. -->",
        'Functions written in the language itself. `use "std/ctr.fx"` at the top of a program imports those of a '
        'module, `use "std/ctr.fx" as ctr` under a name of their own: `ctr.smoothed(clicks, views)`. `f(x, y)` may be '
        "written `x.f(y)`, and an argument with a default may be left out. A package holds the source of the modules "
        "that it uses, so that a later version of the library changes nothing in it. `fx ops std` lists them all.",
    ]
    for module in modules:
        parts += [f"## {module.name}", sentence(module.description.strip())]
        for function in module.functions:
            parts += _standard_function(function)
    return "\n\n".join(parts) + "\n"


def _standard_function(function: StandardFunction) -> list[str]:
    examples = "\n".join(f"{expression} => {value}" for expression, value in function.examples)
    parts = [f"### {function.name}", f"```\n{function.signature}\n```", sentence(function.summary)]
    return [*parts, *filter(None, [function.detail]), f"```\n{examples}\n```"]
