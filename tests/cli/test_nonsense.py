"""Each command and each file of its command line, with files that are none of what is asked for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fx_outcome import Run

COMMANDS = [
    "check @",
    "compile @ -o out.fxp",
    "compile ranking.fx -o out.fxp --golden @",
    "diff @ ranking.fx",
    "diff ranking.fx @",
    "diff HEAD:@ ranking.fx",
    "digest @",
    "digest log.jsonl --types @",
    "digest log.jsonl --types ranking.fx --compare @",
    "digest @ --input log.jsonl",
    "digest ranking.fx --input @",
    "explain @",
    "explain ranking.fx --input @ --row 0",
    "fit @ -i log.jsonl",
    "fit ranking.fx -i @",
    "fmt @ --check",
    "fmt ranking.fx --check --config @",
    "lint @ --no-cache",
    "lint ranking.fx --no-cache --config @",
    "lint ranking.fx --no-cache --baseline @",
    "lint ranking.fx --no-cache --schema @",
    "profile log.jsonl @",
    "profile @ ranking.fx -q",
    "profile log.jsonl ranking.fx -q --against @",
    "repl @",
    "repl --load @",
    "run @ -i log.jsonl",
    "run ranking.fx -q -i @",
    "serve @ --port 0",
    "verify @ ranking.fx",
    "verify log.jsonl @",
    "verify log.jsonl ranking.fx --against @",
    "--plugin @ check ranking.fx",
    "--plugin @ run ranking.fx -i log.jsonl",
]
"""``@`` is the file."""

SUFFIXES = {
    "lint ranking.fx --no-cache --baseline @": [".json"],
    "lint ranking.fx --no-cache --schema @": [".json", ".parquet", ".arrow", ".avsc", ".desc"],
    "lint ranking.fx --no-cache --config @": [".toml"],
}
TABLES = [".parquet", ".csv", ".jsonl", ".arrow", ".jsonl.gz", ".csv.zst"]

# As CSV these are tables with a row.
CONTENTS = {
    "binary": bytes(range(256)) * 8,
    "not-utf8": bytes(byte | 0x80 for byte in random.Random(1).randbytes(500)),
    "words": b"hello world\nand more\n",
    "brackets": b"[" * 20_000 + b"\n1\n",
    "braces": b'{"a":' * 20_000 + b"\n1\n",
    "archive": b"PK\3\4" + bytes(range(100)),
    "null": b"null\nnull\n",
    "number": b"1e999\n1e999\n",
    "utf-16": "input candidate { a: int }\n".encode("utf-16"),
}
TAKE_FOLDERS = ["fmt @ --check", "lint @ --no-cache"]
PLACES = ["missing", "folder", "loop", "x" * 300, ""]


def names_of(command: str) -> list[str]:
    """Return names of files for a command, with the suffixes by which it tells formats apart."""
    before = command.partition("@")[0]
    tables = (
        *("-i ", "--input ", "--against ", "--load ", "--compare ", "--golden "),
        *("digest ", "profile ", "verify "),
    )
    plain = [".fx", ".fxp"]
    return SUFFIXES.get(command, TABLES if before.endswith(tables) else plain)


@pytest.mark.parametrize("command", COMMANDS)
def test_nonsense_is_told_in_order(
    fx: Run, tmp_path: Path, ranking: str, log: str, command: str
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").mkdir()
    for suffix in names_of(command):
        for name, content in CONTENTS.items():
            (tmp_path / f"{name}{suffix}").write_bytes(content)
    given = [f"{name}{suffix}" for suffix in names_of(command) for name in CONTENTS] + PLACES
    for name in given:
        arguments = [part.replace("@", name) for part in command.split()]
        if name == "" and command.startswith("--plugin"):
            continue  # No plug-in, as where the environment variable is empty.
        if name == "folder" and command in TAKE_FOLDERS:
            continue
        outcome = fx(*arguments)
        shown = f"{arguments}: {outcome.code} {outcome.err}{outcome.out}"
        assert outcome.code in (1, 2), shown
        assert "mistake in fx" not in outcome.err, shown
        assert "error" in outcome.err + outcome.out, shown


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (bytes(range(128, 256)), "not text in UTF-8"),
        (b"{", "not JSON"),
        (b"[" * 200_000, "not JSON"),
    ],
)
def test_an_example_that_is_no_request(
    fx: Run, tmp_path: Path, ranking: str, content: bytes, expected: str
) -> None:
    pytest.importorskip("uvicorn")
    pytest.importorskip("starlette")
    assert fx("compile", ranking, "-o", "ranking.fxp").code == 0
    (tmp_path / "request.json").write_bytes(content)
    outcome = fx("serve", "ranking.fxp", "--port", "0", "--example", "request.json")
    assert outcome.code == 2
    assert f"request.json: this is {expected}" in outcome.err


def test_a_number_of_golden_requests_without_their_table(fx: Run, ranking: str) -> None:
    outcome = fx("compile", ranking, "-o", "ranking.fxp", "--golden-requests", "3")
    assert outcome.code == 2
    assert "name that table too" in outcome.err
