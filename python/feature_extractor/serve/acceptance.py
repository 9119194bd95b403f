"""What a package must pass before it serves beside a model: the model reads features that the package has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from feature_extractor.extractor import Extractor

if TYPE_CHECKING:
    from feature_extractor.models import OnnxModel


class Acceptance:
    """Asked by the service for each package. The model is loaded with the first one.

    Raises ModelError where the model cannot be loaded, and where it does not fit a package. Whether a package computes
    what it should is told by its own golden rows.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.model: OnnxModel | None = None
        self._path = path

    def __call__(self, package: Extractor) -> None:
        """Refuse a package by an exception."""
        if self.model is not None:
            self.model.check(package.layout)
        elif self._path is not None:
            from feature_extractor.models import OnnxModel

            self.model = OnnxModel(self._path, package.layout)
