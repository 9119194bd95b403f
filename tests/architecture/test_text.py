"""Names, lengths and contents that hold for all files written by hand."""

from __future__ import annotations

import re

from source_tree import ROOT, files, shown

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
CODE = (".py", ".pyi", ".cc", ".h", ".java", ".scala", ".sh", ".lark")
TEXT = (*CODE, ".md", ".toml", ".cmake", ".txt", ".test", ".fx", ".yml", ".yaml", "Makefile")
LONGEST = 700
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:work|tmp|home|root|Users)/[\w.]+")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_names_say_what_a_file_is_about() -> None:
    wrong = [
        shown(path)
        for path in files()
        if VAGUE & {part.split(".")[0].lower() for part in path.relative_to(ROOT).parts}
    ]
    assert not wrong


def test_files_are_short_enough_to_read() -> None:
    lengths = {
        shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files(*CODE)
    }
    long = {name for name, length in lengths.items() if length > LONGEST}
    assert sorted(long) == []


def test_no_file_names_a_place_on_one_machine() -> None:
    wrong = [
        f"{shown(path)}: {match.group()}"
        for path in files(*TEXT)
        for match in MACHINE_PATH.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not wrong


def test_nothing_is_left_unfinished() -> None:
    wrong = [
        shown(path) for path in files(*CODE) if UNFINISHED.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong
