"""Samples for training: rows as TFRecord files, and what a reader has to know about them.

Each row is a ``tf.train.Example``, or a ``tf.train.SequenceExample`` with a step per element of a list; docs/samples.md
says what becomes of each kind of feature. TensorFlow is not needed to write them.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, Self, cast

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Form = Literal["example", "sequence"]
FORMS: Final[tuple[Form, ...]] = ("example", "sequence")

_CHUNK_BYTES: Final = 1 << 20
"""Records are handed over in parts of about this size, so that a batch is never there twice."""


def tfrecords(batch: Any, form: Form = "example") -> Iterator[npt.NDArray[np.uint8]]:
    """Yield the records of a batch, one per row, in arrays of about a megabyte of uint8.

    ``batch`` is an Extraction or another Arrow record batch. The arrays are whole records, framed and with
    checksums; written one after the other they are a TFRecord file. Raises EngineError for a column that a
    sample cannot hold.
    """
    # Here, because descriptions need no core.
    from feature_extractor import _native

    encoder = _native.SampleEncoder(batch, form == "sequence")
    row = 0
    while row < encoder.rows:
        chunk, row = encoder.encode(row, _CHUNK_BYTES)
        yield chunk


class TFRecordWriter:
    """Writes Extractions, or other Arrow record batches, to a TFRecord file.

    ``target`` is a path or a binary file, which stays open. With ``compressed`` the file is compressed with
    gzip, as TensorFlow's ``compression_type="GZIP"`` expects it; without it a path's suffix ``.gz`` decides.
    The same rows give the same bytes.
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | BinaryIO,
        form: Form = "example",
        compressed: bool | None = None,
    ) -> None:
        self._form: Form = form
        self._to_close: list[BinaryIO] = []
        if isinstance(target, (str, os.PathLike)):
            if compressed is None:
                compressed = os.fspath(target).endswith(".gz")
            self._file: BinaryIO = open(target, "wb")  # noqa: SIM115 (closed by close)
            self._to_close.append(self._file)
        else:
            self._file = target
        if compressed:
            # Neither a name nor a time, so that the same rows give the same bytes.
            packed = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._file, mtime=0)
            self._file = cast(BinaryIO, packed)
            self._to_close.insert(0, self._file)

    def write(self, batch: Any) -> None:
        """Append a record per row."""
        for chunk in tfrecords(batch, self._form):
            self._file.write(chunk.data)

    def close(self) -> None:
        """Write what is left; a file that was opened here is closed."""
        while self._to_close:
            self._to_close.pop(0).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _place: TracebackType | None,
    ) -> None:
        self.close()


def feature_description(
    features: Sequence[dict[str, Any]], form: Form = "example"
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what a reader needs to know, as JSON values.

    ``features`` are those of a manifest. The result has ``context`` (for Examples: all features) and
    ``sequence``, each with the names in the file, and for each the program's feature, its kind, the data type
    (``float32``, ``int64`` or ``string``), the class of tf.io that parses it and its shape.
    """
    context: dict[str, dict[str, Any]] = {}
    sequence: dict[str, dict[str, Any]] = {}
    for feature in features:
        kind, name = feature["kind"], feature["name"]
        entry: dict[str, Any] = {"feature": name, "kind": kind}
        if kind in ("dense", "label"):
            width = feature.get("width", 1)
            entry |= {
                "dtype": "float32",
                "parser": "FixedLenFeature",
                "shape": [width][width == 1 :],
            }
            context[name] = entry
        elif kind in ("id", "text"):
            dtype = "int64" if kind == "id" else "string"
            entry |= {"dtype": dtype, "parser": "FixedLenFeature", "shape": []}
            context[name] = entry | _bounds(feature)
        else:
            parser = "RaggedFeature" if form == "example" else "FixedLenSequenceFeature"
            into = context if form == "example" else sequence
            entry |= {"parser": parser} | ({"shape": []} if form == "sequence" else {})
            if kind == "ids":
                into[name] = entry | {"dtype": "int64"} | _bounds(feature)
            else:
                into[f"{name}_ids"] = entry | {"dtype": "int64"} | _bounds(feature)
                into[f"{name}_weights"] = entry | {"dtype": "float32"}
    return {"context": context, "sequence": sequence}


def _bounds(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the number of ids and the most per row, where the feature has them."""
    return {key: feature[key] for key in ("size", "max") if feature.get(key) is not None}


def reader_code(features: Sequence[dict[str, Any]], form: Form = "example") -> str:
    """Return a Python module that reads the files with TensorFlow."""
    description = feature_description(features, form)
    lines = ["import tensorflow as tf", "", "CONTEXT = {" if form == "sequence" else "FEATURES = {"]
    lines += [_parser_line(name, entry) for name, entry in description["context"].items()]
    lines.append("}")
    if form == "sequence":
        lines.append("SEQUENCES = {")
        lines += [_parser_line(name, entry) for name, entry in description["sequence"].items()]
        lines.append("}")
    lines += ["", "", "def parse(records):"]
    if form == "sequence":
        lines += [
            '    """Return features, padded sequences and their lengths of a batch of records."""',
            "    return tf.io.parse_sequence_example(records, CONTEXT, SEQUENCES)",
        ]
    else:
        lines += [
            '    """Return the features of a batch of records."""',
            "    return tf.io.parse_example(records, FEATURES)",
        ]
    lines += [
        "",
        "",
        '# For files whose names end in .gz: compression_type="GZIP".',
        "# dataset = tf.data.TFRecordDataset(paths).batch(1024).map(parse)",
    ]
    weighted = [f for f in features if f["kind"] == "weighted"]
    if weighted and form == "example":
        name, size = weighted[0]["name"], weighted[0]["size"]
        lines += [
            "# Ids with weights as one sparse row of weights:",
            f'# tf.io.SparseFeature("{name}_ids", "{name}_weights", tf.float32, {size})',
        ]
    return "\n".join(lines) + "\n"


def _parser_line(name: str, entry: dict[str, Any]) -> str:
    shape = "" if "shape" not in entry else f"{entry['shape']}, "
    size = f"  # ids in [0, {entry['size']})" if "size" in entry else ""
    return f'    "{name}": tf.io.{entry["parser"]}({shape}tf.{entry["dtype"]}),{size}'
