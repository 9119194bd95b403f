"""Packages and models for the server: each package's answers say which package gave them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)
for name in ("starlette", "uvicorn", "httpx", "prometheus_client"):
    pytest.importorskip(name)

PROGRAM = """
input request {{ user: string, seen: list<int>, now: timestamp }}
input candidate {{ item: int, price: float? }}
feature version : dense = {number}.0 + item * 0.0
feature price_log : dense = log1p(price ?? 0.0)
feature seen_before : dense = seen.count(s -> s == item)
feature item_id : id(1000) = item % 1000
feature words : ids(100, max = 4) = user.split(" ").hash_bucket(100)
feature aged : weighted(1000, max = 4) = seen.map(s -> {{id: s, weight: 0.5}})
feature name : text = user
feature inverse : dense(default = -1.0) = 1.0 / (item - 2)
{more}
"""

REQUEST: dict[str, Any] = {
    "user": "Ann of Ulm",
    "seen": [3, 3, 5],
    "now": "2026-01-31T10:00:00Z",
    "candidates": [{"item": n, "price": None if n % 4 == 0 else float(n)} for n in range(8)],
}
BODY = json.dumps(REQUEST).encode()

Package = Callable[..., bytes]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Return a function that makes the bytes of a package with a number, and with more declarations."""
    folder = tmp_path_factory.mktemp("packages")
    made: dict[tuple[int, str], bytes] = {}

    def make(number: int, more: str = "") -> bytes:
        if (number, more) not in made:
            path: Path = folder / "served.fxp"
            fx.compile_text(PROGRAM.format(number=number, more=more), path="served.fx").save(path)
            made[number, more] = path.read_bytes()
        return made[number, more]

    return make


@pytest.fixture(scope="session")
def model(package: Package) -> bytes:
    """A model whose score is the version of the package plus 10 times how often the item was seen."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from feature_extractor.models import model_metadata

    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "weights"], ["score"])],
        "score",
        [helper.make_tensor_value_info("x", floats, ["rows", 2])],
        [helper.make_tensor_value_info("score", floats, ["rows", 1])],
        [helper.make_tensor("weights", floats, [2, 1], [1.0, 10.0])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    layout = fx.load(package(1)).layout
    helper.set_model_props(made, model_metadata(layout, {"x": ["version", "seen_before"]}))
    content: bytes = made.SerializeToString()
    return content


class Running:
    """A server that runs as a process of its own."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.told: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        # The pipe is emptied, so that the server never waits for it.
        assert self.process.stderr is not None
        self.told.extend(self.process.stderr)


@pytest.fixture
def started() -> Callable[..., Any]:
    """Return a context in which ``fx serve`` runs on a free port."""

    @contextmanager
    def start(*arguments: str | Path) -> Iterator[Running]:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "feature_extractor",
                "serve",
                *map(str, arguments),
                "--port",
                "0",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        told = []
        try:
            for line in process.stderr:
                told.append(line)
                found = re.search(r"running on http://127\.0\.0\.1:(\d+)", line)
                if found:
                    break
            else:
                raise AssertionError(f"the server did not start: {''.join(told)}")
            yield Running(process, int(found[1]))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    return start
