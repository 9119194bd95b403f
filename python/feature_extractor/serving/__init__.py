"""Serving: the package that is live, and how another one takes its place while requests run."""

from feature_extractor.serving.arrivals import Refusal
from feature_extractor.serving.fetching import (
    Fetch,
    FetchCounts,
    FetchError,
    FetchKeyError,
    FetchReport,
)
from feature_extractor.serving.log import LogCounts, RequestLog
from feature_extractor.serving.places import FilePlace, FolderPlace, HttpPlace, Place, place_of
from feature_extractor.serving.service import Service, Version
from feature_extractor.serving.shadow import Difference, Shadow

__all__ = [
    "Difference",
    "Fetch",
    "FetchCounts",
    "FetchError",
    "FetchKeyError",
    "FetchReport",
    "FilePlace",
    "FolderPlace",
    "HttpPlace",
    "LogCounts",
    "Place",
    "Refusal",
    "RequestLog",
    "Service",
    "Shadow",
    "Version",
    "place_of",
]
