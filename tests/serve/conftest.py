"""Packages and models for the server: each package's answers say which package gave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)
for name in ("starlette", "uvicorn", "httpx", "prometheus_client"):
    pytest.importorskip(name)
from numbered_packages import Package, numbered_packages
from served import PROGRAM, running_server


@pytest.fixture(scope="session")
def package() -> Package:
    """Return a function that makes the bytes of a package with a number, and with more declarations."""
    return numbered_packages(PROGRAM)


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


@pytest.fixture
def started() -> Callable[..., Any]:
    """Return a context in which ``fx serve`` runs on a free port."""
    return running_server
