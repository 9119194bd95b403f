"""A model in the same process: ONNX Runtime over the memory of an extraction."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extraction import Extraction
from feature_extractor.layout import Layout
from feature_extractor.models.sources import (
    METADATA_KEY,
    ModelError,
    Source,
    SourceText,
    sources_of_metadata,
)

try:
    import onnxruntime
except ModuleNotFoundError:
    raise ModelError(
        "Models in the format ONNX need the package onnxruntime. "
        "Install it with: pip install 'feature_extractor[onnx]'"
    ) from None

_TYPES: dict[str, type[np.generic]] = {"tensor(float)": np.float32, "tensor(int64)": np.int64}


class OnnxModel:
    """A model whose inputs are bound to what an extraction holds. Threads may share it.

    ``model`` is a path or the bytes of a model. What its inputs read is, in this order, ``inputs`` (a source for each
    input that is not called as its source), the metadata that :func:`model_metadata` wrote, or the names of the inputs
    themselves; see :mod:`feature_extractor.models.sources` for how a source is written. ``layout`` is that of the
    extractor. ``threads`` is how many threads one call uses.

    Raises ModelError, which names all inputs that do not fit, with both types and shapes.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | bytes,
        layout: Layout,
        *,
        inputs: Mapping[str, SourceText] | None = None,
        threads: int = 1,
        providers: Sequence[str] = ("CPUExecutionProvider",),
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                model if isinstance(model, bytes) else os.fspath(model),
                options,
                providers=list(providers),
            )
        except Exception as error:  # ONNX Runtime has no base class for what it raises.
            reason = " ".join(str(error).split())
            raise ModelError(f"The model cannot be loaded: {reason}") from None
        self._inputs = {one.name: one for one in self._session.get_inputs()}
        self._outputs = [one.name for one in self._session.get_outputs()]
        for one in self._session.get_outputs():
            if not one.type.startswith("tensor("):
                raise ModelError(
                    f"The output {one.name!r} of the model is {one.type}; only tensors are scores. "
                    "A converter of scikit-learn gives tensors with the option zipmap=False."
                )
        self._sources = self._mapped(layout, inputs)
        self.check(layout)

    @property
    def sources(self) -> Mapping[str, Source]:
        """What each input of the model reads."""
        return self._sources

    @property
    def outputs(self) -> Sequence[str]:
        """The names of the outputs."""
        return self._outputs

    def check(self, layout: Layout) -> None:
        """Raise ModelError, which says what differs, unless the features of a layout are those the model reads."""
        wrong: list[str] = []
        for name, source in self._sources.items():
            wrong += [f"input {name!r}: {text}" for text in source.differences(layout)]
            wrong += [f"input {name!r}: {text}" for text in _misfits(self._inputs[name], source)]
        if wrong:
            raise ModelError("The model does not fit the features: " + "; ".join(wrong) + ".")

    def score(self, extraction: Extraction) -> dict[str, npt.NDArray[Any]]:
        """Return the outputs of the model by name for the rows of an extraction.

        Inputs are bound where they are: nothing is copied but dense features, which are written side by side once.
        Raises ModelError where the model fails.
        """
        binding = self._session.io_binding()
        kept = []  # The memory must live until the model has run.
        for name, source in self._sources.items():
            array = source.array(extraction)
            kept.append(array)
            shape = list(array.shape)
            if len(shape) < len(self._inputs[name].shape):
                shape.append(1)
            binding.bind_input(name, "cpu", 0, source.dtype, shape, array.ctypes.data)
        for name in self._outputs:
            binding.bind_output(name, "cpu")
        try:
            self._session.run_with_iobinding(binding)
        except Exception as error:  # ONNX Runtime has no base class for what it raises.
            raise ModelError(f"The model failed: {' '.join(str(error).split())}") from None
        del kept
        return dict(zip(self._outputs, binding.copy_outputs_to_cpu(), strict=True))

    def _mapped(self, layout: Layout, inputs: Mapping[str, SourceText] | None) -> dict[str, Source]:
        metadata = self._session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
        if inputs is None and metadata is not None:
            found = sources_of_metadata(metadata)
        else:
            found = {}
            wrong = []
            for name in self._inputs:
                try:
                    found[name] = Source.of((inputs or {}).get(name, name), layout)
                except FeatureExtractorError as error:
                    wrong.append(f"input {name!r}: {error}")
            if wrong:
                raise ModelError("The model does not fit the features: " + " ".join(wrong))
        unknown = (set(found) | set(inputs or ())) - set(self._inputs)
        missing = set(self._inputs) - set(found)
        if unknown or missing:
            raise ModelError(
                f"The model has the inputs {', '.join(self._inputs)}; "
                + (f"it has no {', '.join(sorted(unknown))}" if unknown else "")
                + (" and " if unknown and missing else "")
                + (f"nothing is said of {', '.join(sorted(missing))}" if missing else "")
                + "."
            )
        return found

    def __repr__(self) -> str:
        return f"OnnxModel({', '.join(self._inputs)} -> {', '.join(self._outputs)})"


def _misfits(wanted: Any, source: Source) -> list[str]:
    """Return what a model wants of an input that its source does not give."""
    found = []
    if _TYPES.get(wanted.type) != source.dtype:
        found.append(
            f"the model wants {wanted.type}, but {source} has {source.dtype.__name__}; "
            "put a Cast into the model"
        )
    shape = source.shape
    dimensions = list(wanted.shape)
    # A number per row is also a matrix of one column.
    fits = len(dimensions) == len(shape) or (len(dimensions) == 2 and shape == ("rows",))
    for given, one in zip((*shape, 1), dimensions, strict=False):
        if isinstance(one, int) and one != given:
            fits = False
    if not fits:
        described = [", ".join(str(d) for d in many) for many in (dimensions, shape)]
        found.append(
            f"the model wants the shape ({described[0]}), but {source} has ({described[1]})"
        )
    return found
