"""The pages that people read agree with the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import ROOT, files, shown

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PLACE = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"```.*?```", re.DOTALL)


def test_the_operator_reference_is_current() -> None:
    assert (ROOT / "operators" / "registry.json").is_file(), "run `make docs`"
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate_operator_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "python"), "PATH": ""},
    )
    assert run.returncode == 0, run.stderr


def test_links_lead_somewhere() -> None:
    wrong = [
        f"{shown(page)}: {target}"
        for page in files(".md")
        for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not wrong


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives to the headings of a page."""
    headings = HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def test_links_lead_to_headings() -> None:
    wrong = [
        f"{shown(page)}: {target}#{name}"
        for page in files(".md")
        for target, name in PLACE.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
        if "://" not in target
        and (target.endswith(".md") or not target)
        and name not in anchors(page.parent / target if target else page)
    ]
    assert not wrong


@pytest.mark.parametrize("name", ["setup", "build", "registry", "docs", "test", "demo", "bench"])
def test_make_names_its_doors(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{name}:.* ## [A-Z].*\.", makefile, re.MULTILINE)
