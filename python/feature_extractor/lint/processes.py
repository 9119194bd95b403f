"""Looks at many files, in several processes where there are enough of them."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from feature_extractor.files import Reader
from feature_extractor.lint.cache import LintCache, basis_of, closed, opened
from feature_extractor.lint.cards import load_functions
from feature_extractor.lint.configuration import Configuration, Configure
from feature_extractor.lint.outcome import Report
from feature_extractor.lint.records import from_record, to_record

if TYPE_CHECKING:
    from feature_extractor.lint.sharing import Sharing
    from feature_extractor.registry import Registry

LoadRegistry: TypeAlias = "Callable[[], Registry]"
"""Returns the operators; a run that finds everything in its cache never asks for them."""

_FEWEST: Final = 16
"""Files for one process; below that its start costs more than it saves."""
_CHUNK: Final = 8
"""Files that a process takes at a time."""


def usual_jobs() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class _Task:
    """What a process needs to know of a run. A forked process has it already: nothing is sent but numbers."""

    paths: Sequence[Path]
    configurations: Sequence[Configuration]
    registry: Registry
    read: Reader
    cache: LintCache | None
    sharing: Sharing | None
    """What is learnt from the files of a process; None where there are too few to learn from."""


def report_all(
    paths: Iterable[Path],
    load_registry: LoadRegistry,
    configure: Configure,
    read: Reader,
    jobs: int,
    cache: LintCache | None,
) -> list[Report]:
    """Return the reports on some files, in their order."""
    paths = list(paths)
    reports: dict[Path, Report] = {}
    if cache is not None:
        for path in paths:
            found = cache.find(path, configure(path), read)
            if found is not None:
                reports[path] = found
    left = [path for path in paths if path not in reports]
    if not left:
        return [reports[path] for path in paths]
    configurations = [configure(path) for path in left]
    task = _Task(left, configurations, load_registry(), read, cache, _sharing(len(left)))
    jobs = min(jobs, len(left) // _FEWEST)
    made = _by_processes(task, jobs) if jobs > 1 and _can_fork() else map_here(task)
    try:
        for path, report in zip(left, made, strict=True):
            reports[path] = report
    finally:
        if cache is not None:
            cache.write()
    return [reports[path] for path in paths]


def map_here(task: _Task) -> Iterator[Report]:
    """Yield the reports of a task, made in this process."""
    for number in range(len(task.paths)):
        yield _made_here(task, number)


def _made_here(task: _Task, number: int) -> Report:
    report = _report(task, number)
    if task.cache is not None and report.basis is not None:
        # A rule of a plug-in may keep of a program what is not JSON.
        with suppress(TypeError, ValueError):
            line = closed(to_record(report)[0], report.basis)
            task.cache.keep(task.paths[number], task.configurations[number], line)
    return report


def _report(task: _Task, number: int) -> Report:
    # The compiler takes longer to import than a cache to read.
    from feature_extractor.lint.examination import report_on

    configuration = task.configurations[number]
    report = report_on(task.paths[number], task.registry, configuration, task.read, task.sharing)
    if task.cache is not None:
        report.basis = basis_of(report)
    return report


def _sharing(files: int) -> Sharing | None:
    if files < _FEWEST:
        return None
    from feature_extractor.lint.sharing import Sharing

    return Sharing()


# ---- processes -----------------------------------------------------------------------------------


def _can_fork() -> bool:
    """Return whether a copy of this process can go on: on Linux, where no other thread may hold a lock.

    A process that starts anew would have to read the grammar and the operators again, which takes as long as some fifty
    files do, and rules and settings would have to be sent to it.
    """
    return sys.platform == "linux" and threading.active_count() == 1


_task: _Task | None = None
"""The task of this process, set before it is forked."""


def _by_processes(task: _Task, jobs: int) -> Iterator[Report]:
    global _task
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from feature_extractor.lint import examination  # noqa: F401 - Each copy would import it again.
    from feature_extractor.syntax.parser import statement_parser

    _task = task
    try:
        statement_parser()  # Each copy would make the tables of the grammar again.
        for configuration in {id(c): c for c in task.configurations}.values():
            for rule in configuration.rules:
                load_functions(rule)
        gc.freeze()  # What is shared with the copies is not looked at again, and so is not copied.
        numbers = range(len(task.paths))
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            for number, found in zip(
                numbers, pool.map(_work, numbers, chunksize=_CHUNK), strict=True
            ):
                yield _made_here(task, number) if found is None else _received(task, number, *found)
    finally:
        gc.unfreeze()
        _task = None


def _work(number: int) -> tuple[str, dict[str, str]] | None:
    """Return the report on a file as a line of the cache, and the texts that its places are in; None if that failed."""
    assert _task is not None
    try:
        report = _report(_task, number)
        record, texts = to_record(report)
        return closed(record, report.basis), texts
    except Exception:
        # The main process tries again, and what then happens is told as usual.
        return None


def _received(task: _Task, number: int, line: str, texts: Mapping[str, str]) -> Report:
    configuration = task.configurations[number]
    record, basis = opened(line)
    report = from_record(record, texts.__getitem__, configuration)
    report.basis = basis
    if task.cache is not None and basis is not None:
        task.cache.keep(task.paths[number], configuration, line)
    return report
