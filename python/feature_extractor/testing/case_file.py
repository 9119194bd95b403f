"""Reads the cases of operators: tests/operators/<family>/<name>.test, one case or law per line.

## A group
sum([1, 2]) => 3
xs: list<int?> = [1, null] | sum(xs) => 1
forall x: int, y: int | x + y == y + x

A line that starts with ``resource`` declares a resource for the cases after it; its path is
relative to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_STRING = r'b?t?"(?:\\.|[^"\\])*"'
_TOKEN = re.compile(rf"{_STRING}|[^\"]")
_BINDING = re.compile(r"\s*([a-z_][a-z_0-9]*): (.+?) = (.+?)\s*", re.DOTALL)
_VARIABLE = re.compile(r"\s*([a-z_][a-z_0-9]*): (.+?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Binding:
    """A name with its declared type and, unless it is a law's variable, its literal."""

    name: str
    type: str
    literal: str = ""


@dataclass(frozen=True)
class Case:
    """An expression with what it must give; ``expected`` is empty for a law, which must never be false."""

    place: str
    group: str
    bindings: tuple[Binding, ...]
    expression: str
    expected: str = ""
    declarations: str = ""

    @property
    def is_law(self) -> bool:
        """Whether this holds for all values of the bindings."""
        return not self.expected


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file; a line that is none raises ValueError with its place."""
    cases: list[Case] = []
    group = declarations = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("##"):
            group = line.lstrip("#").strip()
        elif line.startswith("resource "):
            declarations += line + "\n"
        elif line.strip() and not line.startswith("#"):
            case = parse_case(line, f"{path.parent.name}/{path.name}:{number}", group)
            cases.append(replace(case, declarations=declarations))
    return cases


def parse_case(line: str, place: str, group: str = "") -> Case:
    """Return the case in one line."""
    *before, last = split_outside(line, " | ")
    if last.lstrip().startswith("forall ") or (before and before[0].startswith("forall ")):
        if len(before) != 1:
            raise ValueError(f"{place}: a law is `forall x: type, ... | condition`")
        variables = split_outside(before[0].removeprefix("forall "), ", ")
        return Case(place, group, tuple(_variable(v, place) for v in variables), last.strip())
    parts = split_outside(last, " => ")
    if len(parts) != 2:
        raise ValueError(f"{place}: a case is `expression => literal`")
    bindings = tuple(_binding(one, place) for text in before for one in split_outside(text, ", "))
    return Case(place, group, bindings, parts[0].strip(), parts[1].strip())


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside of strings and brackets."""
    return list(_split(text, separator))


def _split(text: str, separator: str) -> Iterator[str]:
    depth, start, position = 0, 0, 0
    while position < len(text):
        if depth == 0 and text.startswith(separator, position):
            yield text[start:position]
            position += len(separator)
            start = position
            continue
        token = _TOKEN.match(text, position)
        length = len(token.group()) if token else 1
        if length == 1:
            before = text[position - 1 : position]
            if text[position] in "([{" or (text[position] == "<" and before.isalpha()):
                depth += 1
            elif text[position] in ")]}" or (
                text[position] == ">" and depth and before not in "-=" and before != " "
            ):
                depth -= 1
        position += length
    yield text[start:]


def _binding(text: str, place: str) -> Binding:
    match = _BINDING.fullmatch(text)
    if match is None:
        raise ValueError(f"{place}: a binding is `name: type = literal`, found {text!r}")
    return Binding(*match.groups())


def _variable(text: str, place: str) -> Binding:
    match = _VARIABLE.fullmatch(text)
    if match is None:
        raise ValueError(f"{place}: a law's variable is `name: type`, found {text!r}")
    return Binding(*match.groups())
