"""The file formats, and how a path tells which one it is."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from typing import Final

from feature_extractor.cli.failures import CommandError, require_file

STANDARD_STREAM: Final = "-"
INPUT_FORMATS: Final = ("parquet", "csv", "jsonl", "arrow")
OUTPUT_FORMATS: Final = ("parquet", "csv", "jsonl", "arrow", "arrow-stream", "tfrecord")

_SUFFIXES: Final = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".arrows": "arrow-stream",
}
_SAMPLE_SUFFIXES: Final = (".tfrecord", ".tfrecords")
_COMPRESSED: Final = (".gz", ".bz2", ".zst", ".lz4")


def input_format(path: str, chosen: str | None) -> str:
    """Return the format to read a path with; ``chosen`` is what the user said, if anything."""
    if chosen is not None:
        return chosen
    if path == STANDARD_STREAM:
        raise CommandError(
            "the format of standard input is not known",
            f"Name it: --input-format {'|'.join(INPUT_FORMATS)}.",
        )
    stem, suffix = os.path.splitext(path.lower())
    if suffix in _COMPRESSED:
        suffix = os.path.splitext(stem)[1]
        if _SUFFIXES.get(suffix) not in ("csv", "jsonl"):
            raise CommandError(f"{path}: only csv and jsonl files may be compressed as a whole")
    found = _SUFFIXES.get(suffix)
    if found is None:
        require_file(path)
        if suffix in (".fx", ".fxp"):
            raise CommandError(f"{path}: this is a program, and a table is expected here")
        raise CommandError(
            f"{path}: the suffix does not tell the format",
            f"Name it: --input-format {'|'.join(INPUT_FORMATS)}.",
        )
    return "arrow" if found == "arrow-stream" else found


def output_format(path: str, chosen: str | None) -> str:
    """Return the format to write a path with; standard output has JSON lines by default."""
    if chosen is not None:
        return "arrow-stream" if chosen == "arrow" and path == STANDARD_STREAM else chosen
    if path == STANDARD_STREAM:
        return "jsonl"
    lower = path.lower()
    if lower.removesuffix(".gz").endswith(_SAMPLE_SUFFIXES):
        return "tfrecord"
    found = _SUFFIXES.get(os.path.splitext(lower)[1])
    if found is None:
        raise CommandError(
            f"{path}: the suffix does not tell the format",
            f"Name it: --output-format {'|'.join(OUTPUT_FORMATS)}.",
        )
    return found


def shard_paths(path: str, shards: int) -> list[str]:
    """Return the paths of the parts of a table: ``samples.parquet`` becomes
    ``samples-00000-of-00016.parquet`` and so on, as TensorFlow and Beam name them.
    """
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    if suffix.lower() in _COMPRESSED:
        stem, inner = os.path.splitext(stem)
        suffix = inner + suffix
    return [
        os.path.join(folder, f"{stem}-{number:05d}-of-{shards:05d}{suffix}")
        for number in range(shards)
    ]


def expand(patterns: Sequence[str]) -> list[str]:
    """Return the files that paths and patterns name, in order; files of a pattern are sorted."""
    paths: list[str] = []
    for pattern in patterns:
        if pattern == STANDARD_STREAM or os.path.exists(pattern) or not glob.has_magic(pattern):
            if os.path.isdir(pattern):
                raise CommandError(
                    f"{pattern}: this is a directory, not a file",
                    f"Name its files: --input '{os.path.join(pattern, '*.parquet')}'.",
                )
            paths.append(pattern)
            continue
        found = sorted(p for p in glob.glob(pattern, recursive=True) if os.path.isfile(p))
        if not found:
            raise CommandError(f"{pattern}: no file fits this pattern")
        paths.extend(found)
    if paths.count(STANDARD_STREAM) > 1:
        raise CommandError("standard input can be read only once")
    return paths
