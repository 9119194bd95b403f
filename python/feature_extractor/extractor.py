"""Loading a package and running it. Needs NumPy and the native core; never the compiler."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from feature_extractor import _native
from feature_extractor.caching import Cache
from feature_extractor.catalogue import (
    Catalogue,
    has_text_keys,
    names_of_columns,
    opened,
    origin_of,
)
from feature_extractor.decoding import DecoderMaker, MessageDecoder, MessageFormat
from feature_extractor.errors import EngineError
from feature_extractor.extraction import Extraction, FeatureDescription
from feature_extractor.layout import Layout


@dataclass(frozen=True)
class InputDescription:
    """A declared input column: its domain (``request`` or ``candidate``), name and type."""

    domain: str
    name: str
    type: str


class Extractor(DecoderMaker):
    """A loaded package, ready to run. It never changes, and threads may share it freely.

    Make one with :func:`feature_extractor.load`, or with ``Program.extractor()``.
    """

    def __init__(self, native: _native.Extractor, manifest: Mapping[str, Any]) -> None:
        self._native = native
        self._manifest = manifest
        self._whole = self
        self._catalogue: Catalogue | None = None
        self._cache: Cache | None = None
        self._wanted_cache: tuple[int, tuple[str, ...]] | None = None
        self._decoders: dict[MessageFormat, _native.MessageDecoder] = {}
        self._features = tuple(_feature(entry) for entry in manifest["features"])
        self._inputs = tuple(
            InputDescription(
                entry["domain"],
                entry["name"],
                _declared(entry["type"], bool(entry.get("nullable"))),
            )
            for entry in manifest["inputs"]
        )

    @property
    def name(self) -> str:
        """The program's name: its file name without the suffix."""
        return str(self._manifest["name"])

    @property
    def digest(self) -> str:
        """The package's digest, 32 hexadecimal digits: the same program and resources, the same digest."""
        return str(self._manifest["digest"])

    @property
    def golden_requests(self) -> int:
        """How many requests with known results the package holds, which were computed when it was loaded."""
        return int(self._manifest.get("golden", {}).get("requests", 0))

    @property
    def features(self) -> tuple[FeatureDescription, ...]:
        """The features in the order of the program."""
        return self._features

    @property
    def inputs(self) -> tuple[InputDescription, ...]:
        """The declared inputs in the order of the program."""
        return self._inputs

    def with_catalogue(self, table: Any, *, key: str, threads: int = 1) -> Extractor:
        """Return an extractor of the same package whose candidates are named by a key.

        ``table`` has a row per candidate: the column ``key`` (integers or strings, no nulls, each once) and
        candidate inputs of the program. It is anything that :meth:`extract` takes, or a Parquet or Arrow file: its
        path, or its bytes. What depends on the candidate alone is computed now, by ``threads`` threads, and held.
        Candidates of the new extractor are given as a table with the column ``key`` and the candidate inputs that
        ``table`` does not have; other columns are ignored. A key that ``table`` does not have, or that is null, stands
        for a candidate whose inputs are all null, and is counted in ``Extraction.unknown_keys``. The results have the
        same bits as without a catalogue.

        Called on an extractor with a catalogue, it gives one with the new table in the place of the old. Raises
        EngineError where the table does not fit (with its column, row or key), FeatureExtractorError for a file that
        cannot be read.
        """
        if not isinstance(key, str):
            raise TypeError(f"key must be the name of a column, not {key!r}")
        threads = _whole_number("threads", threads)
        whole = self._whole
        declared = {one.name for one in whole.inputs if one.domain == "candidate"}
        if declared and any(one.domain == "request" and one.name == key for one in whole.inputs):
            raise EngineError(
                "invalid_argument",
                f"The key column '{key}' is an input of the request, and a flat table has a column once. "
                "Give the key another name.",
            )
        kept = opened(table, declared | {key}, key)
        source = _as_source(kept)
        names = names_of_columns(source)
        if declared and names and key not in names:
            # The core sees of Python objects only the columns that it may read.
            raise EngineError(
                "invalid_argument",
                f"The key column '{key}' is missing. The data has: {', '.join(names)}.",
            )
        native, held = whole._native.with_catalogue(
            source, key, has_text_keys(source, key), names, threads
        )
        made = Extractor(native, self._manifest)
        given = set(native.given_inputs())
        key_type = "string" if held.has_text_keys else "int"
        inputs = [one for one in whole.inputs if (one.domain, one.name) in given]
        if not any(one.domain == "candidate" and one.name == key for one in inputs):
            inputs.append(InputDescription("candidate", key, key_type))
        candidates = (one for one in whole.inputs if one.domain == "candidate")
        made._whole = whole
        made._inputs = tuple(inputs)
        now = datetime.datetime.now(datetime.UTC)
        made._catalogue = Catalogue(
            key=key,
            key_type=key_type,
            inputs=tuple(one.name for one in candidates if one not in inputs or one.name == key),
            rows=held.rows,
            bytes=held.bytes,
            origin=origin_of(table),
            since=now,
            source=kept,
            native=held,
            threads=threads,
        )
        return made

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue that candidates are looked up in, if there is one: see :meth:`with_catalogue`."""
        return self._catalogue

    @property
    def whole(self) -> Extractor:
        """The extractor as it was loaded, without a catalogue and without a cache."""
        return self._whole

    def with_cache(self, bytes: int, *, without: Sequence[str] = ()) -> Extractor:
        """Return an extractor of the same package that keeps what it computed of candidates, in so many bytes.

        A candidate that comes again, with the same values of all inputs that matter, is not computed again, as far as
        its values depend on the candidate alone. The results have the same bits. ``without`` names candidate inputs
        that are new with each request, such as a position: values that depend on them are computed each time.
        Requests are as before. Raises EngineError where ``without`` names no candidate input.
        """
        if isinstance(without, str) or not all(isinstance(name, str) for name in without):
            raise ValueError("without must be a list of names")
        bytes = _whole_number("bytes", bytes)
        whole = self._whole
        native, cache = whole._native.with_cache(bytes, list(without))
        made = Extractor(native, self._manifest)
        made._whole = whole
        made._cache = None if cache is None else Cache(cache, tuple(without))
        made._wanted_cache = (bytes, tuple(without))
        return made

    @property
    def cache(self) -> Cache | None:
        """The cache, if there is one and something to keep in it: see :meth:`with_cache`."""
        return self._cache

    def equipped_like(self, other: Extractor) -> Extractor:
        """Return this extractor with a catalogue of the same table as ``other`` has, or with a cache of the same size.

        It is for taking the place of ``other``. An extractor that has a catalogue or a cache itself is returned as it
        is. Raises as :meth:`with_catalogue` does, where the table does not fit.
        """
        if self._catalogue is not None or self._wanted_cache is not None:
            return self
        if other._catalogue is not None:
            like = other._catalogue
            made = self.with_catalogue(like.source, key=like.key, threads=like.threads)
            assert made._catalogue is not None
            made._catalogue = replace(made._catalogue, origin=like.origin, since=like.since)
            return made
        if other._wanted_cache is not None:
            size, without = other._wanted_cache
            declared = {one.name for one in self._inputs if one.domain == "candidate"}
            # What this program does not read makes no candidate of it a new one.
            return self.with_cache(size, without=[name for name in without if name in declared])
        return self

    @property
    def layout(self) -> Layout:
        """Where each feature stands in what a model receives."""
        return Layout.of(self._features)

    def extract(self, table: Any, *, threads: int = 1, chunk_rows: int = 1024) -> Extraction:
        """Extract from a table.

        ``table`` is anything Arrow (pyarrow, polars, pandas 2.2 or newer, duckdb), a dict of columns
        (NumPy arrays, Arrow arrays, lists) or a list of dicts. It has either one row per candidate,
        with the request's columns repeated (consecutive rows with equal request inputs are computed
        as one request), or one row per request with a column ``candidates``: a list of structs with
        the candidate inputs. Columns that the program does not declare are ignored.

        ``threads`` is the most threads to use; ``chunk_rows`` how many rows are worked on at a time.
        Neither changes the result. Raises EngineError where a column is missing or has another type
        (with its name, the expected and the given type), TypeError and ValueError for Python objects
        that do not fit (with row and column).
        """
        try:
            parts = self._native.extract(_as_source(table), threads, chunk_rows)
        except TypeError:
            _check_options(threads, chunk_rows)
            raise
        if len(parts) == 1:
            return Extraction(parts[0], self._features, self.digest)
        raise AssertionError("a source is one record batch")

    def extract_batches(
        self, tables: Any, *, threads: int = 1, chunk_rows: int = 1024
    ) -> Iterator[Extraction]:
        """Extract from one table after the other: an iterable of what :meth:`extract` takes."""
        for table in tables:
            yield self.extract(table, threads=threads, chunk_rows=chunk_rows)

    def extract_request(
        self,
        request: Any,
        candidates: Any = None,
        *,
        offsets: Sequence[int] | npt.NDArray[np.int64] | None = None,
        threads: int = 1,
        chunk_rows: int = 1024,
    ) -> Extraction:
        """Extract one request with its candidates, or a batch of requests.

        ``request`` is a dict of the request inputs, or a table of several requests (then ``offsets``,
        of length requests + 1, tells which candidates belong to which: request r has the rows
        ``offsets[r]:offsets[r + 1]``). ``candidates`` is a list of dicts, a dict of columns or anything
        Arrow; None for a program without candidate inputs. Work that depends only on the request is
        done once per request. Errors as for :meth:`extract`.
        """
        if isinstance(request, Mapping) and offsets is None:
            request = [dict(request)]
        bounds = [] if offsets is None else _bounds(offsets)
        try:
            native = self._native.extract_request(
                None if request is None else _as_source(request),
                None if candidates is None else _as_source(candidates),
                bounds,
                threads,
                chunk_rows,
            )
        except TypeError:
            _check_options(threads, chunk_rows)
            raise
        return Extraction(native, self._features, self.digest)

    def _message_decoder(self, message_format: MessageFormat) -> MessageDecoder:
        self.prepare(message_format)
        return MessageDecoder(self.extract_messages, message_format)

    def prepare(self, message_format: MessageFormat) -> _native.MessageDecoder:
        """Make the decoder of a format, unless it is there. Raises EngineError where it does not fit the program."""
        decoder = self._decoders.get(message_format)
        if decoder is None:
            decoder = self._decoders.setdefault(
                message_format, message_format.decoder(self._native)
            )
        return decoder

    def extract_messages(
        self, message_format: MessageFormat, messages: list[Any], threads: int, chunk_rows: int
    ) -> Extraction:
        """Extract from messages of a format: what decoders call."""
        native = self._native.extract_messages(
            self.prepare(message_format), messages, threads, chunk_rows
        )
        return Extraction(native, self._features, self.digest)

    def decoded_messages(
        self, message_format: MessageFormat, messages: list[Any]
    ) -> tuple[Any, Any, Any]:
        """Return the requests in messages as :meth:`extract_request` takes them: for logs. Needs pyarrow.

        The tables have the inputs that some feature reads. Errors as for decoders.
        """
        import pyarrow

        requests, candidates, offsets = self.prepare(message_format).decode(messages)
        tables = [
            None if one is None else pyarrow.record_batch(_Capsules(one))
            for one in (requests, candidates)
        ]
        return tables[0], tables[1], offsets

    def check_replacement(self, fresh: Extractor) -> None:
        """Raise EngineError, which says what differs, unless a host of this extractor can go on with ``fresh``.

        Its features must have the same names, kinds, widths and order, and a row per candidate or per request as these
        have; and it must read no input that this one does not declare with the same type.
        """
        self._native.check_replacement(fresh._native)

    def with_resources(self, resources: Mapping[str, Any]) -> Extractor:
        """Return an extractor of the same program with other words or rows for some of its resources.

        ``resources`` gives by name a file in the form that the program names one (text, CSV, Parquet, or what
        ``fx fit`` wrote), or the content: words as a list of str, a table as anything Arrow, a dict of columns or a
        list of dicts, the key first. The package is the one that the compiler makes with these files. Golden rows keep
        their requests; what they give is computed anew. Raises ResourceError where the package has no such resource or
        is of an earlier version, CompileError with all mistakes in the content, and EngineError where the core refuses
        it. A catalogue is computed anew from its table, and a cache begins empty.
        """
        from feature_extractor.dictionaries import package_with_resources
        from feature_extractor.plan.package import read_package

        package = read_package(self._whole._native.package())
        fresh = load(package_with_resources(package, resources).to_bytes())
        return fresh.equipped_like(self)

    def __arrow_c_schema__(self) -> object:
        """Export the schema of the results by the Arrow PyCapsule interface."""
        return self._native.arrow_c_schema()

    def _repr_html_(self) -> str:
        """Return the inputs and features as notebooks show them."""
        from feature_extractor.notebook import extractor_html

        return extractor_html(self)

    def __repr__(self) -> str:
        return f"Extractor({self.name!r}, {len(self._features)} features, digest {self.digest})"


def load(
    source: str | os.PathLike[str] | bytes,
    *,
    verify: bool = True,
    verify_resources: bool = True,
    simd_level: int = 2,
    use_reference: bool = False,
) -> Extractor:
    """Load a package (``.fxp``) from a path or from bytes.

    Everything is verified before anything runs: the digests, the plan's indices and types, the
    resources. Where the package has golden rows they are computed, and a feature that has other bits here
    is an error that says which; ``verify=False`` skips that. ``verify_resources=False`` skips the digests
    of resources, so that a large vocabulary is not read at load; it stays safe, but damage may go
    unnoticed. ``simd_level`` (0 baseline, 1 AVX2, 2 AVX-512) is an upper bound and ``use_reference`` takes
    the plain form of each kernel; neither changes a bit of the result. Raises EngineError with a code that
    says what is wrong.
    """
    place = source if isinstance(source, bytes) else os.fspath(source)
    if "FEATURE_EXTRACTOR_PLUGINS" in os.environ:
        from feature_extractor.plugins import load_named_plugins

        load_named_plugins()
    native, manifest = _native.load_package(
        place, verify_resources, simd_level, use_reference, verify
    )
    return Extractor(native, json.loads(manifest))


def _feature(entry: Mapping[str, Any]) -> FeatureDescription:
    return FeatureDescription(
        name=entry["name"],
        kind=entry["kind"],
        width=int(entry.get("width", 1)),
        size=entry.get("size"),
        maximum=entry.get("max"),
        default=entry.get("default"),
        description=entry.get("description", ""),
        owner=entry.get("owner", ""),
        domain=entry.get("domain", ""),
    )


def _whole_number(name: str, value: Any) -> int:
    """Return an argument as an int; raises TypeError, in one sentence, for anything else."""
    try:
        # The core has numbers of 32 and of 64 bits: more threads or bytes than that mean "as many as there are".
        return min(index(value), 2**31 - 1 if name in ("threads", "chunk_rows") else 2**63 - 1)
    except TypeError:
        raise TypeError(f"{name} must be an int, not {value!r} ({type(value).__name__})") from None


def _check_options(threads: Any, chunk_rows: Any) -> None:
    """Say in one sentence which of these is no number, where the core has refused a call."""
    _whole_number("threads", threads)
    _whole_number("chunk_rows", chunk_rows)


def _bounds(offsets: Sequence[int] | npt.NDArray[np.int64]) -> list[int]:
    try:
        return [index(offset) for offset in offsets]
    except TypeError:
        raise TypeError("offsets must be a list of ints") from None


def _declared(type_: str, nullable: bool) -> str:
    return type_ + "?" if nullable and not type_.endswith("?") else type_


def _as_source(table: Any) -> Any:
    """Return what the native module reads: an object with one Arrow record batch, a dict or a list."""
    if isinstance(table, (list, dict)):
        return table
    if hasattr(table, "__arrow_c_array__"):
        return table
    if hasattr(table, "combine_chunks") and hasattr(table, "to_batches"):
        # A pyarrow table: its chunks become one; a single chunk is not copied.
        return _OneBatch(table.combine_chunks())
    if hasattr(table, "__arrow_c_stream__"):
        rechunk = getattr(table, "rechunk", None)
        return rechunk() if callable(rechunk) else _OneBatch(table)
    if hasattr(table, "fetch_arrow_table"):
        # An older duckdb relation.
        return _OneBatch(table.fetch_arrow_table().combine_chunks())
    if isinstance(table, Mapping):
        return dict(table)
    if isinstance(table, Sequence) and not isinstance(table, (str, bytes)):
        return [dict(row) if isinstance(row, Mapping) else row for row in table]
    return table


class _Capsules:
    """A table that the native module has exported."""

    def __init__(self, capsules: tuple[object, object]) -> None:
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self._capsules


class _OneBatch:
    """A table whose stream may hold several batches, made into one where that is needed."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        import pyarrow

        table = pyarrow.table(self._table).combine_chunks()
        batches = table.to_batches()
        batch = batches[0] if batches else pyarrow.RecordBatch.from_pylist([], table.schema)
        return batch.__arrow_c_array__(requested_schema)
