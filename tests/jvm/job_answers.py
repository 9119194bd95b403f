"""The other end of a JobProcess: runs in the Python environment of an engine, and imports nothing of the project.

Jobs come as lines of JSON on standard input, answers go to a file descriptor: standard output belongs to the engine,
which writes to it as it likes.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from types import ModuleType
from typing import Any


def answer(descriptor: int, jobs: ModuleType, *first: Any) -> None:
    """Answer jobs until standard input ends: functions of ``jobs``, with these first arguments."""
    with os.fdopen(descriptor, "w", encoding="utf-8") as answers:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                found = {"value": getattr(jobs, job["job"])(*first, **job["arguments"])}
            except Exception as error:
                found = {
                    "error": str(error),
                    "kind": type(error).__name__,
                    "trace": traceback.format_exc(),
                }
            answers.write(json.dumps(found) + "\n")
            answers.flush()
