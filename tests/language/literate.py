"""Reads language tests out of Markdown.

Each fenced `fx` block is a program. Comments in it say what is expected on their line:

* `# error: FX101` for each finding that begins there; a block without such comments has no
  findings;
* `# type: int?` for the type of the let or feature that begins there;
* `# value: 3` for the value of a let that is a constant, in the notation of Python;
* `# tree: (a + (b * c))` for how the value of a let was grouped.

A block ```` ```fx prelude ```` is added to the end of every program after it in the same file. A
block ```` ```fx file=path ```` is another file, for the next program; `error` comments work there
too. A `text` block right after a program is the exact text that the findings are shown as.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_HEADING = re.compile(r"(#+) (.*)")
_FENCE = re.compile(r"```(\w+)(?: (.*))?")
_EXPECTATION = re.compile(r"#.*?\b(error|type|value|tree): (.*?)(?= # |$)")


@dataclass
class Expectation:
    """What one comment says; `line` starts at 1."""

    path: str
    kind: str
    line: int
    text: str


@dataclass
class Case:
    """One program with what is expected of it."""

    name: str
    text: str
    line: int
    expectations: list[Expectation]
    files: dict[str, str] = field(default_factory=dict)
    rendered: str | None = None


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a Markdown file."""
    cases: list[Case] = []
    headings: list[str] = []
    prelude = ""
    files: dict[str, str] = {}
    expectations: list[Expectation] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        heading = _HEADING.match(line)
        if heading:
            headings = [*headings[: len(heading[1]) - 1], heading[2]]
        fence = _FENCE.fullmatch(line)
        if not fence:
            continue
        first = number
        while lines[number] != "```":
            number += 1
        block = "".join(f"{text}\n" for text in lines[first:number])
        number += 1
        language, detail = fence[1], fence[2] or ""
        if language == "text" and cases:
            cases[-1].rendered = block
        elif language == "fx" and detail == "prelude":
            prelude = block
        elif language == "fx" and detail.startswith("file="):
            path_of_file = detail.removeprefix("file=")
            files[path_of_file] = block
            expectations.extend(_expectations(path_of_file, block))
        elif language == "fx":
            name = f"{path.stem}: {' / '.join(headings[1:])} (line {first})"
            text = block + prelude
            expectations.extend(_expectations("example.fx", block))
            cases.append(Case(name, text, first, expectations, files))
            files, expectations = {}, []
    return cases


def _expectations(path: str, block: str) -> list[Expectation]:
    found: list[Expectation] = []
    for number, line in enumerate(block.split("\n"), 1):
        position = line.find("#")
        if position < 0:
            continue
        for part in line[position:].split(" # "):
            match = _EXPECTATION.search(part if part.startswith("#") else "#" + part)
            if match:
                found.append(Expectation(path, match[1], number, match[2].strip()))
    return found
