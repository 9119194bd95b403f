"""Measure how long an editor waits after a key press, through a session with the server as editors have it.

A file of 500 features is open, and somebody writes names and numbers into features, one character after the other.
A wait begins when the client sends the whole text (`textDocument/didChange`) and ends when the diagnostics of this
version are here (`textDocument/publishDiagnostics`). A loop of ten million additions in Python, timed in the same run,
says how fast the machine is at the moment; and for how long the server had a processor between the two is what the wait
would be on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from benches.lint_large import write_repository

WORD = " + known_price"
"""What is typed behind a value; all but two of its beginnings are mistakes."""


class Session:
    """A session with the server over its standard streams."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "feature_extractor", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._arrived: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        assert self._process.stdout is not None and self._process.stdin is not None
        self._input = self._process.stdin
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        capabilities = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
        self.send(
            "initialize", {"processId": None, "rootUri": None, "capabilities": capabilities}, 1
        )
        self.send("initialized", {})

    def send(self, method: str, params: dict[str, Any], number: int | None = None) -> None:
        """Send a notification, or a request that has a number."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        self._input.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._input.flush()

    def diagnostics(self, version: int, seconds: float = 60) -> Iterator[tuple[float, int]]:
        """Yield when diagnostics of a version arrived, and how many, until nothing more comes for some seconds."""
        while True:
            try:
                moment, message = self._arrived.get(timeout=seconds)
            except queue.Empty:
                return
            params = message.get("params") or {}
            is_published = message.get("method") == "textDocument/publishDiagnostics"
            if is_published and params.get("version") == version:
                yield moment, len(params["diagnostics"])

    def computed(self) -> float:
        """Return for how long the server has had a processor until now, in seconds; 0 where the system does not say."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def end(self) -> None:
        """End the session in order."""
        self.send("shutdown", {}, 2)
        self.send("exit", {})
        self._process.wait(timeout=60)

    def _read(self, stream: IO[bytes]) -> None:
        while header := stream.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
                while stream.readline().strip():
                    pass
                message = json.loads(stream.read(length))
                self._arrived.put((time.perf_counter(), message))


def key_presses(features: int, presses: int, pause: float) -> dict[str, list[float]]:
    """Return the waits after key presses, and those for the linter once nobody types any more, in seconds."""
    waits: list[float] = []
    computed: list[float] = []
    findings: list[float] = []
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        path = write_repository(Path(name), 1, features)[0]
        text, version = path.read_text(), 1
        document = {"uri": path.as_uri(), "languageId": "fx", "version": version, "text": text}
        session = Session()
        session.send("textDocument/didOpen", {"textDocument": document})
        arrivals = session.diagnostics(version)
        while not next(arrivals)[1]:
            pass
        for press in range(presses):
            step = press % len(WORD)
            if step == 0:
                place = text.index("?? 0.0", chance.randrange(len(text) // 2)) + len("?? 0.0")
            text = text[:place] + WORD[step] + text[place:]
            place += 1
            version += 1
            change = {
                "textDocument": {"uri": path.as_uri(), "version": version},
                "contentChanges": [{"text": text}],
            }
            had, began = session.computed(), time.perf_counter()
            session.send("textDocument/didChange", change)
            arrivals = session.diagnostics(version)
            waits.append(next(arrivals)[0] - began)
            computed.append(session.computed() - had)
            if step == len(WORD) - 1:
                findings.append(next(arrivals)[0] - began)
            time.sleep(pause)
        session.end()
    return {
        "its errors": waits,
        "its errors, time of the processor": computed,
        "findings, once nobody types": findings,
    }


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--features", type=int, default=500)
    parser.add_argument("--presses", type=int, default=20 * len(WORD))
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two keys")
    arguments = parser.parse_args()
    measured = key_presses(arguments.features, arguments.presses, arguments.pause)
    print(f"{arguments.features} features, {arguments.presses} keys, milliseconds\n")
    print("| from a key press to | median | 95 of 100 | longest |\n| --- | ---: | ---: | ---: |")
    for title, found in measured.items():
        found.sort()
        shown = (statistics.median(found), found[int(len(found) * 0.95)], found[-1])
        print(f"| {title} | {' | '.join(f'{seconds * 1000:.0f}' for seconds in shown)} |")
    for title, clock in (("processor", time.process_time), ("clock", time.perf_counter)):
        began = clock()
        total = 0
        for number in range(10_000_000):
            total += number
        print(f"| ten million additions, {title} | {(clock() - began) * 1000:.0f} | | |")


if __name__ == "__main__":
    main()
