"""Compute the grocery features in every way there is, and show that the bits are the same.

Run by ``make demo``. It prepares samples (once), compiles the program, writes the package, streams all
rows through it to a Parquet file, tells what was null and why, and computes the same rows again with
more threads, in the plain form of the kernels, row by row and request by request. The exit code is 1
where a program has mistakes or where two ways differ.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from feature_extractor.digest import TableDigest, total

sys.path.insert(0, str(Path(__file__).resolve().parent))

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "dsl_grammar" / "examples" / "grocery.fx"
BATCH_REQUESTS = 200
"""A batch is also what is computed from Python dicts, the slowest of the ways."""

PREVIEW_ROWS = 6
PREVIEW = (
    "description_text",
    "bought_next",
    "category_id",
    "price_log",
    "popularity",
    "similarity",
    "description_words",
)


@dataclass
class Counts:
    """What all batches counted together."""

    inputs: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    defaults: Counter[str] = field(default_factory=Counter)

    def add(self, statistics: fx.Statistics) -> None:
        """Add what one batch counted."""
        for name, counts in statistics.inputs.items():
            for reason, number in vars(counts).items():
                self.inputs[name, reason] += number
        self.places.update(statistics.nulls_at)
        self.defaults.update(statistics.defaulted)


@dataclass(frozen=True)
class Way:
    """One way to compute rows: its name and the digest of the values, and how long it took."""

    name: str
    digest: TableDigest
    seconds: float


class Screen:
    """Writes sections, lines and tables as plain text; a preview fits into 100 columns."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def section(self, title: str) -> None:
        """Begin a part of the demo."""
        self._write(f"\n{title}")

    def line(self, text: str) -> None:
        """Write one line."""
        self._write(f"  {text}")

    def table(self, rows: Sequence[Sequence[str]], sides: str) -> None:
        """Write rows, the first of which has the titles; ``sides`` has ``<`` or ``>`` per column."""
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            aligned = zip(row, sides, widths, strict=True)
            self.line("  ".join(f"{text:{side}{width}}" for text, side, width in aligned).rstrip())

    def _write(self, text: str) -> None:
        # Flushed, so that progress is seen where the output is a pipe.
        print(text, file=self._stream, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo and return its exit code."""
    parser = argparse.ArgumentParser(description="Compute the grocery features in every way.")
    parser.add_argument("--requests", type=int, default=2_000, metavar="N")
    parser.add_argument("--candidates", type=int, default=50, metavar="N", help="per request")
    parser.add_argument("--output", type=Path, default=ROOT / "demo_output", metavar="FOLDER")
    parser.add_argument("--program", type=Path, default=PROGRAM, metavar="FILE")
    options = parser.parse_args(arguments)
    if min(options.requests, options.candidates) < 1:
        parser.error("the numbers of requests and candidates must be at least 1")
    screen = Screen(sys.stdout)
    try:
        return run(screen, options.program, options.output, options.requests, options.candidates)
    except fx.CompileError as error:
        print(error, file=sys.stderr)
        print(f"demo: {shown(options.program)} has mistakes; nothing was computed", file=sys.stderr)
    except (fx.FeatureExtractorError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
    except ImportError as error:
        print(f"demo: {error}\ndemo: `make build` makes what is missing", file=sys.stderr)
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130
    return 1


def run(screen: Screen, program: Path, output: Path, requests: int, candidates: int) -> int:
    """Do all parts, one after the other."""
    samples = prepared_samples(screen, output, requests, candidates)
    package = compile_program(screen, program, output)
    extractor = fx.load(package)
    reference, first, counts = stream(screen, extractor, samples, output / "features.parquet")
    tell_nulls(screen, program, counts)
    same = prove(screen, extractor, package, samples, reference, first)
    if same:
        tell_what_is_next(screen, program, samples)
    return 0 if same else 1


def prepared_samples(screen: Screen, output: Path, requests: int, candidates: int) -> Path:
    """Return the samples, prepared if they are not there yet."""
    path = output / f"requests_{requests}x{candidates}.parquet"
    screen.section("Samples: real purchases of 2017, a row per request, its candidates as a list")
    if not path.is_file():
        import prepare

        # A run that was interrupted must not leave half a file under the real name.
        unfinished = path.with_name(f"unfinished_{path.name}")
        prepare.prepare(
            unfinished,
            requests,
            candidates,
            progress=lambda text: None if text.startswith("wrote") else screen.line(text),
        )
        os.replace(unfinished, path)
    rows = pq.ParquetFile(path).metadata.num_rows
    megabytes = path.stat().st_size / 1e6
    screen.line(f"{shown(path)}: {rows:,} requests x {candidates} candidates, {megabytes:.1f} MB")
    return path


def compile_program(screen: Screen, program: Path, output: Path) -> Path:
    """Compile the program and write its package; return its path."""
    screen.section(f"Compile {shown(program)}")
    started = time.perf_counter()
    compiled = fx.compile(program)
    seconds = time.perf_counter() - started
    package = output / program.with_suffix(".fxp").name
    compiled.save(package)
    features = compiled.package.manifest["features"]
    kinds = Counter(feature["kind"] for feature in features)
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    screen.line(f"{len(features)} features: {listed}")
    screen.line(f"compiled in {seconds:.2f} s to {len(compiled.package.plan['steps']):,} steps")
    screen.line(
        f"{shown(package)}: {package.stat().st_size / 1e3:.0f} kB, digest {compiled.digest}"
    )
    for warning in compiled.warnings:
        screen.line(f"warning: {warning.message}")
    return package


def batches(samples: Path) -> Iterator[pa.RecordBatch]:
    """Read the samples some requests at a time."""
    yield from pq.ParquetFile(samples).iter_batches(batch_size=BATCH_REQUESTS)


def stream(
    screen: Screen, extractor: fx.Extractor, samples: Path, output: Path
) -> tuple[Way, Way, Counts]:
    """Extract all rows batch by batch to a Parquet file.

    Returns the digests of the values of all rows and of the first batch alone, and what was counted.
    """
    screen.section("Extract all rows, in batches")
    count = pq.ParquetFile(samples).metadata.num_rows
    digests: list[TableDigest] = []
    counts = Counts()
    rows, requests, seconds, first_seconds = 0, 0, 0.0, 0.0
    preview: fx.Extraction | None = None
    unfinished = output.with_name(f"unfinished_{output.name}")
    with pq.ParquetWriter(unfinished, pa.schema(extractor), compression="zstd") as writer:
        for number, batch in enumerate(batches(samples)):
            started = time.perf_counter()
            extraction = extractor.extract(batch)
            seconds += time.perf_counter() - started
            writer.write_batch(extraction.to_arrow())
            digests.append(extraction.digest())
            rows += extraction.rows
            counts.add(extraction.statistics())
            requests += batch.num_rows
            if preview is None:
                preview, first_seconds = extraction, seconds
            if number % 4 == 3 or requests == count:
                screen.line(f"{requests:,} of {count:,} requests, {rows:,} rows")
    os.replace(unfinished, output)
    screen.line(
        f"{rows:,} rows in {seconds:.2f} s on one thread: {rows / seconds:,.0f} rows/s "
        f"with {len(extractor.features)} features each"
    )
    screen.line(f"{shown(output)}: {output.stat().st_size / 1e6:.1f} MB")
    if preview is not None:
        show_preview(screen, preview)
    name = f"batches of {BATCH_REQUESTS} requests"
    whole = Way(name, total(digests), seconds)
    return whole, Way(name, digests[0], first_seconds), counts


def show_preview(screen: Screen, extraction: fx.Extraction) -> None:
    """Print some features of the first rows."""
    names = [name for name in PREVIEW if name in extraction] or list(extraction)[:6]
    columns = [extraction[name] for name in names]
    screen.section(f"The first rows, {len(names)} of {len(extraction)} features")
    rows = [[short(name, 17) for name in names]]
    for row in range(min(PREVIEW_ROWS, extraction.rows)):
        widths = (max(9, len(title)) for title in rows[0])
        rows.append(
            [cell(column[row], width) for column, width in zip(columns, widths, strict=True)]
        )
    screen.table(rows, "".join("<" if isinstance(column, list) else ">" for column in columns))


def cell(value: Any, width: int) -> str:
    """Return a value of a feature as a short text."""
    if isinstance(value, np.ndarray):
        return short(" ".join(cell(element, 8) for element in value), width)
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    return short(str(value), width)


def short(text: str, width: int) -> str:
    """Return a text cut to a width, with a sign where it was cut."""
    return text if len(text) <= width else text[: width - 1] + "\N{HORIZONTAL ELLIPSIS}"


def tell_nulls(screen: Screen, program: Path, counts: Counts) -> None:
    """Tell what was null in the data, where operators had no result, and which defaults stood in."""
    screen.section("What was null in the inputs (rows, or elements of lists)")
    rows = [("input", "times", "why")]
    for (name, why), number in counts.inputs.items():
        reason = "null in the data" if why == "nulls" else f"{why.replace('_', ' ')}, so made null"
        if number:
            rows.append((name, f"{number:,}", reason))
    screen.table(rows, "<><")

    screen.section("Where an operator had no result though its arguments had values")
    rows = [("line:column", "times", "what stands there")]
    file = ""
    for place in sorted(counts.places, key=place_order):
        number = counts.places[place]
        if number:
            name, line, column = place_order(place)
            if name != file:
                file = name
                rows.append((file, "", ""))
            text = short(source_text(program.parent, place), 55)
            rows.append((f"  {line}:{column}", f"{number:,}", text))
    screen.table(rows, "<><")
    screen.line("What a function does is counted for each call of it.")

    screen.section("Features whose default stood in")
    fired = [(name, f"{number:,}") for name, number in counts.defaults.items() if number]
    if fired:
        screen.table([("feature", "times"), *fired], "<>")
    else:
        screen.line("none: where a value may be null, the program says what to take instead")


def place_order(place: str) -> tuple[str, int, int]:
    """Return what sorts places ``file:line:column`` as they stand in the files."""
    file, line, column = place.rsplit(":", 2)
    return file, int(line), int(column)


def source_text(folder: Path, place: str) -> str:
    """Return what stands at a place, to the end of its line."""
    file, line, column = place_order(place)
    try:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        return lines[line - 1][column - 1 :].rstrip()
    except (OSError, IndexError):
        return ""


def prove(
    screen: Screen,
    extractor: fx.Extractor,
    package: Path,
    samples: Path,
    reference: Way,
    first: Way,
) -> bool:
    """Compute the same rows in other ways and compare the digests of all values."""
    screen.section("The same rows in other ways: digests of all values (docs/digest.md)")
    plain = fx.load(package, simd_level=0, use_reference=True)

    def whole(name: str, extract: Callable[[pa.RecordBatch], Iterable[fx.Extraction]]) -> Way:
        return computed(name, batches(samples), extract)

    ways = [
        reference,
        whole("2 threads", lambda batch: [extractor.extract(batch, threads=2)]),
        whole("chunks of 7 rows", lambda batch: [extractor.extract(batch, chunk_rows=7)]),
        whole("row by row (chunk_rows=1)", lambda batch: [extractor.extract(batch, chunk_rows=1)]),
        whole("plain kernels, no SIMD", lambda batch: [plain.extract(batch)]),
        whole("one Arrow request at a time", lambda batch: arrow_requests(extractor, batch)),
    ]
    table = next(batches(samples))
    dicts = table.to_pylist(maps_as_pydicts="strict")
    few = [
        first,
        computed(
            "one dict request at a time", [dicts], lambda rows: dict_requests(extractor, rows)
        ),
    ]
    rows = [("way", "rows", "time", "digest", "")]
    for group in (ways, few):
        wanted = group[0].digest
        for way in group:
            sign = "" if way is group[0] else "same" if way.digest == wanted else "DIFFERS"
            rows.append(
                (way.name, f"{way.digest.count:,}", f"{way.seconds:.2f} s", way.digest.rows, sign)
            )
    screen.table(rows, "<>><<")
    others = [(group[0], way) for group in (ways, few) for way in group[1:]]
    if any(one.digest != other.digest for one, other in others):
        differences = [
            f"{what}: {one.name} and {other.name} differ"
            for one, other in others
            if one.digest != other.digest
            for what in different_parts(one.digest, other.digest)
        ]
        print("demo: the same rows gave different bits; this is a mistake in the core:")
        for difference in differences[:20]:
            print(f"  {difference}")
        return False
    screen.line(
        f"identical: {len(ways)} ways gave the same bits for {reference.digest.count:,} rows, "
        f"and dicts for the first {first.digest.count:,}"
    )
    return True


def different_parts(one: TableDigest, other: TableDigest) -> list[str]:
    """Return the features that differ; where all have the same values, they stand in other rows."""
    return [f"feature `{name}`" for name in one.differences(other)] or ["rows"]


def computed(
    name: str, parts: Iterable[Any], extract: Callable[[Any], Iterable[fx.Extraction]]
) -> Way:
    """Compute all parts in one way; reading them and hashing the results is not in the time."""
    digests: list[TableDigest] = []
    seconds = 0.0
    for part in parts:
        started = time.perf_counter()
        extractions = list(extract(part))
        seconds += time.perf_counter() - started
        digests.extend(extraction.digest() for extraction in extractions)
    return Way(name, total(digests), seconds)


def arrow_requests(extractor: fx.Extractor, batch: pa.RecordBatch) -> Iterator[fx.Extraction]:
    """Compute each request by a call of its own, from Arrow columns."""
    candidates = batch.column("candidates")
    requests = batch.drop_columns(["candidates"])
    for row in range(batch.num_rows):
        rows = pa.RecordBatch.from_struct_array(candidates[row].values)
        yield extractor.extract_request(requests.slice(row, 1), rows)


def dict_requests(
    extractor: fx.Extractor, requests: Sequence[dict[str, Any]]
) -> Iterator[fx.Extraction]:
    """Compute each request by a call of its own, from Python dicts as a server has them."""
    for request in requests:
        yield extractor.extract_request(request, request["candidates"])


def tell_what_is_next(screen: Screen, program: Path, samples: Path) -> None:
    """Name commands to go on with; each can be pasted from the root of the checkout."""
    file = shown(program)
    screen.section("What to try next")
    screen.line(f"edit {file} and run `make demo` again; the samples are kept")
    for purpose, command in (
        ("see how a feature is computed", f"explain {file} --feature similarity"),
        ("look operators up", "ops bucket"),
        ("see features as text", f"run {file} -i {shown(samples)} --limit 1 --select price_log"),
    ):
        screen.line(f"{purpose}:")
        screen.line(f"    .venv/bin/fx {command}")


def shown(path: Path) -> str:
    """Return a path as the user would write it: from the root of the checkout, where it is there."""
    try:
        return path.resolve().relative_to(ROOT).as_posix()
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
