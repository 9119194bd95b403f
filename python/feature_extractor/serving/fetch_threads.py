"""Where fetches run: a bounded number of threads for plain functions, and an event loop for the others.

The threads of Python's own pools are waited for when the process ends, and their queue has no bound. A function that
never returns would keep the process for ever, and what waits behind it would fill the memory. So these are our own.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final

_WAITING_PER_THREAD: Final = 4
"""So many calls may wait for each thread. What waits longer than a deadline helps nobody."""


class Busy(Exception):
    """All threads are taken and as many calls wait as may, or none are taken any more."""


class FetchThreads:
    """Calls functions in at most so many threads, which begin when they are needed."""

    def __init__(self, threads: int) -> None:
        if threads < 1:
            raise ValueError("fetch_threads must be at least 1")
        self._most = threads
        self._queue: queue.Queue[tuple[Future[Any], Callable[[Any], Any], Any] | None]
        self._queue = queue.Queue(threads * _WAITING_PER_THREAD)
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0
        self._closed = False

    @property
    def threads(self) -> int:
        """How many threads have begun."""
        return len(self._threads)

    def submit(self, function: Callable[[Any], Any], argument: Any) -> Future[Any]:
        """Call a function in a thread. Raises Busy."""
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                raise Busy("the service is closed")
            try:
                self._queue.put_nowait((future, function, argument))
            except queue.Full:
                raise Busy(
                    f"{self._most} functions run and {self._queue.maxsize} wait, as many as may"
                ) from None
            self._unfinished += 1
            if self._unfinished > len(self._threads) < self._most:
                thread = threading.Thread(
                    target=self._work, name="feature_extractor fetch", daemon=True
                )
                self._threads.append(thread)
                thread.start()
        return future

    def close(self) -> None:
        """Take no more calls, and end each thread after what it does."""
        with self._lock:
            self._closed = True
            while True:
                try:
                    job = self._queue.get_nowait()
                except queue.Empty:
                    break
                if job is not None:
                    job[0].cancel()
            for _ in self._threads:
                self._queue.put_nowait(None)

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            if job is None:
                return
            self._run(*job)
            del job
            with self._lock:
                self._unfinished -= 1

    @staticmethod
    def _run(future: Future[Any], function: Callable[[Any], Any], argument: Any) -> None:
        if not future.set_running_or_notify_cancel():
            return  # It was late before it began.
        try:
            value = function(argument)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(value)


class EventLoop:
    """An event loop in a thread, which begins when it is needed: for calls that come without a loop of their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def submit(self, call: Callable[[], Coroutine[Any, Any, Any]]) -> Future[Any]:
        """Run the coroutine that a call gives. Raises Busy."""
        with self._lock:
            if self._closed:
                raise Busy("the service is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=self._work,
                    args=(self._loop,),
                    name="feature_extractor fetch loop",
                    daemon=True,
                ).start()
            return asyncio.run_coroutine_threadsafe(call(), self._loop)

    def close(self) -> None:
        """End the loop, after the call that it is in."""
        with self._lock:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)

    @staticmethod
    def _work(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            if left:  # Some may take no notice of it.
                loop.run_until_complete(asyncio.wait(left, timeout=1.0))
        finally:
            with contextlib.suppress(RuntimeError):
                loop.close()
