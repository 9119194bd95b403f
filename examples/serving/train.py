"""Train a small ranking model on the features of ``make demo``, and write it as ONNX for ``fx serve``.

A logistic regression over all dense features but the one that marks the held-out households. It is trained with
scikit-learn on the other households, written with onnx as four nodes, and says in its metadata which features it reads.
The held-out requests tell how good it is, beside single features.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import numpy.typing as npt
import onnx
import pyarrow.compute as pc
import pyarrow.parquet as pq
from feature_extractor.layout import Layout
from feature_extractor.models import OnnxModel, model_metadata
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).resolve().parents[2]
LABEL = "bought_next"
HOLDOUT = "holdout"
BASELINES = ("product_count", "popularity")

Floats = npt.NDArray[np.float32]


def main() -> int:
    """Train, write, compare; the exit code is 1 where ONNX Runtime gives other scores than scikit-learn."""
    parser = argparse.ArgumentParser(description="Train the ranking model of the example server.")
    parser.add_argument("--folder", type=Path, default=ROOT / "demo_output", metavar="FOLDER")
    parser.add_argument("--requests", type=int, default=20, metavar="N", help="examples to write")
    options = parser.parse_args()
    folder: Path = options.folder
    package = folder / "grocery.fxp"
    features = folder / "features.parquet"
    samples = sorted(folder.glob("requests_*x*.parquet"))
    if not (package.is_file() and features.is_file() and samples):
        print(f"train: `make demo` writes {package}, {features} and the samples", file=sys.stderr)
        return 2

    extractor = fx.load(package)
    layout = extractor.layout
    table = pq.read_table(features)
    names = [name for name in layout.of_kind("dense") if name != HOLDOUT]
    matrix = layout.dense(table, names)
    labels = table.column(LABEL).to_numpy() > 0.5
    held_out = table.column(HOLDOUT).to_numpy() > 0.5

    # In 64 bits for the training alone; the model itself reads what the core wrote.
    mean = matrix[~held_out].mean(axis=0, dtype=np.float64)
    scale = 1.0 / np.maximum(matrix[~held_out].std(axis=0, dtype=np.float64), 1e-6)
    regression = LogisticRegression(max_iter=200)
    regression.fit((matrix[~held_out] - mean) * scale, labels[~held_out])
    content = onnx_of(
        names, layout, mean, scale, regression.coef_[0], float(regression.intercept_[0])
    )
    target = folder / "grocery.onnx"
    target.write_bytes(content)

    written = write_requests(samples[0], folder / "requests.jsonl", options.requests, extractor)
    scores = regression.predict_proba((matrix - mean) * scale)[:, 1]
    report(
        matrix, labels, held_out, scores, layout.dense_columns(names), request_numbers(samples[0])
    )
    print(f"  {target}: {len(content):,} bytes, reads {len(names)} dense features")
    print(f"  {folder / 'requests.jsonl'}: {written} requests")
    return check(content, extractor, folder / "requests.jsonl")


def onnx_of(
    names: list[str],
    layout: Layout,
    mean: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    bias: float,
) -> bytes:
    """Return the regression as an ONNX model with the input ``x`` and the output ``score``, a probability per row."""
    constants = {
        "mean": mean.astype(np.float32),
        "scale": scale.astype(np.float32),
        "weights": weights.astype(np.float32).reshape(-1, 1),
        "bias": np.array([bias], np.float32),
    }
    nodes = [
        helper.make_node("Sub", ["x", "mean"], ["centred"]),
        helper.make_node("Mul", ["centred", "scale"], ["standard"]),
        helper.make_node("Gemm", ["standard", "weights", "bias"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["score"]),
    ]
    graph = helper.make_graph(
        nodes,
        "grocery_ranking",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", len(mean)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["rows", 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, model_metadata(layout, {"x": names}))
    onnx.checker.check_model(model)
    found: bytes = model.SerializeToString()
    return found


def write_requests(samples: Path, target: Path, count: int, extractor: fx.Extractor) -> int:
    """Write the last requests of the samples as the server takes them, without the answer; the first alone, too."""
    declared = {(one.domain, one.name) for one in extractor.inputs}
    lines = []
    table = pq.read_table(samples)
    for row in table.slice(max(table.num_rows - count, 0)).to_pylist(maps_as_pydicts="strict"):
        request = {name: row[name] for name in row if ("request", name) in declared}
        request["candidates"] = [
            {
                # Who asks cannot know the answer.
                name: False if name == "bought" else candidate[name]
                for name in candidate
                if ("candidate", name) in declared
            }
            for candidate in row["candidates"]
        ]
        lines.append(json.dumps(request, default=_moment, ensure_ascii=False) + "\n")
    target.write_text("".join(lines), encoding="utf-8")
    target.with_name("request.json").write_text(lines[0], encoding="utf-8")
    return len(lines)


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def request_numbers(samples: Path) -> npt.NDArray[np.int64]:
    """Return for each candidate of the samples the number of its request, in the order of the features."""
    lists = pq.read_table(samples, columns=["candidates"]).column("candidates")
    lengths = pc.list_value_length(lists).to_numpy()
    return np.repeat(np.arange(len(lengths)), lengths)


def report(
    matrix: Floats,
    labels: npt.NDArray[np.bool_],
    held_out: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.float64],
    places: dict[str, slice],
    request: npt.NDArray[np.int64],
) -> None:
    """Print how well the model ranks the held-out requests, beside single features."""
    print(
        f"  trained on {int((~held_out).sum()):,} rows; {int(held_out.sum()):,} rows of other "
        f"households held out, {100 * labels[held_out].mean():.1f} % of them bought"
    )
    print("  held-out AUC                      all rows   mean of requests")
    columns = {"the model": scores}
    columns |= {f"{name} alone": matrix[:, places[name].start] for name in BASELINES}
    for name, values in columns.items():
        whole = roc_auc_score(labels[held_out], values[held_out])
        inside = request_auc(request[held_out], labels[held_out], values[held_out])
        print(f"    {name:30}  {whole:8.4f}   {inside:8.4f}")


def request_auc(
    request: npt.NDArray[np.int64], labels: npt.NDArray[np.bool_], values: npt.NDArray[Any]
) -> float:
    """Return the mean AUC of the requests that hold both what was bought and what was not."""
    found = []
    for rows in np.split(np.arange(len(request)), np.flatnonzero(np.diff(request)) + 1):
        if labels[rows].any() and not labels[rows].all():
            found.append(roc_auc_score(labels[rows], values[rows]))
    return float(np.mean(found))


def check(content: bytes, extractor: fx.Extractor, requests: Path) -> int:
    """Compare ONNX Runtime over the core's memory with the same model over the matrix in NumPy."""
    model = OnnxModel(content, extractor.layout)
    constants = {
        one.name: numpy_helper.to_array(one)
        for one in onnx.load_from_string(content).graph.initializer
    }
    names = [column.name for column in model.sources["x"].features]
    worst = 0.0
    decoder = extractor.json_decoder()
    for line in requests.read_bytes().splitlines():
        result = decoder.extract(line)
        logit = (result.dense(names) - constants["mean"]) * constants["scale"]
        expected = 1.0 / (1.0 + np.exp(-(logit @ constants["weights"] + constants["bias"])))
        worst = max(worst, float(np.abs(model.score(result)["score"] - expected).max()))
    print(f"  ONNX Runtime and NumPy differ by {worst:.1e} at most")
    return 0 if worst < 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main())
