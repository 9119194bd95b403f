"""The session that most tests of the language server share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_lsp
from editor_session import SERVER, Editor, begin
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

_EDITORS: dict[int, Editor] = {}


@pytest_lsp.fixture(scope="session", config=ClientServerConfig(server_command=SERVER))
async def session(
    client: LanguageClient, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[None]:
    """One session for most tests; each opens files of its own."""
    root = tmp_path_factory.mktemp("workspace").resolve()
    _EDITORS[id(client)] = await begin(client, root)
    yield
    await client.shutdown_session()
    errors = [m.message for m in client.log_messages if m.type == types.MessageType.Error]
    assert not errors


@pytest.fixture
def editor(session: LanguageClient) -> Editor:
    return _EDITORS[id(session)]
