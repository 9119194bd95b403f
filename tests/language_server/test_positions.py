"""Places of the protocol and offsets of ours, in each unit."""

from __future__ import annotations

import pytest
from feature_extractor.language_server.positions import LineTable
from feature_extractor.surrogates import without_surrogates
from lsprotocol.types import Position, PositionEncodingKind

TEXT = "a\U0001f600b\r\n\u4e2d\u6587\rx\u2028y\x0cz\n"
"""Lines with characters of one to four bytes, and with each line break; U+2028 and a form feed are none."""

WIDTHS = {
    PositionEncodingKind.Utf8: [1, 4, 1],
    PositionEncodingKind.Utf16: [1, 2, 1],
    PositionEncodingKind.Utf32: [1, 1, 1],
}


@pytest.mark.parametrize("encoding", WIDTHS)
def test_offsets_and_positions_lead_to_each_other(encoding: PositionEncodingKind) -> None:
    lines = LineTable(TEXT, encoding)
    assert lines.count == 4
    assert [lines.line_text(n) for n in range(4)] == [
        "a\U0001f600b",
        "\u4e2d\u6587",
        "x\u2028y\x0cz",
        "",
    ]
    for offset in range(len(TEXT) + 1):
        if TEXT[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(lines.position(offset)) == offset
    place = 0
    for offset, width in enumerate(WIDTHS[encoding]):
        assert lines.position(offset) == Position(0, place)
        place += width


def test_places_that_do_not_exist() -> None:
    lines = LineTable("ab\n\U0001f600c")
    assert lines.offset(Position(0, 99)) == 2
    assert lines.offset(Position(9, 0)) == 5
    assert lines.offset(Position(1, 1)) == 3, "the middle of a character is the place before it"
    assert lines.position(99) == Position(1, 3)
    assert LineTable("").offset(Position(0, 0)) == 0


def test_halves_of_surrogate_pairs_become_one_character() -> None:
    text = "a\ud83db"
    assert without_surrogates(text) == "a\ufffdb"
    assert LineTable(without_surrogates(text)).position(2) == Position(0, 2)
    assert without_surrogates("\U0001f600") == "\U0001f600"
