"""What README.md and the first pages tell a reader to type works, and prints what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import feature_extractor
import pytest

for package in ("pandas", "pyarrow"):
    pytest.importorskip(package, reason="the pages read and write tables")
if not hasattr(feature_extractor, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```(\w*)\n(.*?)```\n", re.DOTALL)
FILE = re.compile(r"`(\w+\.(?:fx|py))`")
VARYING = re.compile(r"\b[0-9a-f]{32}\b|[\d.,]+ kB|in [\d.,]+ s \([\d,]+ rows/s\)")
"""Digests, sizes and times: a new operator version or another machine may change them."""


def stable(text: str) -> list[str]:
    """Return the lines of a text without what may vary and without empty lines."""
    lines = (VARYING.sub("...", line).rstrip() for line in text.splitlines())
    return [line for line in lines if line]


def run(arguments: list[str], folder: Path) -> str:
    """Run Python as a reader does, and return all that it prints, standard output first."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "NO_COLOR": "1"}
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout + result.stderr


def fx(command: str, folder: Path) -> str:
    words = command.split("#")[0].split()
    assert words[0] == "fx"
    return run(["-m", "feature_extractor", *words[1:]], folder)


@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_a_page_can_be_followed(page: str, tmp_path: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    printed, followed = "", 0
    end = 0
    for block in BLOCK.finditer(text):
        language, content = block.groups()
        before = text[end : block.start()]
        end = block.end()
        named = FILE.findall(before)
        if "\nfeature " in content and "error[" not in content:
            (tmp_path / named[-1]).write_text(content, encoding="utf-8")
        elif language == "python":
            script = tmp_path / "page.py"
            script.write_text(content, encoding="utf-8")
            printed = run([script.name], tmp_path)
            followed += 1
        elif content.startswith("$ fx") or content.startswith("fx "):
            for step in re.split(r"^\$ |^(?=fx )", content, flags=re.MULTILINE):
                if step:
                    command, _, output = step.partition("\n")
                    if "error[" not in output:
                        repair(tmp_path)
                    printed = fx(command, tmp_path)
                    if output:
                        assert stable(printed) == stable(output), command
                    followed += 1
        elif content.lstrip().startswith("["):
            assert stable(printed) == stable(content)
    assert followed >= 3


def repair(folder: Path) -> None:
    """Handle the null as the page tells its reader to, after it was reported."""
    program = folder / "first.fx"
    if program.is_file():
        text = program.read_text(encoding="utf-8")
        program.write_text(text.replace("(1000)\n", "(1000) ?? 0\n"), encoding="utf-8")
