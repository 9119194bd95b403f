"""Extractors whose features show all bits of what was read."""

from __future__ import annotations

from functools import cache

import feature_extractor as fx
from feature_extractor.check.program import analyse_text
from feature_extractor.check.typed import CheckedProgram, Feature
from feature_extractor.testing.programs import PLACE, packaged, registry


@cache
def shown(inputs: str, *values: str) -> fx.Extractor:
    """Return an extractor with a feature for each expression over the declared inputs."""
    return fx.load(shown_package(inputs, *values))


@cache
def shown_package(inputs: str, *values: str) -> bytes:
    """Return the package of the extractor."""
    lets = "".join(f"let v{i} = {value}\n" for i, value in enumerate(values))
    analysis = analyse_text(f"{inputs}\n{lets}", registry())
    assert analysis.program is not None, [found.message for found in analysis.diagnostics]
    features = tuple(
        Feature(f"v{i}", "value", analysis.values[f"v{i}"], PLACE) for i in range(len(values))
    )
    program = CheckedProgram("shown.fx", analysis.program.inputs, (), features)
    return packaged(program, True)
