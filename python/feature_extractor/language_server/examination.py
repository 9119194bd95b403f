"""What the linter finds in open files: another process looks, so that nobody who types waits for it.

The linter looks at a whole program, which takes longer than a key press may take. The process is started with the
first question, gets one at a time, and ends with the server.
"""

from __future__ import annotations

import asyncio
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Final

from feature_extractor.diagnostics import Diagnostic

_LENGTH: Final = struct.Struct(">Q")
_ATTEMPTS: Final = 2
"""A process that has died is started once more for the question that it had."""


@dataclass(frozen=True)
class Question:
    """Which file to look at. ``texts`` are those of all open files by their URIs: modules may be among them.

    With ``forget`` files on disk have changed, settings and resources too.
    """

    path: str
    texts: dict[str, str]
    forget: bool = False


@dataclass(frozen=True)
class Answer:
    """What was found in the ``text`` of a file, and what is wrong with its settings file.

    ``failure`` says what went wrong in the linter itself.
    """

    path: str
    text: str
    findings: list[Diagnostic] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    failure: str = ""


class ExaminationFailed(Exception):
    """The process that lints has made a mistake, or has ended."""


class Examiner:
    """Asks the process. All methods are called in the thread of the event loop, and so is ``tell``.

    ``question`` makes the question about a file when its turn comes, of what the texts are then; or returns None when
    nobody wants to know any more.
    """

    def __init__(
        self, question: Callable[[str], Question | None], tell: Callable[[Answer], None]
    ) -> None:
        self._question = question
        self._tell = tell
        self._waiting: dict[str, None] = {}
        self._is_busy = False
        self._questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, path: str) -> None:
        """Look at a file as soon as the process has time. Who asks twice meanwhile gets one answer.

        The file that was asked for last is the next one: somebody types in it.
        """
        self._waiting.pop(path, None)
        self._waiting[path] = None
        self._next()

    def _next(self) -> None:
        while self._waiting and not self._is_busy:
            path, _ = self._waiting.popitem()
            question = self._question(path)
            if question is not None:
                self._is_busy = True
                self._questions.put(question)
                self._begin(asyncio.get_running_loop())

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._thread is None:
            # A daemon, which does not keep the server alive that an editor has left.
            self._thread = threading.Thread(target=self._run, args=(loop,), daemon=True)
            self._thread.start()

    def _answered(self, answer: Answer) -> None:
        self._is_busy = False
        try:
            self._tell(answer)
        finally:
            self._next()

    # ---- in the thread that waits for the process ------------------------------------------------

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        # The loop is closed at the end of the session; nobody waits for an answer then.
        with suppress(RuntimeError):
            while True:
                question = self._questions.get()
                loop.call_soon_threadsafe(self._answered, self._exchange(question))

    def _exchange(self, question: Question) -> Answer:
        code: int | None = None
        for _ in range(_ATTEMPTS):
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "feature_extractor.language_server.examining_process"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            try:
                assert self._process.stdin is not None and self._process.stdout is not None
                send(self._process.stdin, question)
                answer = receive(self._process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._process.kill()
                code = self._process.wait()
                self._process = None
            else:
                assert isinstance(answer, Answer)
                return answer
        return Answer(question.path, "", failure=f"the process that lints ended with {code}")


def send(stream: IO[bytes], message: object) -> None:
    """Write a message. Raises OSError where nobody reads."""
    content = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a message, of a process that we have started or that has started us. Raises EOFError at the end."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))


def _exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return content
