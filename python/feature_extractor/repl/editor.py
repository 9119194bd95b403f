"""Reads entries with prompt_toolkit: several lines, completion while typing, history by search."""

from __future__ import annotations

from collections.abc import Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from feature_extractor.repl.entries import is_complete
from feature_extractor.repl.reading import CONTINUATION, PROMPT, Propose, history_file


class _Proposals(Completer):
    def __init__(self, propose: Propose) -> None:
        self._propose = propose

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        text = document.text_before_cursor
        for proposal in self._propose(text):
            yield Completion(
                proposal.word, proposal.start - len(text), display_meta=proposal.remark[:60]
            )


class Editor:
    """The interactive reader. Enter ends an entry that is whole; Escape and then Enter starts a new line anyway."""

    def __init__(self, propose: Propose) -> None:
        path = history_file()
        history: History = InMemoryHistory() if path is None else FileHistory(str(path))
        self._session: PromptSession[str] = PromptSession(
            PROMPT,
            multiline=True,
            history=history,
            completer=_Proposals(propose),
            complete_while_typing=False,
            enable_history_search=True,
            key_bindings=_bindings(),
            prompt_continuation=CONTINUATION,
        )

    def entries(self) -> Iterator[str | None]:
        while True:
            try:
                entry = self._session.prompt()
            except EOFError:
                return
            except KeyboardInterrupt:
                yield None
                continue
            if entry.strip():
                yield entry


def _bindings() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter")
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        ends_blank = buffer.document.text.endswith("\n") and buffer.document.is_cursor_at_the_end
        if ends_blank or is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @bindings.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return bindings
