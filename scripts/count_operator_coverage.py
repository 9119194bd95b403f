"""Count what the cases of operators cover; with ``--write``, keep the numbers as the least that may be.

The numbers lie in ``tests/operators/coverage.json``. They only rise: a test compares them with what is there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, ResourceReference, children
from feature_extractor.testing import parse_case, read_cases
from feature_extractor.testing.case_file import Case, split_outside
from feature_extractor.testing.programs import CaseError, check_expression, registry

ROOT: Final = Path(__file__).parents[1]
CASES: Final = ROOT / "tests" / "operators"
NUMBERS: Final = CASES / "coverage.json"

Named = tuple[str, int]


def all_cases() -> list[tuple[Case, Path | None]]:
    """Return the cases of all files and of the examples of the specs, with the folder of their resources."""
    found: list[tuple[Case, Path | None]] = []
    for path in sorted(CASES.glob("*/*.test")):
        found += [(case, path.parent) for case in read_cases(path)]
    for operator in registry().operators:
        for example in operator.examples:
            line = f"{example.expression} => {example.result}"
            found.append((parse_case(line, operator.name), None))
    return found


def called_overloads(cases: list[tuple[Case, Path | None]]) -> set[Named]:
    """Return the overloads that the cases call."""
    called: set[Named] = set()
    for case, root in cases:
        try:
            pending = [_checked(case, case.expression, root)]
        except CaseError:
            # A law may compare two values of a type that `==` does not take.
            sides = split_outside(case.expression, " == ")
            if not case.is_law or len(sides) != 2:
                raise
            pending = [_checked(case, side, root) for side in sides]
        while pending:
            part = pending.pop()
            pending.extend(children(part))
            called.update(_overload_of(part))
    return called


def _checked(case: Case, text: str, root: Path | None) -> Expression:
    return check_expression(text, case.bindings, declarations=case.declarations, root=root)[0]


def _overload_of(part: Expression) -> Iterator[Named]:
    if isinstance(part, Call):
        yield part.operator, part.overload
    elif (
        isinstance(part, Field)
        and isinstance(part.base, Call)
        and any(isinstance(argument, ResourceReference) for argument in part.base.arguments)
    ):
        # A field of a table's row is read by an operator that only the planner writes.
        for operator in registry().by_role("table_field"):
            for i, overload in enumerate(operator.overloads):
                pattern = overload.signature.result
                if getattr(pattern, "name", "") == getattr(part.type, "name", None):
                    yield operator.name, i


def operators_named_by_oracles() -> set[str]:
    """Return the operators whose names occur in a test against another implementation or published cases.

    That is an upper bound of those that such a test calls.
    """
    files = [*CASES.glob("test_oracles*.py"), *CASES.glob("shared_cases/*.*")]
    words: set[str] = set()
    for path in files:
        words.update(re.findall(r"[a-z_][a-z_0-9]*", path.read_text(encoding="utf-8")))
    return {operator.name for operator in registry().operators if operator.name in words}


def coverage() -> tuple[dict[str, int], list[str]]:
    """Return the numbers, and the overloads that no case calls."""
    cases = all_cases()
    called = called_overloads(cases)
    missed = [
        overload.signature.show(operator.name)
        for operator in registry().operators
        for i, overload in enumerate(operator.overloads)
        if (operator.name, i) not in called
    ]
    overloads = sum(len(operator.overloads) for operator in registry().operators)
    return {
        "operators": len(registry().operators),
        "overloads": overloads,
        "covered_overloads": overloads - len(missed),
        "cases": len(cases),
        "operators_named_by_oracles": len(operators_named_by_oracles()),
    }, missed


def main() -> None:
    """Print the numbers, and write them where that is asked for."""
    numbers, missed = coverage()
    for name, number in numbers.items():
        print(f"{number:7,} {name.replace('_', ' ')}")
    for signature in missed:
        print(f"no case calls {signature}")
    if "--write" in sys.argv[1:]:
        NUMBERS.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
