"""The package: its layout on disk, its digests, and what is said about mistakes in resources."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.check.typed import CheckedProgram
from feature_extractor.diagnostics import Diagnostic, render_one
from feature_extractor.plan.archive import Member, write_archive
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.package import (
    Package,
    PackageError,
    build_package,
    package_digest,
    read_package,
)
from feature_extractor.plan.resources import read_table, read_vocabulary
from feature_extractor.time_zones import read_time_zone
from feature_extractor.types import (
    BOOL,
    DURATION,
    FLOAT,
    INT,
    STRING,
    TIMESTAMP,
    TableType,
    Type,
    VectorType,
)

from .trees import REGISTRY, Program
from .trees import struct as struct_type


class Builder:
    """Writes resources as text, so that what reaches the core can be looked at."""

    def build_vocabulary(self, words: list[str], oov_buckets: int) -> bytes:
        """Return the words as JSON."""
        return json.dumps({"words": words, "oov": oov_buckets}).encode()

    def build_table(self, schema: str, columns: list[list[Any]]) -> bytes:
        """Return schema and columns as JSON."""
        return json.dumps({"schema": json.loads(schema), "columns": columns}).encode()


def program(folder: Path) -> CheckedProgram:
    """Return a program with each kind of resource, and its files."""
    (folder / "movies.txt").write_text("alien\nbrazil\n", encoding="utf-8")
    (folder / "margins.csv").write_text(
        "movie,brand,margin\n1,acme,0.25\n2,,1e3\n", encoding="utf-8"
    )
    p = Program(path=str(folder / "ranking.fx"))
    movies = p.vocabulary("movies", str(folder / "movies.txt"))
    margins = p.table("margins", str(folder / "margins.csv"))
    p.feature(
        "word",
        "id",
        p.call("lookup", movies, p.request("user_id")),
        vocabulary="movies",
        description="The word.",
        owner="ranking",
    )
    row = p.call("lookup", margins, p.candidate("movie"))
    p.feature("margin", "dense", p.call("coalesce", p.field(row, "margin"), 0.0))
    p.feature("hour", "dense", p.call("hour", p.request("now"), "Europe/Berlin"))
    sources = {
        str(folder / "ranking.fx"): "# a program\n",
        str(folder / "common/a.fx"): "# a module\n",
    }
    return replace(p.checked(), sources=sources, description="Features.")


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """Return a package with each kind of member."""
    return build_package(program(tmp_path), REGISTRY, Builder())


MEMBERS = [
    "manifest.json",
    "plan.json",
    "resources/margins",
    "resources/movies",
    "resources/zones/Europe/Berlin",
    "source/common/a.fx",
    "source/ranking.fx",
]


def data_offset(data: bytes, info: zipfile.ZipInfo) -> int:
    """Return where a member's data starts, from its local header."""
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    return int(info.header_offset + 30 + name + extra)


def test_members_are_stored_aligned_and_without_a_trace_of_time(package: Package) -> None:
    data = package.to_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        assert file.namelist() == MEMBERS
        end = 0
        for info in file.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.header_offset == end
            offset = data_offset(data, info)
            assert offset % (4096 if info.filename.startswith("resources/") else 64) == 0
            end = offset + info.file_size
            assert data[offset:end] == file.read(info)


def test_the_manifest_tells_what_is_inside(package: Package) -> None:
    manifest = package.manifest
    assert (manifest["format"], manifest["name"], manifest["engine_version"]) == (
        1,
        "ranking",
        "0.1.0",
    )
    assert list(manifest["members"]) == sorted(MEMBERS[1:])
    assert manifest["members"]["source/ranking.fx"]["size"] == 12
    assert manifest["digest"] == package_digest(manifest["members"])
    word, margin, hour = manifest["features"]
    assert word == {
        "name": "word",
        "kind": "id",
        "size": 3,
        "default": 0,
        "description": "The word.",
        "owner": "ranking",
        "domain": "request",
    }
    assert (margin["domain"], hour["domain"]) == ("candidate", "request")
    assert manifest["inputs"][0] == {
        "domain": "request",
        "name": "user_id",
        "type": "string",
        "nullable": False,
    }


def test_resources_reach_the_builder(package: Package) -> None:
    assert json.loads(package.members["resources/movies"]) == {
        "words": ["alien", "brazil"],
        "oov": 0,
    }
    assert json.loads(package.members["resources/margins"]) == {
        "schema": [
            {"name": "movie", "type": "int"},
            {"name": "margin", "type": "float"},
            {"name": "brand", "type": "text"},
        ],
        "columns": [[1, 2], [0.25, 1000.0], ["acme", ""]],
    }
    assert package.members["resources/zones/Europe/Berlin"].startswith(b"TZif")
    names = [resource["name"] for resource in package.plan["resources"]]
    assert names == ["movies", "margins", "Europe/Berlin"]


def test_the_same_program_gives_the_same_file(tmp_path: Path) -> None:
    found = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        found.append(build_package(program(folder), REGISTRY, Builder()).to_bytes())
    assert found[0] == found[1]


def test_other_programs_can_list_a_package(package: Package, tmp_path: Path) -> None:
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("unzip is not installed")
    path = tmp_path / "ranking.fxp"
    package.write(path)
    done = subprocess.run([unzip, "-l", str(path)], capture_output=True, text=True, check=True)
    assert all(member in done.stdout for member in MEMBERS)
    subprocess.run([unzip, "-tq", str(path)], check=True, capture_output=True)


def test_what_is_written_can_be_read(package: Package, tmp_path: Path) -> None:
    path = tmp_path / "ranking.fxp"
    path.write_bytes(b"an older package")
    package.write(path)
    found = read_package(path)
    assert found == package
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "margins.csv",
        "movies.txt",
        "ranking.fxp",
    ]


@pytest.mark.parametrize("member", MEMBERS)
def test_a_changed_byte_is_found(package: Package, member: str) -> None:
    data = bytearray(package.to_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        info = file.getinfo(member)
    data[data_offset(bytes(data), info) + info.file_size // 2] ^= 1
    with pytest.raises(PackageError):
        read_package(bytes(data))


def test_a_member_that_was_exchanged_is_found(package: Package) -> None:
    changed = {
        "replaced": package.members | {"plan.json": b"{}"},
        "added": package.members | {"source/more.fx": b""},
        "left out": {n: d for n, d in package.members.items() if n != "resources/movies"},
    }
    for members in changed.values():
        with pytest.raises(PackageError):
            read_package(Package(package.manifest, members).to_bytes())
    manifest = package.manifest | {"digest": "0" * 32}
    with pytest.raises(PackageError, match="does not fit"):
        read_package(Package(manifest, package.members).to_bytes())
    with pytest.raises(PackageError, match="format 3"):
        read_package(Package(package.manifest | {"format": 3}, package.members).to_bytes())


@pytest.mark.parametrize("data", [b"", b"PK", b"not a package", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(PackageError):
        read_package(data)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="No such file"):
        read_package(tmp_path / "absent.fxp")


@pytest.mark.parametrize("name_length", range(1, 80))
def test_any_name_can_be_aligned(name_length: int) -> None:
    out = io.BytesIO()
    write_archive([Member("n" * name_length, b"data"), Member("ä", b"x" * 70, 4096)], out)
    with zipfile.ZipFile(out) as file:
        first, second = file.infolist()
        assert data_offset(out.getvalue(), first) % 64 == 0
        assert data_offset(out.getvalue(), second) % 4096 == 0
        assert second.filename == "ä" and file.testzip() is None


# Mistakes in resources.


def findings(error: pytest.ExceptionInfo[PlanError]) -> list[Diagnostic]:
    """Return what was found; each finding can be shown."""
    found = list(error.value.diagnostics)
    assert all(render_one(diagnostic) for diagnostic in found)
    for diagnostic in found:
        assert diagnostic.message[0].isupper() and diagnostic.message.endswith(".")
        assert diagnostic.help.endswith(".")
    return found


def test_mistakes_in_a_vocabulary_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("a\n\nb\na\n", encoding="utf-8")
    p = Program()
    p.vocabulary("words", str(path))
    with pytest.raises(PlanError) as error:
        read_vocabulary(p.resources[0], {})
    empty, repeated = findings(error)
    assert (empty.code, str(empty.span)) == ("FX172", f"{path}:2:1")
    assert str(repeated.span) == f"{path}:4:1" and "line 1" in repeated.message


def test_vocabularies_of_all_line_ends_are_read(tmp_path: Path) -> None:
    for text in (b"a\nb", b"a\nb\n", b"a\r\nb\r\n", b"\xef\xbb\xbfa\nb\n"):
        path = tmp_path / "words.txt"
        path.write_bytes(text)
        p = Program()
        p.vocabulary("words", str(path), 8)
        found = read_vocabulary(p.resources[0], {})
        assert (found.words, found.size) == (["a", "b"], 10)


def test_files_that_cannot_be_read_are_all_told(tmp_path: Path) -> None:
    (tmp_path / "bytes.txt").write_bytes(b"fine\n\xff\n")
    p = Program()
    p.vocabulary("absent", str(tmp_path / "absent.txt"))
    p.vocabulary("bytes", str(tmp_path / "bytes.txt"))
    p.feature("a", "dense", p.candidate("views"))
    with pytest.raises(PlanError) as error:
        build_package(p.checked(), REGISTRY, Builder())
    absent, damaged = findings(error)
    assert absent.code == damaged.code == "FX171"
    assert "No such file" in absent.message
    assert damaged.path.endswith("bytes.txt:2")


ROW = TableType(
    key=INT,
    row=struct_type(
        b=BOOL.with_nullable(True), f=FLOAT, s=STRING, at=TIMESTAMP, d=DURATION.with_nullable(True)
    ),
)


def table(tmp_path: Path, text: str, type_: TableType = ROW) -> list[list[Any]]:
    """Return the columns of a table written as CSV."""
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    p = Program()
    p.table("t", str(path), type_)
    return read_table(p.resources[0], {}).columns


def test_cells_become_values_of_their_types(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "id,s,f,b,at,d,unused\n"
        "1,,-0.5,true,2026-01-31T12:00:00Z,,x\n"
        '-2,"a,""b""",1e2,0,1970-01-01T01:00:00+01:00,-3,y\n'
        "\n3,x,7,,5,0,z\n",
    )
    assert found == [
        [1, -2, 3],
        [True, False, None],
        [-0.5, 100.0, 7.0],
        ["", 'a,"b"', "x"],
        [1769860800000000, 0, 5],
        [None, -3, 0],
    ]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("id,s,f,b,at,d\n1,s,x,,0,\n", ":2", "Row 2, column 'f': 'x' is not a finite number"),
        ("id,s,f,b,at,d\n1,s,nan,,0,\n", ":2", "not a finite number"),
        ("id,s,f,b,at,d\n1,s,,,0,\n", ":2", "the cell is empty; declare the type float?"),
        ("id,s,f,b,at,d\n,s,1,,0,\n", ":2", "column 'id'"),
        ("id,s,f,b,at,d\n1,s,1,,0,\n1,s,1,,0,\n", ":3", "stands in row 2 already"),
        ("id,s,f,b,at,d\n1,s,1,maybe,0,\n", ":2", "'maybe' is not true or false"),
        ("id,s,f,b,at,d\n1,s,1\n", ":2", "the row has 3 cells, not 6"),
        ("id,s,f,b,at,d\n9223372036854775808,s,1,,0,\n", ":2", "does not fit into 64 bits"),
        ("id,s,f,b,at\n1,s,1,,0\n", ":1", "no column 'd'"),
        ("id,s,s,f,b,at,d\n", ":1", "names the column 's' twice"),
        ("", "table.csv", "no header"),
        ('id,s,f,b,at,d\n1,"s,1,,0,\n', "table.csv", "cannot be read"),
    ],
)
def test_mistakes_in_a_table_name_row_and_column(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    with pytest.raises(PlanError) as error:
        table(tmp_path, text)
    found = findings(error)
    assert found[0].code == "FX174"
    assert found[0].path.endswith(where)
    assert what in found[0].message


def test_many_mistakes_are_cut_short(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as error:
        table(tmp_path, "id,s,f,b,at,d\n" + "1,s,x,,0,\n" * 1000)
    assert len(findings(error)) == 21


@pytest.mark.parametrize(
    "type_",
    [
        TableType(key=FLOAT, row=struct_type(f=FLOAT)),
        TableType(key=INT, row=struct_type(v=VectorType(size=2))),
    ],
)
def test_types_that_tables_cannot_hold_are_told(tmp_path: Path, type_: Type) -> None:
    assert isinstance(type_, TableType)
    with pytest.raises(PlanError) as error:
        table(tmp_path, "id,f,v\n", type_)
    assert findings(error)[0].code == "FX173"


def test_tables_are_read_from_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "table.parquet"
    columns = {"id": ["a", "b"], "f": [1.5, None], "n": [1, 2]}
    parquet.write_table(pyarrow.table(columns), path)
    p = Program()
    p.table(
        "t", str(path), TableType(key=STRING, row=struct_type(n=INT, f=FLOAT.with_nullable(True)))
    )
    assert read_table(p.resources[0], {}).columns == [["a", "b"], [1, 2], [1.5, None]]
    p.table("u", str(path), TableType(key=STRING, row=struct_type(f=FLOAT)))
    with pytest.raises(PlanError, match="Row 2, column 'f'"):
        read_table(p.resources[1], {})


def test_what_the_builder_refuses_is_told(tmp_path: Path) -> None:
    class Refusing(Builder):
        def build_vocabulary(self, words: list[str], oov_buckets: int) -> bytes:
            raise ValueError("There are too many words.")

    with pytest.raises(PlanError, match="too many words") as error:
        build_package(program(tmp_path), REGISTRY, Refusing())
    assert findings(error)[0].code == "FX172"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe", "Europe//Berlin"])
def test_unknown_time_zones_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        read_time_zone(name)
