"""What the server is tested with: a program, a request for it, and a server as a process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = """
input request {{ user: string, seen: list<int>, now: timestamp }}
input candidate {{ item: int, price: float? }}
feature version : dense = {number}.0 + item * 0.0
feature price_log : dense = log1p(price ?? 0.0)
feature seen_before : dense = seen.count(s -> s == item)
feature item_id : id(1000) = item % 1000
feature words : ids(100, max = 4) = user.split(" ").hash_bucket(100)
feature aged : weighted(1000, max = 4) = seen.map(s -> {{id: s, weight: 0.5}})
feature name : text = user
feature inverse : dense(default = -1.0) = 1.0 / (item - 2)
{more}
"""

REQUEST: dict[str, Any] = {
    "user": "Ann of Ulm",
    "seen": [3, 3, 5],
    "now": "2026-01-31T10:00:00Z",
    "candidates": [{"item": n, "price": None if n % 4 == 0 else float(n)} for n in range(8)],
}
BODY = json.dumps(REQUEST).encode()


class Running:
    """A server that runs as a process of its own."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.told: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        # The pipe is emptied, so that the server never waits for it.
        assert self.process.stderr is not None
        self.told.extend(self.process.stderr)


@contextmanager
def running_server(*arguments: str | Path, folder: str | Path | None = None) -> Iterator[Running]:
    """Run ``fx serve`` in a folder, on a free port."""
    command = [sys.executable, "-m", "feature_extractor", "serve", *map(str, arguments)]
    process = subprocess.Popen(
        [*command, "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    told = []
    try:
        for line in process.stderr:
            told.append(line)
            found = re.search(r"running on http://127\.0\.0\.1:(\d+)", line)
            if found:
                break
        else:
            raise AssertionError(f"the server did not start: {''.join(told)}")
        yield Running(process, int(found[1]))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
