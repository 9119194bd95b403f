"""Writes a Python function that makes the tree of statements that are written alike.

It makes the same as going through the steps of a shape, one by one, in two thirds of the time: for each value that has
to be fetched from the row of all values, the function has a local variable. To write and compile one takes as long as
to make some sixty trees, so that this is worth it for statements that are met again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from feature_extractor.diagnostics import Source, Span
from feature_extractor.syntax.shapes import Shape, make_list, make_tuple

Place: TypeAlias = tuple[int, int, int, int]
"""Between which parts of a statement a place begins and ends, and how many characters behind these beginnings."""
TreeFunction: TypeAlias = Callable[[Source, Sequence[str], Sequence[Any], Sequence[int]], Any]
"""Makes a tree of the source, the parts of a statement, the values of its literals, and where each part begins."""


def tree_function(shape: Shape, names: Sequence[int], places: Sequence[Place]) -> TreeFunction:
    """Return the function for the statements of a shape whose names are these parts, and whose places are these.

    Its text consists of numbers and of names that are written here: nothing of a program gets into it.
    """
    known: dict[str, Any] = {"new": tuple.__new__, "Span": Span}
    row: list[str] = []
    for number, constant in enumerate(shape.constants):
        known[f"constant{number}"] = constant
        row.append(f"constant{number}")
    row += [f"parts[{number}]" for number in names]
    row += [f"literals[{number}]" for number in range(len(shape.literals))]
    lines = ["def tree(source, parts, literals, starts):"]
    for number, (first, before, last, behind) in enumerate(places):
        begin, end = f"starts[{first}] + {before}", f"starts[{last}] + {behind}"
        lines.append(f"place{number} = new(Span, (source, {begin}, {end}))")
        row.append(f"place{number}")
    for number, (make, positions) in enumerate(shape.steps):
        values = "".join(f"{row[position]}, " for position in positions)
        if make is make_list:
            made = f"[{values}]"
        elif make is make_tuple:
            made = f"({values})"
        else:
            known[f"make{number}"] = make
            made = f"make{number}({values})"
        lines.append(f"node{number} = {made}")
        row.append(f"node{number}")
    lines.append(f"return {row[-1]}")
    exec("\n    ".join(lines), known)
    made_function: TreeFunction = known["tree"]
    return made_function
