"""Runs the commands in pages of docs. As a script it writes their output into the pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import feature_extractor

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "docs" / name
    for name in (
        "command-line.md",
        "diff.md",
        "fit.md",
        "lint.md",
        "repl.md",
        "verification.md",
    )
]
_FILE = re.compile(
    r"^`([a-z]+\.[a-z]+)`(?:,[^`]*(?:`[a-z]+`[^`]*)?)?:\n\n```\n(.*?)^```$", re.M | re.S
)
_CONSOLE = re.compile(r"^```\n(\$ .*?)^```$", re.M | re.S)
_CHANGING = re.compile(r"in [0-9.]+ s(?: \([0-9,]+ rows/s\))?|[0-9.]+ kB, digest [0-9a-f]{32}")
"""Times, and the size and digest of a package, which are others when a plan is made better."""


def current_page(path: Path) -> str:
    """Return the page with the output that its commands give now; times and digests are those of the page."""
    page = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in _FILE.findall(page):
            Path(folder, name).write_text(content, encoding="utf-8")

        def answered(block: re.Match[str]) -> str:
            commands = re.findall(r"^\$ (.*)$", block[1], re.M)
            parts = [f"$ {command}\n{_output(command, folder)}" for command in commands]
            text = "".join(parts)
            before = iter(_CHANGING.findall(block[1]))
            text = _CHANGING.sub(lambda found: next(before, found[0]), text)
            return f"```\n{text}```"

        return _CONSOLE.sub(answered, page)


def _output(command: str, folder: str) -> str:
    """Run one command as a shell would, with both streams in one."""
    python = f"'{sys.executable}' -m feature_extractor "
    run = subprocess.run(
        re.sub(r"^fx ", lambda _: python, command),
        shell=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(feature_extractor.__file__).parents[1])},
    )
    return run.stdout


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(current_page(page), encoding="utf-8")
