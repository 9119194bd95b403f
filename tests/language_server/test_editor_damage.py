"""Text that was damaged at random: every question is answered, and none of the answers is an exception."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from editor_session import PROGRAM
from feature_extractor.language_server.features.diagnostics import diagnostics
from feature_extractor.language_server.features.folding import folding_ranges
from feature_extractor.language_server.features.formatting import formatted
from feature_extractor.language_server.features.hover import describe
from feature_extractor.language_server.features.inlay_hints import hints
from feature_extractor.language_server.features.navigation import definitions
from feature_extractor.language_server.features.rename import renamed
from feature_extractor.language_server.features.semantic_tokens import encoded
from feature_extractor.language_server.features.signature_help import signatures
from feature_extractor.language_server.features.symbols import document_symbols
from feature_extractor.language_server.project import Project
from feature_extractor.language_server.proposals import propose
from feature_extractor.language_server.server import Refused
from feature_extractor.language_server.unfinished import read_unfinished
from feature_extractor.registry import load_registry
from hypothesis import given, settings
from hypothesis import strategies as st

TOKENS = re.findall(r"\w+|\s+|[^\w\s]", PROGRAM)
NOISE = [
    '"',
    "(",
    ")",
    "{",
    ".",
    "->",
    " if ",
    "\n",
    '"""',
    "#",
    "@",
    "😀",
    't"',
    "\r",
    " = ",
    "中",
]
PROJECT = Project(load_registry())

edit = st.tuples(
    st.integers(0, len(TOKENS) - 1), st.sampled_from(["delete", "double", "noise", "cut"])
)


def damaged(edits: list[tuple[int, str]], noise: list[str]) -> str:
    tokens = list(TOKENS)
    for number, (place, what) in enumerate(edits):
        place = min(place, len(tokens) - 1)
        if what == "delete" and len(tokens) > 1:
            del tokens[place]
        elif what == "double":
            tokens.insert(place, tokens[place])
        elif what == "noise":
            tokens.insert(place, noise[number % len(noise)])
        elif what == "cut" and place:
            tokens = [*tokens[:place], "."]
    return "".join(tokens)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(edit, min_size=1, max_size=4),
    st.lists(st.sampled_from(NOISE), min_size=1, max_size=4),
    st.floats(0, 1),
)
def test_damaged_text(edits: list[tuple[int, str]], noise: list[str], where: float) -> None:
    written = damaged(edits, noise)
    uri = (Path(__file__).parent / "damaged.fx").as_uri()
    text = PROJECT.open(uri, written, 1)
    offset = round(where * len(written))
    unfinished = read_unfinished(PROJECT, text, offset)
    if unfinished is not None:
        assert len({p.order for p in propose(unfinished)}) <= 2_000
    for found in diagnostics(PROJECT, text):
        start, end = text.lines.offset(found.range.start), text.lines.offset(found.range.end)
        assert 0 <= start <= end <= len(written)
    numbers = encoded(PROJECT, text, 0, len(written))
    assert len(numbers) % 5 == 0
    assert all(number >= 0 for number in numbers)
    describe(PROJECT, text, offset)
    definitions(PROJECT, text, offset)
    signatures(PROJECT, text, offset)
    for symbol in document_symbols(text):
        assert text.lines.offset(symbol.range.start) <= text.lines.offset(symbol.range.end)
    assert all(hint.position.line < text.lines.count for hint in hints(PROJECT, text, 0, offset))
    assert all(fold.start_line < fold.end_line for fold in folding_ranges(text))
    formatted(text)
    with contextlib.suppress(Refused):
        renamed(PROJECT, text, offset, "another_name")


TYPED = '''"""About it."""
use "std/ctr.fx" as ctr
input candidate { views, clicks: int, title: string? # a "note
}
@owner("ads")
feature rate : dense = ctr.smoothed(clicks, trials = views)
let words = (title ?? "a\\"").lower().tokenize()
feature ids : ids(2 ** 9, max = 4) = words.filter(w -> w != "").hash_bucket(512)
'''
PROPOSED = {
    'use "std/c': "ctr.fx",
    "views, clicks: i": "int",
    "feature rate : d": "dense",
    "= ct": "ctr",
    "ctr.smo": "smoothed",
    "trials = v": "views",
    "let words = (t": "title",
    ".lower().tok": "tokenize",
    "= words.fil": "filter",
    "w -> w": "w",
}


def test_a_program_that_is_typed_one_character_after_the_other() -> None:
    """Nothing fails at any character, and what comes next is proposed where the compiler can know it."""
    project = Project(load_registry())
    uri = (Path(__file__).parent / "typed.fx").as_uri()
    waiting = dict(PROPOSED)
    for end in range(len(TYPED) + 1):
        written = TYPED[:end]
        text = project.open(uri, written, end)
        found = diagnostics(project, text)
        unfinished = read_unfinished(project, text, end)
        proposed = [] if unfinished is None else [p.label for p in propose(unfinished)]
        if end % 4 == 0:
            describe(project, text, end)
            signatures(project, text, end)
        for behind, wanted in list(waiting.items()):
            if written.endswith(behind):
                assert any(wanted in label for label in proposed), (behind, proposed[:20])
                del waiting[behind]
    assert not waiting
    assert found == []
