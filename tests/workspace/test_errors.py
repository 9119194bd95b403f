"""After each edit the errors are those that checking from scratch finds, and little is checked for them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.check import analyse_text
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.registry import load_registry
from feature_extractor.workspace import Workspace
from feature_extractor.workspace.errors import Errors
from hypothesis import given
from hypothesis import strategies as st

EXAMPLES = Path(__file__).parents[2] / "dsl_grammar" / "examples"
REGISTRY = load_registry()

PROGRAM = '''\
"""What it is about."""

use "std/ctr.fx" as ctr
use "rates.fx"

input request { now: timestamp, age: int?, history: list<{item: int, at: timestamp, price: float}> }
input candidate { item: int, clicks, views: int, price: float?, title: string }

let recent = history.filter(e -> e.at < now)
let known = price ?? 1.0
"Twice the known price."
let double = known * 2.0
let seen(events) = events.count(e -> e.item == item)
let unused(x, y = 1) = x + y

"""A long description."""
@owner("a")
feature rate : dense = ctr.smoothed(clicks, views)
feature own : dense = rate_of(clicks, views) ?? 0.0
@owner("b")
feature seen_before : dense = seen(recent)
feature seen_again : dense = seen(history) + seen(recent)
feature price : dense = known
feature doubled : dense = double * double
feature words : ids(1000, max = 4) = title.lower().tokenize().hash_bucket(1000)
feature age : id(8) = age.bucketize([18, 25, 30]) ?? 0
feature last : dense = history.map(e -> e.price).last() ?? known
'''
MODULE = "let rate_of(hits, trials) = hits / trials\n"
TOKENS = (
    "let feature input use resource as if then else known double seen recent unused now "
    "( ) [ ] { } , . : = + - * / ?? -> e x 1 2.0 30d 1d dense ids(10) # null true "
    "history price age e.at rate_of ctr ctr.smoothed(1,2)"
)
WORDS = [
    *TOKENS.split(),
    *('@owner("x")', '"text"', '"""', '"', "\\", "\n"),
    "\nlet fresh = known",
    "\nfeature fresh : dense = double",
    "\nlet known = 2.0\n",
    "\ninput candidate { known: int, item: string }\n",
    *("float", "int?", "views", "title: int,", "candidate", "request"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rates.fx").write_text(MODULE)
    return tmp_path


def shown(found: list[Diagnostic]) -> list[dict[str, Any]]:
    return [diagnostic.as_json() for diagnostic in found]


def scratch(text: str, folder: Path) -> list[dict[str, Any]]:
    found = analyse_text(text, REGISTRY, str(folder / "main.fx"), folder)
    return shown(found.diagnostics)


def incremental(folder: Path) -> Errors:
    from feature_extractor.check.modules import read_file

    return Errors(REGISTRY, str(folder / "main.fx"), folder, read_file)


def edited(text: str, chance: random.Random) -> str:
    """Return a text with one edit: some of it deleted, doubled, swapped or replaced; a line moved or removed."""
    place = chance.randrange(len(text) + 1)
    end = min(len(text), place + chance.choice((0, 0, 1, 3, 8)))
    match chance.randrange(8):
        case 0:
            return text[:place] + text[end:]
        case 1:
            return text[:end] + text[place:end] + text[end:]
        case 2:
            return text[:place] + text[end : end + 3] + text[place:end] + text[end + 3 :]
        case 3:
            lines = text.split("\n")
            line = chance.randrange(len(lines))
            moved = lines.pop(line)
            if chance.random() < 0.5:
                lines.insert(chance.randrange(len(lines) + 1), moved)
            return "\n".join(lines)
        case _:
            return text[:place] + chance.choice(WORDS) + text[end:]


@given(seed=st.integers(0, 2**32), count=st.integers(1, 12))
def test_random_edits(tmp_path_factory: pytest.TempPathFactory, seed: int, count: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "random_edits"
    folder.mkdir(exist_ok=True)
    (folder / "rates.fx").write_text(MODULE)
    chance = random.Random(seed)
    errors = incremental(folder)
    texts = [PROGRAM]
    errors.of(PROGRAM)
    for _ in range(count):
        text = edited(texts[-1], chance)
        if chance.random() < 0.3:
            text = chance.choice(texts)
        texts.append(text)
        assert shown(errors.of(text)) == scratch(text, folder), text


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.fx")))
def test_edits_of_examples(name: str) -> None:
    text = (EXAMPLES / name).read_text()
    chance = random.Random(name)
    errors = incremental(EXAMPLES)
    assert shown(errors.of(text)) == scratch(text, EXAMPLES)
    for _ in range(10):
        changed = edited(text, chance)
        assert shown(errors.of(changed)) == scratch(changed, EXAMPLES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= known\n", "= known + oops\n"),
        ("= known\n", "= \n"),
        ("double * double", "double * (double"),
        ("price ?? 1.0", "price ?? 1.0 + missing"),
        ("price ?? 1.0", "price"),
        ("let double", "let doble"),
        ("x + y", "x + z"),
        ("age: int?", "age: float?"),
        ("age: int?", "age, height: int?"),
        ("age: int?", "age: int?, oops"),
        ("price: float? ", "price: float "),
        ("clicks, views: int", "views, clicks: int"),
    ],
)
def test_an_edit_of_a_let_or_a_feature_checks_little(folder: Path, old: str, new: str) -> None:
    errors = incremental(folder)
    assert errors.of(PROGRAM) == []
    assert errors.complete_checks == 1
    for text in (PROGRAM.replace(old, new), PROGRAM, PROGRAM.replace(old, new)):
        assert shown(errors.of(text)) == scratch(text, folder)
    assert errors.complete_checks == 1


def test_findings_in_the_same_text_are_all_there() -> None:
    """Also the last one, whose fix removes all up to the end of the text."""
    workspace = Workspace(REGISTRY)
    text = "input request { x: int }\nfeature a : dense = x\nlet unused = x\n"
    workspace.open("untitled:1", text)
    found = workspace.findings("untitled:1")
    assert [finding.code for finding in found] == ["FX601"]
    workspace.tell("untitled:1", text, found)
    assert shown(workspace.diagnostics_now("untitled:1")) == shown(found)


def test_findings_move_with_the_text_until_the_linter_looks_again() -> None:
    workspace = Workspace(REGISTRY)
    text = "input request { x: int }\nlet first = x\nlet second = x\nfeature a : dense = x\n"
    workspace.open("untitled:1", text)
    before = workspace.diagnostics("untitled:1")
    assert [finding.code for finding in before] == ["FX601", "FX601"]
    assert workspace.diagnostics_now("untitled:1") == []
    workspace.tell("untitled:1", text, before)
    assert shown(workspace.diagnostics_now("untitled:1")) == shown(before)
    workspace.change("untitled:1", text.replace("first", "fir_st"))
    (left,) = workspace.diagnostics_now("untitled:1")
    assert left.span is not None and left.span.text == "second"
    assert left.fix is not None and left.fix.edits[0].span.text.startswith("let second")
    workspace.change("untitled:1", text.replace("= x\nlet", "= y\nlet"))
    assert [finding.code for finding in workspace.diagnostics_now("untitled:1")] == ["FX101"]
