"""Measure how long it takes to lint a large repository of features.

The repository has 500 files with 20 features each: lets, histories, hashes, a module of its own and modules of the
standard library. `fx lint` runs as a process of its own, so that the start of the interpreter counts; its bytecode is
there, as it is where a package is installed. A loop of ten million additions in Python, timed before each run, says how
fast the machine is at the moment.

The features are written after twenty patterns, as those of a team are that copies what it has. With `--varied` each
file has names of its own for its inputs, their fields and its lets, and each feature has constants that hardly another
one has: what is learnt from one feature then helps with fewer others.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

MODULE = """\
"Days between two moments, 0 at least."
let days_between(earlier, later) = maximum((later - earlier) / 1d, 0.0)

"How a price compares with the usual one."
let against(price, usual) = clip(ratio(price, usual) ?? 1.0, 0.2, 5.0)
"""

HEAD = """\
\"\"\"Features of model {number}.\"\"\"

use "std/sequence.fx" as sequence
use "std/ctr.fx"
use "common/times.fx" as times

input request {{
    user_id: string
    age: int?
    country: string
    now: timestamp
    "Up to 500 events before now, oldest first."
    history: list<{{item: int, shop: string, at: timestamp, price: float, seconds: float}}>
    taste: map<string, float>
    profile: vector<32>?
}}

input candidate {{
    item: int
    shop: string
    title: string
    tags: list<string>
    created: timestamp
    views, clicks, orders: int
    price, list_price: float?
    embedding: vector<32>
}}

let recent = sequence.in_last(history, now, {days}d)
let same_shop = recent.filter(e -> e.shop == shop)
let known_price = price ?? list_price ?? {price}.0
let words = title.lower().tokenize()
let usual_price = recent.map(e -> e.price).median() ?? known_price
let logarithm(x) = log1p(maximum(x, 0.0)) ?? 0.0
"""

FEATURES = (
    "feature {name}age : id(9) = age.bucketize([18, 25, 30, 35, 45, 55, 65, {n} + 70]) ?? 0",
    "feature {name}rate : dense = smoothed(clicks, views, weight = {n}.0)",
    "feature {name}orders : dense = smoothed_in_group(orders, clicks, clicks, views, weight = {n}.5)",
    "feature {name}fresh : dense = exp(-times.days_between(created, now) / {n}.0) ?? 0.0",
    "feature {name}words : ids(2 ** 18, max = 16) = words.hash_bucket(2 ** 18, seed = {n})",
    "feature {name}user_tags : ids(2 ** 20, max = 8) =\n"
    "    cross(user_id, tags).hash_bucket(2 ** 20, seed = {n})",
    "feature {name}shop : id(4096) = cross(country, shop).hash_bucket(4096, seed = {n})",
    "feature {name}seen : dense =\n"
    "    history.count(e -> e.at >= now - {n}d and e.at < now and e.item == item)",
    "feature {name}spent : dense =\n"
    "    logarithm(same_shop.filter(e -> e.at >= now - {n}h).sum(e -> e.price))",
    "feature {name}affinity : dense = tags.map(t -> taste[t] ?? 0.{n}).max() ?? 0.0",
    "feature {name}similar : dense = cosine(profile, embedding) ?? 0.{n}",
    "feature {name}last : ids(2 ** 20, max = {n}) =\n"
    "    recent.take_last({n}).map(e -> e.item.hash_bucket(2 ** 20))",
    "feature {name}price : dense = logarithm(known_price * {n}.0)",
    "feature {name}against : dense = times.against(known_price, usual_price * {n}.0)",
    "feature {name}seconds : dense =\n"
    "    logarithm(same_shop.map(e -> e.seconds).take_last({n}).mean() ?? 0.0)",
    "feature {name}sessions : dense = sequence.session_count(recent, now, {n}m).to_float()",
    "feature {name}gap : dense = sequence.mean_gap_days(recent.take_last({n}), now) ?? {n}.0",
    "feature {name}weights : weighted(2 ** 16, max = {n}) =\n"
    "    tags.map(t -> {{id: t.hash_bucket(2 ** 16), weight: taste[t] ?? 0.0}}).take_first({n})",
    "feature {name}cheap : dense =\n"
    "    if known_price < usual_price / {n}.0 then 1.0 else if price.is_null() then 0.5 else 0.0",
    'feature {name}hour : id(24) = now.hour("Europe/Berlin") * {n} // {n}',
)


NAMES = (
    *(
        "user_id",
        "age",
        "country",
        "taste",
        "profile",
        "item",
        "shop",
        "title",
        "tags",
        "views",
        "clicks",
        "orders",
    ),
    *(
        "price",
        "list_price",
        "embedding",
        "recent",
        "same_shop",
        "known_price",
        "words",
        "usual_price",
        "logarithm",
    ),
)
"""The names that are other ones in each file where the files are varied."""
ENDINGS = (
    "raw",
    "v2",
    "clean",
    "now",
    "main",
    "app",
    "web",
    "all",
    "paid",
    "own",
    "live",
    "base",
    "day",
    "local",
)


def varied(text: str, chance: random.Random) -> str:
    """Return a program with names of its own."""
    names = {name: f"{name}_{'_'.join(chance.sample(ENDINGS, 2))}" for name in NAMES}
    return re.sub(rf"\b(?:{'|'.join(NAMES)})\b", lambda found: names[found[0]], text)


def program(number: int, features: int, is_varied: bool) -> str:
    """Return the text of one program."""
    chance = random.Random(number)
    lines = [HEAD.format(number=number, days=chance.randint(7, 90), price=chance.randint(1, 99))]
    for index in range(features):
        form = FEATURES[index % len(FEATURES)]
        name = f"f{number}_{index}_"
        lines.append(f'"Feature {index} of model {number}."')
        lines.append('@owner("ranking")')
        lines.append(form.format(name=name, n=constant(index, chance, is_varied)))
        lines.append("")
    text = "\n".join(lines)
    return varied(text, chance) if is_varied else text


def constant(index: int, chance: random.Random, is_varied: bool) -> int:
    """Return the number that makes a feature another one than those of its pattern."""
    return (
        chance.randint(2, 5_000)
        if is_varied
        else 2 + index // len(FEATURES) + chance.randint(0, 30)
    )


def write_repository(
    folder: Path, files: int, features: int, is_varied: bool = False
) -> list[Path]:
    """Write the programs, ten to a folder, and return their paths."""
    paths = []
    for number in range(files):
        path = folder / f"team_{number // 10:02}" / f"model_{number}.fx"
        module = path.parent / "common" / "times.fx"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(MODULE)
        path.write_text(program(number, features, is_varied))
        paths.append(path)
    return paths


class Times(NamedTuple):
    """How long something takes, in seconds: by the clock, and of processors, those of all its processes together."""

    clock: float
    processor: float


def run_fx(arguments: Sequence[str], folder: Path) -> Times:
    """Run `fx` in a folder and return how long it takes."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / ".bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "feature_extractor", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - began
    if run.returncode not in (0, 1) or run.stderr:
        raise SystemExit(run.stderr or run.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Times(taken, spent)


def additions() -> Times:
    """Return how long ten million additions take, which tells the speed of the machine."""
    began, before = time.perf_counter(), time.process_time()
    total = 0
    for number in range(10_000_000):
        total += number
    return Times(time.perf_counter() - began, time.process_time() - before)


def median_of(times: Sequence[Times]) -> Times:
    """Return the median of some measurements."""
    return Times(*map(statistics.median, zip(*times, strict=True)))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--features", type=int, default=20, help="features of one file")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument(
        "--varied", action="store_true", help="other names and constants everywhere"
    )
    parser.add_argument("--write", type=Path, help="only write the repository to this folder")
    arguments = parser.parse_args()
    if arguments.write is not None:
        write_repository(arguments.write, arguments.files, arguments.features, arguments.varied)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_repository(folder, arguments.files, arguments.features, arguments.varied)
        cache = folder / ".fx_cache"

        def cold(*options: str) -> Times:
            shutil.rmtree(cache, ignore_errors=True)
            return run_fx(["lint", ".", "--format", "concise", *options], folder)

        def edited() -> Times:
            paths[0].write_text(paths[0].read_text() + f"# {time.time()}\n")
            return run_fx(["lint", ".", "--format", "concise"], folder)

        count = arguments.repetitions
        rows: list[tuple[str, Callable[[], Times]]] = [
            ("one process, no cache", lambda: cold("--no-cache", "--jobs", "1")),
            ("two processes, no cache", lambda: cold("--no-cache", "--jobs", "2")),
            ("cold, writing the cache", cold),
            ("nothing changed", lambda: run_fx(["lint", ".", "--format", "concise"], folder)),
            ("one file edited", edited),
            ("one file alone", lambda: run_fx(["lint", str(paths[1]), "--no-cache"], folder)),
        ]
        total = arguments.files * arguments.features
        python = f"Python {platform.python_version()}, {platform.python_compiler()}"
        print(
            f"{arguments.files} files, {total:,} features; medians of {count}, in seconds; {python}\n"
        )
        print("| run | clock | processors | ten million additions |")
        print("| --- | ---: | ---: | ---: |")
        cold()  # Writes the bytecode.
        for title, measure in rows:
            pairs = [(additions(), measure()) for _ in range(count)]
            loop, taken = (median_of(times) for times in zip(*pairs, strict=True))
            print(f"| {title} | {taken.clock:.2f} | {taken.processor:.2f} | {loop.processor:.2f} |")


if __name__ == "__main__":
    main()
