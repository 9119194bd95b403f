"""The server itself: it keeps the open files, and hands each request to the feature that answers it."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from feature_extractor.language_server import features
from feature_extractor.language_server.project import Project, Text, path_of
from feature_extractor.language_server.settings import SECTION, Settings, read_settings
from feature_extractor.registry import Registry

Answer = TypeVar("Answer")

_FENCE: Final = re.compile(r"^```\w*\n?", re.MULTILINE)

_LOG: Final = logging.getLogger(__name__)


class Refused(JsonRpcException):
    """A request was right and cannot be granted; editors show the text, which says why."""

    CODE = -32803
    """``LSPErrorCodes.RequestFailed`` of the protocol."""

    def __init__(self, message: str) -> None:
        super().__init__(message, self.CODE)


class FeatureServer(LanguageServer):
    """A language server for one editor.

    Each module in ``features`` answers one kind of request; its function ``register`` is told the server. All of
    them run one after the other in the thread of the event loop, so that nothing here is shared by threads.
    """

    def __init__(self, registry: Registry, version: str) -> None:
        # The whole text comes with each change. Files are at most a megabyte, and what is sent cannot go astray.
        super().__init__("fx", version, types.TextDocumentSyncKind.Full)
        self.project = Project(registry)
        self.settings = Settings()
        self.changed: list[Callable[[str], None]] = []
        """Who wants to know that the text of the file with a URI is another one, or is closed."""
        self.configured: list[Callable[[], None]] = []
        """Who wants to know that the settings have changed."""
        self.was_shut_down = False
        """Whether the editor ended the session in order; else the exit code is 1, as the protocol has it."""
        self._register_documents()
        for module in iter_modules(features.__path__):
            import_module(f"{features.__name__}.{module.name}").register(self)

    def answer(
        self, method: str, options: object | None = None
    ) -> Callable[[Callable[[Any], Answer]], Callable[[Any], Answer | None]]:
        """Return a decorator: the function answers requests of this method.

        A mistake of ours must not disturb who is typing: it is logged in one line, and the answer is empty.
        """

        def decorate(function: Callable[[Any], Answer]) -> Callable[[Any], Answer | None]:
            @functools.wraps(function)
            def guarded(params: Any = None) -> Answer | None:
                try:
                    return function(params)
                except Refused:
                    raise
                except Exception as error:
                    self.report_mistake(method, error)
                    return None

            return self.feature(method, options)(guarded)

        return decorate

    def report_mistake(self, method: str, error: Exception) -> None:
        """Log an error of the server itself."""
        _LOG.debug("the request %s failed", method, exc_info=error)
        text = " ".join(str(error).split())
        message = (
            f"this is a mistake in fx, please report it: {method}: {type(error).__name__}: {text}"
        )
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def text(self, params: Any) -> Text | None:
        """Return the file that a request is about; None where it is neither open nor on disk."""
        return self.project.by_uri(params.text_document.uri)

    def markup(
        self, text: str, formats: Sequence[types.MarkupKind | str] | None
    ) -> types.MarkupContent:
        """Return Markdown, or plain text for an editor that does not show it; ``formats`` are those it shows."""
        if types.MarkupKind.Markdown in (formats or ()):
            return types.MarkupContent(types.MarkupKind.Markdown, text)
        return types.MarkupContent(types.MarkupKind.PlainText, _FENCE.sub("", text))

    def _register_documents(self) -> None:
        """Keep the open files and the settings as the editor tells them."""

        @self.answer(types.INITIALIZE)
        def initialize(params: types.InitializeParams) -> None:
            self.project.encoding = self.workspace.position_encoding or "utf-16"
            folders = params.workspace_folders or []
            uris = [folder.uri for folder in folders] or [params.root_uri or ""]
            self.project.folders = [path_of(uri) for uri in uris if uri.startswith("file:")]
            self.settings = read_settings(params.initialization_options)

        @self.answer(types.INITIALIZED)
        def initialized(params: types.InitializedParams) -> None:
            self._ask_for_settings()

        @self.answer(types.SHUTDOWN)
        def shut_down(params: None) -> None:
            self.was_shut_down = True

        @self.answer(types.TEXT_DOCUMENT_DID_OPEN)
        def opened(params: types.DidOpenTextDocumentParams) -> None:
            document = params.text_document
            self.project.open(document.uri, document.text, document.version)
            self._tell(document.uri)

        @self.answer(types.TEXT_DOCUMENT_DID_CHANGE)
        def changed(params: types.DidChangeTextDocumentParams) -> None:
            document = params.text_document
            if params.content_changes:
                text = params.content_changes[-1].text
                self.project.open(document.uri, text, document.version)
                self._tell(document.uri)

        @self.answer(types.TEXT_DOCUMENT_DID_CLOSE)
        def closed(params: types.DidCloseTextDocumentParams) -> None:
            self.project.close(params.text_document.uri)
            self._tell(params.text_document.uri)

        @self.answer(types.TEXT_DOCUMENT_DID_SAVE)
        def saved(params: types.DidSaveTextDocumentParams) -> None:
            self._reload()

        @self.answer(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
        def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
            self._reload()

        @self.answer(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
        def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
            gone = {path_of(folder.uri) for folder in params.event.removed}
            new = [path_of(folder.uri) for folder in params.event.added]
            kept = [folder for folder in self.project.folders if folder not in gone]
            self.project.folders = list(dict.fromkeys([*kept, *new]))

        @self.answer(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        def settings_changed(params: types.DidChangeConfigurationParams) -> None:
            self._configure(params.settings)
            self._ask_for_settings()

    def _tell(self, uri: str) -> None:
        for listener in self.changed:
            listener(uri)

    def _reload(self) -> None:
        """Look at everything again: resources and modules on disk may be others."""
        self.project.forget()
        for opened in self.project.opened:
            self._tell(opened.uri)

    def _configure(self, given: Any) -> None:
        before = self.settings
        self.settings = read_settings(given, before)
        if self.settings != before:
            for listener in self.configured:
                listener()

    def _ask_for_settings(self) -> None:
        """Ask the editor for the settings, where it can be asked."""
        workspace = self.client_capabilities.workspace
        if workspace is None or not workspace.configuration:
            return

        def answered(found: Any) -> None:
            self._configure(found[0] if isinstance(found, list) and found else None)

        items = [types.ConfigurationItem(section=SECTION)]
        self.workspace_configuration(types.ConfigurationParams(items), answered)
