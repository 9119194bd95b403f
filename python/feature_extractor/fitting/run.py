"""`fx.fit`: fits the resources of a program to data, in as few passes as they need, and writes their files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feature_extractor.check.fitted_files import (
    SUFFIX,
    FittedFile,
    FittedFolder,
    FittedStore,
)
from feature_extractor.check.modules import UnreadableFile
from feature_extractor.check.program import FitAnalysis, analyse_fits
from feature_extractor.core_registry import load_core_registry
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.diagnostics.diagnostic import Severity
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.errors import CompileError
from feature_extractor.fitting.job import (
    BLOCK_ROWS,
    NESTED,
    FitJob,
    Pass,
    Progress,
    finish,
    make_job,
)
from feature_extractor.fitting.states import FitError
from feature_extractor.plugins import load_named_plugins
from feature_extractor.types import ScalarType
from feature_extractor.whole_files import write_whole_text

Runner = Callable[[FitJob], Progress]
"""Runs one pass of a job over all data."""


@dataclass(frozen=True)
class Fitted:
    """What was fitted: the files by the names of the resources, and where they are."""

    files: Mapping[str, FittedFile]
    folder: str
    passes: int

    def __getitem__(self, name: str) -> dict[str, Any]:
        """Return the results of a resource by name; those of a vocabulary or a table have ``rows``."""
        file = self.files[name]
        return {**file.result, **({"rows": file.rows} if file.columns else {})}


def fit(
    program: str | os.PathLike[str],
    data: Any,
    *,
    output: str | os.PathLike[str] | None = None,
    select: Iterable[str] = (),
    time: str = "",
    threads: int = 1,
) -> Fitted:
    """Fit the resources of a program to data, and write their files.

    ``data`` is a path of a Parquet file or of a folder of them, anything Arrow, an iterable of these, or a function
    that gives such an iterable anew. It has a row per candidate, or a row per request with a column
    ``candidates``, as for ``Extractor.extract``. Data that can be read only once (an iterator) do where no resource is
    fitted to values that need another one. ``output`` is the folder to write to; without it the one beside the
    program, where the compiler looks. ``select`` names the resources to fit, all without it; ``time`` names an input or
    let of type timestamp, whose range is noted in the files. ``threads`` is the most threads to compute with.

    Raises CompileError for mistakes in the program, FitError where the data give no result, EngineError where they do
    not fit the program.
    """
    tables = _tables(data)

    def run(job: FitJob) -> Progress:
        one_pass = Pass(job, threads)
        names = {given.name for given in one_pass.inputs} | {NESTED}
        for _ in one_pass.run(tables(names)):
            pass
        return one_pass.found

    return fit_with(program, run, output=output, select=select, time=time)


def fit_with(
    program: str | os.PathLike[str],
    run: Runner,
    *,
    output: str | os.PathLike[str] | None = None,
    select: Iterable[str] = (),
    time: str = "",
) -> Fitted:
    """Fit resources with passes that ``run`` makes; see :func:`fit`."""
    load_named_plugins()
    path = Path(program)
    store = _Results(path)
    first = _analysis(path, store, frozenset(), time, check=False)
    if not first.names and _has_errors(first):
        raise CompileError(first.diagnostics)
    wanted = frozenset(_chosen(first.names, tuple(select), path))
    left = set(wanted)
    passes = 0
    while left:
        analysis = _analysis(path, store, frozenset(left), time, check=True)
        ready = analysis.plan.ready
        if not ready:
            raise CompileError(analysis.diagnostics)
        job = make_job(analysis.program, ready, analysis.moment)
        files = finish(job, run(job))
        passes += 1
        store.results.update(files)
        left -= files.keys()
    folder = Path(output) if output is not None else path.with_suffix(SUFFIX)
    folder.mkdir(parents=True, exist_ok=True)
    for name in first.names:
        if name in store.results:
            write_whole_text(folder / f"{name}.json", store.results[name].serialise())
    ordered = {name: store.results[name] for name in first.names if name in wanted}
    return Fitted(ordered, str(folder), passes)


class _Results:
    """The results of this run, and the files of the resources that are not fitted in it."""

    def __init__(self, program: Path) -> None:
        folder = program.with_suffix(SUFFIX)
        self._folder: FittedStore = FittedFolder(folder, str(folder))
        self.results: dict[str, FittedFile] = {}

    def find(self, name: str) -> FittedFile | None:
        return self.results.get(name) or self._folder.find(name)

    def place(self, name: str) -> str:
        return self._folder.place(name)


def _analysis(
    path: Path, store: FittedStore, wanted: frozenset[str], time: str, *, check: bool
) -> FitAnalysis:
    try:
        analysis = analyse_fits(path, load_core_registry(), store, wanted, time)
    except UnreadableFile as error:
        raise CompileError(
            [Diagnostic("FX005", f"{path}: {error}", None, path=str(path))]
        ) from None
    if not check:
        return analysis
    if _has_errors(analysis):
        raise CompileError(analysis.diagnostics)
    if time:
        moment = analysis.moment
        if moment is None:
            raise FitError(f"there is no input or let `{time}` for the time of the data")
        if not (isinstance(moment.type, ScalarType) and moment.type.name == "timestamp"):
            raise FitError(f"`{time}` is no time: its type is {moment.type}")
    return analysis


def _has_errors(analysis: FitAnalysis) -> bool:
    return any(found.severity is Severity.ERROR for found in analysis.diagnostics)


def _chosen(names: list[str], select: tuple[str, ...], path: Path) -> list[str]:
    if not names:
        raise FitError(f"{path} has nothing to fit: no resource is declared with `fit.`")
    for name in select:
        if name not in names:
            meant = closest(name, names)
            hint = f"; did you mean `{meant}`?" if meant else ""
            raise FitError(f"there is no fitted resource `{name}`{hint}")
    return list(select) or names


def _tables(data: Any) -> Callable[[set[str]], Iterable[Any]]:
    """Return what gives the tables of the data, with some columns at least, as often as it is called."""
    if callable(data):
        return lambda _: map(_table, data())
    if isinstance(data, str | os.PathLike):
        return lambda names: _parquet(Path(data), names)
    if isinstance(data, list | tuple) and data and isinstance(data[0], str | os.PathLike):
        return lambda names: (table for path in data for table in _parquet(Path(path), names))
    if isinstance(data, list | tuple) and not (data and isinstance(data[0], dict)):
        return lambda _: map(_table, data)
    if hasattr(data, "__next__"):
        left = [data]

        def once(_: set[str]) -> Iterator[Any]:
            if not left:
                raise FitError(
                    "the data can be read only once, but a resource is fitted to values that need another one: "
                    "give a list, a path, or a function that gives the data anew"
                )
            return map(_table, left.pop())

        return once
    return lambda _: [_table(data)]


def _table(data: Any) -> Any:
    import pyarrow as pa

    if isinstance(data, pa.Table | pa.RecordBatch):
        return data
    if isinstance(data, list):
        return pa.Table.from_pylist(data)
    return pa.table(data)


def _parquet(path: Path, names: set[str]) -> Iterator[Any]:
    from pyarrow import parquet

    paths = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    for one in paths:
        file = parquet.ParquetFile(one)
        found = file.schema_arrow.names
        # A dot in a column's name would be taken for a path into a struct.
        columns = [name for name in found if name in names and "." not in name]
        yield from file.iter_batches(BLOCK_ROWS, columns=columns or None)
