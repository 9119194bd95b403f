"""The standard library of the language: modules of let functions that come with the package, ``use "std/ctr.fx"``.

Their source is data, beside the grammar. A package stores the modules that a program uses like its own ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from feature_extractor.diagnostics import Source

if TYPE_CHECKING:
    from feature_extractor.syntax import tree

PREFIX: Final = "std/"
"""How a program names a module of the standard library, whatever folder it lies in."""

SHOWN: Final = "<std>/"
"""How a place in the standard library starts in messages; no file of a program is called so."""

_LET = re.compile(r"^let\s+(\w+)", re.MULTILINE)
_EXAMPLE = re.compile(r"\s+(\S.*?)\s+=>\s+(\S.*)")


@dataclass(frozen=True)
class StandardFunction:
    """A function of the standard library; ``signature`` is its head as it is declared."""

    name: str
    module: str
    signature: str
    summary: str
    detail: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StandardModule:
    """A module of the standard library."""

    name: str
    description: str
    functions: tuple[StandardFunction, ...]


@cache
def module_texts() -> Mapping[str, str]:
    """Return the text of each module by its name, such as ``std/ctr.fx``."""
    folder = resources.files("feature_extractor").joinpath("dsl_grammar", "std")
    if not folder.is_dir():
        folder = Path(__file__).parents[2] / "dsl_grammar" / "std"
    files = sorted((entry for entry in folder.iterdir()), key=lambda entry: entry.name)
    return {
        f"{PREFIX}{file.name}": file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith(".fx")
    }


def module_source(name: str) -> Source | None:
    """Return the source of a module, or None where there is none of this name."""
    text = module_texts().get(name)
    return None if text is None else Source(SHOWN + name.removeprefix(PREFIX), text)


def stored_path(path: str) -> str | None:
    """Return where a package stores a file of the standard library; None for any other file."""
    return PREFIX + path.removeprefix(SHOWN) if path.startswith(SHOWN) else None


def modules_with(function: str) -> tuple[str, ...]:
    """Return the modules that have a function of this name."""
    return _modules_by_function().get(function, ())


def function_names() -> tuple[str, ...]:
    """Return the names of all functions of the standard library."""
    return tuple(_modules_by_function())


@cache
def _modules_by_function() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for module, text in module_texts().items():
        for name in _LET.findall(text):
            found[name] = (*found.get(name, ()), module)
    return found


@cache
def standard_modules() -> tuple[StandardModule, ...]:
    """Return all modules with their functions, as their own descriptions have them.

    The first paragraph of a function's description is its summary; lines ``expression => value`` are examples.
    """
    return tuple(_module(name, text) for name, text in module_texts().items())


def _module(name: str, text: str) -> StandardModule:
    # Who only reads the texts needs no parser.
    from feature_extractor.syntax import parse_source, tree

    file = parse_source(Source(name, text)).file
    functions = [
        _function(statement, name)
        for statement in file.statements
        if isinstance(statement, tree.LetDeclaration)
    ]
    return StandardModule(name, file.description, tuple(functions))


def _function(declaration: tree.LetDeclaration, module: str) -> StandardFunction:
    parameters = [
        parameter.name.text
        + (f" = {parameter.default.span.text}" if parameter.default is not None else "")
        for parameter in declaration.parameters or ()
    ]
    name = declaration.name.text
    description = declaration.description.text if declaration.description is not None else ""
    paragraphs = description.strip().split("\n\n")
    examples: list[tuple[str, str]] = []
    texts: list[str] = []
    for paragraph in paragraphs[1:]:
        matches = [_EXAMPLE.fullmatch(" " + line) for line in paragraph.splitlines()]
        if all(matches):
            examples += [(match[1], match[2]) for match in matches if match is not None]
        else:
            texts.append(" ".join(paragraph.split()))
    return StandardFunction(
        name,
        module,
        f"{name}({', '.join(parameters)})",
        " ".join(paragraphs[0].split()),
        "\n\n".join(texts),
        tuple(examples),
    )
