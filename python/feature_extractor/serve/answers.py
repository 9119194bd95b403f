"""Features and scores as the bytes of an answer: JSON, or an Arrow stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from itertools import pairwise
from typing import Any, Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from starlette.responses import Response

from feature_extractor.extraction import Extraction, Ids
from feature_extractor.serve.problems import Problem
from feature_extractor.serving.fetching import FETCHED

JSON: Final = "application/json"
ARROW: Final = "application/vnd.apache.arrow.stream"
PACKAGE_HEADER: Final = "X-Feature-Extractor-Package"
"""Each answer with values names the package that computed them, as logs need it."""
MISSING_HEADER: Final = "X-Feature-Extractor-Missing"
"""Names the fetches that gave nothing, with their outcomes: the answer has defaults in their stead."""


def wanted_format(accept: str) -> str:
    """Return the format that an ``Accept`` header prefers; raises Problem where it wants neither."""
    best, found = 0.0, ""
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        kind = {JSON: JSON, "application/*": JSON, "*/*": JSON, ARROW: ARROW}.get(media.lower(), "")
        if kind and quality > best:
            best, found = quality, kind
    if not found:
        raise Problem(
            HTTPStatus.NOT_ACCEPTABLE, "not_acceptable", f"An answer is {JSON} or {ARROW}."
        )
    return found


def features_answer(result: Extraction, kind: str) -> Response:
    """Return all features of an extraction."""
    if kind == ARROW:
        return _arrow(result.to_arrow(), result)
    features = {name: _json_of(column) for name, column in result.items()}
    return _json({"features": features}, result)


def scores_answer(
    scores: Mapping[str, npt.NDArray[Any]], result: Extraction, kind: str
) -> Response:
    """Return the outputs of a model; those with a value per row are flat."""
    flat = {
        name: values.reshape(-1) if values.size == len(values) else values
        for name, values in scores.items()
    }
    if kind == ARROW:
        arrow = _pyarrow()
        columns = {
            name: arrow.array(values)
            if values.ndim == 1
            else arrow.FixedSizeListArray.from_arrays(values.reshape(-1), values[0].size)
            for name, values in flat.items()
        }
        return _arrow(arrow.record_batch(columns), result)
    return _json({"scores": {name: _json_of(values) for name, values in flat.items()}}, result)


def _json(content: dict[str, Any], result: Extraction) -> Response:
    whole = {"package": result.package_digest, "rows": result.rows, **content}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return Response(text, media_type=JSON, headers=_headers(result))


def _headers(result: Extraction) -> dict[str, str]:
    headers = {PACKAGE_HEADER: result.package_digest}
    missing = [one for one in result.fetches if one.outcome != FETCHED]
    if missing:
        headers[MISSING_HEADER] = ", ".join(
            f"{quote(one.name, safe=' /:')}={one.outcome}" for one in missing
        )
    return headers


def _json_of(column: Any) -> Any:
    """Return a column as JSON has it. A float has the digits of its 64-bit form, so that it is the same bits again."""
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "f" and not np.isfinite(column).all():
            # A model may give what features never hold, and JSON cannot write it.
            objects = column.astype(object)
            objects[~np.isfinite(column)] = None
            return objects.tolist()
        return column.tolist()
    if isinstance(column, Ids):
        bounds = column.offsets.tolist()
        values = column.values.tolist()
        ids = [values[start:end] for start, end in pairwise(bounds)]
        if column.weights is None:
            return ids
        weights = column.weights.tolist()
        return {"ids": ids, "weights": [weights[start:end] for start, end in pairwise(bounds)]}
    return column


def _arrow(batch: Any, result: Extraction) -> Response:
    arrow = _pyarrow()
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return Response(
        bytes(sink.getvalue()),
        media_type=ARROW,
        headers=_headers(result),
    )


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.ipc
    except ModuleNotFoundError:
        raise Problem(
            HTTPStatus.NOT_ACCEPTABLE,
            "not_acceptable",
            f"This server has no pyarrow, so it answers in {JSON} only.",
        ) from None
    return pyarrow
