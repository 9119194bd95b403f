"""Serving: the package that is live, and how another one takes its place while requests run."""

from feature_extractor.serving.places import FilePlace, FolderPlace, HttpPlace, Place, place_of
from feature_extractor.serving.service import Refusal, Service, Version
from feature_extractor.serving.shadow import Difference, Shadow

__all__ = [
    "Difference",
    "FilePlace",
    "FolderPlace",
    "HttpPlace",
    "Place",
    "Refusal",
    "Service",
    "Shadow",
    "Version",
    "place_of",
]
