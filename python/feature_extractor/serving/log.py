"""Writes a sample of the live requests to files, with what was computed of them, for ``fx verify``.

The thread of a request only throws dice and puts a reference into a bounded queue. All else happens in a thread of the
log: what does not fit is counted and left out, and whatever the disk does, no request notices.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import os
import queue
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from feature_extractor.decoding import MessageFormat
from feature_extractor.digest import numbered_digests
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extraction import Extraction
from feature_extractor.extractor import Extractor
from feature_extractor.serving.held_columns import HeldColumns

if TYPE_CHECKING:
    from feature_extractor.input_tables import InputTables

_LOGGER = logging.getLogger("feature_extractor.serving")

TIME: Final = "fx_time"
PACKAGE: Final = "fx_package"
DIGEST: Final = "fx_digest"
FEATURES: Final = "fx_features"
COLUMNS: Final = (TIME, PACKAGE, DIGEST, FEATURES)
"""The columns beside the inputs: when, by which package, the digest of each feature, and the features if wanted."""

PREFIX: Final = "requests-"
SUFFIX: Final = ".arrow"
_PAUSE: Final = 5.0
"""After a write that failed, so many seconds pass before the next; what comes meanwhile is dropped."""
_END_SECONDS: Final = 30.0
"""Whoever closes a log waits so long for the disk."""
_END: Final = b"\xff\xff\xff\xff\0\0\0\0"
"""The end of an Arrow IPC stream."""


class Given(Protocol):
    """What a call of the service was given."""

    def kept(self) -> Given:
        """Return it in a form that the caller cannot change any more, as far as that is cheap."""
        ...

    def tables(self, extractor: Extractor) -> InputTables:
        """Return it as the inputs that ``extractor`` has read; raises InputTableError."""
        ...


@dataclass(frozen=True)
class GivenTable:
    """A table."""

    table: Any

    def kept(self) -> GivenTable:
        return self

    def tables(self, extractor: Extractor) -> InputTables:
        from feature_extractor.input_tables import tables_of_table

        return tables_of_table(extractor.inputs, self.table)


@dataclass(frozen=True)
class GivenRequest:
    """A request with its candidates, or several."""

    request: Any
    candidates: Any
    offsets: Any

    def kept(self) -> GivenRequest:
        return self

    def tables(self, extractor: Extractor) -> InputTables:
        from feature_extractor.input_tables import tables_of_request

        return tables_of_request(extractor.inputs, self.request, self.candidates, self.offsets)


@dataclass(frozen=True)
class GivenDecoded:
    """Requests that came as messages and were decoded before they were extracted."""

    decoded: InputTables

    def kept(self) -> GivenDecoded:
        return self

    def tables(self, extractor: Extractor) -> InputTables:
        from feature_extractor.input_tables import tables_of_request, with_valid_texts

        requests, candidates, offsets = (
            self.decoded.requests,
            self.decoded.candidates,
            self.decoded.offsets,
        )
        if candidates is not None:
            candidates = with_valid_texts(candidates)
        return tables_of_request(extractor.inputs, with_valid_texts(requests), candidates, offsets)


@dataclass(frozen=True)
class GivenMessages:
    """Messages of a format. The thread of the log decodes them once more, into the columns that the core has read."""

    message_format: MessageFormat
    messages: Sequence[Any]

    def kept(self) -> GivenMessages:
        copies = [one if isinstance(one, bytes | str) else bytes(one) for one in self.messages]
        return GivenMessages(self.message_format, copies)

    def tables(self, extractor: Extractor) -> InputTables:
        from feature_extractor.input_tables import InputTables

        requests, candidates, offsets = extractor.decoded_messages(
            self.message_format, list(self.messages)
        )
        decoded = InputTables(requests, candidates, None if offsets is None else tuple(offsets))
        return GivenDecoded(decoded).tables(extractor)


@dataclass(frozen=True)
class LogCounts:
    """What became of the requests that were offered.

    ``written`` requests are in files. Of the calls of the sample, ``dropped`` found the queue full or the disk failing,
    ``limited`` came when this second had its share, ``large`` had too many rows, and ``failed`` could not be kept,
    the last for the reason ``trouble``.
    """

    written: int = 0
    dropped: int = 0
    limited: int = 0
    large: int = 0
    failed: int = 0
    trouble: str = ""


class RequestLog:
    """A log of requests in a folder, for :class:`Service`. What a call was given must not be changed after it.

    A ``share`` of the calls is taken by chance, at most ``per_second`` calls each second. A row of a file is a request:
    its inputs, its candidates in a list, the time, the package and the digest of each feature, and with ``values`` the
    features themselves. ``fx run`` and ``fx verify`` read the files; they are Arrow IPC streams named
    ``requests-*.arrow``. A file has about ``file_bytes``, and the oldest go where there are more than ``files``. Calls
    with more than ``most_rows`` rows are left out.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        share: float = 0.01,
        per_second: float = 10.0,
        values: bool = False,
        file_bytes: int = 64_000_000,
        files: int = 16,
        waiting: int = 64,
        most_rows: int = 10_000,
        seed: int | None = None,
    ) -> None:
        if not 0.0 < share <= 1.0:
            raise ValueError("share must be above 0 and at most 1")
        if per_second <= 0 or file_bytes < 1 or files < 1 or waiting < 1 or most_rows < 1:
            raise ValueError("per_second, file_bytes, files, waiting and most_rows must be above 0")
        import pyarrow  # noqa: F401 (the log is written with it: say at once where it is missing)

        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._share = share
        self._per_second = per_second
        self._values = values
        self._file_bytes = file_bytes
        self._files = files
        self._most_rows = most_rows
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._tokens = max(1.0, per_second)
        self._refilled = time.monotonic()
        self._counts: dict[str, int] = dict.fromkeys(
            ("written", "dropped", "limited", "large", "failed"), 0
        )
        self._trouble = ""
        self._ended = False
        self._abandoned = False
        self._queue: queue.Queue[tuple[float, Extraction, Extractor, Given] | None]
        self._queue = queue.Queue(waiting)
        self._file: _File | None = None
        self._held: HeldColumns | None = None
        self._number = 0
        self._resume = 0.0
        self._thread = threading.Thread(
            target=self._work, name="feature_extractor log", daemon=True
        )
        self._thread.start()

    @property
    def counts(self) -> LogCounts:
        """What became of the requests so far."""
        with self._lock:
            return LogCounts(**self._counts, trouble=self._trouble)

    def offer(self, result: Extraction, extractor: Extractor, given: Given) -> None:
        """Take a call by chance. Never waits and never raises."""
        if self._random.random() >= self._share:
            return
        with self._lock:
            if self._ended:
                return
            if result.rows > self._most_rows:
                self._counts["large"] += 1
                return
            if not self._has_token():
                self._counts["limited"] += 1
                return
            try:
                self._queue.put_nowait((time.time(), result, extractor, given.kept()))
            except queue.Full:
                self._counts["dropped"] += 1

    def drain(self) -> None:
        """Wait until all that was taken is written or given up."""
        self._queue.join()

    def close(self) -> None:
        """Write what waits, then end the thread and the file. A disk that hangs is left alone after half a minute."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        until = time.monotonic() + _END_SECONDS
        try:
            self._queue.put(None, timeout=_END_SECONDS)
        except queue.Full:
            self._abandoned = True
        self._thread.join(max(0.0, until - time.monotonic()))

    def _has_token(self) -> bool:
        now = time.monotonic()
        limit = max(1.0, self._per_second)
        self._tokens = min(limit, self._tokens + (now - self._refilled) * self._per_second)
        self._refilled = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            try:
                if job is None:
                    self._end_file()
                    return
                self._keep(*job)
            except Exception as error:  # Whatever it is, the log goes on and tells it.
                self._failed(error)
            finally:
                self._queue.task_done()
            if self._abandoned and self._queue.empty():
                # There was no room in the queue for its end.
                self._end_file()
                return

    def _keep(self, at: float, result: Extraction, extractor: Extractor, given: Given) -> None:
        if time.monotonic() < self._resume:
            self._count("dropped")
            return
        tables = given.tables(extractor)
        if extractor.catalogue is not None:
            if self._held is None or self._held.extractor is not extractor:
                self._held = HeldColumns(extractor)
            tables = self._held.completed(tables)
        batch = log_rows(at, result, tables, self._values)
        try:
            self._write(batch)
        except OSError as error:
            self._resume = time.monotonic() + _PAUSE
            self._end_file()
            self._failed(error)
            return
        self._count("written", batch.num_rows)

    def _write(self, batch: Any) -> None:
        if self._file is not None and not self._file.takes(batch, self._file_bytes):
            self._end_file()
        if self._file is None:
            self._number += 1
            self._file = _File(self._new_path(), batch.schema)
            self._remove_old()
        self._file.write(batch)

    def _new_path(self) -> Path:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return self.folder / f"{PREFIX}{now}-{os.getpid()}-{self._number:06d}{SUFFIX}"

    def _remove_old(self) -> None:
        names = sorted(path for path in self.folder.glob(f"{PREFIX}*{SUFFIX}") if path.is_file())
        for path in names[: -self._files]:
            with contextlib.suppress(OSError):
                path.unlink()

    def _end_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _count(self, name: str, number: int = 1) -> None:
        with self._lock:
            self._counts[name] += number

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._counts["failed"] += 1
            again = str(error) == self._trouble
            self._trouble = str(error)
        if not again:
            _LOGGER.warning("a request could not be logged: %s", error)


class _File:
    """An Arrow IPC stream that holds whole batches at any moment, also after a write that failed."""

    def __init__(self, path: Path, schema: Any) -> None:
        self._schema = schema
        self._size = 0
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            self._append(schema.serialize())
        except OSError:
            os.close(self._handle)
            path.unlink(missing_ok=True)
            raise

    def takes(self, batch: Any, most_bytes: int) -> bool:
        """Whether a batch belongs into this file."""
        return self._size < most_bytes and bool(batch.schema.equals(self._schema))

    def write(self, batch: Any) -> None:
        """Append a batch. Raises OSError; then the file is as it was before."""
        self._append(batch.serialize())

    def close(self) -> None:
        """End the stream; a file without its end can be read as well."""
        with contextlib.suppress(OSError):
            self._append(_END)
        os.close(self._handle)

    def _append(self, data: Any) -> None:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self._size)
                os.lseek(self._handle, self._size, os.SEEK_SET)
            raise
        self._size += memoryview(data).nbytes


def log_rows(at: float, result: Extraction, tables: Any, values: bool) -> Any:
    """Return a row per request: its inputs, and what the service computed of it."""
    import pyarrow

    nested = tables.nested()
    taken = [name for name in nested.schema.names if name in COLUMNS]
    if taken:
        raise FeatureExtractorError(f"an input cannot be logged under the name {taken[0]!r}")
    features = result.to_arrow()
    count = tables.request_count
    bounds = tables.offsets if tables.offsets is not None else range(count + 1)
    if bounds[-1] != result.rows or nested.num_rows != count:
        raise FeatureExtractorError("the request has other rows than its results")
    digests = []
    for request in range(count):
        part = features.slice(bounds[request], bounds[request + 1] - bounds[request])
        digests.append(json.dumps(numbered_digests(part), separators=(",", ":")))
    moment = pyarrow.timestamp("us", tz="UTC")
    columns = dict(zip(nested.schema.names, nested.columns, strict=True))
    columns[TIME] = pyarrow.array([int(at * 1e6)] * count, pyarrow.int64()).cast(moment)
    columns[PACKAGE] = pyarrow.array([result.package_digest] * count, pyarrow.string())
    columns[DIGEST] = pyarrow.array(digests, pyarrow.string())
    if values:
        structs = pyarrow.StructArray.from_arrays(features.columns, fields=list(features.schema))
        offsets = pyarrow.array(list(bounds), pyarrow.int64())
        columns[FEATURES] = pyarrow.LargeListArray.from_arrays(offsets, structs)
    return pyarrow.RecordBatch.from_pydict(columns)
