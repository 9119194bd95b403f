"""Spans of OpenTelemetry, where its API is installed and an exporter was set up; else nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

try:
    from opentelemetry import propagate, trace
except ModuleNotFoundError:
    _AVAILABLE = False
else:
    _AVAILABLE = True

Attributes = Mapping[str, str | int]


def caller_of(headers: Mapping[str, str]) -> Any:
    """Return the context that a caller sent (``traceparent``), to hang spans below it; None without OpenTelemetry."""
    return propagate.extract(dict(headers)) if _AVAILABLE else None


class Span:
    """A span that takes attributes when they are known."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def describe(self, attributes: Attributes) -> None:
        """Add attributes."""
        if self._span is not None:
            self._span.set_attributes(dict(attributes))


@contextmanager
def span(name: str, caller: Any = None) -> Iterator[Span]:
    """Run what is inside as a span, below ``caller`` or below the span that is current in this thread."""
    if not _AVAILABLE:
        yield Span()
        return
    tracer = trace.get_tracer("feature_extractor.serve")
    with tracer.start_as_current_span(name, context=caller) as started:
        yield Span(started)
