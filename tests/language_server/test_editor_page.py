"""What docs/editors.md says the server says, it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from editor_session import Document, Editor
from feature_extractor.language_server.settings import Settings
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "editors.md").read_text(encoding="utf-8")
PROGRAM = re.findall(r"```fx\n(.*?)```", PAGE, re.DOTALL)[0]
HOVERS = re.findall(r"Hover over `(\w+)`:\n\n```text\n(.*?)```", PAGE, re.DOTALL)
PROPOSALS = re.findall(r"[Bb]ehind `([^`]*)`\s+these come first: ((?:`\w+`(?:, )?)+)", PAGE)
RENAMES = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)


def opened(editor: Editor, folder: str, more: str = "") -> Document:
    return editor.open(PROGRAM + more, f"{folder}/program.fx")


async def test_the_page_has_examples() -> None:
    assert len(HOVERS) == 3
    assert len(PROPOSALS) == 2
    assert len(RENAMES) == 3


@pytest.mark.parametrize(("name", "text"), HOVERS)
async def test_hovers(editor: Editor, name: str, text: str) -> None:
    document = opened(editor, f"hover_{name}")
    place = document.position(PROGRAM.index(f"{name}") if name != "hits" else PROGRAM.index("hits"))
    found = await editor.client.text_document_hover_async(
        types.HoverParams(document.identifier, place)
    )
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert (
        re.sub(r"^```\w*\n?", "", found.contents.value, flags=re.MULTILINE).strip() == text.strip()
    )


@pytest.mark.parametrize(("words", "names"), PROPOSALS)
async def test_proposals(editor: Editor, words: str, names: str) -> None:
    statement = words if words.startswith("feature") else f"let x = {words}"
    document = opened(editor, f"completion_{len(words)}", statement)
    found = [item.label for item in await document.complete(statement)]
    wanted = re.findall(r"`(\w+)`", names)
    assert found[: len(wanted)] == wanted


@pytest.mark.parametrize(("name", "new_name", "answer"), RENAMES)
async def test_renames(editor: Editor, name: str, new_name: str, answer: str) -> None:
    document = opened(editor, f"rename_{name}_{new_name}")
    place = document.position(PROGRAM.rindex(name))
    with pytest.raises(JsonRpcException) as refused:
        await editor.client.text_document_rename_async(
            types.RenameParams(document.identifier, place, new_name)
        )
    assert refused.value.message == answer


async def test_settings() -> None:
    rows = dict(re.findall(r"^\| `fx\.(\w+)` \| (?:`(\w+)`)? ?\|", PAGE, re.MULTILINE))
    settings = Settings()
    assert rows == {
        "lint": str(settings.lint).lower(),
        "inlayHints": str(settings.inlay_hints).lower(),
        "codeLenses": str(settings.code_lenses).lower(),
        "sampleFile": settings.sample_file,
        "sampleRows": str(settings.sample_rows),
        "delay": str(settings.delay),
    }
