"""Measure how long a large program takes to compile: parse, check, plan, package and trial load.

The program has many windows over one history, so that few steps can be shared. A loop of ten million
additions in Python, timed in the same run, says how fast the machine is at the moment.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]


def large_program(features: int) -> str:
    """Return the text of a program with about that many features: a multiple of four."""
    lines = [
        "input request {",
        "    now:     timestamp",
        "    history: list<{item: int, at: timestamp, price: float}>",
        "}",
        "input candidate {",
        "    item:   int",
        "    price:  float?",
        "    title:  string",
        "    genres: list<string>",
        "}",
    ]
    for i in range(features // 4):
        lines += [
            f"feature price_{i} : dense = log1p((price ?? {i}.5) * {i}.25) ?? 0.0",
            f"feature title_{i} : id(1024) = title.lower().hash_bucket(1024, seed = {i})",
            f"feature seen_{i} : dense ="
            f" history.filter(e -> e.at >= now - {i + 1}h).count(e -> e.item == item)",
            f"feature genres_{i} : ids({i + 10}, max = 4) = genres.hash_bucket({i + 10})",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--features", type=int, default=2_000)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()

    import feature_extractor

    text = large_program(arguments.features)
    # The grammar's tables and the registry are read once per process.
    feature_extractor.compile_text("input request { x: int }\nfeature a : dense = x\n")
    print("| run | compile, seconds | of the processor | ten million additions, seconds |")
    print("| ---: | ---: | ---: | ---: |")
    for run in range(1, arguments.repetitions + 1):
        began, processor = time.perf_counter(), time.process_time()
        feature_extractor.compile_text(text)
        clock, processor = time.perf_counter() - began, time.process_time() - processor
        began = time.process_time()
        total = 0
        for number in range(10_000_000):
            total += number
        print(f"| {run} | {clock:.2f} | {processor:.2f} | {time.process_time() - began:.2f} |")


if __name__ == "__main__":
    main()
