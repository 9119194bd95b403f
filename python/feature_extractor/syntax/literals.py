"""Turns the text of literals into values."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

LARGEST_INT: Final = 2**63 - 1

_MICROSECONDS: Final = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
_UNITS: Final = tuple(_MICROSECONDS)
_DURATION_PART: Final = re.compile(r"([0-9][0-9_]*)(us|ms|w|d|h|m|s)")
_ESCAPE: Final = re.compile(r"\\(u\{[^}]*\}|x[0-9A-Fa-f]{2}|[\s\S])")
_SIMPLE_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_TIMESTAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d))?"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNDERSCORES: Final = re.compile(r"_(?![0-9A-Fa-f])|[xX]_")


class LiteralError(ValueError):
    """A literal without a value. The message is for the user; ``offset`` counts from the literal's
    start.
    """

    def __init__(self, message: str, offset: int = 0, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.help = help


def decode_integer(text: str) -> int:
    """Return the value of ``12``, ``1_000`` or ``0x1F``.

    2 ** 63 itself is let through: it is the operand of the smallest int, ``-9223372036854775808``.
    """
    _check_underscores(text)
    digits = text.replace("_", "")
    hexadecimal = digits[:2] in ("0x", "0X")
    if len(digits) > 40:
        raise LiteralError("this number does not fit into an int (64 bits)")
    value = int(digits, 16 if hexadecimal else 10)
    if value > LARGEST_INT + 1:
        raise LiteralError("this number does not fit into an int (64 bits)")
    return value


def decode_float(text: str) -> float:
    """Return the value of ``1.5`` or ``1e-3``, correctly rounded."""
    _check_underscores(text)
    if len(text) > 1000:
        raise LiteralError("this number has too many digits")
    value = float(text.replace("_", ""))
    if not math.isfinite(value):
        raise LiteralError("this number does not fit into a float (64 bits)")
    return value


def decode_duration(text: str) -> int:
    """Return the microseconds of ``30d`` or ``1d12h``; units must go from large to small."""
    total = 0
    last = len(_UNITS)
    for part in _DURATION_PART.finditer(text):
        count, unit = part.groups()
        _check_underscores(count)
        if len(count) > 25:
            raise LiteralError("this duration does not fit into 64 bits of microseconds")
        if _UNITS.index(unit) >= last:
            raise LiteralError(
                "the units of a duration go from large to small, each at most once",
                part.start(),
                "write for example `1w2d3h4m5s6ms7us`",
            )
        last = _UNITS.index(unit)
        total += int(count.replace("_", "")) * _MICROSECONDS[unit]
    if total > LARGEST_INT:
        raise LiteralError("this duration does not fit into 64 bits of microseconds")
    return total


def decode_string(text: str) -> str:
    """Return the value of ``"text"`` with its escapes; the quotes are part of ``text``."""
    body = text[1:-1]
    return _unescape(body, 1) if "\\" in body else body


def decode_description(text: str) -> str:
    """Return the text of a description, without quotes, indentation and blank edges."""
    if not text.startswith('"""'):
        return decode_string(text)
    body = text[3:-3]
    if "\\" in body:
        body = _unescape(body, 3)
    lines = [line.rstrip() for line in body.split("\n")]
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line), default=0)
    return "\n".join([lines[0].strip(), *(line[margin:] for line in lines[1:])]).strip()


def decode_bytes(text: str) -> bytes:
    r"""Return the value of ``b"bytes"``: ASCII characters, ``\xNN`` and the escapes of strings."""
    result = bytearray()
    position = 2
    end = len(text) - 1
    while position < end:
        character = text[position]
        if character == "\\":
            match = _ESCAPE.match(text, position)
            escape = match.group(1) if match else ""
            if escape in _SIMPLE_ESCAPES:
                result += _SIMPLE_ESCAPES[escape].encode()
            elif len(escape) == 3 and escape[0] == "x":
                result.append(int(escape[1:], 16))
            else:
                raise LiteralError(
                    "unknown escape in a bytes literal",
                    position,
                    r"bytes know `\n`, `\t`, `\r`, `\"`, `\\` and `\xNN`",
                )
            position += 1 + len(escape)
        else:
            if character > "\x7f":
                raise LiteralError(
                    "a bytes literal holds ASCII characters only",
                    position,
                    r"write other bytes as `\xNN`",
                )
            result.append(ord(character))
            position += 1
    return bytes(result)


def decode_timestamp(text: str) -> int:
    """Return the microseconds since 1970-01-01 UTC of ``t"2026-01-31T12:00:00Z"``.

    A date alone is its midnight in UTC. A time needs ``Z`` or an offset such as ``+08:00``.
    """
    body = text[2:-1]
    match = _TIMESTAMP.fullmatch(body)
    advice = 'write for example `t"2026-01-31T12:00:00Z"` or `t"2026-01-31"`'
    if match is None or not body.isascii():
        raise LiteralError("this is not a timestamp", 0, advice)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if hour is not None and zone is None:
        raise LiteralError("a time needs its zone: `Z`, or an offset such as `+08:00`", 0, advice)
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError as error:
        raise LiteralError(f"this timestamp does not exist: {error}", 0, advice) from None
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    microseconds += int((fraction or "0").ljust(6, "0"))
    if zone and zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            raise LiteralError("this offset from UTC does not exist", 0, advice)
        offset = (hours * 60 + minutes) * _MICROSECONDS["m"]
        microseconds += offset if zone[0] == "-" else -offset
    return microseconds


def _unescape(body: str, shift: int) -> str:
    def replace(match: re.Match[str]) -> str:
        escape = match.group(1)
        if escape in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[escape]
        if escape.startswith("u{"):
            digits = escape[2:-1]
            if re.fullmatch(r"[0-9A-Fa-f]{1,6}", digits):
                number = int(digits, 16)
                if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
                    return chr(number)
            raise LiteralError(
                "this is not a Unicode code point",
                match.start() + shift,
                r"write for example `\u{1F600}`; the largest is `\u{10FFFF}`",
            )
        raise LiteralError(
            "unknown escape in a string",
            match.start() + shift,
            r"strings know `\n`, `\t`, `\r`, `\"`, `\\` and `\u{1F600}`",
        )

    return _ESCAPE.sub(replace, body)


def _check_underscores(text: str) -> None:
    match = _UNDERSCORES.search(text) if "_" in text else None
    if match or text[:3] in ("0x", "0X"):
        raise LiteralError(
            "an underscore in a number stands between two digits", match.start() if match else 0
        )
