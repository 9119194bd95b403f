"""An editor for the tests: a real client that drives the real server process."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities

SERVER = [sys.executable, "-m", "feature_extractor", "lsp", "--stdio"]

PROGRAM = '''"""Features for the tests."""

input request {
    now: timestamp
    age: int?
    history: list<{movie: int, genre: string, at: timestamp}>
    taste: map<string, float>
}
input candidate {
    movie: int
    title: string
    "Shown so often."
    views: int
    clicks: int
    price: float
    genres: list<string>
}

"The last thirty days."
let recent = history.filter(e -> e.at >= now - 30d and e.at < now)
"A rate that few trials draw to the prior."
let smoothed(hits, trials, prior = 0.02) = (hits + prior * 50.0) / (trials + 50.0)

feature ctr : dense = smoothed(clicks, views)
feature seen : dense = recent.count(e -> e.movie == movie)
@owner("search")
feature affinity : dense = genres.map(g -> taste[g] ?? 0.0).max() ?? 0.0
'''
"""A program without a mistake; tests write further statements behind it."""


@dataclass
class Document:
    """A file that is open in the editor."""

    editor: Editor
    uri: str
    text: str
    version: int = 1

    @property
    def identifier(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def position(self, offset: int) -> types.Position:
        """Return a position in UTF-16, counted by hand."""
        before = self.text[:offset]
        line = before.count("\n")
        column = before[before.rfind("\n") + 1 :]
        return types.Position(line, len(column.encode("utf-16-le")) // 2)

    def at(self, words: str, inside: int = 0) -> types.TextDocumentPositionParams:
        """Return the place of some words, which stand once in the text, or of a character in them."""
        assert self.text.count(words) == 1, words
        place = self.position(self.text.index(words) + inside)
        return types.TextDocumentPositionParams(self.identifier, place)

    def range(self, words: str) -> types.Range:
        start = self.text.index(words)
        return types.Range(self.position(start), self.position(start + len(words)))

    def cut(self, place: types.Range) -> str:
        """Return the text of a range in UTF-16."""
        return self.text[self.offset(place.start) : self.offset(place.end)]

    def offset(self, place: types.Position) -> int:
        start = 0
        for _ in range(place.line):
            start = self.text.index("\n", start) + 1
        line = self.text[start:].split("\n")[0].encode("utf-16-le")
        return start + len(line[: 2 * place.character].decode("utf-16-le"))

    def change(self, text: str) -> None:
        self.text = text
        self.version += 1
        self.editor.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def close(self) -> None:
        self.editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(self.identifier)
        )

    async def diagnostics(self) -> list[types.Diagnostic]:
        """Wait for the diagnostics of the present version, and return them."""
        return await self.editor.diagnostics_of(self.uri, self.version)

    async def findings(self) -> list[types.Diagnostic]:
        """Wait until the linter has looked at the present version too, and return what it has found."""
        return await self.editor.diagnostics_of(self.uri, self.version, times=2)

    async def complete(self, behind: str) -> list[types.CompletionItem]:
        """Return what is proposed behind some words, in the order of an editor."""
        place = self.at(behind, len(behind))
        found = await self.editor.client.text_document_completion_async(
            types.CompletionParams(place.text_document, place.position)
        )
        assert isinstance(found, types.CompletionList)
        return sorted(found.items, key=lambda item: item.sort_text or item.label)

    def edited(self, edits: list[types.TextEdit]) -> str:
        """Return the text with edits made."""
        result = self.text
        for edit in sorted(edits, key=lambda e: self.offset(e.range.start), reverse=True):
            start, end = self.offset(edit.range.start), self.offset(edit.range.end)
            result = result[:start] + edit.new_text + result[end:]
        return result


@dataclass
class Editor:
    """A client with its server; ``root`` is the folder that it has opened."""

    client: LanguageClient
    root: Path
    arrived: dict[str, list[types.PublishDiagnosticsParams]] = field(default_factory=dict)
    """What has come of the last version of each file."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    names: int = 0
    refreshes: int = 0

    def open(self, text: str, name: str = "") -> Document:
        """Open a file that need not be on disk."""
        self.names += 1
        uri = (self.root / (name or f"program{self.names}.fx")).as_uri()
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "fx", 1, text))
        )
        return Document(self, uri, text)

    def write(self, name: str, text: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.as_uri()

    def configure(self, **settings: Any) -> None:
        self.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"fx": settings})
        )

    async def complaint(self, words: str) -> None:
        """Wait until the server shows a message with some words."""
        async with asyncio.timeout(60):
            while not any(words in shown.message for shown in self.client.messages):
                await asyncio.sleep(0.01)

    async def diagnostics_of(
        self, uri: str, version: int | None, times: int = 1
    ) -> list[types.Diagnostic]:
        """Wait until the diagnostics of a version have come so many times, and return the last ones."""
        async with asyncio.timeout(60):
            while len(found := self.arrived.get(uri, [])) < times or found[-1].version != version:
                self.changed.clear()
                await self.changed.wait()
        return list(found[-1].diagnostics)


async def begin(
    client: LanguageClient, root: Path, capabilities: types.ClientCapabilities | None = None
) -> Editor:
    """Begin a session as editors do; without other capabilities as VS Code does."""
    editor = Editor(client, root)

    def arrived(params: types.PublishDiagnosticsParams) -> None:
        before = editor.arrived.get(params.uri, [])
        same = [earlier for earlier in before if earlier.version == params.version]
        editor.arrived[params.uri] = [*same, params]
        editor.changed.set()

    def refreshed(_: None) -> None:
        editor.refreshes += 1

    client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(refreshed)
    client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)(refreshed)
    client.protocol.fm.features.pop(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, None)
    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(arrived)
    await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities or client_capabilities("visual-studio-code"),
            root_uri=root.as_uri(),
            workspace_folders=[types.WorkspaceFolder(root.as_uri(), "tests")],
            initialization_options=SETTINGS,
        )
    )
    return editor


SETTINGS = {"delay": 20, "lint": False}
"""What the tests choose: the linter does not wait for long where it looks, and it does not look."""
