"""Measure latency as a server has it: under load, while packages are reloaded, and opening a large vocabulary.

`load` asks one thread for requests at times that were drawn up beforehand, so that a request which has to wait
for the one before it is charged for the wait. The requests come as often as keeps the thread busy for a share of
the time (70 %), evenly or at random. Beside ours stands a computation that always does the same work, as long as
a request: what it has of a tail comes from the machine. With reloads another thread pushes a package into the
service all the time.

On a machine that does other work, too, `--clock processor` leaves that out: each request takes the processor time
that its thread took for it, over the median of the hundred around it, because such a machine is now fast and now
slow; and the waits are computed from these and the schedule. Waiting for the lock of Python, which a reload may
hold, is then left out as well.

`vocabulary` makes a package with a vocabulary of ten million words, and opens it: with the file in the page cache
or not, with and without the digests of its resources.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

SIZES = (300, 1_000)
RELOAD_SECONDS = 0.2
# What a vocabulary is asked for: as many words as a request has candidates, from all over the file.
LOOKUPS = 1_000


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("load", help="requests at 70 %% of one thread")
    load.add_argument("--seconds", type=float, default=10.0, help="for each line of the report")
    load.add_argument("--share", type=float, default=0.7, help="of the time that is to be busy")
    load.add_argument("--sizes", nargs="+", type=int, default=list(SIZES), help="candidates")
    load.add_argument("--clock", choices=["wall", "processor"], default="wall")
    words = commands.add_parser("vocabulary", help="opening a large vocabulary")
    words.add_argument("--entries", type=int, default=10_000_000)
    words.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.command == "load":
        print(load_report(arguments.sizes, arguments.seconds, arguments.share, arguments.clock))
    else:
        with tempfile.TemporaryDirectory() as folder:
            print(vocabulary_report(Path(folder), arguments.entries, arguments.repetitions))


# ---- under load ----------------------------------------------------------------------------------


def load_report(sizes: list[int], seconds: float, share: float, clock: str) -> str:
    """Measure and return the report as Markdown."""
    from benches.side_by_side import table

    lines = []
    for size in sizes:
        for name, latencies in latencies_under_load(size, seconds, share, clock).items():
            middle, *tail = np.percentile(latencies, [50, 99, 99.9]) * 1e6
            cells = [f"{len(latencies):,}", f"{middle:,.0f}", *(f"{value:,.0f}" for value in tail)]
            lines.append([f"{size:,} candidates: {name}", *cells, f"{tail[0] / middle:.2f}"])
    header = ["", "requests", "p50 us", "p99 us", "p99.9 us", "p99 / p50"]
    return table(header, lines)


def latencies_under_load(
    size: int, seconds: float, share: float, clock: str
) -> dict[str, list[float]]:
    """Return the latencies of every line for one number of candidates, in seconds."""
    import feature_extractor as fx
    from feature_extractor import Service

    from benches import wide_program, wide_sides

    program = fx.compile_text(wide_program.program(wide_program.features(60)))
    user, candidates = wide_sides.request_and_candidates(size)
    request = wide_sides.as_dict(user)
    with tempfile.TemporaryDirectory() as folder, Service(program.extractor()) as service:
        package = Path(folder) / "wide.fxp"
        program.save(package)

        def ask() -> None:
            service.extract_request(request, candidates)

        control = same_work(typical_seconds(ask))
        found = {}
        for arrivals in ("evenly", "at random"):
            at_random = arrivals == "at random"
            for name, work, reloads in (
                ("the same work each time", control, False),
                ("ours", ask, False),
                (f"ours, a reload each {RELOAD_SECONDS:.1f} s", ask, True),
            ):
                took = typical_seconds(work, clock=clock)
                due = schedule(seconds, took / share, at_random)
                with reloading(service, package) if reloads else nullcontext():
                    latencies, services = answer(work, due)
                if clock == "processor":
                    latencies = waits_and_services(services, due, share)
                found[f"{name}, {arrivals}"] = latencies
        return found


def typical_seconds(work: Callable[[], object], runs: int = 200, clock: str = "processor") -> float:
    """Return the median time of a call, warm."""
    read_clock = time.thread_time if clock == "processor" else time.perf_counter
    taken = []
    for _ in range(runs):
        started = read_clock()
        work()
        taken.append(read_clock() - started)
    return float(np.median(taken[runs // 4 :]))


def same_work(seconds: float) -> Callable[[], object]:
    """Return a call that takes about so long and does the same each time, in memory that stays in the cache."""
    values = np.linspace(0.0, 1.0, 2_000)
    out = np.empty_like(values)

    def repeat(count: int) -> None:
        for _ in range(count):
            np.exp(values, out=out)

    count = max(1, round(seconds / typical_seconds(lambda: repeat(10)) * 10))
    return lambda: repeat(count)


def schedule(seconds: float, interval: float, at_random: bool) -> list[float]:
    """Return when requests come, in seconds from the start, one each ``interval`` on average."""
    count = max(50, int(seconds / interval))
    if not at_random:
        return [interval * place for place in range(count)]
    gaps = np.random.default_rng(20_261_122).exponential(interval, count)
    due: list[float] = np.cumsum(gaps).tolist()
    return due


def answer(work: Callable[[], object], due: list[float]) -> tuple[list[float], list[float]]:
    """Answer requests that come at these times, one after the other.

    Returns how long after its time each was answered, and the processor time that each took.
    """
    work()
    latencies, services = [], []
    started = time.perf_counter()
    for moment in due:
        # Waiting without sleep, as sleeping ends late; the lock of Python is given away meanwhile.
        while time.perf_counter() - started < moment:
            time.sleep(0)
        before = time.thread_time()
        work()
        services.append(time.thread_time() - before)
        latencies.append(time.perf_counter() - started - moment)
    return latencies, services


def waits_and_services(services: list[float], due: list[float], share: float) -> list[float]:
    """Return how long each request would take, with its wait, if nothing but these requests were on the processor.

    The schedule is stretched so that the processor is busy for just that share of the time.
    """
    taken = np.asarray(services)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(taken, 50, mode="reflect"), 101)
    taken = taken * (np.median(taken) / np.median(around, axis=1))
    moments = np.asarray(due) * (taken.sum() / share / due[-1])
    free = 0.0
    latencies = []
    for moment, service in zip(moments.tolist(), taken.tolist(), strict=True):
        free = max(free, moment) + service
        latencies.append(free - moment)
    return latencies


@contextmanager
def reloading(service: Any, package: Path) -> Iterator[None]:
    """Push the package again and again from another thread."""
    ended = threading.Event()

    def push() -> None:
        while not ended.wait(RELOAD_SECONDS):
            service.push(package)

    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


# ---- opening a vocabulary ------------------------------------------------------------------------


def vocabulary_report(folder: Path, entries: int, repetitions: int) -> str:
    """Measure and return the report as Markdown."""
    from benches.side_by_side import table

    package = vocabulary_package(folder, entries)
    lines = []
    for verified in (False, True):
        for cached in (True, False):
            taken = np.median(
                [opened(package, entries, verified, cached) for _ in range(repetitions)], axis=0
            )
            name = f"{'all digests' if verified else 'without the digests of resources'}, "
            name += "in the page cache" if cached else "not in the page cache"
            lines.append([name, *(f"{1e3 * t:.2f}" for t in taken)])
    megabytes = package.stat().st_size / 1e6
    header = ["", "processor ms", "open ms", f"first {LOOKUPS:,} look-ups ms", "the next ms"]
    return f"{entries:,} words, {megabytes:,.0f} MB\n\n" + table(header, lines)


def vocabulary_package(folder: Path, entries: int) -> Path:
    """Make a package whose one feature looks a word up."""
    import feature_extractor as fx

    with (folder / "words.txt").open("w") as file:
        for begin in range(0, entries, 100_000):
            end = min(entries, begin + 100_000)
            file.write("".join(f"{_word(place)}\n" for place in range(begin, end)))
    program = fx.compile_text(
        'input candidate { word: string }\nresource words = vocabulary("words.txt")\n'
        "feature id : id(words) = words.lookup(word)\n",
        root=folder,
    )
    program.save(folder / "words.fxp")
    return folder / "words.fxp"


def _word(place: int) -> str:
    return f"item {place * 2_654_435_761 % 2**32:x}"


def opened(package: Path, entries: int, verified: bool, cached: bool) -> list[float]:
    """Open the package once.

    Returns the seconds of opening, first of the processor and then by the clock, of the first look-ups, and of others
    after them.
    """
    import feature_extractor as fx

    if cached:
        _read(package)
    else:
        _forget(package)
    places = np.random.default_rng(7).integers(0, entries, (2, LOOKUPS)).tolist()
    batches = [{"word": [_word(place) for place in part]} for part in places]
    processor = time.process_time()
    moments = [time.perf_counter()]
    extractor = fx.load(package, verify_resources=verified)
    processor = time.process_time() - processor
    moments.append(time.perf_counter())
    for batch, part in zip(batches, places, strict=True):
        result = extractor.extract(batch)
        moments.append(time.perf_counter())
        if result["id"].tolist() != [place + 1 for place in part]:
            raise AssertionError("a word has another id")
    return [processor, *np.diff(moments).tolist()]


def _read(package: Path) -> None:
    """Read the file, so that it is in the page cache."""
    with package.open("rb") as file:
        while file.read(1 << 24):
            pass


def _forget(package: Path) -> None:
    """Ask the system to forget the pages of the file; what it wrote must be on the disk first."""
    with package.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    main()
