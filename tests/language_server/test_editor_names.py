"""Definitions, references, highlights, symbols and renames."""

from __future__ import annotations

from pathlib import Path

import pytest
from editor_session import PROGRAM, Document, Editor
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio(loop_scope="session")

RATES = (
    "let smooth_rate(hits, trials, prior = 0.1) = (hits + prior) / (trials + 1.0)\nlet limit = 3\n"
)
MAIN = """use "rates.fx" as rates
use "plain.fx"
input candidate { views, clicks: int }
let both = views + clicks
feature a : dense = rates.smooth_rate(clicks, trials = views)
feature b : dense = twice(both) + rates.limit
"""


async def definition(document: Document, words: str, inside: int = 0) -> list[tuple[str, int, int]]:
    place = document.at(words, inside)
    found = await document.editor.client.text_document_definition_async(
        types.DefinitionParams(place.text_document, place.position)
    )
    assert found is None or isinstance(found, list | tuple)
    result = []
    for location in found or ():
        assert isinstance(location, types.Location)
        start = location.range.start
        result.append((location.uri.rpartition("/")[2], start.line, start.character))
    return result


def files(editor: Editor, folder: str) -> Document:
    editor.write(f"{folder}/rates.fx", RATES)
    editor.write(f"{folder}/plain.fx", "let twice(x) = x * 2\n")
    uri = editor.write(f"{folder}/main.fx", MAIN)
    return editor.open(MAIN, f"{folder}/{Path(uri).name}")


@pytest.mark.parametrize(
    ("words", "inside", "wanted"),
    [
        ("+ clicks", 2, ("main.fx", 2, 25)),
        ("twice(both)", 6, ("main.fx", 3, 4)),
        ("twice(both)", 0, ("plain.fx", 0, 4)),
        ("smooth_rate(clicks", 0, ("rates.fx", 0, 4)),
        ("trials = views", 0, ("rates.fx", 0, 22)),
        ("rates.limit", 0, ("main.fx", 0, 18)),
        ("rates.limit", 6, ("rates.fx", 1, 4)),
        ('"rates.fx"', 3, ("rates.fx", 0, 0)),
        ("feature a", 8, ("main.fx", 4, 8)),
    ],
)
async def test_definitions(
    editor: Editor, words: str, inside: int, wanted: tuple[str, int, int]
) -> None:
    assert await definition(files(editor, "definitions"), words, inside) == [wanted]


async def test_definitions_of_locals_and_fields(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    name = document.uri.rpartition("/")[2]
    line = PROGRAM[: PROGRAM.index("let recent")].count("\n")
    assert await definition(document, "and e.at", 4) == [
        (name, line, len("let recent = history.filter("))
    ]
    (field,) = await definition(document, "and e.at", 6)
    assert field[1] == PROGRAM[: PROGRAM.index("history: list")].count("\n")
    assert await definition(document, ".filter(", 2) == []


async def test_definitions_in_the_standard_library(editor: Editor) -> None:
    document = editor.open('use "std/ctr.fx"\nlet x = smoothed(1, 2)\n')
    (found,) = await definition(document, "smoothed(1")
    assert found[0] == "ctr.fx"
    place = document.at("smoothed(1")
    located = await editor.client.text_document_definition_async(
        types.DefinitionParams(place.text_document, place.position)
    )
    assert isinstance(located, list | tuple)
    assert isinstance(located[0], types.Location)
    text = Path(located[0].uri.removeprefix("file://")).read_text(encoding="utf-8")
    assert text.split("\n")[found[1]].startswith("let smoothed(")


async def references(document: Document, words: str, inside: int = 0) -> list[tuple[str, int]]:
    place = document.at(words, inside)
    found = await document.editor.client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(True), place.text_document, place.position)
    )
    return sorted((at.uri.rpartition("/")[2], at.range.start.line) for at in found or ())


async def test_references_go_through_modules(editor: Editor) -> None:
    document = files(editor, "references")
    editor.write(
        "references/other.fx", 'use "rates.fx"\nlet x = smooth_rate(1, 2, prior = limit)\n'
    )
    assert await references(document, "smooth_rate(clicks") == [
        ("main.fx", 4),
        ("other.fx", 1),
        ("rates.fx", 0),
    ]
    assert await references(document, "rates.limit", 6) == [
        ("main.fx", 5),
        ("other.fx", 1),
        ("rates.fx", 1),
    ]
    assert await references(document, "trials = views") == [
        ("main.fx", 4),
        ("rates.fx", 0),
        ("rates.fx", 0),
    ]
    assert await references(document, "feature a", 8) == [("main.fx", 4)]


async def test_highlights(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    place = document.at("recent.count")
    found = await editor.client.text_document_document_highlight_async(
        types.DocumentHighlightParams(place.text_document, place.position)
    )
    assert found is not None
    assert [document.cut(h.range) for h in found] == ["recent", "recent"]
    assert [h.kind for h in found] == [
        types.DocumentHighlightKind.Write,
        types.DocumentHighlightKind.Read,
    ]


async def test_the_outline_has_broken_statements_too(editor: Editor) -> None:
    document = editor.open(f"{PROGRAM}let broken = (\nfeature x : dense = +\n")
    found = await editor.client.text_document_document_symbol_async(
        types.DocumentSymbolParams(document.identifier)
    )
    assert found is not None
    names = []
    for symbol in found:
        assert isinstance(symbol, types.DocumentSymbol)
        names.append(symbol.name)
        assert document.offset(symbol.range.start) <= document.offset(symbol.selection_range.start)
        assert document.offset(symbol.selection_range.end) <= document.offset(symbol.range.end)
    assert names == [
        "input request",
        "input candidate",
        "recent",
        "smoothed",
        "ctr",
        "seen",
        "affinity",
        "broken",
        "x",
    ]
    first = found[0]
    assert isinstance(first, types.DocumentSymbol)
    assert [child.name for child in first.children or ()] == ["now", "age", "history", "taste"]


async def test_workspace_symbols(editor: Editor) -> None:
    files(editor, "symbols")
    found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("smthrt"))
    shown = {(s.name, s.location.uri.rpartition("/")[2]) for s in found or ()}
    assert ("smooth_rate", "rates.fx") in shown
    assert not any(name == "limit" for name, _ in shown)


async def rename(document: Document, words: str, new_name: str, inside: int = 0) -> dict[str, str]:
    """Rename, and return the new text of each changed file by its name."""
    place = document.at(words, inside)
    found = await document.editor.client.text_document_rename_async(
        types.RenameParams(place.text_document, place.position, new_name)
    )
    assert found is not None
    result = {}
    for change in found.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        uri = change.text_document.uri
        old = (
            document.text if uri == document.uri else Path(uri.removeprefix("file://")).read_text()
        )
        edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
        changed = Document(document.editor, uri, old).edited(edits)
        result[uri.rpartition("/")[2]] = changed
    return result


async def test_rename_through_modules(editor: Editor) -> None:
    document = files(editor, "renames")
    changed = await rename(document, "smooth_rate(clicks", "rate")
    assert changed == {
        "main.fx": MAIN.replace("smooth_rate", "rate"),
        "rates.fx": RATES.replace("smooth_rate", "rate"),
    }
    changed = await rename(document, "trials = views", "shown")
    assert changed == {
        "main.fx": MAIN.replace("trials = views", "shown = views"),
        "rates.fx": RATES.replace("trials", "shown"),
    }
    changed = await rename(document, "rates.limit", "r")
    assert changed == {
        "main.fx": MAIN.replace("as rates", "as r")
        .replace("rates.", "r.")
        .replace('"r.fx', '"rates.fx')
    }


async def test_rename_of_a_local_name(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    changed = await rename(document, "genres.map(g ->", "genre", len("genres.map("))
    (text,) = changed.values()
    assert "genres.map(genre -> taste[genre] ?? 0.0)" in text


@pytest.mark.parametrize(
    ("words", "inside", "new_name", "reason"),
    [
        ("let recent", 4, "seen it", "is not a name"),
        ("let recent", 4, "if", "is a keyword"),
        ("let recent", 4, "price", "`price` already"),
        ("taste: map", 0, "g", "means something else there already"),
        ("genres.map(g ->", 11, "taste", "means something else there already"),
        ("let recent", 4, "x" * 201, "at most 200 characters"),
        (".filter(", 1, "choose", "is an operator"),
        ("let recent", 0, "x", "is a keyword"),
        ("e.movie ==", 2, "film", "fields get their names from the data"),
        ("trials, prior", 0, "hits", "`hits` already"),
        ("let smoothed", 4, "max", "means something else there already"),
    ],
)
async def test_renames_that_are_refused(
    editor: Editor, words: str, inside: int, new_name: str, reason: str
) -> None:
    document = editor.open(PROGRAM)
    with pytest.raises(JsonRpcException, match=reason):
        await rename(document, words, new_name, inside)


async def test_a_rename_is_refused_where_a_statement_is_broken(editor: Editor) -> None:
    document = editor.open(f"{PROGRAM}feature x : dense = recent +\n")
    with pytest.raises(JsonRpcException, match="has a syntax mistake"):
        await rename(document, "let recent", "fresh", 4)


async def test_prepare_rename(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    place = document.at("recent.count", 2)
    found = await editor.client.text_document_prepare_rename_async(
        types.PrepareRenameParams(place.text_document, place.position)
    )
    assert isinstance(found, types.PrepareRenamePlaceholder)
    assert (document.cut(found.range), found.placeholder) == ("recent", "recent")
    place = document.at("recent.count", 8)
    with pytest.raises(JsonRpcException, match="`count` is an operator"):
        await editor.client.text_document_prepare_rename_async(
            types.PrepareRenameParams(place.text_document, place.position)
        )
