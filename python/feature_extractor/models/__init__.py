"""Models behind the features: what a model reads, ONNX Runtime and PyTorch over the memory of an extraction."""

from typing import TYPE_CHECKING

from feature_extractor.models.buffers import OutputBufferError
from feature_extractor.models.jagged import JaggedBuffers, KeyedJagged, keyed_jagged, tensors
from feature_extractor.models.sources import ModelError, Source, model_metadata

if TYPE_CHECKING:
    from feature_extractor.models.onnx_runtime import OnnxModel

__all__ = [
    "JaggedBuffers",
    "KeyedJagged",
    "ModelError",
    "OnnxModel",
    "OutputBufferError",
    "Source",
    "keyed_jagged",
    "model_metadata",
    "tensors",
]


def __getattr__(name: str) -> object:
    """Import ONNX Runtime only where it is used: it is an optional package, and takes a while to load."""
    if name == "OnnxModel":
        from feature_extractor.models.onnx_runtime import OnnxModel

        return OnnxModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
