"""The exceptions that users of the package see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feature_extractor.diagnostics import Diagnostic


class FeatureExtractorError(Exception):
    """The base of all errors that this package raises for a reason that its user can mend."""


class EngineError(FeatureExtractorError):
    """The core refused a package, a plan or a batch.

    ``code`` is one of ``invalid_argument not_found io corrupt unsupported_version invalid_plan limit
    out_of_memory different_values``; the text says what, where and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class CompileError(FeatureExtractorError):
    """A program has mistakes; ``diagnostics`` has all of them, and the text shows them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        from feature_extractor.diagnostics.rendering import render

        return "\n" + render(self.diagnostics)

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback: the mistakes of the program, in colour."""
        from feature_extractor.diagnostics.rendering import render

        return render(self.diagnostics, colour=True).rstrip("\n").split("\n")


class SettingsError(FeatureExtractorError):
    """A settings file has mistakes, which are in ``diagnostics``; the text shows them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        from feature_extractor.diagnostics.rendering import render

        return "\n" + render(self.diagnostics)
