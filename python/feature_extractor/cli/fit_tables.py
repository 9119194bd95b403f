"""Takes tables through the passes of a fit, batch by batch."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from feature_extractor.cli.extract_tables import Watcher
from feature_extractor.cli.failures import CommandError, DataError
from feature_extractor.cli.tables.declared import Declarations
from feature_extractor.cli.tables.formats import STANDARD_STREAM
from feature_extractor.cli.tables.read import Request, open_source
from feature_extractor.errors import EngineError
from feature_extractor.plan.steps import used_inputs

if TYPE_CHECKING:
    from feature_extractor.fitting.job import FitJob, Progress

_BATCH_ROWS = 65_536


@dataclass
class TableRunner:
    """Runs a pass over tables; it is called once per pass."""

    paths: Sequence[str]
    forms: Sequence[str]
    threads: int
    watcher: Watcher
    rows: int = 0
    passes: int = 0

    def __call__(self, job: FitJob) -> Progress:
        """Run one pass and return what it found."""
        from feature_extractor.fitting.job import Pass

        if self.passes and STANDARD_STREAM in self.paths:
            raise CommandError(
                "standard input can be read only once, but a resource is fitted to values that need another one",
                "Save the table to a file.",
            )
        self.passes += 1
        one_pass = Pass(job, self.threads)
        declarations = Declarations(one_pass.inputs, _used_inputs(job.package))
        place = _Place()
        before = self.rows
        try:
            for rows in one_pass.run(self._batches(declarations, place)):
                self.rows = before + rows
                self.watcher.update(self.rows, place.fraction)
        except EngineError as error:
            if error.code == "invalid_argument":
                raise DataError(f"{place.name}: {error.message}") from None
            raise
        return one_pass.found

    def _batches(self, declarations: Declarations, place: _Place) -> Iterator[Any]:
        request = Request(declarations, (), _BATCH_ROWS)
        sizes = [os.path.getsize(p) if p != STANDARD_STREAM else 0 for p in self.paths]
        total = sum(sizes)
        for index, (path, form) in enumerate(zip(self.paths, self.forms, strict=True)):
            place.name = "standard input" if path == STANDARD_STREAM else path
            with ExitStack() as stack:
                source = open_source(path, form, request, stack)
                for batch in source.batches():
                    here = source.fraction()
                    if here is not None and total:
                        place.fraction = (sum(sizes[:index]) + here * sizes[index]) / total
                    if batch.num_rows:
                        yield batch


@dataclass
class _Place:
    """Where reading is, for messages and for the progress bar."""

    name: str = ""
    fraction: float | None = None


def _used_inputs(package: bytes) -> set[tuple[str, str]]:
    """Return domain and name of each input that the expressions read."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        plan = json.loads(archive.read("plan.json"))
    return used_inputs(plan)
