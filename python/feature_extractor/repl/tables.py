"""Loads rows for a session, and declares inputs for them where there are none."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from feature_extractor.cli.failures import CommandError, require_file
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.declared import NESTED, Declarations
from feature_extractor.cli.tables.formats import input_format
from feature_extractor.cli.tables.read import Request, open_source
from feature_extractor.extractor import InputDescription
from feature_extractor.repl.column_types import type_of_column
from feature_extractor.repl.session import Session, SessionError
from feature_extractor.types import ListType, StructType, Type

_RESERVED = frozenset(
    {"input", "resource", "let", "feature", "use", "as", "if", "then", "else"}
    | {"and", "or", "not", "in", "true", "false", "null"}
)


def load(session: Session, path: str, rows: int) -> tuple[int, list[str]]:
    """Load the first rows of a table; returns how many there were, and remarks.

    Where the session has no inputs they are declared as the table has them. Raises CommandError for what cannot be
    read, SessionError for text without declared types.
    """
    arrow = pyarrow()
    require_file(path)
    try:
        form = input_format(path, None)
    except CommandError as error:
        raise SessionError(f"{error.message}; it is .parquet, .arrow, .csv or .jsonl") from None
    program = session.analysis().program
    inputs = program.inputs if program is not None else ()
    if not inputs and form in ("csv", "jsonl"):
        raise SessionError(
            f"{form} does not tell the types of its columns: declare inputs first, "
            "or load a table in Parquet or Arrow"
        )
    described = tuple(InputDescription(i.domain, i.name, str(i.type)) for i in inputs)
    declarations = Declarations(described, set())
    with ExitStack() as stack:
        keep: tuple[str, ...] = ()
        if form in ("parquet", "arrow"):
            with ExitStack() as first:
                schema = open_source(path, form, Request(declarations, (), 1), first).schema
            keep = tuple(dict.fromkeys(schema.names))
        source = open_source(path, form, Request(declarations, keep, rows), stack)
        batches: list[Any] = []
        left = rows
        for batch in source.batches():
            batches.append(batch.slice(0, left))
            left -= batches[-1].num_rows
            if left <= 0:
                break
        table = arrow.Table.from_batches(
            batches, schema=batches[0].schema if batches else source.schema
        )
    remarks: list[str] = []
    if not inputs:
        block, remarks = declared_inputs(table)
        if block:
            session.declare(block)
            remarks.insert(0, block)
    session.rows = table
    return int(table.num_rows), remarks


def declared_inputs(table: Any) -> tuple[str, list[str]]:
    """Return input blocks for the columns of a table, and remarks on columns that cannot be inputs."""
    remarks: list[str] = []
    candidate: list[tuple[str, Type]] = []
    request: list[tuple[str, Type]] = []
    nested = None
    if NESTED in table.schema.names:
        found = type_of_column(table.column(NESTED))
        if isinstance(found, ListType) and isinstance(found.element, StructType):
            nested = found.element
    for name in table.schema.names:
        if name == NESTED and nested is not None:
            continue
        type_ = type_of_column(table.column(name))
        if type_ is None:
            kind = table.schema.field(name).type
            remarks.append(
                f"the column `{name}` of type {kind} is left out: no input has such a type"
            )
        elif not (name.isidentifier() and name.isascii()) or name in _RESERVED:
            remarks.append(f"the column `{name}` is left out: this cannot be a name in a program")
        else:
            (request if nested is not None else candidate).append((name, type_))
    blocks = []
    if nested is not None:
        candidate = list(nested.fields)
    for domain, fields in (("request", request), ("candidate", candidate)):
        if fields:
            lines = "".join(f"    {name}: {type_}\n" for name, type_ in fields)
            blocks.append(f"input {domain} {{\n{lines}}}")
    return "\n".join(blocks), remarks
