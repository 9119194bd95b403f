"""An input that no feature reads need not be given, whatever the form of a request; a server can do without labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import feature_extractor as fx
import pytest

pa = pytest.importorskip("pyarrow")

PROGRAM = """
input request { user: int, segment: string }
input candidate { views: int, bought: bool }
feature sum : dense = user + views
feature bought : label = bought
"""
REQUEST = {"user": 1}
ROWS = [{"views": 2}, {"views": 3}]
COLUMNS = {"views": [2, 3]}
FORMS: dict[str, Callable[[fx.Extractor], Any]] = {
    "dicts": lambda x: x.extract_request(REQUEST, ROWS),
    "columns": lambda x: x.extract_request(REQUEST, COLUMNS),
    "candidates in Arrow": lambda x: x.extract_request(REQUEST, pa.table(COLUMNS)),
    "several requests": lambda x: x.extract_request([REQUEST], ROWS, offsets=[0, 2]),
    "rows of a table": lambda x: x.extract([{**REQUEST, **row} for row in ROWS]),
    "columns of a table": lambda x: x.extract({"user": [1, 1], **COLUMNS}),
    "a table in Arrow": lambda x: x.extract(pa.table({"user": [1, 1], **COLUMNS})),
    "JSON": lambda x: x.json_decoder().extract(
        b'{"user": 1, "candidates": [{"views": 2}, {"views": 3}]}'
    ),
    "JSON with columns": lambda x: x.json_decoder().extract(
        b'{"user": 1, "candidates": {"views": [2, 3]}}'
    ),
    "keys": lambda x: x.with_catalogue(pa.table({"k": [7, 8], **COLUMNS}), key="k").extract_request(
        REQUEST, [{"k": 7}, {"k": 8}]
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_reads_need_not_be_given(form: str) -> None:
    extractor = fx.compile_text(PROGRAM, labels=False).extractor()
    assert FORMS[form](extractor)["sum"].tolist() == [3.0, 4.0]


@pytest.mark.parametrize("form", FORMS)
def test_what_a_label_reads_must_be_given(form: str) -> None:
    extractor = fx.compile_text(PROGRAM).extractor()
    with pytest.raises((ValueError, fx.EngineError), match=r"bought.* is missing|not hold.*bought"):
        FORMS[form](extractor)


def test_rows_are_counted_where_no_feature_reads_them() -> None:
    program = (
        "input request { user: int }\ninput candidate { views: int }\nfeature user : dense = user\n"
    )
    extractor = fx.compile_text(program).extractor()
    for candidates in (ROWS, COLUMNS, [{}, {}]):
        assert extractor.extract_request(REQUEST, candidates)["user"].tolist() == [1.0, 1.0]


def test_a_program_without_its_labels_has_the_other_features() -> None:
    whole, served = fx.compile_text(PROGRAM), fx.compile_text(PROGRAM, labels=False)
    assert [feature.name for feature in whole.extractor().features] == ["sum", "bought"]
    assert [feature.name for feature in served.extractor().features] == ["sum"]
    rows = [{"user": 5, "segment": "a", "views": 2, "bought": True}]
    assert served.with_golden_rows(pa.Table.from_pylist(rows)).extractor().golden_requests == 1
    assert served.digest == fx.compile_text(PROGRAM, labels=False).digest != whole.digest
