"""Reads the pages of pairs: two programs each, with the report of `fx diff`. As a script it writes the reports."""

from __future__ import annotations

import re
import tempfile
from contextlib import chdir
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from feature_extractor.cli.console import write_rendered
from feature_extractor.diff import diff
from feature_extractor.diff.text import text_lines

PAGES = sorted(Path(__file__).parent.glob("*.md"))
_PAIR = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.M | re.S)
_FILE = re.compile(r"^`(\S+)`:\n\n```\w*\n(.*?)^```$", re.M | re.S)
_REPORT = re.compile(r"^Report:\n\n```\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Pair:
    """Two programs with the files that they read, and what is said of them."""

    name: str
    files: dict[str, str]
    report: str


def read_pairs(text: str) -> list[Pair]:
    pairs = []
    for name, body in _PAIR.findall(text):
        report = _REPORT.search(body)
        assert report is not None, name
        pairs.append(Pair(name, dict(_FILE.findall(body)), report[1]))
    return pairs


def current_report(pair: Pair, folder: Path) -> str:
    """Return what `fx diff old/features.fx new/features.fx` prints now."""
    for name, content in pair.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    out = StringIO()
    with chdir(folder):
        write_rendered(out, *text_lines(diff("old/features.fx", "new/features.fx")))
    return out.getvalue()


def current_page(text: str) -> str:
    for pair in read_pairs(text):
        with tempfile.TemporaryDirectory() as folder:
            report = current_report(pair, Path(folder))
        begin = text.index(f"## {pair.name}\n")
        start = text.index("Report:\n\n```\n", begin) + len("Report:\n\n```\n")
        text = text[:start] + report + text[text.index("```\n", start) :]
    return text


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(current_page(page.read_text(encoding="utf-8")), encoding="utf-8")
