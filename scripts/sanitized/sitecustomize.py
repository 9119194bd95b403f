"""Lets every Python process of a run under sanitizers load the core that was built for it.

Python imports this module by its name when its folder is in PYTHONPATH. The package comes from where it always does;
only the compiled module is another, that of FEATURE_EXTRACTOR_SANITIZED_CORE.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

MODULE = "feature_extractor._native"


class SanitizedCore(MetaPathFinder):
    """Finds the compiled module, and nothing else."""

    def __init__(self, file: str) -> None:
        self._file = file

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where the compiled module is; None for all others."""
        return importlib.util.spec_from_file_location(name, self._file) if name == MODULE else None


file = os.environ.get("FEATURE_EXTRACTOR_SANITIZED_CORE")
if file:
    # The hook of an editable installation stands in front of the path, so this stands in front of it.
    sys.meta_path.insert(0, SanitizedCore(file))
