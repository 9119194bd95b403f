"""The process that lints the open files: it answers one question after the other until nobody asks any more."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import IO

from feature_extractor.cli.programs import known_registry
from feature_extractor.language_server.examination import Answer, Question, receive, send
from feature_extractor.language_server.project import Project
from feature_extractor.registry import Registry

_LOG = logging.getLogger(__name__)


class Examination:
    """The open files as the editor has them, and the linter."""

    def __init__(self, registry: Registry) -> None:
        self._project = Project(registry)
        self._texts: dict[str, str] = {}

    def answer(self, question: Question) -> Answer:
        """Return what the linter finds in a file."""
        try:
            self._take(question)
            path = question.path
            text = self._project.by_path(path)
            findings = self._project.findings(path)
            complaints = list(self._project.complaints)
            self._project.complaints.clear()
        except Exception as error:
            _LOG.debug("linting %s failed", question.path, exc_info=error)
            return Answer(question.path, "", failure=f"{type(error).__name__}: {error}")
        return Answer(path, text.text if text is not None else "", findings, complaints)

    def _take(self, question: Question) -> None:
        if question.forget:
            self._project.forget()
        for uri in self._texts.keys() - question.texts.keys():
            self._project.close(uri)
        for uri, text in question.texts.items():
            if self._texts.get(uri) != text:
                self._project.open(uri, text, None)
        self._texts = question.texts


def serve(questions: IO[bytes], answers: IO[bytes], registry: Registry) -> None:
    """Answer questions until there are no more."""
    examination = Examination(registry)
    while True:
        try:
            send(answers, examination.answer(receive(questions)))
        except (EOFError, BrokenPipeError):
            return


def main() -> int:
    """Answer the questions on standard input on standard output."""
    # Ctrl-C is for the server, whose end is the end of this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A rule of a plug-in may print; answers have the stream for themselves.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, answers, known_registry())
    return 0


if __name__ == "__main__":
    sys.exit(main())
