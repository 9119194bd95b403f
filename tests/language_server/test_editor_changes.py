"""What changes a text: quick fixes, comments that allow a finding, formatting. And folds, colours and sample runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from editor_session import PROGRAM, Document, Editor
from feature_extractor.format import format_text
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def linting(editor: Editor) -> AsyncIterator[Editor]:
    editor.configure(lint=True)
    yield editor
    editor.configure(lint=False)


async def actions(
    document: Document, words: str, only: list[str] | None = None
) -> dict[str, types.CodeAction]:
    """Return the actions at some words, by their titles."""
    found = await document.editor.client.text_document_code_action_async(
        types.CodeActionParams(
            document.identifier, document.range(words), types.CodeActionContext([], only=only)
        )
    )
    result = {}
    for action in found or ():
        assert isinstance(action, types.CodeAction)
        result[action.title] = action
    return result


def after(document: Document, action: types.CodeAction) -> str:
    """Return the text of a document once an action was taken."""
    assert action.edit is not None
    assert action.edit.document_changes is not None
    (change,) = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == document.version
    return document.edited([edit for edit in change.edits if isinstance(edit, types.TextEdit)])


async def test_the_fix_of_an_error(editor: Editor) -> None:
    document = editor.open(f'{PROGRAM}feature x : text = "😀" ?? titel\n')
    found = await actions(document, "titel")
    action = found["Replace with `title`"]
    assert action.is_preferred
    assert after(document, action) == document.text.replace("titel", "title")
    assert action.diagnostics is not None
    assert action.diagnostics[0].code == "FX101"
    assert await actions(document, "let recent") == {}


async def test_fixes_of_the_linter_and_all_at_once(linting: Editor) -> None:
    document = linting.open(f"{PROGRAM}let first = views\nlet second = first + clicks\n")
    await document.findings()
    found = await actions(document, "second")
    (fix,) = [action for title, action in found.items() if title.startswith("Remove")]
    text = after(document, fix)
    assert "second" not in text
    everything = await actions(document, "second", ["source.fixAll"])
    assert list(everything) == ["Make all safe fixes"]
    action = everything["Make all safe fixes"]
    assert action.kind == "source.fixAll.fx"
    assert after(document, action) == PROGRAM
    assert await actions(document, "second", ["refactor"]) == {}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
async def test_a_finding_can_be_allowed_by_a_comment(linting: Editor, line_end: str) -> None:
    document = linting.open(f'{PROGRAM}"Kept."\nlet nobody = views\n'.replace("\n", line_end))
    before = [d.code for d in await document.findings()]
    assert "FX601" in before
    found = await actions(document, "nobody")
    text = after(document, found["Ignore FX601 unused-let here with a comment"])
    assert text == document.text.replace('"Kept."', f'# fx: ignore[FX601]{line_end}"Kept."')
    document.change(text)
    assert "FX601" not in [d.code for d in await document.findings()]


async def test_a_comment_that_is_there_gets_one_code_more(linting: Editor) -> None:
    document = linting.open(f"{PROGRAM}# fx: ignore[FX602]\nlet nobody = views\n")
    await document.findings()
    found = await actions(document, "nobody")
    text = after(document, found["Ignore FX601 unused-let here with a comment"])
    assert "# fx: ignore[FX602, FX601]\nlet nobody" in text


async def test_formatting_changes_only_what_it_must(editor: Editor) -> None:
    document = editor.open(PROGRAM.replace(" = smoothed(", "   =   smoothed( "))
    options = types.FormattingOptions(4, True)
    found = await editor.client.text_document_formatting_async(
        types.DocumentFormattingParams(document.identifier, options)
    )
    assert found is not None
    assert len(found) == 1
    assert document.edited(list(found)) == format_text(PROGRAM)
    elsewhere = types.Range(types.Position(0, 0), types.Position(3, 0))
    assert not await editor.client.text_document_range_formatting_async(
        types.DocumentRangeFormattingParams(document.identifier, elsewhere, options)
    )
    document.change(f"{PROGRAM}feature x : (")
    assert (
        await editor.client.text_document_formatting_async(
            types.DocumentFormattingParams(document.identifier, options)
        )
        is None
    )


async def test_folding(editor: Editor) -> None:
    text = f"# one\n# two\n{PROGRAM}let x = (\n    views\n\n# about y\nlet y = 1\n"
    document = editor.open(text)
    found = await editor.client.text_document_folding_range_async(
        types.FoldingRangeParams(document.identifier)
    )
    lines = text.split("\n")
    shown = [(lines[fold.start_line], lines[fold.end_line]) for fold in found or ()]
    assert ("# one", "# two") in shown
    assert ("input request {", "}") in shown
    assert ("let x = (", "    views") in shown
    assert not [first for first, _ in shown if first.startswith("feature")]


async def tokens(document: Document) -> list[tuple[str, str, list[str]]]:
    """Return each token of a file with its type and modifiers, unpacked as an editor does it."""
    client = document.editor.client
    assert client.protocol is not None
    found = await client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(document.identifier)
    )
    assert found is not None
    from feature_extractor.language_server.features.semantic_tokens import LEGEND

    line = character = 0
    result = []
    for i in range(0, len(found.data), 5):
        down, right, length, kind, bits = found.data[i : i + 5]
        line, character = line + down, right if down else character + right
        place = types.Range(
            types.Position(line, character), types.Position(line, character + length)
        )
        modifiers = [m for bit, m in enumerate(LEGEND.token_modifiers) if bits >> bit & 1]
        result.append((document.cut(place), LEGEND.token_types[kind], modifiers))
    return result


async def test_semantic_tokens(editor: Editor) -> None:
    text = f'{PROGRAM}use "std/ctr.fx" as ctr\nfeature x : ids(9) = [movie] # 😀 中\nlet y = "😀" == title\n'
    found = await tokens(editor.open(text))
    for token in [
        ("feature", "keyword", []),
        ("ctr", "namespace", ["declaration"]),
        ("recent", "variable", ["declaration"]),
        ("smoothed", "function", ["declaration"]),
        ("smoothed", "function", []),
        ("hits", "parameter", ["declaration"]),
        ("g", "parameter", []),
        ("title", "variable", ["readonly"]),
        ("views", "variable", ["declaration", "readonly"]),
        ("count", "function", ["defaultLibrary"]),
        ("at", "property", []),
        ("timestamp", "type", ["defaultLibrary"]),
        ("dense", "enum", ["defaultLibrary"]),
        ("owner", "decorator", []),
        ("30d", "number", []),
        ('"The last thirty days."', "string", []),
        ('"😀"', "string", []),
        ("# 😀 中", "comment", []),
        ("x", "property", ["declaration"]),
    ]:
        assert token in found, token
    words = "".join(token for token, _, _ in found)
    assert "\n" not in words


async def test_semantic_tokens_of_broken_text(editor: Editor) -> None:
    found = await tokens(editor.open('feature x : dense = (1 +\nlet y = if "a" "b\n"""\na\nb"""\n'))
    assert ("feature", "keyword", []) in found
    assert ("1", "number", []) in found


async def run(document: Document, *arguments: object) -> str:
    found = await document.editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams("fx.runOnSamples", [document.uri, *arguments])
    )
    assert isinstance(found, str)
    return found


async def test_a_feature_on_sample_rows(editor: Editor) -> None:
    rows = [{"title": "The 中 Matrix", "views": 10}, {"title": "It", "views": None}]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    editor.write("sampled/shop.sample.jsonl", lines)
    text = (
        "input candidate { title: string, views: int? }\n"
        "feature broken : dense = nothing\n"
        "feature length : dense = title.length()\n"
        "feature twice : dense = (views ?? 0) * 2\n"
    )
    document = editor.open(text, "sampled/shop.fx")
    lenses = await editor.client.text_document_code_lens_async(
        types.CodeLensParams(document.identifier)
    )
    assert lenses is not None
    assert [list(lens.command.arguments or ()) for lens in lenses if lens.command] == [
        [document.uri, name] for name in ("broken", "length", "twice")
    ]
    shown = (await run(document, "length")).splitlines()
    assert shown[0] == "length on 2 rows of shop.sample.jsonl"
    assert shown[2].split(maxsplit=1) == ["12", 'title = "The 中 Matrix"']
    place = document.at("feature twice", 9).position
    shown = (await run(document, {"line": place.line, "character": place.character})).splitlines()
    assert [line.split(maxsplit=1) for line in shown[2:]] == [
        ["20", "views = 10"],
        ["0", "views = null"],
    ]
    assert "unknown name `nothing`" in await run(document, "broken")
    editor.write("sampled/rows.json", json.dumps(rows[:1]))
    editor.configure(sampleFile="sampled/rows.json")
    assert "length on 1 rows of rows.json" in await run(document, "length")
    editor.configure(sampleFile="nowhere.parquet")
    assert "there is no file" in await run(document, "length")
    editor.configure(sampleFile="")


async def test_sample_runs_without_rows_or_features(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    assert "there are no sample rows; set `fx.sampleFile`" in await run(document, "ctr")
    assert "there is no feature at the cursor" in await run(document, {"line": 0, "character": 0})
    assert "there is no feature at the cursor" in await run(document)
    assert "there is no feature at the cursor" in await run(
        document, {"line": -1, "character": "x"}
    )
