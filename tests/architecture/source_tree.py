"""Finds the files of the project, without the folders that are built or downloaded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
NOT_OURS = re.compile(r"build.*|dist|demo_output|target|node_modules|__pycache__|\..*|.*\.egg-info")
"""Names of folders that hold nothing written by hand; `.ci` is the one exception."""

_COMMENT_OR_STRING = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<string>"(?:[^"\\\n]|\\.)*")|'(?:[^'\\\n]|\\.)*'""", re.DOTALL
)


def files(*suffixes: str, under: str = "") -> Iterator[Path]:
    """Yield the files below a folder that end in one of the suffixes; all where none is given."""
    for folder, names, found in os.walk(ROOT / under):
        names[:] = sorted(n for n in names if n == ".ci" or not NOT_OURS.fullmatch(n))
        for name in sorted(found):
            if not suffixes or name.endswith(suffixes):
                yield Path(folder, name)


def shown(path: Path) -> str:
    """Return a path as it stands in messages."""
    return path.relative_to(ROOT).as_posix()


def includes(path: Path) -> list[str]:
    """Return what a C++ file includes, as written between the brackets or quotes."""
    text = path.read_text(encoding="utf-8")
    return re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE)


def string_literals(text: str) -> list[str]:
    """Return the contents of the string literals of C++ text, not those in comments."""
    matches = _COMMENT_OR_STRING.finditer(text)
    return [m.group("string")[1:-1] for m in matches if m.group("string") is not None]


def find_cycle(graph: dict[str, set[str]]) -> list[str] | None:
    """Return the nodes of one cycle of a directed graph, or None; edges to strangers are ignored."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str] | None:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return None
        for target in sorted(graph[node] & graph.keys()):
            cycle = visit(target, [*path, node])
            if cycle is not None:
                return cycle
        done.add(node)
        return None

    for start in sorted(graph):
        cycle = visit(start, [])
        if cycle is not None:
            return cycle
    return None
