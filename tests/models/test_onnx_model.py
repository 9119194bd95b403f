"""ONNX Runtime over the memory of an extraction: what is bound, that it is not copied, and what is refused."""

from __future__ import annotations

import json
import threading
from typing import Any

import numpy as np
import pytest
from feature_extractor.layout import Layout, LayoutError, OutputColumn
from feature_extractor.models import ModelError, Source, model_metadata

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from feature_extractor.models import OnnxModel
from onnx import TensorProto, helper

FLOAT, INT64, INT32 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32
Shape = list[int | str]


def model_of(inputs: dict[str, tuple[int, Shape]], metadata: dict[str, str] | None = None) -> bytes:
    """Return a model that gives back each of its inputs as an output of the same name with ``_out``."""
    graph = helper.make_graph(
        [helper.make_node("Identity", [name], [f"{name}_out"]) for name in inputs],
        "echo",
        [helper.make_tensor_value_info(name, *one) for name, one in inputs.items()],
        [helper.make_tensor_value_info(f"{name}_out", *one) for name, one in inputs.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if metadata:
        helper.set_model_props(model, metadata)
    found: bytes = model.SerializeToString()
    return found


ALL: dict[str, tuple[int, Shape]] = {
    "dense": (FLOAT, ["rows", 5]),
    "taste": (FLOAT, ["rows", 3]),
    "item_id": (INT64, ["rows", 1]),
    "price_log": (FLOAT, ["rows"]),
    "tag_ids": (INT64, ["elements"]),
    "tag_ids.offsets": (INT64, ["bounds"]),
    "tag_ids.lengths": (INT64, ["rows"]),
    "tag_weights.values": (INT64, ["weighted"]),
    "tag_weights.weights": (FLOAT, ["weighted"]),
}


def test_a_model_sees_the_values_of_the_features(extractor: Any, extraction: Any) -> None:
    model = OnnxModel(model_of(ALL), extractor.layout)
    seen = model.score(extraction)
    assert list(seen) == [f"{name}_out" for name in ALL]
    for name, expected in {
        "dense": extraction.dense(),
        "taste": extraction["taste"],
        "item_id": extraction["item_id"].reshape(-1, 1),
        "price_log": extraction["price_log"],
        "tag_ids": extraction["tag_ids"].values,
        "tag_ids.offsets": extraction["tag_ids"].offsets,
        "tag_ids.lengths": extraction["tag_ids"].lengths(),
        "tag_weights.values": extraction["tag_weights"].values,
        "tag_weights.weights": extraction["tag_weights"].weights,
    }.items():
        given = seen[f"{name}_out"]
        assert given.dtype == expected.dtype, name
        assert given.shape == expected.shape, name
        assert given.tobytes() == np.ascontiguousarray(expected).tobytes(), name


class _Recorder:
    """Stands for a binding, and keeps the addresses that are bound."""

    def __init__(self, binding: Any, bound: dict[str, tuple[Any, ...]]) -> None:
        self._binding = binding
        self._bound = bound

    def bind_input(self, name: str, *rest: Any) -> None:
        self._bound[name] = rest
        self._binding.bind_input(name, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._binding, name)


def test_the_memory_of_the_core_is_bound_and_not_a_copy(extractor: Any, extraction: Any) -> None:
    """The addresses that ONNX Runtime reads are those that the core exports to Arrow."""
    pytest.importorskip("pyarrow")
    model = OnnxModel(model_of(ALL), extractor.layout)
    session = model._session
    bound: dict[str, tuple[Any, ...]] = {}

    class Session:
        def io_binding(self) -> Any:
            return _Recorder(session.io_binding(), bound)

        def run_with_iobinding(self, recorder: Any) -> None:
            session.run_with_iobinding(recorder._binding)

    model._session = Session()
    model.score(extraction)
    batch = extraction.to_arrow()
    exported = {
        "taste": batch.column("taste").flatten().buffers()[1].address,
        "item_id": batch.column("item_id").buffers()[1].address,
        "price_log": batch.column("price_log").buffers()[1].address,
        "tag_ids": batch.column("tag_ids").flatten().buffers()[1].address,
    }
    addresses = {name: rest[-1] for name, rest in bound.items()}
    assert {name: addresses[name] for name in exported} == exported
    assert addresses["tag_ids.offsets"] == extraction["tag_ids"].offsets.ctypes.data
    assert addresses["tag_weights.weights"] == extraction["tag_weights"].weights.ctypes.data
    assert all(rest[:2] == ("cpu", 0) for rest in bound.values())


def test_what_is_bound_is_read_when_the_model_runs(extractor: Any, extraction: Any) -> None:
    """A value that is written after the binding reaches the model, so that nothing was copied on the way."""
    model = OnnxModel(model_of({"dense": (FLOAT, ["rows", 5])}), extractor.layout)
    source = model.sources["dense"]
    matrix = extraction.dense()
    session = model._session

    class Late:
        def io_binding(self) -> Any:
            return session.io_binding()

        def run_with_iobinding(self, binding: Any) -> None:
            matrix[2, 4] = 77.0
            session.run_with_iobinding(binding)

    class Given:
        part, dtype, features = source.part, source.dtype, source.features

        def array(self, _: Any) -> Any:
            return matrix

    model._session = Late()
    model._sources = {"dense": Given()}
    assert model.score(extraction)["dense_out"][2, 4] == 77.0


def test_no_rows_and_no_elements(extractor: Any) -> None:
    empty = {"item": [], "price": [], "tags": [], "bought": []}
    none = extractor.extract_request({"user": "", "profile": [1.0, 2.0, 3.0]}, empty)
    seen = OnnxModel(model_of(ALL), extractor.layout).score(none)
    assert seen["dense_out"].shape == (0, 5)
    assert seen["tag_ids_out"].shape == (0,)
    assert seen["tag_ids.offsets_out"].tolist() == [0]


def test_inputs_are_mapped_by_name(extractor: Any, extraction: Any) -> None:
    model = OnnxModel(
        model_of({"x": (FLOAT, ["n", 4]), "sparse": (INT64, ["k"])}),
        extractor.layout,
        inputs={"x": ["parity", "taste"], "sparse": "user_words"},
    )
    assert (
        model.score(extraction)["x_out"].tolist() == extraction.dense(["parity", "taste"]).tolist()
    )
    assert str(model.sources["x"]) == "2 dense features side by side"
    assert str(model.sources["sparse"]) == "the values of 'user_words'"


def test_a_model_says_itself_what_it_reads(extractor: Any, extraction: Any) -> None:
    inputs = {"x": ["parity", "price_log"], "tags": "tag_ids", "bounds": "tag_ids.offsets"}
    content = model_of(
        {"x": (FLOAT, ["n", 2]), "tags": (INT64, ["k"]), "bounds": (INT64, ["m"])},
        model_metadata(extractor.layout, inputs),
    )
    model = OnnxModel(content, extractor.layout)
    assert model.score(extraction)["x_out"].tolist() == extraction.dense(inputs["x"]).tolist()
    # More features, and another order, do not matter to a model that names what it reads.
    more = (OutputColumn("added", "dense"), *reversed(extractor.layout.columns))
    model.check(Layout(more))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (OutputColumn("tag_ids", "ids", 1, 900, 4), "'tag_ids' is ids of 900 ids with at most 4"),
        (OutputColumn("tag_ids", "weighted", 1, 500, 4), "is weighted of 500 ids"),
        (OutputColumn("others", "ids", 1, 500, 4), "the feature 'tag_ids' is missing"),
        (
            OutputColumn("parity", "dense", 2),
            "'parity' is dense of width 2, but the model was made",
        ),
    ],
)
def test_another_package_is_refused(extractor: Any, changed: OutputColumn, text: str) -> None:
    inputs = {"x": ["parity", "price_log"], "tags": "tag_ids"}
    content = model_of(
        {"x": (FLOAT, ["n", 2]), "tags": (INT64, ["k"])}, model_metadata(extractor.layout, inputs)
    )
    columns = tuple(
        changed
        if column.name in (changed.name, {"others": "tag_ids"}.get(changed.name))
        else column
        for column in extractor.layout.columns
    )
    model = OnnxModel(content, extractor.layout)
    with pytest.raises(ModelError, match=text):
        model.check(Layout(columns))
    with pytest.raises(ModelError, match=text):
        OnnxModel(content, Layout(columns))


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"dense": (FLOAT, ["n", 4])}, r"wants the shape \(n, 4\), but 3 dense .* has \(rows, 5\)"),
        ({"dense": (FLOAT, [1, 5])}, r"wants the shape \(1, 5\)"),
        ({"dense": (FLOAT, ["n"])}, r"wants the shape \(n\)"),
        ({"taste": (FLOAT, ["n"])}, r"the values of 'taste' has \(rows, 3\)"),
        ({"item_id": (INT32, ["n"])}, r"wants tensor\(int32\), but .* has int64; put a Cast"),
        ({"item_id": (FLOAT, ["n"])}, r"wants tensor\(float\), but .* has int64"),
        ({"tag_ids": (INT64, ["n", 4])}, r"wants the shape \(n, 4\), but .* has \(elements\)"),
        ({"pariti": (FLOAT, ["n"])}, "input 'pariti': There is no feature 'pariti' among: bought"),
        ({"tag_ids.weights": (FLOAT, ["n"])}, "'tag_ids' is ids .* and has no weights"),
        ({"item_id.offsets": (INT64, ["n"])}, "'item_id' is id of 1,000 ids and has no offsets"),
        ({"user_name": (INT64, ["n"])}, "has no values; a text is no input of a model"),
        (
            {"pariti": (FLOAT, ["n"]), "prices": (FLOAT, ["n"])},
            "input 'pariti': .* input 'prices': ",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_named(
    extractor: Any, inputs: dict[str, tuple[int, Shape]], text: str
) -> None:
    with pytest.raises(ModelError, match=text):
        OnnxModel(model_of(inputs), extractor.layout)


def test_a_mapping_must_cover_the_inputs(extractor: Any) -> None:
    content = model_of({"x": (FLOAT, ["n"])})
    with pytest.raises(ModelError, match="has the inputs x; it has no y"):
        OnnxModel(content, extractor.layout, inputs={"x": "parity", "y": "parity"})
    described = model_metadata(extractor.layout, {"y": "parity"})
    with pytest.raises(ModelError, match="it has no y and nothing is said of x"):
        OnnxModel(model_of({"x": (FLOAT, ["n"])}, described), extractor.layout)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": {"part": "matrix"}}', '{"x": [1]}', "null"])
def test_metadata_that_is_damaged_is_refused(extractor: Any, text: str) -> None:
    content = model_of({"x": (FLOAT, ["n"])}, {"feature_extractor.inputs": text or "-"})
    with pytest.raises(ModelError, match=r"cannot be read|nothing is said of x"):
        OnnxModel(content, extractor.layout)


def test_metadata_is_plain_json(extractor: Any) -> None:
    (text,) = model_metadata(extractor.layout, {"x": "tag_ids"}).values()
    feature = {"name": "tag_ids", "kind": "ids", "size": 500, "max": 4}
    assert json.loads(text) == {"x": {"part": "values", "features": [feature]}}


def test_what_is_no_model_is_refused(extractor: Any, tmp_path: Any) -> None:
    for content in (b"", b"no model", model_of(ALL)[:100]):
        with pytest.raises(ModelError, match="cannot be loaded"):
            OnnxModel(content, extractor.layout)
    with pytest.raises(ModelError, match="cannot be loaded"):
        OnnxModel(tmp_path / "missing.onnx", extractor.layout)


def test_a_model_that_fails_says_so(extractor: Any, extraction: Any) -> None:
    """An id beyond a model's table fails when it runs; the error is ours."""
    table = helper.make_tensor("table", FLOAT, [2, 1], [0.0, 1.0])
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "item_id"], ["score"])],
        "lookup",
        [helper.make_tensor_value_info("item_id", INT64, ["n"])],
        [helper.make_tensor_value_info("score", FLOAT, ["n", 1])],
        [table],
    )
    content = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    ).SerializeToString()
    with pytest.raises(ModelError, match=r"The model failed: .*Gather"):
        OnnxModel(content, extractor.layout).score(extraction)


def test_threads_share_a_model(extractor: Any, extraction: Any) -> None:
    model = OnnxModel(model_of(ALL), extractor.layout)
    expected = {name: value.tobytes() for name, value in model.score(extraction).items()}
    wrong: list[object] = []

    def work() -> None:
        for _ in range(50):
            seen = {name: value.tobytes() for name, value in model.score(extraction).items()}
            if seen != expected:
                wrong.append(seen)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_feature_may_be_called_dense() -> None:
    layout = Layout((OutputColumn("dense", "dense", 2), OutputColumn("other", "dense")))
    assert Source.of("dense", layout).shape == ("rows", 3)
    assert Source.of("dense.values", layout).shape == ("rows", 2)
    with pytest.raises(LayoutError, match=r"no feature 'other\.names'"):
        Source.of("other.names", layout)
