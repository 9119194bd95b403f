"""Holds the extractor that is live, and swaps another one in without losing a request."""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from feature_extractor.catalogue import Catalogue, origin_of
from feature_extractor.decoding import (
    Computation,
    DecoderMaker,
    JsonFormat,
    MessageDecoder,
    MessageFormat,
    ProtobufFormat,
)
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extraction import Extraction
from feature_extractor.extractor import Extractor
from feature_extractor.serving.arrivals import CATALOGUE, PACKAGE, Arrivals, Refusal
from feature_extractor.serving.fetch_json import COMPLETED, JsonMessages
from feature_extractor.serving.fetch_protobuf import (
    ProtobufMessages,
    check_keys,
    fetching_format,
)
from feature_extractor.serving.fetching import (
    BoundFetches,
    Fetch,
    FetchCounts,
    Fetcher,
    FetchReport,
)
from feature_extractor.serving.log import (
    Given,
    GivenDecoded,
    GivenMessages,
    GivenRequest,
    GivenTable,
    RequestLog,
)
from feature_extractor.serving.opening import opened_package, source_of
from feature_extractor.serving.places import FilePlace, Place, place_of
from feature_extractor.serving.request_parts import RequestParts, Rows, parts_of
from feature_extractor.serving.shadow import Shadow
from feature_extractor.serving.watching import Receiver, Watch

_LOGGER = logging.getLogger("feature_extractor.serving")
_END_SECONDS = 5.0
"""A closing service waits so long for its watches, which a place that does not answer may hold up for ever."""


@dataclass(frozen=True)
class Version:
    """A package that is or was live: its program's name and digest, where it came from, and since when it serves."""

    name: str
    digest: str
    source: str
    since: datetime.datetime


@dataclass(frozen=True)
class _Live:
    extractor: Extractor
    version: Version
    fetches: BoundFetches


class _OtherBaseError(Exception):
    """A package was made from one that is not live any more."""


class _OtherTableError(Exception):
    """A package has the catalogue of a table that is not live any more."""


class Service(DecoderMaker):
    """The extractor that is live, for any number of threads.

    A call works with the package that was live when it began, to its end, and its result names that package. A new
    package is loaded and checked beside the live one; then one reference is exchanged. Whatever is wrong with it, the
    old one stays, and the reason is in ``refusals`` and in the log ``feature_extractor.serving``. Its golden rows are
    computed, as :func:`feature_extractor.load` does: that is its self-test, and takes the memory that requests need.

    With ``same_outputs`` (the default) a package is refused unless its features have the same names, kinds, widths and
    order, and it reads no input that the live one did not declare with the same type. ``accept`` is asked last; what it
    raises is the reason of a refusal. A host whose model fits only some packages says so there. ``log`` writes a sample
    of the requests and of their results to files, with which ``fx verify`` computes them again; the service closes it.
    ``fetches`` give requests the inputs that they lack; ``fetch_threads`` plain functions of them run at a time. Raises
    ValueError where they do not fit the package. ``equip`` returns the first package with a catalogue or a cache; those
    that are pushed get the same.
    """

    def __init__(
        self,
        package: str | os.PathLike[str] | bytes | Extractor,
        *,
        same_outputs: bool = True,
        accept: Callable[[Extractor], object] | None = None,
        equip: Callable[[Extractor], Extractor] | None = None,
        log: RequestLog | None = None,
        fetches: Sequence[Fetch] = (),
        fetch_threads: int = 16,
    ) -> None:
        self._same_outputs = same_outputs
        self._accept = accept
        self._log = log
        # Held while references are exchanged and formats become known, never while something may wait.
        self._lock = threading.Lock()
        # Held while a package that was read is compared with the live one; reading it may take any time.
        self._accepting = threading.Lock()
        self._arrivals = Arrivals()
        self._formats: set[MessageFormat] = set()
        self._previous: _Live | None = None
        self._shadow: Shadow | None = None
        self._watches: list[Watch] = []
        self._closed = False
        extractor = opened_package(package)
        if accept is not None:
            accept(extractor)
        if equip is not None:
            extractor = equip(extractor)
        self._fetcher = Fetcher(fetches, fetch_threads)
        self._fetcher.check(extractor)
        self._live = self._live_from(extractor, source_of(package))

    # ---- requests ----------------------------------------------------------------------------------

    @property
    def extractor(self) -> Extractor:
        """The extractor that is live now. It stays valid when another one becomes live."""
        return self._live.extractor

    def extract(self, table: Any, **options: Any) -> Extraction:
        """Extract from a table with the live package; see :meth:`Extractor.extract`. Nothing is fetched for tables."""
        return self._run(
            self._live.extractor,
            lambda extractor: extractor.extract(table, **options),
            GivenTable(table),
        )

    def extract_request(
        self,
        request: Any,
        candidates: Any = None,
        *,
        fetch_timeout: float | None = None,
        **options: Any,
    ) -> Extraction:
        """Extract a request with the live package; see :meth:`Extractor.extract_request`.

        What it lacks is fetched first, in at most ``fetch_timeout`` seconds; the result tells in ``fetches`` what
        became of it. Raises FetchError where a fetch that is required gave nothing.
        """
        live = self._live
        offsets = options.get("offsets")
        if not live.fetches.bound:
            return self._run_request(live, request, candidates, (), options)
        parts = parts_of(request, candidates, offsets)
        reports = self._fetcher.fill(live.fetches, parts, fetch_timeout)
        return self._run_request(live, *_completed(request, candidates, parts), reports, options)

    async def extract_request_async(
        self,
        request: Any,
        candidates: Any = None,
        *,
        fetch_timeout: float | None = None,
        **options: Any,
    ) -> Extraction:
        """Do the same without holding up the event loop: fetches are awaited together, and a thread computes."""
        live = self._live
        reports: tuple[FetchReport, ...] = ()
        if live.fetches.bound:
            parts = parts_of(request, candidates, options.get("offsets"))
            reports = await self._fetcher.fill_async(live.fetches, parts, fetch_timeout)
            request, candidates = _completed(request, candidates, parts)
        return await asyncio.to_thread(
            self._run_request, live, request, candidates, reports, options
        )

    @property
    def fetches(self) -> dict[str, FetchCounts]:
        """How often each fetch was in time, late, failed, unfit or busy, and how long calls have waited for it."""
        return self._fetcher.counts

    @property
    def log(self) -> RequestLog | None:
        """The log that a sample of the requests goes to."""
        return self._log

    def _run_request(
        self,
        live: _Live,
        request: Any,
        candidates: Any,
        reports: tuple[FetchReport, ...],
        options: dict[str, Any],
    ) -> Extraction:
        result = self._run(
            live.extractor,
            lambda extractor: extractor.extract_request(request, candidates, **options),
            GivenRequest(request, candidates, options.get("offsets")),
        )
        result.fetches = reports
        return result

    def _message_decoder(self, message_format: MessageFormat) -> MessageDecoder:
        if isinstance(message_format, ProtobufFormat) and self._fetcher.fetches:
            message_format = fetching_format(message_format, self._fetcher.fetches)
            live = self._live
            check_keys(live.extractor, message_format, live.fetches)
        # Under the lock under which packages become live, so that each of them was asked whether the messages fit it.
        with self._lock:
            self._live.extractor.prepare(message_format)
            self._formats.add(message_format)
        return MessageDecoder(self._run_messages, message_format, self._begin_messages)

    def _run_messages(
        self, message_format: MessageFormat, messages: list[Any], threads: int, chunk_rows: int
    ) -> Extraction:
        live = self._live
        reports: tuple[FetchReport, ...] = ()
        read = self._lacking(live, message_format, messages)
        if read is not None:
            reports = self._fetcher.fill(live.fetches, read.parts, None)
        return self._computed(live, message_format, messages, read, reports, threads, chunk_rows)

    async def _begin_messages(
        self, message_format: MessageFormat, messages: list[Any], threads: int, chunk_rows: int
    ) -> Computation:
        live = self._live
        reports: tuple[FetchReport, ...] = ()
        read = None
        if live.fetches.bound:
            read = await asyncio.to_thread(self._lacking, live, message_format, messages)
        if read is not None:
            reports = await self._fetcher.fill_async(live.fetches, read.parts, None)
        return partial(
            self._computed, live, message_format, messages, read, reports, threads, chunk_rows
        )

    def _lacking(
        self, live: _Live, message_format: MessageFormat, messages: list[Any]
    ) -> JsonMessages | ProtobufMessages | None:
        """Return the requests in messages where something may have to be fetched for them."""
        if not live.fetches.bound:
            return None
        if isinstance(message_format, ProtobufFormat):
            return ProtobufMessages.read(live.extractor, message_format, messages, live.fetches)
        assert isinstance(message_format, JsonFormat)
        read = JsonMessages.read(messages, live.extractor.inputs, message_format)
        if read is not None and read.may_be_refused(message_format):
            # Before a store is asked for candidates without number, the core tells what is wrong with them.
            whole = replace(message_format, maximum_bytes=COMPLETED.maximum_bytes)
            live.extractor.extract_messages(
                whole, list(read.written_with_nulls(live.fetches)), 1, 1024
            )
        return read

    def _computed(
        self,
        live: _Live,
        message_format: MessageFormat,
        messages: list[Any],
        read: JsonMessages | ProtobufMessages | None,
        reports: tuple[FetchReport, ...],
        threads: int,
        chunk_rows: int,
    ) -> Extraction:
        if isinstance(read, ProtobufMessages):
            tables = read.tables()
            request, candidates, offsets = tables.arguments()
            result = self._run(
                live.extractor,
                lambda extractor: extractor.extract_request(
                    request,
                    candidates,
                    offsets=offsets,
                    threads=threads,
                    chunk_rows=chunk_rows,
                ),
                GivenDecoded(tables),
            )
            result.fetches = reports
            return result
        if read is not None and reports:
            messages = list(read.written())
            message_format = COMPLETED
        result = self._run(
            live.extractor,
            lambda extractor: extractor.extract_messages(
                message_format, messages, threads, chunk_rows
            ),
            GivenMessages(message_format, messages),
        )
        result.fetches = reports
        return result

    def _run(
        self,
        extractor: Extractor,
        call: Callable[[Extractor], Extraction],
        given: Given,
    ) -> Extraction:
        result = call(extractor)
        shadow = self._shadow
        if shadow is not None:
            shadow.offer(result, call)
        if self._log is not None:
            self._log.offer(result, extractor, given)
        return result

    # ---- versions ----------------------------------------------------------------------------------

    @property
    def version(self) -> Version:
        """The package that is live."""
        return self._live.version

    @property
    def previous(self) -> Version | None:
        """The package that was live before, to which :meth:`roll_back` returns."""
        return None if self._previous is None else self._previous.version

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The last packages and catalogues that were refused, the newest at the end."""
        return self._arrivals.refusals

    @property
    def refused(self) -> int:
        """How many packages were refused, those too that ``refusals`` does not keep any more."""
        return self._arrivals.refused(PACKAGE)

    @property
    def refused_catalogues(self) -> int:
        """How many tables of catalogues were refused."""
        return self._arrivals.refused(CATALOGUE)

    @property
    def troubles(self) -> dict[str, str]:
        """Why the ``package`` or the ``catalogue`` that came last is not live; empty where all are."""
        return self._arrivals.troubles

    def push(self, package: str | os.PathLike[str] | bytes | Extractor) -> Version:
        """Make a package live, and return its version; that of the live one where it is the same package.

        Raises EngineError where it is damaged, does not fit or its golden rows give other values here. The old one is
        live then.
        """
        return self._push(package, source_of(package))

    def push_resources(self, resources: Mapping[str, Any]) -> Version:
        """Give resources of the live package other words or rows, make that live, and return its version.

        See :meth:`Extractor.with_resources`; nothing is compiled. It is refused as every package is: among others where
        its host counts on another number of ids. Raises as ``with_resources`` and :meth:`push` do; the old package is
        live then.
        """
        source = f"resources {', '.join(resources)}"
        while True:
            base = self._live
            try:
                extractor = base.extractor.with_resources(resources)
            except Exception as error:
                self._arrivals.refuse(PACKAGE, source, str(error).strip())
                raise
            try:
                return self._push(extractor, source, base=base)
            except _OtherBaseError:
                continue  # Another package has become live meanwhile: it gets the resources.

    def push_catalogue(self, table: Any, *, key: str | None = None, threads: int = 1) -> Version:
        """Put another table in the place of the live catalogue's, and return the version that is live.

        See :meth:`Extractor.with_catalogue`; ``key`` is that of the live catalogue if not said. The table is imported
        beside the live one, for the live package and for the previous one, and then one reference is exchanged. It is
        refused, and the old one stays, where hosts would have to give other inputs than before. Packages that are
        pushed later get the table too. Raises FeatureExtractorError where there is no catalogue and no key is said.
        """
        return self._push_catalogue(table, origin_of(table), key=key, threads=threads)

    def _push_catalogue(
        self,
        table: Any,
        source: str,
        is_wanted: Callable[[], bool] = lambda: True,
        *,
        key: str | None = None,
        threads: int = 1,
    ) -> Version:
        number = self._arrivals.number(CATALOGUE)
        while True:
            base, before = self._live, self._previous
            known = base.extractor.catalogue
            try:
                self._arrivals.check(CATALOGUE, number)
                chosen = key if key is not None or known is None else known.key
                if chosen is None:
                    raise FeatureExtractorError(
                        "There is no catalogue: say which column is the key."
                    )
                extractor = base.extractor.with_catalogue(table, key=chosen, threads=threads)
                if known is not None and self._same_outputs:
                    _check_catalogue(extractor, known)
                self._check(extractor, base.extractor)
                earlier = None if before is None else self._with_table(before, extractor)
                if not is_wanted():
                    raise FeatureExtractorError("The service was closed before it was read.")
                fresh = self._live_with(base.version, extractor)
                with self._lock:
                    if self._live is not base or self._previous is not before:
                        continue  # Another package gets the table; another table may be a later one.
                    for message_format in self._formats:
                        extractor.prepare(message_format)
                    self._live, self._previous = fresh, earlier
                    self._arrivals.became_live(CATALOGUE, number)
            except Exception as error:
                self._arrivals.refuse(CATALOGUE, source, str(error).strip(), number)
                raise
            _LOGGER.info("live is a catalogue of %d rows from %s", _rows(extractor), source)
            return base.version

    def _with_table(self, before: _Live, live: Extractor) -> _Live | None:
        """Return the previous package with the catalogue of the live one; None where it does not fit any more."""
        try:
            return self._live_with(before.version, before.extractor.whole.equipped_like(live))
        except FeatureExtractorError as error:
            _LOGGER.warning("no way back to %s any more: %s", before.version.digest, error)
            return None

    def roll_back(self) -> Version:
        """Make the previous package live again, and the live one the previous.

        Raises FeatureExtractorError where there was none, EngineError where a decoder does not fit it.
        """
        with self._lock:
            if self._previous is None:
                raise FeatureExtractorError("There is no earlier package to return to.")
            for message_format in self._formats:
                self._previous.extractor.prepare(message_format)
            self._live, self._previous = self._previous, self._live
            self._arrivals.forget_trouble(PACKAGE)
            version = self._live.version
        _LOGGER.warning("rolled back to %s %s", version.name, version.digest)
        return version

    def _push(
        self,
        package: str | os.PathLike[str] | bytes | Extractor,
        source: str,
        is_wanted: Callable[[], bool] = lambda: True,
        base: _Live | None = None,
    ) -> Version:
        number = self._arrivals.number(PACKAGE)
        try:
            opened = opened_package(package)
            while True:
                # What depends on candidates alone is computed before anybody has to wait.
                live = self._live
                has_own_table = opened.catalogue is not None or opened.cache is not None
                is_live = opened.digest == live.version.digest and not has_own_table
                extractor = live.extractor if is_live else opened.equipped_like(live.extractor)
                fresh = self._live_from(extractor, source)
                try:
                    with self._accepting:
                        version = self._exchanged(fresh, number, is_wanted, base, has_own_table)
                    break
                except _OtherTableError:
                    continue
        except _OtherBaseError:
            raise
        except Exception as error:  # Whatever it is, the old one stays and the reason is told.
            self._arrivals.refuse(PACKAGE, source, str(error), number)
            raise
        if version is fresh.version:
            _LOGGER.info("live is %s %s from %s", version.name, version.digest, source)
        return version

    def _exchanged(
        self,
        fresh: _Live,
        number: int,
        is_wanted: Callable[[], bool],
        base: _Live | None,
        has_own_table: bool,
    ) -> Version:
        """Make a package live where it passes, and return the version that is live then."""
        while True:
            live = self._live
            if base is not None and live is not base:
                raise _OtherBaseError
            is_same_table = _have_same_table(fresh.extractor, live.extractor)
            if not is_same_table and not has_own_table:
                raise _OtherTableError
            self._check(fresh.extractor, live.extractor)
            with self._lock:
                if live is not self._live:
                    continue  # Somebody has rolled back since it was compared.
                self._arrivals.check(PACKAGE, number)
                if not is_wanted():
                    raise FeatureExtractorError("The service was closed before it was read.")
                # Formats that became known since it was compared.
                for message_format in self._formats:
                    fresh.extractor.prepare(message_format)
                self._arrivals.became_live(PACKAGE, number)
                if fresh.version.digest == live.version.digest and is_same_table:
                    return live.version
                self._previous, self._live = live, fresh
                return fresh.version

    def _live_from(self, extractor: Extractor, source: str) -> _Live:
        now = datetime.datetime.now(datetime.UTC)
        return self._live_with(Version(extractor.name, extractor.digest, source, now), extractor)

    def _live_with(self, version: Version, extractor: Extractor) -> _Live:
        return _Live(extractor, version, BoundFetches(self._fetcher.fetches, extractor))

    def _check(self, fresh: Extractor, live: Extractor) -> None:
        """Raise what speaks against a package."""
        if self._same_outputs:
            live.check_replacement(fresh)
        for message_format in tuple(self._formats):
            fresh.prepare(message_format)
        if self._accept is not None:
            self._accept(fresh)

    # ---- shadow ------------------------------------------------------------------------------------

    def shadow(
        self, package: str | os.PathLike[str] | bytes | Extractor, share: float = 0.01
    ) -> Shadow:
        """Run a second package on a share of the requests, beside the live one, until :meth:`end_shadow`.

        Its values reach nobody; they are compared with the live ones, feature by feature. It has a catalogue of the
        table that is live when it begins. Raises EngineError where it cannot be loaded.
        """
        extractor = opened_package(package).equipped_like(self._live.extractor)
        self.end_shadow()
        self._shadow = Shadow(extractor, share)
        return self._shadow

    def end_shadow(self) -> None:
        """End the second package, if there is one."""
        shadow, self._shadow = self._shadow, None
        if shadow is not None:
            shadow.close()

    # ---- watching ----------------------------------------------------------------------------------

    def watch(self, where: str | os.PathLike[str] | Place, every: float = 2.0) -> None:
        """Make live what comes to a file, folder or address, asked every so many seconds, until :meth:`close`.

        What is there at the beginning is taken as well, unless it is live already. What was refused is tried again
        only when it changes.
        """
        place = place_of(where) if isinstance(where, str | os.PathLike) else where
        self._watch(place, every, PACKAGE, self._push)

    def watch_catalogue(self, where: str | os.PathLike[str] | Place, every: float = 2.0) -> None:
        """Put what comes to a Parquet or Arrow file in the place of the live catalogue, until :meth:`close`.

        It is done as :meth:`push_catalogue` does it. What is there at the beginning is taken as well; a place that was
        asked before gives only what is newer. What was refused is tried again only when it changes.
        """
        place = FilePlace(where) if isinstance(where, str | os.PathLike) else where
        self._watch(place, every, CATALOGUE, self._push_catalogue)

    def _watch(self, place: Place, every: float, what: str, push: Callable[..., Version]) -> None:
        if every <= 0:
            raise ValueError("every must be above 0 seconds")
        with self._lock:
            if self._closed:
                raise FeatureExtractorError("The service is closed.")
            receiver = Receiver(
                push, partial(self._arrivals.refuse, what), partial(self._arrivals.forgive, what)
            )
            watch = Watch(place, every, receiver)
            self._watches.append(watch)
        watch.start()

    def close(self) -> None:
        """End watching, fetching, the second package and the log. The live extractor goes on to work.

        A watch whose place does not answer is waited for some seconds and then left alone; nothing of it becomes live.
        """
        with self._lock:
            self._closed = True
            watches, self._watches = self._watches, []
        for watch in watches:
            watch.end()
        until = time.monotonic() + _END_SECONDS
        for watch in watches:
            watch.wait(until - time.monotonic())
        self.end_shadow()
        self._fetcher.close()
        if self._log is not None:
            self._log.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Service({self.version.name!r}, live {self.version.digest})"


def _completed(request: Any, candidates: Any, parts: RequestParts) -> tuple[Any, Any]:
    """Return what :meth:`Extractor.extract_request` takes, with what was fetched."""
    if parts.request is not None:
        content = parts.request.content
        is_one = isinstance(request, Mapping) and isinstance(parts.request, Rows)
        is_empty = request is None and not any(content)
        request = content[0] if is_one else None if is_empty else content
    return request, candidates if parts.candidates is None else parts.candidates.content


def _check_catalogue(fresh: Extractor, live: Catalogue) -> None:
    """Raise FeatureExtractorError where requests would have to be others with a new table."""
    made = fresh.catalogue
    assert made is not None
    missing = [name for name in live.inputs if name not in made.inputs]
    if missing:
        raise FeatureExtractorError(
            f"The table has no column '{missing[0]}', which the live catalogue holds: requests do not bring it."
        )
    if (made.key, made.key_type) != (live.key, live.key_type):
        raise FeatureExtractorError(
            f"The key is '{made.key}' of type {made.key_type}, and requests bring '{live.key}' of type {live.key_type}."
        )


def _rows(extractor: Extractor) -> int:
    return 0 if extractor.catalogue is None else extractor.catalogue.rows


def _have_same_table(one: Extractor, other: Extractor) -> bool:
    """Whether the catalogues were imported from the same table, or there are none."""
    first, second = one.catalogue, other.catalogue
    if first is None or second is None:
        return first is second
    return first.source is second.source and first.key == second.key
