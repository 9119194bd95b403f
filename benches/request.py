"""Measure one request with its candidates from Python: ours, Polars, DuckDB, NumPy by hand, pure Python.

Every side computes the 33 features of grocery_subset.py, or 60 or 200 features of wide_program.py, from
a request that is a dict, with candidates in columns (Arrow for ours and Polars, a table in memory for
DuckDB, arrays and lists for NumPy) or as dicts (pure Python, and ours once more). DuckDB has the request
in Arrow. A catalogue has the candidates beforehand, a warm cache what was computed of them in an earlier
request. For ours the grocery request comes also as bytes in JSON and Protocol Buffers, beside
reading these bytes in Python first. One thread, in turns of some requests one after the other, of which
the first does not count; median and 99th percentile in microseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

SIZES = [1, 300, 1_000]
PROGRAMS = ["grocery", "wide-60", "wide-200"]
BASE = "ours, columns"
WARM_RUNS = 4


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=100, help="turns")
    parser.add_argument(
        "--seconds", type=float, default=4.0, help="at most, for each side and size"
    )
    parser.add_argument(
        "--clock",
        choices=["wall", "processor"],
        default="wall",
        help="processor: leave out what other processes take (default: wall)",
    )
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="candidates")
    arguments = parser.parse_args()
    # Polars reads the number of threads once, when it is imported.
    os.environ["POLARS_MAX_THREADS"] = "1"
    for program in arguments.programs:
        print(
            report(
                program, arguments.sizes, arguments.repetitions, arguments.seconds, arguments.clock
            ),
            flush=True,
        )


def report(
    program: str, sizes: Sequence[int], repetitions: int, seconds: float, clock: str = "wall"
) -> str:
    """Measure one program and return the report as Markdown."""
    import numpy as np

    from benches.side_by_side import interleaved, table

    read_clock = time.perf_counter if clock == "wall" else time.process_time
    lines = []
    for size in sizes:
        taken = interleaved(sides(size, program), repetitions, seconds, read_clock, WARM_RUNS)
        ours = np.median(taken[BASE])
        for side, runs in taken.items():
            middle, last = np.median(runs), np.percentile(runs, 99)
            cells = [f"{middle * 1e6:,.0f}", f"{last * 1e6:,.0f}", f"{middle / ours:.1f}"]
            lines.append([f"{program}, {size:,} candidates: {side}", *cells])
    return table(["", "median us", "p99 us", "times ours, columns"], lines)


def sides(size: int, program: str = "grocery") -> dict[str, Callable[[], Any]]:
    """Return what to call for each side of a program, after all were compared with ours."""
    if program == "grocery":
        return grocery_sides(size)
    return wide_sides(size, int(program.removeprefix("wide-")))


def wide_sides(size: int, count: int) -> dict[str, Callable[[], Any]]:
    """Return the sides of ``count`` features of wide_program.py."""
    import feature_extractor as fx
    import polars as pl

    from benches import wide_program, wide_sides

    chosen = wide_program.features(count)
    extractor = fx.compile_text(wide_program.program(chosen)).extractor()
    user, candidates = wide_sides.request_and_candidates(size)
    request, rows = wide_sides.as_dict(user), candidates.to_pylist()
    names = candidates.schema.names
    columns = wide_sides.numpy_columns(candidates)
    user_frame, frame = pl.DataFrame(user), pl.DataFrame(candidates)
    with_polars = wide_sides.polars_side(chosen)
    with_duckdb = wide_sides.duckdb_side(chosen, user, candidates)
    with_numpy = wide_sides.numpy_side(chosen, names)
    in_python = wide_sides.python_side(chosen, names)
    with_catalogue = extractor.with_catalogue(candidates, key="item")
    with_cache = extractor.with_cache(64 << 20)
    keys = {"item": candidates["item"].to_numpy()}
    made: dict[str, Callable[[], Any]] = {
        BASE: lambda: extractor.extract_request(request, candidates),
        "ours, request in Arrow": lambda: extractor.extract_request(
            user, candidates, offsets=[0, size]
        ),
        "ours, dicts": lambda: extractor.extract_request(request, rows),
        "ours, keys of a catalogue": lambda: with_catalogue.extract_request(request, keys),
        "ours, keys of a catalogue, request in Arrow": lambda: with_catalogue.extract_request(
            user, keys, offsets=[0, size]
        ),
        "ours, columns, warm cache": lambda: with_cache.extract_request(request, candidates),
        "Polars": lambda: with_polars(pl.DataFrame([request], schema=user_frame.schema), frame),
        "Polars, request in a frame": lambda: with_polars(user_frame, frame),
        "DuckDB": with_duckdb,
        "NumPy by hand": lambda: with_numpy(request, columns),
        "pure Python": lambda: in_python(request, rows),
    }
    expected = made[BASE]()
    for side, run in made.items():
        wide_sides.check(chosen, expected, run(), side, ordered=side != "DuckDB")
    return made


def grocery_sides(size: int) -> dict[str, Callable[[], Any]]:
    """Return the sides of the features of grocery_subset.py, and ours with all of the example's."""
    import feature_extractor as fx
    import polars as pl
    import pyarrow as pa
    from feature_extractor.testing.messages import RequestMessages

    from benches import grocery_subset as subset

    nested = subset.samples(4, max(SIZES)).slice(2, 1).combine_chunks()
    users, flat = subset.polars_frames(nested)
    flat = flat.head(size)
    request = dict(nested.drop_columns(["candidates"]).to_pylist()[0])
    inner = nested["candidates"].combine_chunks().flatten().slice(0, size)
    batch = pa.RecordBatch.from_struct_array(pa.concat_arrays([inner]))
    rows = batch.to_pylist()
    mixed: dict[str, Any] = {
        field.name: batch[field.name].to_numpy()
        if pa.types.is_primitive(field.type)
        and batch[field.name].null_count == 0
        and not pa.types.is_boolean(field.type)
        else batch[field.name]
        for field in batch.schema
    }
    columns = python_columns(batch)
    prices = subset.category_medians()
    price_frame = pl.DataFrame({"category": list(prices), "median_price": list(prices.values())})
    schema = users.drop("row").schema
    polars_request = dict(request) | {"taste": dict(request["taste"])}
    polars_request.pop("request")
    framed = pl.DataFrame([polars_request], schema=schema).with_row_index("row")
    user_batch = nested.drop_columns(["request", "candidates"]).to_batches()[0]
    extractor = fx.compile_text(subset.subset_program(), root=subset.EXAMPLES).extractor()
    whole = fx.compile(subset.EXAMPLES / "grocery.fx").extractor()
    with_catalogue = extractor.with_catalogue(batch, key="product")
    with_cache = extractor.with_cache(64 << 20)
    whole_catalogue = whole.with_catalogue(batch, key="product")
    whole_cache = whole.with_cache(64 << 20)
    keys = {"product": batch["product"].to_numpy()}

    def with_polars(user: pl.DataFrame) -> pl.DataFrame:
        return subset.polars_features(user.lazy(), flat.lazy(), price_frame.lazy()).collect()

    def with_polars_from_dict() -> pl.DataFrame:
        # The request arrives as a dict, the candidates are in a frame already.
        return with_polars(pl.DataFrame([polars_request], schema=schema).with_row_index("row"))

    # The same request as bytes. Instants are microseconds, which every reader has as numbers.
    user_numbers, row_numbers = in_numbers(request), [in_numbers(row) for row in rows]
    text = json.dumps({**user_numbers, "candidates": row_numbers}).encode()
    messages = RequestMessages(extractor.inputs)
    message = messages.message(user_numbers, row_numbers)
    from_json = extractor.json_decoder()
    from_protobuf = extractor.protobuf_decoder(messages.descriptor_set, messages.name)

    def from_dict(read: Any) -> Any:
        return extractor.extract_request(read, read["candidates"])

    made: dict[str, Callable[[], Any]] = {
        BASE: lambda: extractor.extract_request(request, batch),
        "ours, NumPy columns": lambda: extractor.extract_request(request, mixed),
        "ours, request in Arrow": lambda: extractor.extract_request(
            user_batch, batch, offsets=[0, size]
        ),
        "ours, dicts": lambda: extractor.extract_request(request, rows),
        "ours, JSON": lambda: from_json.extract(text),
        "ours, dicts of json.loads": lambda: from_dict(json.loads(text)),
        "ours, Protocol Buffers": lambda: from_protobuf.extract(message),
        "ours, dicts of a message": lambda: from_dict(as_dict(messages.type.FromString(message))),
        "ours, keys of a catalogue": lambda: with_catalogue.extract_request(request, keys),
        "ours, columns, warm cache": lambda: with_cache.extract_request(request, batch),
        "ours, all of grocery.fx, columns": lambda: whole.extract_request(request, batch),
        "ours, all of grocery.fx, keys of a catalogue": lambda: whole_catalogue.extract_request(
            request, keys
        ),
        "ours, all of grocery.fx, columns, warm cache": lambda: whole_cache.extract_request(
            request, batch
        ),
        "Polars": with_polars_from_dict,
        "Polars, request in a frame": lambda: with_polars(framed),
        "DuckDB": subset.duckdb_request(user_batch, flat, price_frame),
        "NumPy by hand": lambda: subset.numpy_features(request, columns, prices),
        "pure Python": lambda: subset.python_features(request, rows, prices),
    }
    flat = flat.with_columns(pl.lit(0, pl.get_index_type()).alias("row"))
    expected = made[BASE]()
    for side, run in made.items():
        subset.check(expected, run(), side, ordered=side != "DuckDB")
    return made


def in_numbers(value: Any) -> Any:
    """Return instants as microseconds, and maps, which Arrow shows as pairs, as dicts."""
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1, tzinfo=value.tzinfo)) // timedelta(microseconds=1)
    if isinstance(value, Mapping):
        return {name: in_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            return dict(value)
        return [in_numbers(item) for item in value]
    return value


def as_dict(message: Any) -> dict[str, Any]:
    """Return what the getters of a message return; None where a field is absent."""
    found = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            found[field.name] = dict(value)
        elif field.is_repeated:
            is_message = field.message_type is not None
            found[field.name] = [as_dict(item) for item in value] if is_message else list(value)
        elif field.has_presence and not message.HasField(field.name):
            found[field.name] = None
        else:
            found[field.name] = value
    return found


def python_columns(batch: Any) -> Mapping[str, Any]:
    """Return arrays of numbers with NaN for null, and lists of everything else."""
    import numpy as np
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for field in batch.schema:
        column = batch[field.name]
        if pa.types.is_floating(field.type) or pa.types.is_integer(field.type):
            columns[field.name] = column.to_numpy(zero_copy_only=False).copy()
        elif pa.types.is_fixed_size_list(field.type):
            columns[field.name] = np.array(column.to_pylist(), np.float32)
        else:
            columns[field.name] = column.to_pylist()
    columns["bought_with"] = [[b["product"] for b in row] for row in columns["bought_with"]]
    return columns


if __name__ == "__main__":
    main()
