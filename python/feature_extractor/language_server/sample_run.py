"""Computes one feature on a few rows, in a process of its own: a question in JSON comes in, text goes out.

The question has ``text`` and ``path`` of the program, the ``feature``, the file of the ``sample`` and how many
``rows``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from feature_extractor.cli.extract_tables import Job, start_job
from feature_extractor.cli.failures import CommandError
from feature_extractor.cli.programs import OpenedProgram
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.formats import input_format
from feature_extractor.cli.tables.json_text import texts
from feature_extractor.diagnostics import render
from feature_extractor.errors import CompileError, EngineError, FeatureExtractorError
from feature_extractor.program import compile_text


class _Silent:
    """A watcher that nobody looks at."""

    def update(self, rows: int, fraction: float | None) -> None:
        pass


def answer(question: dict[str, Any]) -> str:
    """Return the values as text, a line per row, or why there are none."""
    path, feature = str(question["path"]), str(question["feature"])
    folder = os.path.dirname(path) if os.path.isabs(path) else None
    try:
        pyarrow()
        program = compile_text(str(question["text"]), path=path, root=folder)
        opened = OpenedProgram(program.extractor(), program.package.plan)
        return _values(opened, feature, str(question["sample"]), int(question["rows"]))
    except CompileError as error:
        return render(error.diagnostics)
    except CommandError as error:
        return f"fx: {error.message}" + (f"\n{error.hint}" if error.hint else "")
    except EngineError as error:
        return f"fx: {error.message}"
    except FeatureExtractorError as error:
        return f"fx: {error}"


def _values(opened: OpenedProgram, feature: str, sample: str, rows: int) -> str:
    kept = sorted(name for _, name in opened.used_inputs() if name != feature)
    with ExitStack() as stack:
        place = _as_lines(sample, stack)
        form = input_format(place, None)
        try:
            batches = _rows(opened, feature, (place, form), rows, tuple(kept), stack)
        except CommandError:
            # A column that the table lacks is null to the feature, and cannot be shown.
            batches = _rows(opened, feature, (place, form), rows, (), stack)
    shown: list[str] = []
    for batch in batches:
        columns = [texts(column) for column in batch.columns]
        names = batch.schema.names
        for cells in zip(*columns, strict=True):
            given = ", ".join(
                f"{n} = {_short(c)}" for n, c in zip(names, cells, strict=True) if n != feature
            )
            value = cells[names.index(feature)]
            shown.append(f"{value:<24} {given}".rstrip())
    head = f"{feature} on {len(shown)} rows of {Path(sample).name}"
    return "\n".join([head, "", *shown]) + "\n"


def _rows(
    opened: OpenedProgram,
    feature: str,
    table: tuple[str, str],
    rows: int,
    kept: tuple[str, ...],
    stack: ExitStack,
) -> list[Any]:
    job = Job(
        paths=[table[0]],
        forms=[table[1]],
        select=[feature],
        keep=kept,
        limit=rows,
        threads=1,
        batch_rows=max(1, rows),
    )
    return list(start_job(opened, job, _Silent(), stack).batches)


def _as_lines(sample: str, stack: ExitStack) -> str:
    """Return the path of the rows; those of a JSON file are written again, an object per line."""
    if not sample.lower().endswith(".json"):
        return sample
    try:
        text = Path(sample).read_text(encoding="utf-8")
        rows = json.loads(text) if text.lstrip().startswith("[") else None
    except (OSError, ValueError) as error:
        raise CommandError(f"{sample}: this is not JSON: {error}") from None
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    lines = Path(folder) / "rows.jsonl"
    written = "".join(f"{json.dumps(row)}\n" for row in rows) if isinstance(rows, list) else text
    lines.write_text(written, encoding="utf-8")
    return str(lines)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def main() -> int:
    """Answer the question on standard input."""
    print(answer(json.load(sys.stdin)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
