"""Compares expressions with oracles on many rows: a table says what each expression must give.

An oracle is called with the values of the inputs that its expression names, in the order in which it names them. It
returns ``NOT_COMPARED`` for a row of which it knows nothing.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from feature_extractor.testing.evaluation import evaluate

NOT_COMPARED: Final = object()
Oracles = Mapping[str, Callable[..., Any]]


def failures(
    oracles: Oracles,
    types: Mapping[str, str],
    rows: Mapping[str, Sequence[Any]],
    same: Callable[[Any, Any], bool],
    least: int = 1000,
) -> list[str]:
    """Return the first difference of each expression, and the expressions compared on fewer rows than ``least``."""
    found = evaluate(list(oracles), types, rows)
    told = []
    for (expression, oracle), values in zip(oracles.items(), found, strict=True):
        names = _names(expression, types)
        compared = 0
        for row, value in enumerate(values):
            arguments = [rows[name][row] for name in names]
            wanted = oracle(*arguments)
            if wanted is NOT_COMPARED:
                continue
            compared += 1
            if not same(value, wanted):
                told.append(f"{expression} of {arguments!r}: {value!r}, expected {wanted!r}")
                break
        else:
            if compared < least:
                told.append(f"{expression} was compared on {compared} rows only")
    return told


def _names(expression: str, types: Mapping[str, str]) -> list[str]:
    words = re.findall(r"(?<![\w\".])[a-z]+\b(?!\()", re.sub(r'"[^"]*"', "", expression))
    return [name for name in dict.fromkeys(words) if name in types]


def identical(value: Any, wanted: Any) -> bool:
    """Compare to the last bit; -0.0 is 0.0, as everywhere in the language."""
    if isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
        return len(value) == len(wanted) and all(map(identical, value, wanted))
    if isinstance(wanted, float) and isinstance(value, float):
        return struct.pack("<d", value + 0.0) == struct.pack("<d", wanted + 0.0)
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def close(value: Any, wanted: Any) -> bool:
    """Compare floats to about nine digits, and everything else exactly."""
    if isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
        return len(value) == len(wanted) and all(map(close, value, wanted))
    if isinstance(wanted, float) and isinstance(value, float):
        return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return identical(value, wanted)
