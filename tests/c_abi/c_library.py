"""The C library as Python's ctypes sees it: the structures and functions of c_api.h, and little more."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import (
    CFUNCTYPE,
    POINTER,
    byref,
    c_char_p,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
    sizeof,
)
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"

OK, INVALID_ARGUMENT, NOT_FOUND, IO, CORRUPT, UNSUPPORTED_VERSION = range(6)
INVALID_PLAN, LIMIT, OUT_OF_MEMORY, INTERNAL = range(6, 10)
REQUEST, CANDIDATE = 1, 2
DENSE, ID, IDS, WEIGHTED, TEXT, LABEL, VALUE = range(7)

RESERVE = CFUNCTYPE(c_int32, c_void_p, c_int64)
WRITE = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)


class Sized(ctypes.Structure):
    """A structure that starts with its size."""

    def __init__(self, **values: Any) -> None:
        super().__init__(struct_size=sizeof(type(self)), **values)


class LoadOptions(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("skip_resource_digests", c_int32),
        ("simd_level_bound", c_int32),
    )


class InputInfo(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("type", c_char_p),
        ("domain", c_int32),
        ("nullable", c_int32),
        ("used", c_int32),
    )


class FeatureInfo(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("kind", c_int32),
        ("width", c_uint32),
        ("maximum", c_uint32),
        ("size", c_int64),
    )


class SessionOptions(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("threads", c_int32),
        ("chunk_rows", c_int32),
        ("reserve", RESERVE),
        ("reserve_context", c_void_p),
        ("reserve_step", c_int64),
    )


class DecoderOptions(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("maximum_bytes", c_int64),
        ("maximum_candidates", c_int64),
    )


class Bytes(ctypes.Structure):
    _fields_ = (("data", c_char_p), ("size", c_size_t))


class Column(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("values", c_void_p),
        ("offsets", c_void_p),
        ("weights", c_void_p),
        ("elements", c_int64),
    )


class InputCounts(Sized):
    _fields_ = (
        ("struct_size", c_size_t),
        ("nulls", c_int64),
        ("not_finite", c_int64),
        ("not_utf8", c_int64),
        ("out_of_range", c_int64),
        ("wrong_size", c_int64),
    )


class TfrecordOptions(Sized):
    _fields_ = (("struct_size", c_size_t), ("sequence", c_int32))


class Digest128(ctypes.Structure):
    _fields_ = (("low", c_uint64), ("high", c_uint64))


class ArrowSchema(ctypes.Structure):
    """The schema of the Arrow C data interface."""


class ArrowArray(ctypes.Structure):
    """The array of the Arrow C data interface."""


ArrowSchema._fields_ = (
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))),
    ("dictionary", POINTER(ArrowSchema)),
    ("release", c_void_p),
    ("private_data", c_void_p),
)
ArrowArray._fields_ = (
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)),
    ("release", c_void_p),
    ("private_data", c_void_p),
)

_H, _E = c_void_p, POINTER(c_void_p)
_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "fx_abi_version": (c_uint32, ()),
    "fx_version": (c_char_p, ()),
    "fx_code_name": (c_char_p, (c_int32,)),
    "fx_error_code": (c_int32, (_H,)),
    "fx_error_message": (c_char_p, (_H,)),
    "fx_error_free": (None, (_H,)),
    "fx_plugin_load": (c_int32, (c_char_p, _E)),
    "fx_plugin_count": (c_size_t, ()),
    "fx_plugin": (c_int32, (c_size_t, c_void_p)),
    "fx_load_file": (c_int32, (c_char_p, c_void_p, _E, _E)),
    "fx_load_bytes": (c_int32, (c_char_p, c_size_t, c_void_p, _E, _E)),
    "fx_extractor_retain": (c_void_p, (_H,)),
    "fx_extractor_free": (None, (_H,)),
    "fx_extractor_name": (c_char_p, (_H,)),
    "fx_extractor_digest": (c_char_p, (_H,)),
    "fx_extractor_manifest": (c_char_p, (_H,)),
    "fx_extractor_input_count": (c_size_t, (_H,)),
    "fx_extractor_feature_count": (c_size_t, (_H,)),
    "fx_extractor_input": (c_int32, (_H, c_size_t, c_void_p)),
    "fx_extractor_feature": (c_int32, (_H, c_size_t, c_void_p)),
    "fx_extractor_output_domain": (c_int32, (_H,)),
    "fx_extractor_input_schema": (c_int32, (_H, c_int32, c_void_p, _E)),
    "fx_extractor_output_schema": (c_int32, (_H, c_void_p, _E)),
    "fx_session_new": (c_int32, (_H, c_void_p, _E, _E)),
    "fx_session_memory": (c_int64, (_H,)),
    "fx_session_trim": (None, (_H,)),
    "fx_session_free": (None, (_H,)),
    "fx_extract": (c_int32, (_H, c_void_p, c_void_p, _E, _E)),
    "fx_extract_requests": (
        c_int32,
        (_H, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, _E, _E),
    ),
    "fx_decoder_json": (c_int32, (_H, c_void_p, _E, _E)),
    "fx_decoder_protobuf": (
        c_int32,
        (_H, c_char_p, c_size_t, c_char_p, c_char_p, c_void_p, _E, _E),
    ),
    "fx_decoder_free": (None, (_H,)),
    "fx_extract_messages": (c_int32, (_H, _H, c_void_p, c_size_t, _E, _E)),
    "fx_extraction_rows": (c_int64, (_H,)),
    "fx_extraction_requests": (c_int64, (_H,)),
    "fx_extraction_column": (c_int32, (_H, c_size_t, c_void_p)),
    "fx_extraction_matrix": (c_int32, (_H, c_void_p, c_size_t, c_void_p, c_int64, _E)),
    "fx_extraction_export": (c_int32, (_H, c_void_p, _E)),
    "fx_extraction_free": (None, (_H,)),
    "fx_extraction_input_counts": (c_int32, (_H, c_size_t, c_void_p)),
    "fx_extraction_defaulted": (c_int64, (_H, c_size_t)),
    "fx_extraction_tfrecord": (c_int32, (_H, c_void_p, WRITE, c_void_p, _E)),
    "fx_digest_table": (c_int32, (c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, _E)),
    "fx_service_new": (c_int32, (_H, _E, _E)),
    "fx_service_current": (c_void_p, (_H,)),
    "fx_service_swap": (c_int32, (_H, _H, c_int32, _E)),
    "fx_service_reload": (c_int32, (_H, c_char_p, c_void_p, c_int32, _E)),
    "fx_service_free": (None, (_H,)),
}
"""The return type and the parameters of each function that the tests call."""


class CError(Exception):
    """A call that failed: its code, and the message of its error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def find_library() -> Path | None:
    """Return the C library in the build folder, or None if it was not built."""
    found = sorted(BUILD.glob("libfeature_extractor.so.*.*.*"))
    return found[-1] if found else None


class CLibrary:
    """The functions, and calls that raise what an ``fx_error`` says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.functions = ctypes.CDLL(str(path))
        for name, (result, parameters) in _SIGNATURES.items():
            function = getattr(self.functions, name)
            function.restype = result
            function.argtypes = parameters

    def __getattr__(self, name: str) -> Any:
        return getattr(self.functions, "fx_" + name)

    def call(self, name: str, *arguments: Any) -> None:
        """Call a function whose last argument is an error; raise the error."""
        error = c_void_p()
        code = getattr(self.functions, "fx_" + name)(*arguments, byref(error))
        if code == OK:
            assert not error, "an error was made although the call went well"
            return
        assert self.error_code(error) == code
        message = self.error_message(error).decode()
        self.error_free(error)
        raise CError(code, message)

    def made(self, name: str, *arguments: Any) -> c_void_p:
        """Call a function whose last argument but one is the handle that it makes."""
        handle = c_void_p()
        try:
            self.call(name, *arguments, byref(handle))
        except CError:
            assert not handle, "a failed call wrote its output"
            raise
        assert handle
        return handle

    def load(self, path: Path) -> c_void_p:
        """Load a package."""
        return self.made("load_file", str(path).encode(), None)

    def features(self, extractor: c_void_p) -> list[FeatureInfo]:
        """Describe all features."""
        found = []
        for index in range(self.extractor_feature_count(extractor)):
            info = FeatureInfo()
            assert self.extractor_feature(extractor, index, byref(info)) == OK
            found.append(info)
        return found

    def session(self, extractor: c_void_p, **options: Any) -> c_void_p:
        """Start a session."""
        return self.made("session_new", extractor, byref(SessionOptions(**options)))

    def extract(self, session: c_void_p, table: Any) -> c_void_p:
        """Extract from one table."""
        with exported(table) as (schema, array):
            return self.made("extract", session, byref(schema), byref(array))

    def extract_requests(
        self, session: c_void_p, requests: Any, candidates: Any, offsets: list[int] | None = None
    ) -> c_void_p:
        """Extract from two tables, of which one may be None."""
        given = None if offsets is None else (c_int64 * len(offsets))(*offsets)
        with exported(requests) as first, exported(candidates) as second:
            pointers = [None if part is None else byref(part) for part in (*first, *second)]
            return self.made(
                "extract_requests", session, *pointers, given, len(offsets or ())
            )  # fmt: skip

    def extract_messages(
        self, session: c_void_p, decoder: c_void_p, messages: list[bytes]
    ) -> c_void_p:
        """Extract from messages."""
        given = (Bytes * len(messages))(*(Bytes(one, len(one)) for one in messages))
        return self.made("extract_messages", session, decoder, given, len(messages))

    def values(self, extractor: c_void_p, extraction: c_void_p) -> dict[str, tuple[bytes, ...]]:
        """Copy the bytes of all features: values, offsets, weights."""
        rows = self.extraction_rows(extraction)
        found = {}
        for index, info in enumerate(self.features(extractor)):
            column = Column()
            assert self.extraction_column(extraction, index, byref(column)) == OK
            size = {DENSE: 4, LABEL: 4, TEXT: 1, VALUE: 1}.get(info.kind, 8)
            parts = [ctypes.string_at(column.values, size * column.elements)]
            if column.offsets:
                parts.append(ctypes.string_at(column.offsets, 8 * (rows + 1)))
            if column.weights:
                parts.append(ctypes.string_at(column.weights, 4 * column.elements))
            found[info.name.decode()] = tuple(parts)
        return found

    def export(self, extraction: c_void_p, extractor: c_void_p) -> pa.RecordBatch:
        """Export an extraction, and import it into pyarrow."""
        schema, array = ArrowSchema(), ArrowArray()
        self.call("extractor_output_schema", extractor, byref(schema))
        self.call("extraction_export", extraction, byref(array))
        return pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))


@contextmanager
def exported(table: Any) -> Iterator[tuple[ArrowSchema | None, ArrowArray | None]]:
    """Export a pyarrow batch or struct array for the time of a call; None stays None."""
    if table is None:
        yield None, None
        return
    schema, array = ArrowSchema(), ArrowArray()
    table._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
    try:
        yield schema, array
    finally:
        for part in (schema, array):
            if part.release:
                CFUNCTYPE(None, c_void_p)(part.release)(ctypes.addressof(part))


def bytes_of(arrays: Any) -> tuple[bytes, ...]:
    """Return what the Python face has of a feature as the bytes that the C interface shows."""
    return tuple(np.ascontiguousarray(a).tobytes() for a in arrays)
