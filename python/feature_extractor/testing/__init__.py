"""Tests for operators: runs the cases of ``.test`` files in every way that must not matter.

Constant-folded; as columns of 1, 65, 1,025 and 4,097 rows; sliced; with garbage behind the nulls; as dictionaries; all
rows equal; broadcast from the request; at each SIMD level and with the plain kernels; with chunks of 1, 7, 16, 64, 100
and 1,024 rows and with one and two threads. All must give the same bits. It is the same for the operators of this
project and for those of plug-ins (``fx plugin test``). Needs pyarrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from feature_extractor.testing.case_file import Case, parse_case, read_cases
from feature_extractor.testing.operator_file import OperatorFile

__all__ = ["Case", "check_cases", "parse_case", "read_cases"]


def check_cases(cases: Sequence[Case], root: Path | None = None) -> list[str]:
    """Run cases and laws, and return what failed, each with its place.

    ``root`` is the folder of the resources that they declare.
    """
    file = OperatorFile(cases, root)
    file.check_constants()
    file.check_columns()
    return file.failures
