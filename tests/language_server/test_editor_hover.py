"""What an editor tells about the thing under the mouse."""

from __future__ import annotations

import pytest
from editor_session import PROGRAM, Document, Editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="session")

MORE = """
resource words = vocabulary("words.txt")
let doubled(x) = x * 2
let price_and_age = price + doubled(age)
let unused(a) = a + 1
let both = doubled(price)
feature title_words : ids(words, max = 3) = title.lower().tokenize().map(w -> words.lookup(w))
"""


async def hover(document: Document, words: str, inside: int = 0) -> tuple[str, str]:
    """Return the text of a hover, and what it belongs to."""
    place = document.at(words, inside)
    found = await document.editor.client.text_document_hover_async(
        types.HoverParams(place.text_document, place.position)
    )
    if found is None:
        return "", ""
    assert isinstance(found.contents, types.MarkupContent)
    assert found.range is not None
    return found.contents.value, document.cut(found.range)


CASES = [
    # Where, what it belongs to, and parts of the text.
    (
        "let recent",
        4,
        "recent",
        [
            "let recent: list<{movie: int,",
            "The last thirty days.",
            "once per request",
            "Cost: about",
        ],
    ),
    ("= recent.count", 2, "recent", ["let recent: list<{movie: int,", "The last thirty days."]),
    (">= now - 30d", 3, "now", ["input request now: timestamp", "Never null.", "once per request"]),
    (
        "(clicks, views)",
        9,
        "views",
        ["input candidate views: int", "Shown so often.", "each candidate"],
    ),
    ("age: int?", 0, "age", ["input request age: int?", "May be null."]),
    (
        "smoothed(clicks",
        0,
        "smoothed",
        ["smoothed(hits, trials, prior = 0.02)", "A rate that few", "gives `float`"],
    ),
    ("(hits + prior", 1, "hits", ["(parameter) hits: int"]),
    ("e.movie == movie", 0, "e", ["(element) e: {movie: int, genre: string, at: timestamp}"]),
    ("e.movie == movie", 2, "movie", ["(field) movie: int", "each element"]),
    (
        ".count(e",
        1,
        "count",
        [
            "count<T: any>(xs: list<T>, predicate: T -> bool) -> int",
            "gives `int`",
            "docs/operators/higher_order.md#count",
        ],
    ),
    ("?? 0.0).max", 0, "??", ["coalesce", "Replace null by another value."]),
    ("now - 30d and", 10, "and", ["and(", "gives `bool`"]),
    ("feature ctr", 8, "ctr", ["feature ctr : dense  # float", "each candidate"]),
    ("feature affinity", 8, "affinity", ["Owner: search."]),
    ("ctr : dense", 6, "dense", ["A number, bool or vector"]),
    ("list<string>\n}", 5, "string", ["valid UTF-8"]),
    ("resource words", 9, "words", ['resource words = vocabulary("words.txt")']),
    ("doubled(x) = x", 13, "x", ["In the calls of this program: `int?` or `float`"]),
    ("unused(a) = a", 12, "a", ["(parameter) a"]),
    ("30d and", 0, "30d", ["(literal): duration"]),
    ("map(w -> ", 4, "w", ["(element) w: string"]),
]


@pytest.mark.parametrize(
    ("words", "inside", "place", "parts"), CASES, ids=[f"{c[0]}+{c[1]}" for c in CASES]
)
async def test_hover(editor: Editor, words: str, inside: int, place: str, parts: list[str]) -> None:
    text, shown = await hover(editor.open(PROGRAM + MORE), words, inside)
    assert shown == place
    assert not [part for part in parts if part not in text], text


async def test_hover_in_half_written_code(editor: Editor) -> None:
    document = editor.open(
        f"{PROGRAM}feature x : dense = price.\n\nfeature y : dense = (\nlet z = views\n"
    )
    assert (await hover(document, "let z", 4))[0].startswith("```fx\nlet z: int")
    assert "input candidate clicks" in (await hover(document, "(clicks, ", 1))[0]


async def test_hover_over_modules(editor: Editor) -> None:
    document = editor.open('use "std/ctr.fx" as rates\nlet x = rates.smoothed(1, 2)\n')
    for words, inside, place in (('"std/ctr', 2, '"std/ctr.fx"'), ("rates.smoothed", 1, "rates")):
        text, shown = await hover(document, words, inside)
        assert shown == place
        assert "Click-through rates and other rates" in text
        assert "let smoothed(hits, trials, prior = 0.02, weight = 50.0)" in text
    text, _ = await hover(document, "rates.smoothed", 8)
    assert "Estimate a rate from counts" in text


async def test_hover_over_nothing(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    assert await hover(document, "\n\nfeature ctr", 1) == ("", "")


@pytest.mark.parametrize(
    ("statement", "words", "active", "parameter"),
    [
        ("let x = clip(", "clip", "clip<T: number>(x: T, low: T, high: T) -> T", 0),
        ("let x = clip(1, 2, ", "clip", "clip<T: number>(x: T, low: T, high: T) -> T", 2),
        ("let x = views.clip(5", "clip", "clip<T: number>(x: T, low: T, high: T) -> T", 1),
        ("let x = views.clip(high = ", "clip", "clip<T: number>(x: T, low: T, high: T) -> T", 2),
        (
            "let x = price.bucketize([1.0, ",
            "bucketize",
            "bucketize(x: float, boundaries: const list<float>) -> int",
            1,
        ),
        ("let x = smoothed(clip(1, 2, 3), ", "smoothed", "smoothed(hits, trials, prior = 0.02)", 1),
        ('let x = title.split(", ")', "", "", 0),
        ("feature x : ids(", "ids", "ids(size, max)", 0),
        ("resource r = fit.moments(price, ", "moments", "fit.moments(value, ddof)", 1),
        (
            "let x = recent.count(e -> ",
            "count",
            "count<T: any>(xs: list<T>, predicate: T -> bool) -> int",
            1,
        ),
    ],
)
async def test_signatures(
    editor: Editor, statement: str, words: str, active: str, parameter: int
) -> None:
    document = editor.open(f"{PROGRAM}{statement}")
    found = await editor.client.text_document_signature_help_async(
        types.SignatureHelpParams(document.identifier, document.position(len(document.text)))
    )
    if not words:
        assert found is None
        return
    assert found is not None
    chosen = found.signatures[found.active_signature or 0]
    assert chosen.label == active
    assert found.active_parameter == parameter
    assert chosen.parameters is not None
    name = chosen.parameters[parameter].label
    assert isinstance(name, str)
    assert name in chosen.label


async def test_inlay_hints(editor: Editor) -> None:
    document = editor.open(f"{PROGRAM}let half = price / 2\nlet broken = nothing\n")
    whole = types.Range(types.Position(0, 0), types.Position(1000, 0))
    found = await editor.client.text_document_inlay_hint_async(
        types.InlayHintParams(document.identifier, whole)
    )
    assert found is not None
    shown = [(hint.position.line, hint.label) for hint in found]
    lines = document.text.split("\n")
    assert (lines.index("let half = price / 2"), ": float") in shown
    assert shown[0][1] == ": list<{movie: int, genre: string, at: timestamp}>"
    assert len(shown) == 2
    before = editor.refreshes
    editor.configure(inlayHints=False)
    assert not await editor.client.text_document_inlay_hint_async(
        types.InlayHintParams(document.identifier, whole)
    )
    assert editor.refreshes > before
    editor.configure(inlayHints=True)
