"""What the server counts and measures, in the format of Prometheus."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client import Counter as PrometheusCounter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from feature_extractor.extraction import Extraction
from feature_extractor.serving import Service

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
)  # fmt: skip
_KEPT_PACKAGES = 3
"""Values are counted for the packages that computed last, so that reloading does not grow what is scraped."""


class _Counted:
    """What one package counted since it first computed."""

    def __init__(self) -> None:
        self.rows = 0
        self.requests = 0
        self.unknown_keys = 0
        self.defaulted: Counter[str] = Counter()
        self.inputs: Counter[tuple[str, str]] = Counter()
        self.places: Counter[str] = Counter()


class Metrics(Collector):
    """All that the server counts. Threads may share it."""

    def __init__(self, service: Service, capacity: int) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = 0
        self._capacity = capacity
        self._service = service
        self._lock = threading.Lock()
        self._packages: OrderedDict[str, _Counted] = OrderedDict()
        self.requests = PrometheusCounter(
            "feature_extractor_requests",
            "Requests by path and status.",
            ["path", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "feature_extractor_request_seconds",
            "From the first byte of a request to its answer, by path.",
            ["path"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "feature_extractor_stage_seconds",
            "Where the time of a request goes: fetch, wait for a thread, extract (with decoding), score, encode.",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(self)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a part of the work on a request."""
        started = perf_counter()
        try:
            yield
        finally:
            self.stage_seconds.labels(name).observe(perf_counter() - started)

    def count(self, result: Extraction) -> None:
        """Add what an extraction counted, to its package."""
        statistics = result.statistics()
        with self._lock:
            counted = self._packages.pop(result.package_digest, None) or _Counted()
            self._packages[result.package_digest] = counted
            while len(self._packages) > _KEPT_PACKAGES:
                self._packages.popitem(last=False)
            counted.rows += result.rows
            counted.requests += result.requests
            counted.unknown_keys += result.unknown_keys
            for name in result:
                counted.defaulted[name] += statistics.defaulted.get(name, 0)
            counted.places.update(statistics.nulls_at)
            for name, counts in statistics.inputs.items():
                for reason, number in vars(counts).items():
                    if number:
                        counted.inputs[name, reason] += number

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        """Yield what is read where it stands when somebody asks."""
        yield GaugeMetricFamily(
            "feature_extractor_in_flight", "Requests that are computed or wait.", self.in_flight
        )
        yield GaugeMetricFamily(
            "feature_extractor_capacity",
            "How many requests may be computed or wait.",
            self._capacity,
        )
        version = self._service.version
        live = GaugeMetricFamily(
            "feature_extractor_package",
            "The live package; the value is always 1.",
            labels=["name", "package", "source"],
        )
        live.add_metric([version.name, version.digest, version.source], 1)
        yield live
        yield GaugeMetricFamily(
            "feature_extractor_package_since_seconds",
            "When the live package was opened, in seconds since 1970.",
            version.since.timestamp(),
        )
        yield CounterMetricFamily(
            "feature_extractor_refused_packages",
            "Packages that were refused.",
            self._service.refused,
        )
        yield from self._of_candidates()
        rows = CounterMetricFamily(
            "feature_extractor_rows", "Rows computed, by package.", labels=["package"]
        )
        defaulted = CounterMetricFamily(
            "feature_extractor_defaulted",
            "Values (rows, or ids of a list) that did not exist and got the feature's default.",
            labels=["package", "feature"],
        )
        inputs = CounterMetricFamily(
            "feature_extractor_input_nulls",
            "Values of inputs that were null, or became null for a reason.",
            labels=["package", "input", "reason"],
        )
        places = CounterMetricFamily(
            "feature_extractor_operator_nulls",
            "Operators that had no result although their arguments had values, by place in the program.",
            labels=["package", "place"],
        )
        log = self._service.log
        if log is not None:
            logged = CounterMetricFamily(
                "feature_extractor_log",
                "Requests of the log's sample: written, or not for a reason.",
                labels=["outcome"],
            )
            counts = asdict(log.counts)
            del counts["trouble"]
            for outcome, number in counts.items():
                logged.add_metric([outcome], number)
            yield logged
        fetches = CounterMetricFamily(
            "feature_extractor_fetches",
            "Fetches by outcome: fetched, late, failed, unfit, busy.",
            labels=["fetch", "outcome"],
        )
        fetch_seconds = CounterMetricFamily(
            "feature_extractor_fetch_seconds",
            "How long requests waited for a fetch, all together.",
            labels=["fetch"],
        )
        for name, fetched in self._service.fetches.items():
            for outcome, number in fetched.outcomes.items():
                fetches.add_metric([name, outcome], number)
            fetch_seconds.add_metric([name], fetched.seconds)
        yield fetches
        yield fetch_seconds
        with self._lock:
            for digest, counted in self._packages.items():
                rows.add_metric([digest], counted.rows)
                for name, number in counted.defaulted.items():
                    defaulted.add_metric([digest, name], number)
                for (name, reason), number in counted.inputs.items():
                    inputs.add_metric([digest, name, reason], number)
                for place, number in counted.places.items():
                    places.add_metric([digest, place], number)
        yield rows
        yield defaulted
        yield inputs
        yield places

    def _of_candidates(self) -> Iterator[Metric]:
        """Yield what a catalogue or a cache tells, where there is one."""
        extractor = self._service.extractor
        catalogue, cache = extractor.catalogue, extractor.cache
        if catalogue is not None:
            for name, text, value in (
                ("rows", "Rows of the live catalogue.", catalogue.rows),
                ("bytes", "Memory that its computed values take.", catalogue.bytes),
                (
                    "since_seconds",
                    "When it was imported, in seconds since 1970.",
                    catalogue.since.timestamp(),
                ),
            ):
                yield GaugeMetricFamily(f"feature_extractor_catalogue_{name}", text, value)
            yield CounterMetricFamily(
                "feature_extractor_refused_catalogues",
                "Tables that were refused.",
                self._service.refused_catalogues,
            )
            unknown = CounterMetricFamily(
                "feature_extractor_unknown_keys",
                "Candidates whose key was null or not in the catalogue, by package.",
                labels=["package"],
            )
            with self._lock:
                for digest, counted in self._packages.items():
                    unknown.add_metric([digest], counted.unknown_keys)
            yield unknown
        if cache is not None:
            # A cache belongs to its package, and so do its counts.
            digest, counts = extractor.digest, cache.counts()
            for name, text, value in (
                ("hits", "Candidates whose values were in the cache.", counts.hits),
                ("misses", "Candidates whose values were computed.", counts.misses),
                ("evictions", "Candidates that made room for others.", counts.evictions),
            ):
                counter = CounterMetricFamily(
                    f"feature_extractor_cache_{name}", text, labels=["package"]
                )
                counter.add_metric([digest], value)
                yield counter
            for name, text, value in (
                ("entries", "Candidates in the cache.", counts.entries),
                ("bytes", "Memory that they take.", counts.bytes),
                ("capacity_bytes", "The most memory that they may take.", cache.capacity),
            ):
                yield GaugeMetricFamily(f"feature_extractor_cache_{name}", text, value)
