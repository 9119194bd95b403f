"""Any two programs of the documentation can be compared, and each is the same as itself."""

from __future__ import annotations

import json
import re
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from feature_extractor.cli.console import write_rendered
from feature_extractor.diff import ProgramDiff, diff
from feature_extractor.diff.markdown import markdown
from feature_extractor.diff.text import text_lines
from feature_extractor.errors import CompileError

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```fx\n(.*?)^```$", re.M | re.S)
_STEP = 6
"""Every sixth program of the pages is taken; all of them take a minute."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("corpus")
    texts = [
        text
        for page in sorted((ROOT / "docs" / "rules").glob("*.md"))
        for text in _BLOCK.findall(page.read_text(encoding="utf-8"))
    ]
    paths = [folder / f"p{number}.fx" for number in range(0, len(texts), _STEP)]
    for path, text in zip(paths, texts[::_STEP], strict=True):
        path.write_text(text, encoding="utf-8")
    return [*paths, ROOT / "dsl_grammar" / "examples" / "ranking.fx"]


def test_programs_are_the_same_as_themselves_and_comparable_with_others(
    programs: list[Path],
) -> None:
    good: list[Path] = []
    for path in programs:
        try:
            found = diff(path, path)
        except CompileError:
            # What the page shows needs a file beside it.
            continue
        assert isinstance(found, ProgramDiff) and found.same and found.same_plan, path
        good.append(path)
    assert len(good) >= 20
    for old, new in pairwise(good):
        found = diff(old, new)
        assert isinstance(found, ProgramDiff)
        out = StringIO()
        write_rendered(out, *text_lines(found))
        assert out.getvalue().strip() and markdown(found).startswith("### ")
        assert json.loads(json.dumps(found.as_json()))["same"] == found.same
