"""The process: how a session begins and ends, how places are counted, and what it says when things go wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from editor_session import PROGRAM, SERVER, begin
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client


def message(**content: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


INITIALIZE = message(
    id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}}
)
INITIALIZED = message(method="initialized", params={})


def talk(*messages: bytes, options: Sequence[str] = ()) -> tuple[int, bytes, str]:
    """Return exit code, output and log of a server that was told some messages, and then nothing more."""
    run = subprocess.run(
        [*SERVER, *options], input=b"".join(messages), capture_output=True, timeout=60, check=False
    )
    return run.returncode, run.stdout, run.stderr.decode()


def test_a_session_that_ends_in_order() -> None:
    shutdown = message(id=2, method="shutdown")
    code, output, log = talk(INITIALIZE, INITIALIZED, shutdown, message(method="exit"))
    assert (code, log) == (0, "")
    assert b'"positionEncoding": "utf-16"' in output
    assert b'"serverInfo": {"name": "fx"' in output


def test_messages_are_logged_beside_the_output_of_the_protocol() -> None:
    shutdown = message(id=2, method="shutdown")
    messages = (INITIALIZE, INITIALIZED, shutdown, message(method="exit"))
    code, output, log = talk(*messages, options=["--verbose"])
    assert code == 0
    for received in ("Request 'initialize' received", "Request 'shutdown' received"):
        assert received in log
    assert output == talk(*messages)[1]


def test_an_editor_that_goes_away_ends_the_server() -> None:
    code, _, log = talk(INITIALIZE, INITIALIZED)
    assert (code, log) == (1, "")


def test_broken_messages_are_survived_without_a_traceback() -> None:
    run = {"command": "fx.runOnSamples"}
    broken = [
        b"Content-Length: 9\r\n\r\nnot json!",
        message(id=3, method="textDocument/hover", params={"wrong": True}),
        message(id=4, method="no/suchMethod", params={}),
        message(method="textDocument/didChange", params={"textDocument": {"uri": "file:///x"}}),
        message(id=5, method="workspace/executeCommand", params={"command": "fx.nothing"}),
        message(id=6, method="workspace/executeCommand", params=run),
    ]
    shutdown = message(id=9, method="shutdown")
    code, output, log = talk(INITIALIZE, INITIALIZED, *broken, shutdown, message(method="exit"))
    assert code == 0
    for number in (4, 5, 6, 9):
        assert b'"id": %d' % number in output
    assert "Traceback" not in log


@pytest.mark.asyncio
async def test_places_in_another_encoding(tmp_path: Path) -> None:
    client = make_test_lsp_client()
    assert isinstance(client, LanguageClient)
    await client.start_io(*SERVER)
    capabilities = client_capabilities("visual-studio-code")
    capabilities.general = types.GeneralClientCapabilities(
        position_encodings=[types.PositionEncodingKind.Utf8]
    )
    editor = await begin(client, tmp_path, capabilities)
    document = editor.open(f'{PROGRAM}let x = "😀" == nothing\n')
    (found,) = await document.diagnostics()
    assert found.range.start.character == len('let x = "😀" == '.encode())
    await client.shutdown_session()
    await client.stop()


@pytest.mark.asyncio
async def test_an_editor_that_can_do_nothing(tmp_path: Path) -> None:
    client = make_test_lsp_client()
    assert isinstance(client, LanguageClient)
    await client.start_io(*SERVER)
    editor = await begin(client, tmp_path, types.ClientCapabilities())
    document = editor.open(f"{PROGRAM}let x = views.cl")
    found = await document.complete("views.cl")
    (item,) = [i for i in found if i.label == "clip"]
    assert item.insert_text_format == types.InsertTextFormat.PlainText
    assert isinstance(item.text_edit, types.TextEdit)
    assert item.text_edit.new_text == "clip"
    place = document.at("let recent", 4)
    hover = await client.text_document_hover_async(
        types.HoverParams(place.text_document, place.position)
    )
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind == types.MarkupKind.PlainText
    assert "```" not in hover.contents.value
    change = await client.text_document_rename_async(
        types.RenameParams(place.text_document, place.position, "fresh")
    )
    assert change is not None
    assert change.changes is not None
    assert list(change.changes) == [document.uri]
    await client.shutdown_session()
    await client.stop()


def test_without_pygls_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls" / "__init__.py").write_text(
        'raise ModuleNotFoundError("No module named pygls", name="pygls")', encoding="utf-8"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    code += "from feature_extractor.cli import main; sys.exit(main(['lsp']))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert run.returncode == 2
    assert "the language server needs the package pygls" in run.stderr
    assert "pip install 'feature_extractor[lsp]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_server_does_not_load_the_core() -> None:
    code = (
        "import sys\n"
        "from feature_extractor.language_server.server import FeatureServer\n"
        "from feature_extractor.registry import load_registry\n"
        "FeatureServer(load_registry(), '0')\n"
        "print('feature_extractor._native' in sys.modules, 'pyarrow' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
