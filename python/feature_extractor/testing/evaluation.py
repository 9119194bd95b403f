"""Evaluates expressions on many rows at once, and gives the values as Python objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from feature_extractor.testing.case_file import Binding
from feature_extractor.testing.programs import (
    Group,
    Template,
    check_expression,
    compile_groups,
    read_values,
    record_batch,
    rows_of,
)
from feature_extractor.testing.values import arrow_array, decode


def evaluate(
    expressions: Sequence[str],
    types: Mapping[str, str],
    rows: Mapping[str, Sequence[Any]],
    *,
    declarations: str = "",
    root: Path | None = None,
) -> list[list[Any]]:
    """Return, for each expression, its value on each row.

    ``types`` declares the names that the expressions read, and ``rows`` holds their values.
    """
    bindings = [Binding(name, type_) for name, type_ in types.items()]
    groups: list[Group] = []
    columns: dict[str, pa.Array] = {}
    count = len(next(iter(rows.values())))
    arrays: dict[str, pa.Array] = {}
    resources: dict[str, Any] = {}
    for i, expression in enumerate(expressions):
        typed, declared, used = check_expression(
            expression, bindings, declarations=declarations, root=root
        )
        resources.update({resource.name: resource for resource in used})
        inputs = inputs_of(typed)
        groups.append(Group(Template(typed, inputs, ())))
        for j, reference in enumerate(inputs):
            if reference.name not in arrays:
                arrays[reference.name] = arrow_array(
                    list(rows[reference.name]), declared[reference.name]
                )
            columns[f"g{i}_{j}"] = arrays[reference.name]
    program = compile_groups(groups, resources=tuple(resources.values()))
    extraction = program.load().extract(record_batch(columns, count), 1, 1024)[0]
    return [
        [decode(row, group.result) for row in rows_of(blobs)]
        for group, blobs in zip(groups, read_values(extraction, len(groups)), strict=True)
    ]


def inputs_of(expression: Any) -> list[Any]:
    """Return the inputs that a typed expression reads."""
    from feature_extractor.check.typed import InputReference, children

    found: dict[Any, None] = {}
    pending, seen = [expression], set()
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        if isinstance(one, InputReference):
            found[one] = None
        pending.extend(children(one))
    return list(found)
