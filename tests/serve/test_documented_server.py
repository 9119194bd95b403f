"""The commands in docs/server.md give what the page shows. As a script it writes their output into the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

pytest.importorskip("pyarrow")
from served import running_server

PAGE = Path(__file__).parents[2] / "docs" / "server.md"
_SECTION = re.compile(r"^## Candidates by keys\n.*?(?=^## )", re.M | re.S)
_FILE = re.compile(r"^`([a-z]+\.[a-z]+)`:\n\n```\n(.*?)^```$", re.M | re.S)
_CONSOLE = re.compile(r"^```\n(\$ .*?)^```$", re.M | re.S)
_CHANGING = re.compile(r"\b[0-9a-f]{32}\b|[0-9.]+ kB|\d{4}-\d\d-\d\dT[0-9:.+]+")
"""Digests, sizes and moments."""


def current_section(section: str) -> str:
    """Return a section with what its commands print now; what changes each time is that of the section."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for name, content in _FILE.findall(section):
            Path(folder, name).write_text(content, encoding="utf-8")
        address = state = ""

        def output(command: str) -> str:
            nonlocal address, state
            if command.startswith("fx serve "):
                words = command.split()[2:]
                assert words[0] == "ranking.fxp"
                server = stack.enter_context(running_server(*words, folder=folder))
                address = server.address
                state = httpx.get(f"{address}/ready").text
                return ""
            if command.startswith("sleep 1 && "):
                # However slow this machine is.
                state = _changed(address, state)
                command = command.removeprefix("sleep 1 && ")
            python = f"'{sys.executable}'"
            command = re.sub(r"^fx ", lambda _: f"{python} -m feature_extractor ", command)
            command = re.sub(r"\bpython movies", lambda _: f"{python} movies", command)
            command = command.replace("curl ", "curl -sS ").replace("localhost:8000", address)
            run = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env={**os.environ, "NO_COLOR": "1"},
                timeout=60,
                check=False,
            )
            return run.stdout if not run.stdout or run.stdout.endswith("\n") else run.stdout + "\n"

        def answered(block: re.Match[str]) -> str:
            commands = re.findall(r"^\$ (.*)$", block[1], re.M)
            text = "".join(f"$ {command}\n{output(command)}" for command in commands)
            before = iter(_CHANGING.findall(block[1]))
            return f"```\n{_CHANGING.sub(lambda found: next(before, found[0]), text)}```"

        return _CONSOLE.sub(answered, section)


def _changed(address: str, state: str) -> str:
    """Return what /ready says as soon as it says something else."""
    until = time.monotonic() + 60
    while (found := httpx.get(f"{address}/ready").text) == state:
        assert time.monotonic() < until, "nothing has changed"
        time.sleep(0.02)
    return found


def test_the_page_shows_what_the_commands_print() -> None:
    (section,) = _SECTION.findall(PAGE.read_text(encoding="utf-8"))
    assert section.count("curl ") >= 5
    assert current_section(section) == section


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_SECTION.sub(lambda found: current_section(found[0]), page), encoding="utf-8")
