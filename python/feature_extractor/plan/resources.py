"""Reads the files of vocabularies and tables when a program is compiled, and says what is wrong
with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from feature_extractor.check.typed import CheckedProgram, Resource
from feature_extractor.diagnostics import Diagnostic, Source, Span
from feature_extractor.plan.errors import PlanError, plan_error
from feature_extractor.plan.operators import STORAGE
from feature_extractor.plan.tables import Cell, CellError, Rows, csv_rows, parquet_rows, read_cell
from feature_extractor.types import ScalarType, Type

_TABLE_FILE = (
    "A table is a CSV file with a header, the key first, or a Parquet file whose name ends with "
    "`.parquet`."
)
MOST_FINDINGS = 20
"""After so many mistakes in one file, the rest is left out."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of a vocabulary, in the order of the file."""

    words: list[str]
    oov_buckets: int

    @property
    def size(self) -> int:
        """The number of ids: one for unknown words without buckets, else one per bucket."""
        return len(self.words) + (self.oov_buckets or 1)


@dataclass(frozen=True)
class Table:
    """A table by columns, the key first; ``schema`` describes them to the core's builder."""

    schema: list[dict[str, str]]
    columns: list[list[Cell]]


def read_resources(program: CheckedProgram) -> dict[str, Vocabulary | Table]:
    """Read all resources of a program; mistakes in any of them are raised together as PlanError."""
    found: dict[str, Vocabulary | Table] = {}
    diagnostics: list[Diagnostic] = []
    for resource in program.resources:
        if resource.columns is not None:
            found[resource.name] = known_content(resource)
            continue
        try:
            read = read_vocabulary if resource.kind == "vocabulary" else read_table
            found[resource.name] = read(resource, program.sources)
        except PlanError as error:
            diagnostics.extend(error.diagnostics)
    if diagnostics:
        raise PlanError(tuple(diagnostics))
    return found


def known_content(resource: Resource) -> Vocabulary | Table:
    """Return the content of a resource that the checker has read: a fitted one."""
    assert resource.columns is not None
    if resource.table is None:
        return Vocabulary(resource.columns[0], resource.oov_buckets)
    types: list[tuple[str, Type]] = [("key", resource.table.key), *resource.table.row.fields]
    schema = [{"name": name, "type": _storage(type_)} for name, type_ in types]
    return Table(schema, list(resource.columns))


def read_vocabulary(resource: Resource, sources: dict[str, str]) -> Vocabulary:
    """Read a vocabulary: UTF-8, one word per line; a repeated word or an empty line is an error."""
    return vocabulary_of(resource, _text(resource, sources))


def vocabulary_of(resource: Resource, text: str) -> Vocabulary:
    """Return the words of a vocabulary's text; a repeated word or an empty line is an error."""
    words = text.split("\n")
    if words and words[-1] == "":
        words.pop()
    if "\r" in text:
        words = [word.removesuffix("\r") for word in words]
    if len(set(words)) == len(words) and "" not in words:
        return Vocabulary(words, resource.oov_buckets)
    source = Source(resource.path, text)
    first: dict[str, int] = {}
    findings: list[Diagnostic] = []
    for line, word in enumerate(words, start=1):
        start = source.line_starts[line - 1]
        span = Span(source, start, start + len(word))
        if word == "":
            message, help = "The line is empty.", "Remove the line; each line is one word."
        elif word in first:
            message = f"The word {word!r} stands on line {first[word]} already."
            help = "Remove one of the two lines; a word has one id."
        else:
            first[word] = line
            continue
        findings.append(Diagnostic("FX172", message, span, help=help))
    raise PlanError(_limited(findings, resource))


def read_table(
    resource: Resource, sources: dict[str, str], known_rows: Rows | None = None
) -> Table:
    """Read a table from CSV (a header with the key first, then the fields) or from Parquet.

    With ``known_rows`` no file is read: they are its rows.
    """
    assert resource.table is not None
    row_type = resource.table.row
    types: list[tuple[str, Type]] = [("", resource.table.key), *row_type.fields]
    for name, type_ in types:
        if not isinstance(type_, ScalarType) or type_.name == "bytes":
            what = f"field `{name}`" if name else "key"
            raise _declaration(
                resource,
                sources,
                f"A table cannot hold the {what} of type `{type_}`.",
                "The fields of a table are `bool`, `int`, `float`, `string`, `timestamp` or "
                "`duration`.",
            )
    if isinstance(types[0][1], ScalarType) and STORAGE[types[0][1].name] not in ("int", "text"):
        raise _declaration(
            resource,
            sources,
            f"A table cannot have a key of type `{types[0][1]}`.",
            "The key of a table is an `int`, `string`, `timestamp` or `duration`.",
        )
    try:
        if known_rows is not None:
            rows = known_rows
        elif resource.path.endswith(".parquet"):
            rows = _parquet(resource, sources)
        else:
            rows = csv_rows(_text(resource, sources))
        names, positions = _columns(resource, rows, [name for name, _ in row_type.fields])
        columns, findings = _cells(resource, rows, types, names, positions)
    except ValueError as error:
        message = f"The table cannot be read: {error}."
        finding = Diagnostic("FX174", message, None, help=_TABLE_FILE, path=resource.path)
        raise PlanError((finding,)) from None
    if findings:
        raise PlanError(_limited(findings, resource))
    schema = [
        {"name": name, "type": _storage(type_)}
        for name, (_, type_) in zip(names, types, strict=True)
    ]
    return Table(schema, columns)


def _storage(type_: Type) -> str:
    assert isinstance(type_, ScalarType)
    return STORAGE[type_.name]


def _declaration(resource: Resource, sources: dict[str, str], message: str, help: str) -> PlanError:
    return plan_error("FX173", message, resource.site, sources, help=help)


def _text(resource: Resource, sources: dict[str, str]) -> str:
    try:
        data = Path(resource.path).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"The file of the {resource.kind} `{resource.name}` cannot be read: {reason}."
        help = f"Paths are relative to the file with the declaration; this one is {resource.path}."
        raise plan_error("FX171", message, resource.site, sources, help=help) from None
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        finding = Diagnostic(
            "FX171",
            f"The file is not UTF-8: line {line} has the byte 0x{data[error.start]:02x}.",
            None,
            help="Save the file as UTF-8.",
            path=f"{resource.path}:{line}",
        )
        raise PlanError((finding,)) from None


def _parquet(resource: Resource, sources: dict[str, str]) -> Rows:
    try:
        return parquet_rows(resource.path)
    except ImportError:
        message = "Reading a table from Parquet needs the package pyarrow, which is not installed."
        help = "Install pyarrow, or save the table as CSV."
        raise plan_error("FX171", message, resource.site, sources, help=help) from None
    except (OSError, ValueError) as error:
        reason = str(error).rstrip(".")
        message = f"The file of the table `{resource.name}` cannot be read: {reason}."
        help = "Save the table as Parquet again, or as CSV under a name that ends with `.csv`."
        raise plan_error("FX171", message, resource.site, sources, help=help) from None


def _columns(resource: Resource, rows: Rows, fields: list[str]) -> tuple[list[str], list[int]]:
    """Return the names of key and fields and their positions in the file."""
    header = rows.header
    findings = []
    if not header:
        findings.append(
            Diagnostic(
                "FX174", "The table has no header.", None, help=_TABLE_FILE, path=resource.path
            )
        )
    for name in dict.fromkeys(name for name in header if header.count(name) > 1):
        message = f"The header names the column {name!r} twice."
        help = "Rename one of the two columns, or remove it."
        findings.append(Diagnostic("FX174", message, None, help=help, path=f"{resource.path}:1"))
    for name in fields:
        if name not in header[1:]:
            message = f"The table has no column {name!r} behind its key."
            help = f"The columns are: {', '.join(header)}. The first one is the key."
            findings.append(
                Diagnostic("FX174", message, None, help=help, path=f"{resource.path}:1")
            )
    if findings:
        raise PlanError(_limited(findings, resource))
    return [header[0], *fields], [0, *(header.index(name, 1) for name in fields)]


def _cells(
    resource: Resource,
    rows: Rows,
    types: list[tuple[str, Type]],
    names: list[str],
    positions: list[int],
) -> tuple[list[list[Cell]], list[Diagnostic]]:
    columns: list[list[Cell]] = [[] for _ in types]
    findings: list[Diagnostic] = []
    keys: dict[Cell, int] = {}

    def report(row: int, column: str, message: str, help: str) -> None:
        where = f"{resource.path}:{row}"
        text = f"Row {row}, column {column!r}: {message}"
        findings.append(Diagnostic("FX174", text, None, help=help, path=where))

    for number, cells in rows.rows:
        if len(cells) != len(rows.header):
            message = f"the row has {len(cells)} cells, not {len(rows.header)}."
            report(
                number, names[0], message, "Give the row one cell for each column of the header."
            )
            continue
        for index, (position, (_, type_)) in enumerate(zip(positions, types, strict=True)):
            try:
                value = read_cell(cells[position], type_)
                if index == 0 and value is None:
                    raise CellError("a key cannot be empty.", "Give the row a key, or remove it.")
                if index == 0 and value in keys:
                    raise CellError(
                        f"the key {value!r} stands in row {keys[value]} already.",
                        "Remove one of the two rows; a key has one row.",
                    )
            except CellError as error:
                report(number, names[index], str(error), error.help)
                value = None
            if index == 0 and value is not None:
                keys[value] = number
            columns[index].append(value)
        if len(findings) > MOST_FINDINGS:
            break
    return columns, findings


def _limited(findings: list[Diagnostic], resource: Resource) -> tuple[Diagnostic, ...]:
    if len(findings) <= MOST_FINDINGS:
        return tuple(findings)
    left = Diagnostic(
        findings[-1].code,
        "There are more mistakes in this file.",
        None,
        help="Mend those above, and compile again to see the rest.",
        path=resource.path,
    )
    return (*findings[:MOST_FINDINGS], left)
