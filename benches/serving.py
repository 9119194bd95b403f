"""Measure the reference server on this machine: requests per second, latency, and where a request's time goes.

`fx serve` runs as a process with the grocery package and the model of examples/serving; threads of this process ask it,
each on one connection, as fast as they are answered. What the clients take counts against the server where processors
are few. So besides the times of the clock there is the processor time that the server takes for a request, and which
parts of it are features, counting, model and encoding, as they are measured alone in this process;
the rest is HTTP and threads. The last lines are of a server with a catalogue, whose requests bring keys.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

FOLDER = ROOT / "demo_output"
SIZES = (50, 300)
CONNECTIONS = (1, 4)
WARM_UP = 10
JSON, ARROW = "application/json", "application/vnd.apache.arrow.stream"
CASES = (("/score", JSON), ("/extract", JSON), ("/extract", ARROW))
KEY = "product"
KEY_CASES = (("/score", JSON), ("/extract", ARROW))
PARTS = ("features", "counts", "model", "encoding")
REPETITIONS = 50


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each line of the report")
    arguments = parser.parse_args()
    wanted = [FOLDER / name for name in ("grocery.fxp", "grocery.onnx", "requests.jsonl")]
    if not all(path.is_file() for path in wanted):
        print(
            "serving: `make demo` and `examples/serving/train.py` make what is served",
            file=sys.stderr,
        )
        return 2
    print(report(arguments.seconds))
    return 0


def report(seconds: float) -> str:
    """Measure and return the report as Markdown."""
    from benches.side_by_side import table

    lines = []
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder, "candidates.parquet")
        write_catalogue(catalogue)
        for table_file, cases in ((None, CASES), (catalogue, KEY_CASES)):
            what = "candidates" if table_file is None else "keys"
            with server(table_file) as port:
                for size in SIZES:
                    body = request_of(size, keys=table_file is not None)
                    for path, accept in cases:
                        spent = parts(path, accept, body, table_file)
                        for connections in CONNECTIONS:
                            form = "Arrow" if accept == ARROW else "JSON"
                            cells = measured(port, path, accept, body, connections, seconds, spent)
                            lines.append(
                                [f"{path} {form}, {size} {what}", str(connections), *cells]
                            )
    header = ["", "connections", "requests/s", "p50 ms", "p99 ms", "server CPU ms"]
    header += [f"{part} %" for part in PARTS] + ["rest %"]
    return table(header, lines)


def measured(
    port: int,
    path: str,
    accept: str,
    body: bytes,
    connections: int,
    seconds: float,
    spent: list[float],
) -> list[str]:
    """Ask on some connections for some seconds, and return the cells of a line."""
    ask(port, path, accept, body, 0.0)
    taken: list[list[float]] = [[] for _ in range(connections)]

    def work(place: int) -> None:
        taken[place] = ask(port, path, accept, body, seconds)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(connections)]
    before = processor_seconds(port)
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed = time.perf_counter() - started
    times = np.array([one for part in taken for one in part])
    # The calls before the clock began took processor time as well.
    processor = (processor_seconds(port) - before) / (len(times) + WARM_UP * connections)
    shares = [100 * part / processor for part in spent]
    cells = [f"{len(times) / passed:,.0f}"]
    cells += [f"{1e3 * np.percentile(times, percent):.2f}" for percent in (50, 99)]
    cells.append(f"{1e3 * processor:.2f}")
    return cells + [f"{share:.0f}" for share in [*shares, 100 - sum(shares)]]


def parts(path: str, accept: str, body: bytes, catalogue: Path | None) -> list[float]:
    """Return the processor time of each part of a request, measured alone, in seconds."""
    from feature_extractor.models import OnnxModel
    from feature_extractor.serve.answers import features_answer, scores_answer
    from feature_extractor.serve.metrics import Metrics
    from feature_extractor.serving import Service

    equip = None if catalogue is None else lambda one: one.with_catalogue(catalogue, key=KEY)
    service = Service(FOLDER / "grocery.fxp", equip=equip)
    decoder = service.json_decoder()
    model = OnnxModel(FOLDER / "grocery.onnx", service.extractor.layout)
    counting = Metrics(service, 1)
    result = decoder.extract(body)
    scores = model.score(result)

    def spent(call: Callable[[], object]) -> float:
        call()
        started = time.process_time()
        for _ in range(REPETITIONS):
            call()
        return (time.process_time() - started) / REPETITIONS

    scored = path == "/score"
    return [
        spent(lambda: decoder.extract(body)),
        spent(lambda: counting.count(result)),
        spent(lambda: model.score(result)) if scored else 0.0,
        spent(
            lambda: (
                scores_answer(scores, result, accept) if scored else features_answer(result, accept)
            )
        ),
    ]


def ask(port: int, path: str, accept: str, body: bytes, seconds: float) -> list[float]:
    """Ask on one connection, and return the time of each answer; some first ones are not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    counted = -WARM_UP
    until = float("inf")
    while time.perf_counter() < until or counted < 0:
        if counted == 0:
            until = time.perf_counter() + seconds
        started = time.perf_counter()
        connection.request("POST", path, body, {"Accept": accept})
        answer = connection.getresponse()
        answer.read()
        if counted >= 0:
            found.append(time.perf_counter() - started)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        counted += 1
    connection.close()
    return found


def processor_seconds(port: int) -> float:
    """Return the processor time that the server has taken so far, as its metrics say."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "process_cpu_seconds_total":
                return float(sample.value)
    raise RuntimeError("the server does not tell its processor time")


def request_of(candidates: int, keys: bool = False) -> bytes:
    """Return an example request with so many candidates, which repeat; with ``keys`` their keys alone."""
    with (FOLDER / "requests.jsonl").open(encoding="utf-8") as lines:
        request = json.loads(next(lines))
    given = request["candidates"]
    chosen = [given[place % len(given)] for place in range(candidates)]
    request["candidates"] = {KEY: [one[KEY] for one in chosen]} if keys else chosen
    return json.dumps(request).encode()


def write_catalogue(path: Path) -> None:
    """Write the candidates of the example request as a table, each once."""
    import feature_extractor as fx
    from feature_extractor.decoding import JsonFormat
    from pyarrow import Table, parquet

    with (FOLDER / "requests.jsonl").open(encoding="utf-8") as lines:
        body = next(lines).encode()
    extractor = fx.load(FOLDER / "grocery.fxp")
    _, candidates, _ = extractor.decoded_messages(JsonFormat(1 << 30, 1 << 20), [body])
    first = {key: row for row, key in reversed(list(enumerate(candidates[KEY].to_pylist())))}
    parquet.write_table(Table.from_batches([candidates.take(sorted(first.values()))]), path)


@contextmanager
def server(catalogue: Path | None) -> Iterator[int]:
    """Run the server on a free port, which is given."""
    command = [sys.executable, "-m", "feature_extractor", "serve", str(FOLDER / "grocery.fxp")]
    command += ["--model", str(FOLDER / "grocery.onnx"), "--port", "0"]
    if catalogue is not None:
        command += ["--catalogue", str(catalogue), "--catalogue-key", KEY]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            found = re.search(r"running on http://127\.0\.0\.1:(\d+)", line)
            if found:
                break
        else:
            raise RuntimeError("the server did not start")
        yield int(found[1])
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
