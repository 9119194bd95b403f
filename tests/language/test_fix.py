"""How the edits of fixes are put into a text."""

from __future__ import annotations

import pytest
from feature_extractor.diagnostics import Edit, Fix, Source, Span, apply_fixes

TEXT = "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("fixes", "text", "made"),
    [
        ([], TEXT, []),
        ([[(0, 3, "1")]], "1\ntwo\nthree\n", [0]),
        ([[(8, 13, "3")], [(0, 3, "1")]], "1\ntwo\n3\n", [0, 1]),
        # The later of two fixes that meet is left out, with all its edits.
        ([[(0, 3, "1")], [(2, 5, ""), (8, 13, "3")]], "1\ntwo\nthree\n", [0]),
        ([[(0, 3, "1")], [(3, 3, "!")]], "1\ntwo\nthree\n", [0]),
        ([[(4, 4, "<")], [(4, 7, "2")]], "one\n<two\nthree\n", [0]),
        # The edits of one fix may touch each other.
        ([[(4, 4, "<"), (4, 7, "2"), (7, 7, ">")]], "one\n<2>\nthree\n", [0]),
        # The same edit twice is one; another text at the same place is not.
        ([[(0, 3, "1")], [(0, 3, "1")]], "1\ntwo\nthree\n", [0, 1]),
        ([[(0, 3, "1")], [(0, 3, "I")]], "1\ntwo\nthree\n", [0]),
        # Neighbouring lines can go together, parts of one line cannot.
        ([[(0, 4, "")], [(4, 8, "")], [(8, 14, "")]], "", [0, 1, 2]),
        ([[(4, 8, "")], [(0, 4, "")]], "three\n", [0, 1]),
        ([[(0, 2, "")], [(2, 4, "")]], "e\ntwo\nthree\n", [0]),
        ([[(0, 4, "")], [(4, 8, "2\n")]], "two\nthree\n", [0]),
    ],
)
def test_apply(fixes: list[list[tuple[int, int, str]]], text: str, made: list[int]) -> None:
    source = Source("a.fx", TEXT)
    built = [
        Fix(str(i), tuple(Edit(Span(source, start, end), new) for start, end, new in edits))
        for i, edits in enumerate(fixes)
    ]
    assert apply_fixes(source, built) == (text, [built[i] for i in made])


def test_edits_of_another_file_are_left_alone() -> None:
    source = Source("a.fx", TEXT)
    other = Fix("other", (Edit(Span(Source("b.fx", TEXT), 0, 3), "1"),))
    assert apply_fixes(source, [other]) == (TEXT, [])
