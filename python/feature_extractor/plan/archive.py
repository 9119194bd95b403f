"""Writes the ZIP container of a package: stored members, aligned data, no trace of when or where.

The layout follows PKWARE's APPNOTE 6.3.10, written out here because the alignment and the exact
bytes are part of the format: any two writers must give the same file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

_DATE = 0 << 9 | 1 << 5 | 1
"""The first day that a ZIP archive can name, 1980-01-01."""

_PADDING = 0xD935
"""The extra field that other alignment tools use for padding."""

_UTF8_NAME = 0x800
_UNIX = 3
_ATTRIBUTES = 0o100644 << 16
_LARGE = 0xFFFFFFFF


class Sink(Protocol):
    """What an archive is written to."""

    def write(self, data: bytes | bytearray, /) -> object:
        """Append bytes."""


@dataclass(frozen=True)
class Member:
    """A file in the archive; its data starts at a multiple of ``alignment``."""

    name: str
    data: bytes
    alignment: int = 64


def write_archive(members: Iterable[Member], out: Sink) -> None:
    """Write an archive to something that is empty so far."""
    directory = bytearray()
    offset = 0
    count = 0
    for member in members:
        name = member.name.encode()
        flags = 0 if member.name.isascii() else _UTF8_NAME
        size = len(member.data)
        large = size >= _LARGE
        wide = struct.pack("<HHQQ", 1, 16, size, size) if large else b""
        start = offset + 30 + len(name) + len(wide)
        padding = _padding(start, member.alignment)
        version = 45 if large or offset >= _LARGE else 20
        stated = _LARGE if large else size
        checksum = zlib.crc32(member.data)
        shared = struct.pack(
            "<HHHHHLLLH", version, flags, 0, 0, _DATE, checksum, stated, stated, len(name)
        )
        out.write(b"PK\x03\x04" + shared + struct.pack("<H", len(wide) + len(padding)))
        out.write(name + wide + padding)
        out.write(member.data)
        values = [size, size] if large else []
        if offset >= _LARGE:
            values.append(offset)
        extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
        directory += b"PK\x01\x02" + struct.pack("<H", _UNIX << 8 | version) + shared
        directory += struct.pack("<HHHHLL", len(extra), 0, 0, 0, _ATTRIBUTES, min(offset, _LARGE))
        directory += name + extra
        offset = start + len(padding) + size
        count += 1
    out.write(directory)
    if count >= 0xFFFF or offset >= _LARGE or len(directory) >= _LARGE:
        end = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), offset)
        out.write(b"PK\x06\x06" + end)
        out.write(b"PK\x06\x07" + struct.pack("<LQL", 0, offset + len(directory), 1))
    few = min(count, 0xFFFF)
    sizes = (min(len(directory), _LARGE), min(offset, _LARGE))
    out.write(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, few, few, *sizes, 0))


def _padding(start: int, alignment: int) -> bytes:
    """Return an extra field that makes the data start at a multiple of ``alignment``."""
    missing = -start % alignment
    if missing == 0:
        return b""
    if missing < 4:
        missing += alignment
    return struct.pack("<HH", _PADDING, missing - 4) + bytes(missing - 4)
