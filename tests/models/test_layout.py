"""Where features stand: one description for training and serving."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from feature_extractor.layout import Layout, LayoutError, OutputColumn

pa = pytest.importorskip("pyarrow")


def test_the_layout_is_that_of_the_program(extractor: Any) -> None:
    layout = extractor.layout
    assert layout.names == tuple(feature.name for feature in extractor.features)
    assert layout.dense_columns() == {
        "price_log": slice(0, 1),
        "taste": slice(1, 4),
        "parity": slice(4, 5),
    }
    assert layout.dense_width() == 5
    assert layout.of_kind("ids", "weighted") == ("tag_ids", "user_words", "tag_weights")
    assert layout.column("tag_ids") == OutputColumn("tag_ids", "ids", 1, 500, 4)
    assert layout.as_json()[3] == {"name": "taste", "kind": "dense", "width": 3}


def test_the_matrix_stands_as_the_layout_says(extraction: Any) -> None:
    matrix = extraction.dense()
    for name, place in extraction.layout.dense_columns().items():
        column = extraction[name].reshape(extraction.rows, -1)
        assert matrix[:, place].tobytes() == np.ascontiguousarray(column).tobytes(), name
    chosen = ["parity", "bought_next", "taste"]
    places = extraction.layout.dense_columns(chosen)
    assert list(places) == chosen
    assert np.array_equal(extraction.dense(chosen)[:, places["taste"]], extraction["taste"])


def test_descriptions_survive_json(extractor: Any) -> None:
    columns = tuple(OutputColumn.from_json(one) for one in extractor.layout.as_json())
    assert Layout(columns) == extractor.layout
    assert Layout(columns).digest == extractor.layout.digest


@pytest.mark.parametrize("change", ["order", "width", "size", "max", "name"])
def test_the_digest_changes_with_what_a_model_would_notice(extractor: Any, change: str) -> None:
    columns = list(extractor.layout.columns)
    column = columns[4]
    changed = {
        "width": OutputColumn("taste", "dense", 4),
        "size": OutputColumn("tag_ids", "ids", 1, 501, 4),
        "max": OutputColumn("tag_ids", "ids", 1, 500, 5),
        "name": OutputColumn("other_ids", "ids", 1, 500, 4),
    }
    if change == "order":
        columns[4], columns[5] = columns[5], columns[4]
    else:
        columns[3 if change == "width" else 4] = changed[change]
    assert columns[4] is not column or change == "width"
    assert Layout(tuple(columns)).digest != extractor.layout.digest


def test_samples_agree_by_name_whatever_their_order_and_types(extraction: Any) -> None:
    """Spark and Flink write lists for vectors, joins add columns, and writers order them as they like."""
    table = pa.table(extraction.to_arrow())
    matrix = extraction.dense()
    for seed in range(5):
        names = list(table.column_names)
        random.Random(seed).shuffle(names)
        shuffled = table.select(names).append_column("joined", pa.array([0] * table.num_rows))
        place = shuffled.column_names.index("taste")
        kind = [pa.list_(pa.float32()), pa.large_list(pa.float32())][seed % 2]
        shuffled = shuffled.set_column(place, "taste", shuffled.column("taste").cast(kind))
        chunks = pa.concat_tables([shuffled.slice(0, 1), shuffled.slice(1)])
        assert extraction.layout.dense(chunks).tobytes() == matrix.tobytes()
    assert extraction.layout.dense(table.slice(0, 0)).shape == (0, 5)
    wanted = ["bought_next", "parity"]
    assert np.array_equal(extraction.layout.dense(table, wanted), extraction.dense(wanted))


def test_samples_that_are_others_are_refused(extraction: Any) -> None:
    table = pa.table(extraction.to_arrow())
    layout = extraction.layout
    with pytest.raises(LayoutError, match="no column 'parity'"):
        layout.dense(table.drop_columns(["parity"]))

    def replaced(name: str, values: Any) -> Any:
        return table.set_column(table.column_names.index(name), name, values)

    for values, text in [
        (pa.array([1.0, None, 2.0, 3.0], pa.float32()), "'parity' of the samples holds nulls"),
        (pa.array([1.0, 2.0, 2.0, 3.0], pa.float64()), "holds double, not 32-bit floats"),
    ]:
        with pytest.raises(LayoutError, match=text):
            layout.dense(replaced("parity", values))
    vectors = pa.array([[1.0, 2.0, 3.0]] * 3 + [[1.0, 2.0]], pa.list_(pa.float32()))
    with pytest.raises(LayoutError, match="does not hold 3 floats per row"):
        layout.dense(replaced("taste", vectors))
    with pytest.raises(LayoutError, match="does not hold 3 floats per row"):
        layout.dense(replaced("taste", pa.array([1.0] * 4, pa.float32())))


def test_names_that_are_no_part_of_a_matrix_are_refused(extractor: Any) -> None:
    with pytest.raises(LayoutError, match="no feature 'pariti' among: bought_next, price_log"):
        extractor.layout.dense_columns(["pariti"])
    with pytest.raises(LayoutError, match="'tag_ids' is ids of 500 ids with at most 4 per row"):
        extractor.layout.dense_width(["tag_ids"])
