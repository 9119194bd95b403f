"""Measure each operator beside the best that Polars, DuckDB, NumPy or a Python library does.

Run ``python benches/operators.py``; it writes docs/performance-operators.md unless only a part is
measured. The expressions of all sides are data: operator_expressions.toml.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import platform
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXPRESSIONS = Path(__file__).resolve().parent / "operator_expressions.toml"
PAGE = ROOT / "docs" / "performance-operators.md"
SIDES = {"polars": "Polars", "duckdb": "DuckDB", "numpy": "NumPy", "python": "Python"}
CHECKED_ROWS = 200
SLOWER = 1.1
LEAST = 0.2
"""Nanoseconds per row below which a peer's time is lost in what a call of it costs anyway."""
sys.path[:0] = [str(ROOT)]


@dataclass(frozen=True)
class Line:
    """What the table of expressions says of one operator."""

    family: str
    name: str
    ours: str
    peers: Mapping[str, str]
    elements: str = ""
    differs: str = ""
    reason: str = ""
    planned: str = ""


@dataclass(frozen=True)
class Measured:
    """The nanoseconds per row of our operator, and of each peer for the same values."""

    line: Line
    ours: float
    per_element: float
    peers: Mapping[str, float]


def read_lines(path: Path = EXPRESSIONS) -> list[Line]:
    """Return the lines of the table of expressions, in its order."""
    lines = []
    for family, operators in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for name, given in operators.items():
            peers = {side: given.pop(side) for side in SIDES if side in given}
            lines.append(Line(family, name, peers=peers, **given))
    return lines


class Ours:
    """Our expression as a program of its own, whose steps the core takes the time of."""

    def __init__(self, line: Line, batch: Any, root: Path) -> None:
        from feature_extractor._native import load_package
        from feature_extractor.check.typed import CheckedProgram, Feature, Input
        from feature_extractor.testing.case_file import Binding
        from feature_extractor.testing.evaluation import inputs_of
        from feature_extractor.testing.programs import PLACE, check_expression, packaged

        from benches.operator_columns import declared_type

        bindings = [
            Binding(name, declared_type(name)) for name in batch.schema.names if name in line.ours
        ]
        expression, types, resources = check_expression(
            line.ours, bindings, declarations=DECLARATIONS, root=root
        )
        used = [reference.name for reference in inputs_of(expression)]
        inputs = tuple(Input("candidate", name, types[name], PLACE) for name in used)
        program = CheckedProgram(
            "bench.fx", inputs, resources, (Feature("r", "value", expression, PLACE),)
        )
        package = packaged(program, True)
        self.type = expression.type
        self._native = load_package(package)[0]
        self._batch = batch.select(used)
        self._steps = _steps(package)

    @property
    def operators(self) -> set[str]:
        """The operators that the plan calls."""
        return {str(step.get("operator", "")) for step in self._steps}

    def seconds(self) -> float:
        """Run once and return the seconds of all steps but those that read the inputs.

        The core takes the time of each step by the clock; what other processes took meanwhile is left
        out in proportion.
        """
        started, used = time.perf_counter(), time.process_time()
        done = self._native.extract(self._batch, 1, 1024, profile=True)[0]
        used, elapsed = time.process_time() - used, time.perf_counter() - started
        taken = done.statistics()["step_nanoseconds"]
        steps = sum(
            one
            for one, step in zip(taken, self._steps, strict=False)
            if step["do"] not in ("input", "constant")
        )
        return float(steps) / 1e9 * min(used / elapsed, 1.0)

    def values(self, rows: int) -> list[Any]:
        """Return the values of the first rows."""
        from feature_extractor.testing.programs import read_values, rows_of
        from feature_extractor.testing.values import decode

        done = self._native.extract(self._batch.slice(0, rows), 1, 1024)[0]
        return [decode(row, self.type) for row in rows_of(read_values(done, 1)[0])]


DECLARATIONS = """
resource known_words = vocabulary("words.txt")
resource pieces = vocabulary("pieces.txt")
resource shelf = table<string, {depth: int}>("shelf.csv")
"""


def write_resources(root: Path, words: list[str]) -> None:
    """Write the files that the expressions look words up in."""
    (root / "words.txt").write_text("\n".join(words) + "\n")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    pieces = ["[UNK]", *letters, *(f"##{a}" for a in letters), "##ing", "##er", "##st"]
    (root / "pieces.txt").write_text("\n".join(pieces) + "\n")
    rows = [f"{word},{i}" for i, word in enumerate(words)]
    (root / "shelf.csv").write_text("\n".join(["word,depth", *rows]) + "\n")


def _steps(package: bytes) -> list[dict[str, Any]]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return list(json.loads(archive.read("plan.json"))["steps"])


def same(ours: Any, theirs: Any) -> bool:
    """Say whether two values mean the same: numbers by nearness, maps by their entries."""
    if isinstance(theirs, dict):
        theirs = list(theirs.items())
    if isinstance(ours, dict):
        ours = list(ours.items())
    if ours is None or theirs is None:
        return ours is None and (theirs is None or theirs != theirs)
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, float | int) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=1e-5, abs_tol=1e-6)
    if isinstance(ours, bytes) and isinstance(theirs, str):
        return ours.hex() == theirs
    return bool(ours == theirs)


class Bench:
    """All sides over one batch of columns."""

    def __init__(self, rows: int, root: Path) -> None:
        from benches.operator_columns import operator_columns
        from benches.operator_peers import Peers

        self.batch, words = operator_columns(rows)
        self.rows = rows
        self._root = root
        write_resources(root, words)
        self._peers = Peers(self.batch, words)
        self._idle = {side: self._idle_seconds(side) for side in SIDES}

    def _idle_seconds(self, side: str) -> float:
        run = self._peers.idle(side)
        return 0.0 if run is None else low([_seconds(run) for _ in range(30)])

    def measure(self, line: Line, seconds: float) -> Measured:
        """Compare the sides of a line, then time them in turns.

        Raises AssertionError where the sides differ, or where our plan lacks the operator.
        """
        ours = Ours(line, self.batch, self._root)
        called = line.name in ours.operators
        assert called != bool(line.planned), f"the plan calls {sorted(ours.operators)}"
        expected = ours.values(CHECKED_ROWS)
        runs: dict[str, tuple[Callable[[], Any], int]] = {}
        for side, text in line.peers.items():
            runs[side] = self._peers.run(side, text)
            found = self._peers.values(runs[side][0](), CHECKED_ROWS)
            for row, (x, y) in enumerate(zip(expected, found, strict=True)):
                assert line.differs or same(x, y), (
                    f"{SIDES[side]} has {y!r} in row {row}, ours is {x!r}"
                )
        own: list[float] = []
        others: dict[str, list[float]] = {side: [] for side in runs}
        started, turns = time.perf_counter(), 0
        while turns < 3 or (turns < 25 and time.perf_counter() - started < seconds):
            turns += 1
            own.append(ours.seconds())
            for side, (run, _) in runs.items():
                others[side].append(_seconds(run))
        costs = {
            side: max(low(taken) - self._idle[side], 0.0) * 1e9 / runs[side][1]
            for side, taken in others.items()
        }
        nanoseconds = low(own) * 1e9
        elements = self._elements(line.elements)
        per_element = nanoseconds / elements if elements else 0.0
        costs = {side: cost for side, cost in costs.items() if cost >= LEAST}
        return Measured(line, nanoseconds / self.rows, per_element, costs)

    def _elements(self, column: str) -> int:
        if not column:
            return 0
        array = self.batch.column(column)
        size = getattr(array.type, "list_size", 0)
        return int(size * len(array) if size else array.offsets[-1].as_py())


def low(taken: list[float]) -> float:
    """Return the lower quartile: what a run takes when little disturbs it, without lucky ones."""
    return sorted(taken)[len(taken) // 4]


def _seconds(run: Callable[[], Any]) -> float:
    """Run once and return the processor time, which leaves out what other processes take."""
    started = time.process_time()
    result = run()
    taken = time.process_time() - started
    del result
    return taken


def row(measured: Measured) -> list[str]:
    """Return the cells of an operator in the table."""
    line = measured.line
    best = min(measured.peers, key=measured.peers.__getitem__, default="")
    cost = measured.peers.get(best, math.nan)
    ratio = cost / measured.ours if measured.ours else math.inf
    return [
        f"`{line.name}`",
        "`" + line.ours.replace("|", "\\|") + "`",
        f"{measured.ours:.1f}",
        f"{measured.per_element:.1f}" if measured.per_element else "",
        SIDES.get(best, ""),
        f"{cost:.1f}" if best else "",
        f"{ratio:.1f}" if best and measured.ours else "",
        line.planned or (line.reason if _is_slow(measured) else ""),
    ]


def _is_slow(measured: Measured) -> bool:
    """Say whether a peer is faster by more than a tenth, or whether a row takes a microsecond."""
    return measured.ours > min([1_000.0, *(SLOWER * cost for cost in measured.peers.values())])


HEADER = [
    "operator",
    "expression",
    "ns per row",
    "per element",
    "best peer",
    "its ns per row",
    "peer/ours",
    "why",
]


def page(found: list[Measured], rows: int) -> str:
    """Return the page with the table of each family."""
    compared = [one for one in found if one.peers and one.ours]
    ratios = [min(one.peers.values()) / one.ours for one in compared]
    slower = sum(ratio * SLOWER < 1.0 for ratio in ratios)
    middle = median(ratios)
    text = f"""# Performance of each operator

Written by `.venv/bin/python benches/operators.py`; do not edit. One thread, {rows:,} rows,
{machine()}.

*ns per row* is the time of the steps of the expression in the core, all operators in it included; reading the inputs
and handing out the result are not in it ([performance.md](performance.md) has whole extractions). *Per element* divides
by the elements of the list that it reads. The *best peer* is the fastest of Polars, DuckDB, NumPy with SciPy, and
Python with a native library, one row at a time, for the expressions that
[operator_expressions.toml](../benches/operator_expressions.toml) has; a call that only hands out a column is taken off
its time, and where nothing is left there is no comparison. Sides were run in turns, by the time of the processor; the
lower quartile counts. The values of all sides were compared first, except where that file says how they differ.
*peer/ours* above 1: ours is faster. *Why* tells it where a peer is faster by more than a tenth, or a row takes more
than a microsecond.

{len(found)} operators, {len(compared)} with a peer; {len(compared) - slower} of these are at least as fast as the best
peer (within a tenth). In the middle a peer takes {middle:.1f} times as long.
"""
    for family in dict.fromkeys(one.line.family for one in found):
        lines = [row(one) for one in found if one.line.family == family]
        text += f"\n## {family}\n\n| {' | '.join(HEADER)} |\n| --- | --- | ---: | ---: | --- | ---: | ---: | --- |\n"
        text += "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    return text


def machine() -> str:
    """Return the name of the processor and of the system."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{len(names)} cores of {names[0] if names else platform.machine()}, which other work may share"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--only", default="", help="measure this operator")
    parser.add_argument("--family", default="", help="measure the operators of this family")
    parser.add_argument("--seconds", type=float, default=0.25, help="how long an operator may take")
    arguments = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"
    lines = [
        line
        for line in read_lines()
        if arguments.only in ("", line.name) and arguments.family in ("", line.family)
    ]
    found, failed = [], 0
    with tempfile.TemporaryDirectory(prefix="feature-extractor-benches-") as root:
        bench = Bench(arguments.rows, Path(root))
        gc.disable()
        for line in lines:
            try:
                found.append(bench.measure(line, arguments.seconds))
            except Exception as error:  # One broken line shall not hide the others.
                failed += 1
                print(f"{line.name}: {type(error).__name__}: {error}", file=sys.stderr)
                continue
            print(" ".join(row(found[-1])), file=sys.stderr)
    if found and not (arguments.only or arguments.family or failed):
        PAGE.write_text(page(found, arguments.rows), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
