"""Errors and findings as somebody types."""

from __future__ import annotations

import pytest
from editor_session import PROGRAM, Editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_program_without_mistakes_has_no_diagnostics(editor: Editor) -> None:
    assert await editor.open(PROGRAM).diagnostics() == []


async def test_an_error_has_its_place_code_and_advice(editor: Editor) -> None:
    document = editor.open(f"{PROGRAM}feature x : dense = smoothed(clicks, veiws)\n")
    (found,) = await document.diagnostics()
    assert document.cut(found.range) == "veiws"
    assert found.code == "FX101"
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.source == "fx"
    assert found.message == "unknown name `veiws`\ndid you mean `views`?"


@pytest.mark.parametrize(
    ("value", "place", "code"),
    [
        ('now.hour("Europe/Berln")', '"Europe/Berln"', "FX175"),
        ('if title.regex_match("a(") then 1 else 0', '"a("', "FX176"),
    ],
)
async def test_constants_that_do_not_exist_are_told_as_they_are_written(
    editor: Editor, value: str, place: str, code: str
) -> None:
    document = editor.open(f"{PROGRAM}feature x : dense = {value}\n")
    (found,) = await document.diagnostics()
    assert found.code == code
    assert document.cut(found.range) == place


async def test_labels_are_related_information(editor: Editor) -> None:
    document = editor.open(f"{PROGRAM}let recent = 1\n")
    (found,) = await document.diagnostics()
    assert found.code == "FX102"
    assert found.related_information is not None
    (related,) = found.related_information
    assert related.message == "first here"
    assert related.location.uri == document.uri
    assert related.location.range.start.line == PROGRAM[: PROGRAM.index("let recent")].count("\n")


@pytest.mark.parametrize(
    "before",
    [
        '"😀 中文" in title',
        'title == "e\u0301\u2028\x0c\x85"',
        '"\U0001f468\u200d\U0001f469" == title',
    ],
)
async def test_places_behind_characters_of_all_sizes(editor: Editor, before: str) -> None:
    document = editor.open(f"{PROGRAM}feature x : dense = {before} or unknown\n")
    found = await document.diagnostics()
    assert document.cut(found[-1].range) == "unknown"


async def test_the_last_of_many_changes_wins(editor: Editor) -> None:
    document = editor.open(PROGRAM)
    statement = "feature x : dense = views + clicks + movie"
    for end in range(1, len(statement) + 1):
        document.change(PROGRAM + statement[:end])
    assert await document.diagnostics() == []
    document.change(f"{PROGRAM}feature x : dense = views +")
    document.change(f"{PROGRAM}feature x : dense = views + nothing")
    (found,) = await document.diagnostics()
    assert found.code == "FX101"


async def test_a_mistake_in_a_module_is_shown_at_its_use(editor: Editor) -> None:
    editor.write("broken_module.fx", "let one = 1\nlet two = oen\n")
    document = editor.open(
        'use "broken_module.fx"\ninput request { age: int }\nfeature x : dense = two\n'
    )
    (found,) = await document.diagnostics()
    assert document.cut(found.range) == '"broken_module.fx"'
    assert found.message.startswith("in `broken_module.fx`, line 2: unknown name `oen`")
    assert found.related_information is not None
    assert found.related_information[0].location.uri.endswith("/broken_module.fx")


async def test_a_module_that_is_edited_is_seen_by_its_users(editor: Editor) -> None:
    uri = editor.write("edited_module.fx", "let half(x) = x / 2\n")
    user = editor.open(
        'use "edited_module.fx"\ninput request { age: int }\nfeature x : dense = half(age)\n'
    )
    assert await user.diagnostics() == []
    module = editor.open("let third(x) = x / 3\n", "edited_module.fx")
    assert module.uri == uri
    del editor.arrived[user.uri]
    (found,) = await user.diagnostics()
    assert found.code == "FX103"
    del editor.arrived[user.uri]
    module.close()
    assert await user.diagnostics() == []


async def test_findings_of_the_linter_have_links_to_their_pages(editor: Editor) -> None:
    editor.configure(lint=True)
    document = editor.open(f"{PROGRAM}let nobody = views\n")
    (found,) = [d for d in await document.findings() if d.code == "FX601"]
    editor.configure(lint=False)
    assert document.cut(found.range) == "nobody"
    assert found.severity == types.DiagnosticSeverity.Warning
    assert list(found.tags or ()) == [types.DiagnosticTag.Unnecessary]
    assert found.code_description is not None
    assert found.code_description.href.endswith("/rules/FX601.md")


async def test_settings_files_choose_the_rules(editor: Editor) -> None:
    editor.configure(lint=True)
    text = f"{PROGRAM}let nobody = views\n"
    settings = editor.write("chosen/fx.toml", '[lint]\nignore = ["FX601"]\n')
    document = editor.open(text, "chosen/program.fx")
    assert "FX601" not in [d.code for d in await document.findings()]
    editor.write("chosen/fx.toml", "[lint]\nignor = 1\n")
    changed = types.FileEvent(settings, types.FileChangeType.Changed)
    del editor.arrived[document.uri]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
    assert "FX601" in [d.code for d in await document.diagnostics()]
    await editor.complaint("there is no setting `ignor`")
    editor.write("chosen/fx.toml", "")
    editor.configure(lint=False)


async def test_a_closed_file_has_no_diagnostics_any_more(editor: Editor) -> None:
    document = editor.open("feature x : dense = nothing\n")
    assert await document.diagnostics()
    document.close()
    assert await editor.diagnostics_of(document.uri, None) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "\0",
        '"""',
        "feature",
        "(((((",
        "let x = " + "(" * 500,
        "\ud800 = 1",
        "}{",
        "@owner(",
        "\r\r\n",
        "let x = \r\n  views.",
        PROGRAM.replace(" = ", " "),
        PROGRAM[::-1],
    ],
)
async def test_every_request_takes_any_text(editor: Editor, text: str) -> None:
    document = editor.open(text)
    await document.diagnostics()
    identifier, client = document.identifier, editor.client
    whole = types.Range(types.Position(0, 0), types.Position(10_000, 0))
    options = types.FormattingOptions(4, True)
    context = types.CodeActionContext([])
    await client.text_document_document_symbol_async(types.DocumentSymbolParams(identifier))
    await client.text_document_folding_range_async(types.FoldingRangeParams(identifier))
    await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(identifier))
    await client.text_document_inlay_hint_async(types.InlayHintParams(identifier, whole))
    await client.text_document_formatting_async(types.DocumentFormattingParams(identifier, options))
    await client.text_document_code_action_async(types.CodeActionParams(identifier, whole, context))
    await client.text_document_code_lens_async(types.CodeLensParams(identifier))
    for place in (types.Position(0, 0), types.Position(2, 7), types.Position(99, 99)):
        await client.text_document_completion_async(types.CompletionParams(identifier, place))
        await client.text_document_hover_async(types.HoverParams(identifier, place))
        await client.text_document_definition_async(types.DefinitionParams(identifier, place))
        await client.text_document_signature_help_async(
            types.SignatureHelpParams(identifier, place)
        )
        await client.text_document_document_highlight_async(
            types.DocumentHighlightParams(identifier, place)
        )


async def test_files_that_nobody_knows_have_no_answers(editor: Editor) -> None:
    client = editor.client
    for uri in ((editor.root / "nowhere.fx").as_uri(), "untitled:x", "", "file://", "http://x/y"):
        identifier, place = types.TextDocumentIdentifier(uri), types.Position(3, 3)
        assert await client.text_document_hover_async(types.HoverParams(identifier, place)) is None
        assert (
            await client.text_document_completion_async(types.CompletionParams(identifier, place))
            is None
        )


async def test_a_text_that_was_never_saved_is_checked(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    editor.client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "fx", 1, "let x = nothing\n"))
    )
    (found,) = await editor.diagnostics_of(uri, 1)
    assert found.code == "FX101"
