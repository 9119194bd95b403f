"""Vectors whose size a constant argument says."""

from __future__ import annotations

import feature_extractor as fx
import numpy as np
import pytest
from feature_extractor.errors import CompileError

_INPUTS = "input candidate { color: string, xs: list<float> }\n"


def test_a_list_or_an_int_gives_the_size() -> None:
    """The feature is as wide as the constant says, and the vector can be used as any other."""
    program = fx.compile_text(
        _INPUTS
        + 'let colors = ["red", "green", "blue"]\n'
        + "feature color : dense = color.one_hot(colors)\n"
        + "feature numbers : dense = xs.pad(2 + 2, 0.0).to_vector(2 + 2)\n"
        + "feature length : dense = l2_norm(xs.to_vector(2)) ?? -1.0\n"
        + "feature exact : dense(default = -1.0) = xs.to_vector(3) ?? color.one_hot(colors)\n"
    )
    result = program.extractor().extract_request(
        {}, [{"color": "green", "xs": [3.0, 4.0]}, {"color": "pink", "xs": [1.0, 2.0, 2.0]}]
    )
    assert np.array_equal(result["color"], [[0, 1, 0], [0, 0, 0]])
    assert np.array_equal(result["numbers"], [[3, 4, 0, 0], [1, 2, 2, 0]])
    assert np.array_equal(result["length"], [5, -1])
    assert np.array_equal(result["exact"], [[0, 1, 0], [1, 2, 2]])


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ("xs.to_vector(0)", "FX109", "from 1 to 65,536"),
        ("xs.to_vector(70000)", "FX109", "from 1 to 65,536"),
        ("color.one_hot([])", "FX109", "from 1 to 65,536"),
        ("xs.to_vector(xs.length())", "FX108", "must be written out"),
        ("color.one_hot(range(3).map(i -> to_string(i)))", "FX108", "must be written out"),
        ("xs.to_vector(2).vector_add(xs.to_vector(3))", "FX106", "vector<2>"),
        ('color.one_hot(["a", "a"])', "FX176", "comes twice"),
        ('color.one_hot(["a", null])', "FX", "null"),
    ],
)
def test_mistakes(expression: str, code: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        fx.compile_text(_INPUTS + f"feature f : dense = {expression}")
    assert code in str(caught.value)
    assert message in str(caught.value)
