"""Fetches what a request lacks: a user's profile, the counters of its candidates, from wherever a host keeps them.

A host declares for a group of inputs the function that has them. The functions of a request run side by side, each
until its deadline. What is late, fails or does not fit is null, and told; a request never waits longer and never fails
for it, unless the host says that it cannot do without.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extractor import Extractor
from feature_extractor.input_tables import (
    InputTableError,
    column_of,
    declared_column,
    declared_patterns,
)
from feature_extractor.registry import Pattern, VectorPattern
from feature_extractor.serving.fetch_threads import Busy, EventLoop, FetchThreads
from feature_extractor.serving.request_parts import MissingKeyError, Part, RequestParts

_LOGGER = logging.getLogger("feature_extractor.serving")

FETCHED: Final = "fetched"
LATE: Final = "late"
FAILED: Final = "failed"
UNFIT: Final = "unfit"
BUSY: Final = "busy"
OUTCOMES: Final = (FETCHED, LATE, FAILED, UNFIT, BUSY)
"""A fetch was in time; it was not; it raised; it gave what does not fit its inputs; too many others were under way."""

_DOMAINS: Final = ("request", "candidate")


class FetchError(FeatureExtractorError):
    """A fetch that is required gave nothing; the text says which and why."""


class FetchKeyError(FetchError):
    """A request has not the keys of a fetch that is required: to ask again would not help."""


@dataclass(frozen=True)
class Fetch:
    """How inputs that a request lacks are fetched.

    ``function`` gets a dict with a list per key, and returns a column per input: a dict of lists, NumPy or Arrow
    arrays, a list of dicts, or anything Arrow. For request inputs there is a row per request (one, unless the call is a
    batch), for candidate inputs one per candidate of the call, and keys of the request are repeated for each of its
    candidates. Keys may be any fields of the request or of the candidates, declared or not. A plain function runs in a
    thread of the service, an ``async def`` in an event loop.

    After ``timeout`` seconds its inputs are null. With ``timeout=None`` there is no deadline, and a plain function runs
    in the thread of the request: for what is in memory. A call that needs a fetch which is ``required`` raises
    FetchError where it is late, fails or does not fit.
    """

    name: str
    function: Callable[[dict[str, list[Any]]], Any]
    keys: Sequence[str]
    inputs: Sequence[str]
    timeout: float | None = 0.05
    required: bool = False

    def __post_init__(self) -> None:
        if not self.name or not self.inputs:
            raise ValueError("a fetch needs a name and inputs")
        if not callable(self.function):
            raise TypeError(
                f"the fetch {self.name!r} needs a function, not {type(self.function).__name__}"
            )
        for what in ("keys", "inputs"):
            names = getattr(self, what)
            if isinstance(names, str) or not all(isinstance(name, str) for name in names):
                raise ValueError(f"{what} of the fetch {self.name!r} must be a list of names")
        if self.timeout is not None and not (
            isinstance(self.timeout, int | float) and self.timeout > 0
        ):
            raise ValueError(f"timeout of the fetch {self.name!r} must be above 0 seconds, or None")

    @property
    def is_async(self) -> bool:
        """Whether the function is to be awaited."""
        function = self.function
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004 (an object may have an async __call__)
        )


@dataclass(frozen=True)
class FetchReport:
    """What became of a fetch in one call.

    ``outcome`` is ``fetched``, or ``late``, ``failed``, ``unfit`` or ``busy``: then its inputs are null, for the
    ``reason``. ``seconds`` is how long the call waited for it.
    """

    name: str
    outcome: str
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class FetchCounts:
    """How often a fetch had which outcome, and how many seconds calls have waited for it."""

    outcomes: Mapping[str, int]
    seconds: float


@dataclass(frozen=True)
class _Bound:
    """A fetch with the types that a package declares for its inputs."""

    fetch: Fetch
    domain: str
    patterns: Mapping[str, Pattern]


class BoundFetches:
    """The fetches that give inputs of one package."""

    def __init__(self, fetches: Sequence[Fetch], extractor: Extractor) -> None:
        self.bound: list[_Bound] = []
        inputs = extractor.inputs
        declared = {domain: declared_patterns(inputs, domain) for domain in _DOMAINS}
        for fetch in fetches:
            found = [
                (domain, {name: types[name] for name in fetch.inputs if name in types})
                for domain, types in declared.items()
            ]
            parts = [(domain, types) for domain, types in found if types]
            if len(parts) > 1:
                raise ValueError(
                    f"the fetch {fetch.name!r} gives inputs of the request and of candidates: make it two fetches"
                )
            # A package that reads less than the one before needs less.
            self.bound += [_Bound(fetch, domain, types) for domain, types in parts]


@dataclass
class _Job:
    bound: _Bound
    part: Part
    lacking: list[str]
    keys: dict[str, list[Any]]
    deadline: float | None


@dataclass(frozen=True)
class _Answer:
    """What a function returned or raised."""

    outcome: str
    value: Any = None
    reason: str = ""


class Fetcher:
    """Runs the fetches of a service. Threads may share it.

    ``threads`` plain functions run at a time, and some more may wait; functions that never return keep their threads,
    and what finds all of them taken is ``busy``.
    """

    def __init__(self, fetches: Sequence[Fetch], threads: int = 16) -> None:
        if isinstance(fetches, Fetch) or not all(isinstance(one, Fetch) for one in fetches):
            raise TypeError("fetches must be a list of Fetch")
        names = [fetch.name for fetch in fetches]
        inputs = [name for fetch in fetches for name in fetch.inputs]
        for what, found in (("fetch", names), ("input", inputs)):
            twice = sorted({name for name in found if found.count(name) > 1})
            if twice:
                raise ValueError(f"the {what} {twice[0]!r} comes twice in the fetches")
        self.fetches = tuple(fetches)
        self._required = {fetch.name for fetch in fetches if fetch.required}
        self._threads = FetchThreads(threads)
        self._loop = EventLoop()
        self._lock = threading.Lock()
        self._outcomes = {name: dict.fromkeys(OUTCOMES, 0) for name in names}
        self._seconds = dict.fromkeys(names, 0.0)
        self._told: set[tuple[str, str]] = set()

    def check(self, extractor: Extractor) -> None:
        """Raise ValueError where a fetch gives an input that a package does not declare."""
        declared = [one.name for one in extractor.inputs]
        if self.fetches:
            import pyarrow  # noqa: F401 (what is fetched goes through it: say at once where it is missing)
        for fetch in self.fetches:
            for name in fetch.inputs:
                if name not in declared:
                    raise ValueError(
                        f"the fetch {fetch.name!r} gives the input {name!r}, which the package does not declare; "
                        f"it has: {', '.join(declared)}"
                    )

    @property
    def counts(self) -> dict[str, FetchCounts]:
        """What became of the fetches so far, by name."""
        with self._lock:
            return {
                name: FetchCounts(dict(outcomes), self._seconds[name])
                for name, outcomes in self._outcomes.items()
            }

    def fill(
        self, bound: BoundFetches, parts: RequestParts, timeout: float | None
    ) -> tuple[FetchReport, ...]:
        """Fetch what the parts of a request lack, and put it there. Raises FetchError."""
        started = time.monotonic()
        jobs, reports = self._jobs(bound, parts, timeout, started)
        waiting = [(job, self._started(job)) for job in jobs]
        # In line, while the others run.
        answers = [(job, _called(job) if future is None else future) for job, future in waiting]
        for job, future in answers:
            answer = future if isinstance(future, _Answer) else _awaited(future, job.deadline)
            reports.append(self._finished(job, answer, time.monotonic() - started))
        return self._checked(reports)

    async def fill_async(
        self, bound: BoundFetches, parts: RequestParts, timeout: float | None
    ) -> tuple[FetchReport, ...]:
        """Do the same in the running event loop, which is free meanwhile."""
        started = time.monotonic()
        jobs, reports = self._jobs(bound, parts, timeout, started)

        async def one(job: _Job) -> tuple[_Answer, float]:
            if job.bound.fetch.is_async:
                answer = await _in_time(_call(job), job.deadline)
            else:
                try:
                    future = self._threads.submit(job.bound.fetch.function, job.keys)
                except Busy as error:
                    return _Answer(BUSY, reason=str(error)), time.monotonic() - started
                answer = await _in_time(_of_thread(future), job.deadline)
            return answer, time.monotonic() - started

        for job, (answer, seconds) in zip(
            jobs, await asyncio.gather(*(one(job) for job in jobs)), strict=True
        ):
            reports.append(self._finished(job, answer, seconds))
        return self._checked(reports)

    def close(self) -> None:
        """End the threads that are idle; those of functions that never return are left alone."""
        self._threads.close()
        self._loop.close()

    # ---- one call ----------------------------------------------------------------------------------

    def _jobs(
        self, bound: BoundFetches, parts: RequestParts, timeout: float | None, now: float
    ) -> tuple[list[_Job], list[FetchReport]]:
        """Return the fetches that have something to do, and reports of those that cannot even begin."""
        jobs = []
        reports: list[FetchReport] = []
        for one in bound.bound:
            part = parts.part(one.domain)
            if part is None:
                continue
            lacking = [name for name in one.patterns if not part.has(name)]
            if not lacking:
                continue
            limits = [limit for limit in (one.fetch.timeout, timeout) if limit is not None]
            deadline = now + min(limits) if limits else None
            job = _Job(one, part, lacking, {}, deadline)
            answer: _Answer | None = None
            try:
                job.keys = {key: parts.values(one.domain, key) for key in one.fetch.keys}
            except MissingKeyError as error:
                answer = _Answer(FAILED, reason=f"the request has no {error.key!r}")
            except Exception as error:  # The core says in its words what is wrong with the request.
                answer = _Answer(FAILED, reason=f"the keys cannot be read: {_raised(error).reason}")
            if answer is None:
                jobs.append(job)
                continue
            reports.append(self._finished(job, answer, 0.0))
            if one.fetch.required:
                raise FetchKeyError(f"the fetch {one.fetch.name!r} is required: {answer.reason}")
        return jobs, reports

    def _started(self, job: _Job) -> Future[Any] | _Answer | None:
        """Return what will have the answer; None for a function that is called in line."""
        fetch = job.bound.fetch
        if fetch.is_async:
            try:
                return self._loop.submit(partial(_awaited_in_loop, job))
            except Busy as error:
                return _Answer(BUSY, reason=str(error))
        if job.deadline is None:
            return None
        try:
            return self._threads.submit(fetch.function, job.keys)
        except Busy as error:
            return _Answer(BUSY, reason=str(error))

    def _finished(self, job: _Job, answer: _Answer, seconds: float) -> FetchReport:
        """Put what was fetched, or nulls, where it belongs."""
        fetch, part = job.bound.fetch, job.part
        columns: dict[str, Any] = {}
        if answer.outcome == FETCHED:
            try:
                columns = _columns(job, answer.value)
            except InputTableError as error:
                answer = _Answer(UNFIT, reason=str(error))
            except (
                Exception
            ) as error:  # A function may return anything, also what fails when it is looked at.
                answer = _Answer(UNFIT, reason=f"it cannot be read: {_raised(error).reason}")
        for name in job.lacking:
            pattern = job.bound.patterns[name]
            column = columns.get(name)
            if column is None:
                column = declared_column(name, [None] * part.rows, pattern)
            part.fill(name, column, pattern)
        self._count(fetch, answer, seconds)
        return FetchReport(fetch.name, answer.outcome, seconds, _told(answer))

    def _checked(self, reports: list[FetchReport]) -> tuple[FetchReport, ...]:
        for report in reports:
            if report.outcome != FETCHED and report.name in self._required:
                raise FetchError(
                    f"the fetch {report.name!r} is required, and is {report.outcome}: {report.reason}"
                )
        return tuple(reports)

    def _count(self, fetch: Fetch, answer: _Answer, seconds: float) -> None:
        kind = (fetch.name, answer.outcome)
        with self._lock:
            self._outcomes[fetch.name][answer.outcome] += 1
            self._seconds[fetch.name] += seconds
            is_new = answer.outcome != FETCHED and kind not in self._told
            self._told.add(kind)
        if is_new:
            _LOGGER.warning(
                "the fetch %s is %s, and its inputs are null: %s (told once)",
                fetch.name,
                answer.outcome,
                _told(answer),
            )


def _told(answer: _Answer) -> str:
    return answer.reason or ("it was not there in time" if answer.outcome == LATE else "")


def _called(job: _Job) -> _Answer:
    try:
        return _Answer(FETCHED, job.bound.fetch.function(job.keys))
    except Exception as error:
        return _raised(error)


def _raised(error: BaseException) -> _Answer:
    said = str(error).strip()
    kind = type(error).__name__
    return _Answer(FAILED, reason=f"{kind}: {said}" if said else kind)


def _awaited(future: Future[Any], deadline: float | None) -> _Answer:
    """Return what a thread or the loop has until the deadline; what comes later is dropped."""
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    try:
        value = future.result(left)
    except FutureTimeout as error:
        if not future.cancel() and future.done() and future.exception() is error:
            return _raised(error)  # The function itself has raised it.
        return _Answer(LATE)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return _raised(error)
    return value if isinstance(value, _Answer) else _Answer(FETCHED, value)


async def _awaited_in_loop(job: _Job) -> _Answer:
    return await _in_time(_call(job), job.deadline)


async def _call(job: _Job) -> Any:
    # Calling it may raise as well, for example where it does not take the keys.
    return await job.bound.fetch.function(job.keys)


async def _of_thread(future: Future[Any]) -> Any:
    return await asyncio.wrap_future(future)


async def _in_time(call: Coroutine[Any, Any, Any], deadline: float | None) -> _Answer:
    """Await until the deadline, also what takes no notice of being cancelled."""
    task = asyncio.ensure_future(call)
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    try:
        done, _ = await asyncio.wait({task}, timeout=left)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.add_done_callback(_forget)
        task.cancel()
        return _Answer(LATE)
    if task.cancelled():
        return _Answer(FAILED, reason="it was cancelled")
    error = task.exception()
    return _Answer(FETCHED, task.result()) if error is None else _raised(error)


def _forget(task: asyncio.Future[Any]) -> None:
    """Take what a late task raises, so that nobody complains that it was not looked at."""
    if not task.cancelled():
        task.exception()


# ---- what functions return -----------------------------------------------------------------------


def _columns(job: _Job, value: Any) -> dict[str, Any]:
    """Return the lacking inputs as Arrow arrays of their declared types; raises InputTableError."""
    found = {}
    rows = job.part.rows
    for name in job.lacking:
        column = column_of(value, name)
        if column is None:
            raise InputTableError(
                f"there is no column `{name}` in what it returned: {_form(value)}"
            )
        array = declared_column(name, column, job.bound.patterns[name])
        if len(array) != rows:
            what = "request" if job.bound.domain == "request" else "candidate"
            raise InputTableError(
                f"the column `{name}` has {len(array)} values instead of {rows}, one for each {what}"
            )
        _check_vectors(name, array, job.bound.patterns[name])
        found[name] = array
    return found


def _check_vectors(name: str, array: Any, pattern: Pattern) -> None:
    if not isinstance(pattern, VectorPattern):
        return
    sizes = {size for size in array.value_lengths().to_pylist() if size is not None}
    wrong = sorted(sizes - {pattern.size})
    if wrong:
        raise InputTableError(
            f"the column `{name}` has a vector of {wrong[0]} numbers instead of {pattern.size}"
        )


def _form(value: Any) -> str:
    names = getattr(getattr(value, "schema", None), "names", None)
    if names is None and isinstance(value, Mapping):
        names = list(value)
    kind = "None" if value is None else f"a value of type {type(value).__name__}"
    if names is None:
        return kind
    return f"{kind} with {', '.join(map(str, names)) or 'nothing'}"
