"""The server as a process: signals, draining, the end."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import uvicorn

from feature_extractor.serve.application import Server

_END_SECONDS = 30
"""Requests in flight have so long to end; clients that never read their answer must not keep the process."""


class _Draining(uvicorn.Server):
    """Ends at the second signal, or some time after the first.

    In this time ``/ready`` says no while everything else goes on, so that those who send requests can go elsewhere.
    Then no connection is taken any more, and what is in flight is answered.
    """

    def __init__(self, config: uvicorn.Config, server: Server, drain_seconds: float) -> None:
        super().__init__(config)
        self._server = server
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain. The signal is not raised again at the end, so that the exit code is 0."""
        if self._server.draining or sig == signal.SIGINT or self._drain_seconds <= 0:
            self._server.draining = True
            self.should_exit = True
            return
        self._server.draining = True
        timer = threading.Timer(self._drain_seconds, self._end)
        timer.daemon = True
        timer.start()

    def _end(self) -> None:
        self.should_exit = True


def run(server: Server, host: str, port: int, drain_seconds: float = 0.0) -> bool:
    """Serve until SIGTERM or SIGINT; False where the address could not be taken. Port 0 means any that is free."""
    config = uvicorn.Config(
        server.application,
        host=host,
        port=port,
        log_level="info",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_END_SECONDS,
        server_header=False,
    )
    process = _Draining(config, server, drain_seconds)
    try:
        process.run()
    except SystemExit:  # Uvicorn has told why, for example that the port is taken.
        return False
    finally:
        server.close()
        server.service.close()
    return process.started
