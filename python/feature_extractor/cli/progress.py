"""A progress bar on stderr, where that is a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from feature_extractor.cli.console import console


class ProgressBar:
    """Shows rows, rows per second, and the time that is left where the size of the input is known."""

    def __init__(self, wanted: bool) -> None:
        self._enabled = wanted and sys.stderr.isatty()
        self._started = time.monotonic()
        if not self._enabled:
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            BarColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TextColumn("{task.fields[speed]:,.0f} rows/s"),
            TimeRemainingColumn(),
            console=console(sys.stderr),
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, rows=0, speed=0.0)

    def update(self, rows: int, fraction: float | None) -> None:
        """Tell how many rows are done, and which part of the input that is, if known."""
        if self._enabled:
            speed = rows / max(1e-9, time.monotonic() - self._started)
            total = None if fraction is None else 1.0
            self._progress.update(
                self._task, total=total, completed=fraction or 0.0, rows=rows, speed=speed
            )

    def __enter__(self) -> Self:
        if self._enabled:
            self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _place: TracebackType | None,
    ) -> None:
        if self._enabled:
            self._progress.stop()
