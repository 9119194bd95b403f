"""Runs the feature under the cursor on a few rows, so that its author sees what it gives.

The rows are computed by another process: the core is not loaded into the server, and a long run can be ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any, Final

from lsprotocol import types

from feature_extractor.language_server.project import Text, path_of
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.syntax import tree

RUN_ON_SAMPLES: Final = "fx.runOnSamples"
_SUFFIXES: Final = (".parquet", ".jsonl", ".json", ".csv", ".arrow")
_MOST_SECONDS: Final = 60
_SAMPLES_HELP: Final = (
    "set `fx.sampleFile` to a file of rows (Parquet, JSON, CSV or Arrow), or put one beside the program, "
    "called `{stem}.sample.parquet` or `{stem}.sample.jsonl`"
)


def register(server: FeatureServer) -> None:
    """Show a lens above each feature, and run the one that is chosen."""

    @server.answer(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    def lenses(params: types.CodeLensParams) -> list[types.CodeLens] | None:
        text = server.text(params)
        if text is None or not server.settings.code_lenses:
            return None
        return [
            types.CodeLens(
                text.lines.span(feature.name.span),
                types.Command(
                    "run on sample rows",
                    RUN_ON_SAMPLES,
                    arguments=[text.uri, feature.name.text],
                ),
            )
            for feature in text.file.statements
            if isinstance(feature, tree.FeatureDeclaration)
        ]

    def refresh() -> None:
        workspace = server.client_capabilities.workspace
        lens = workspace.code_lens if workspace is not None else None
        if lens is not None and lens.refresh_support:
            server.workspace_code_lens_refresh(None)

    server.configured.append(refresh)

    @server.command(RUN_ON_SAMPLES)
    async def run_on_samples(*arguments: Any) -> str:
        try:
            return await run(server, list(arguments))
        except Exception as error:
            server.report_mistake(RUN_ON_SAMPLES, error)
            return "fx: this is a mistake in fx; the log has more"


async def run(server: FeatureServer, arguments: list[Any]) -> str:
    """Return the values of a feature on sample rows, or why there are none, as text.

    ``arguments`` are the URI of the file, and the name of the feature or the position of the cursor.
    """
    uri = arguments[0] if arguments and isinstance(arguments[0], str) else ""
    text = server.project.by_uri(uri)
    if text is None:
        return "fx: there is no such file"
    name = _feature_name(text, arguments[1] if len(arguments) > 1 else None)
    if not name:
        return "fx: there is no feature at the cursor, or it has a syntax mistake"
    sample = sample_file(server, text)
    if not os.path.isfile(sample):
        stem = os.path.splitext(os.path.basename(text.path))[0]
        reason = f"there is no file {sample}; " if sample else "there are no sample rows; "
        return f"fx: {reason}{_SAMPLES_HELP.format(stem=stem)}"
    question = {
        "text": only_feature(text, name),
        "path": text.path,
        "feature": name,
        "sample": sample,
        "rows": server.settings.sample_rows,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "feature_extractor.language_server.sample_run",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        content = json.dumps(question).encode()
        found, _ = await asyncio.wait_for(process.communicate(content), _MOST_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"fx: {name} was not computed within {_MOST_SECONDS} seconds"
    answer = found.decode("utf-8", "replace")
    if process.returncode != 0 and not answer:
        return f"fx: {name} could not be computed: the process ended with {process.returncode}"
    return answer


def sample_file(server: FeatureServer, text: Text) -> str:
    """Return the path of the sample rows for a program; an empty text where there are none."""
    chosen = server.settings.sample_file
    if chosen:
        folders = server.project.folders or [os.path.dirname(text.path)]
        home = next((f for f in folders if text.path.startswith(f + os.sep)), folders[0])
        place = path_of(chosen) if chosen.startswith("file:") else chosen
        return os.path.normpath(os.path.join(home, os.path.expanduser(place)))
    stem = os.path.splitext(text.path)[0]
    return next((p for p in (f"{stem}.sample{s}" for s in _SUFFIXES) if os.path.isfile(p)), "")


def only_feature(text: Text, name: str) -> str:
    """Return a program without its other features: what is wrong with them does not matter here.

    What is left out leaves its lines behind, so that places in messages are right.
    """
    result = text.text
    kept = {
        statement.span.start
        for statement in text.file.statements
        if not isinstance(statement, tree.FeatureDeclaration) or statement.name.text == name
    }
    features = {
        statement.span.start
        for statement in text.file.statements
        if isinstance(statement, tree.FeatureDeclaration)
    }
    for piece in reversed(text.layout.pieces):
        is_feature = piece.start in features or text.text.startswith("feature", piece.start)
        if is_feature and piece.start not in kept:
            lines = "\n" * result.count("\n", piece.start, piece.end)
            result = result[: piece.start] + lines + result[piece.end :]
    return result


def _feature_name(text: Text, wanted: Any) -> str:
    """Return the feature that is meant: by its name, or by a position in it."""
    if isinstance(wanted, str):
        return wanted
    if not isinstance(wanted, dict):
        return ""
    line, character = wanted.get("line"), wanted.get("character")
    if not isinstance(line, int) or not isinstance(character, int) or min(line, character) < 0:
        return ""
    offset = text.lines.offset(types.Position(line, character))
    statement = text.statement_at(offset)
    return statement.name.text if isinstance(statement, tree.FeatureDeclaration) else ""
