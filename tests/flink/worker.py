"""Runs in the Python environment of PyFlink: tests run the functions of jobs.py in it.

Jobs come as lines of JSON on standard input, answers go to the file descriptor that is the first argument.
Standard output belongs to Flink, which writes to it as it likes.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import jobs


def main() -> None:
    """Answer jobs until standard input ends."""
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    jobs.JAR = sys.argv[2]
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"value": getattr(jobs, job["job"])(**job["arguments"])}
        except Exception as error:
            answer = {
                "error": str(error),
                "kind": type(error).__name__,
                "trace": traceback.format_exc(),
            }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
