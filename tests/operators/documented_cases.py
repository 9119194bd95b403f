"""Reads the cases that pages of docs hold: code in which ` => ` stands, in tables or in blocks.

A block may declare, for the rest of its page, `use "..."`, `let` and `resource` lines, and inputs as
`name: type = literal`; a case gets those inputs that it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from feature_extractor.testing import Case, parse_case

ROOT = Path(__file__).parents[2]
_SPAN = re.compile(r"``(.+?)``|`([^`\n]+)`")
_INPUT = re.compile(r"([a-z_]+): .+ = .+")


@dataclass(frozen=True)
class Page:
    """The cases of a page, each with the heading that it stands under."""

    path: Path
    cases: tuple[Case, ...]

    @property
    def name(self) -> str:
        """The path as it is shown."""
        return self.path.relative_to(ROOT).as_posix()


def read_page(path: Path) -> Page:
    """Return the cases of a page in their order; the group of a case is its heading."""
    inputs: dict[str, str] = {}
    declarations = ""
    cases: list[Case] = []
    heading = ""
    language: str | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}:{number}"
        if line.startswith("```"):
            language = line.removeprefix("```") if language is None else None
        elif language is not None:
            declared = _INPUT.fullmatch(line)
            if language:
                continue
            if " => " in line:
                cases.append(_case(line, place, heading, inputs, declarations))
            elif declared:
                inputs[declared[1]] = line
            elif line.startswith(("use ", "let ", "resource ")):
                declarations += line + "\n"
        elif line.startswith("#"):
            heading = line.lstrip("#").strip()
        else:
            for found in _SPAN.finditer(line):
                text = found[1] or found[2]
                if " => " in text:
                    text = text.strip().replace(r"\|", "|")
                    cases.append(_case(text, place, heading, inputs, declarations))
    return Page(path, tuple(cases))


def _case(line: str, place: str, heading: str, inputs: dict[str, str], declarations: str) -> Case:
    named = [text for name, text in inputs.items() if re.search(rf"(?<![.\w]){name}\b", line)]
    case = parse_case(" | ".join([*named, line]), place, heading)
    return replace(case, declarations=declarations)
