"""Whatever the input is, the compiler answers with findings: no exception, no hang."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from feature_extractor.check import analyse_file, analyse_text
from feature_extractor.diagnostics import CODES, Diagnostic, render, render_json, render_short
from feature_extractor.registry import Registry, load_registry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from literate import read_cases

HERE = Path(__file__).parent
EXAMPLES = Path(__file__).parents[2] / "dsl_grammar" / "examples"
PROGRAMS = [
    (EXAMPLES / "ranking.fx").read_text(encoding="utf-8"),
    *(case.text for path in sorted(HERE.glob("*.md")) for case in read_cases(path)),
]
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|\w+|\s+|[^\w\s]')
# No single answer may take longer than this; it is a guard against hangs, not a measurement.
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The operators of the language tests."""
    return load_registry(HERE / "registry_fixture.json")


REGISTRY = load_registry(HERE / "registry_fixture.json")


def check(text: str) -> list[Diagnostic]:
    """Check a text, show its findings in every way, and return them."""
    began = time.monotonic()
    analysis = analyse_text(text, REGISTRY)
    findings = analysis.diagnostics
    for diagnostic in findings:
        assert diagnostic.code in CODES
        if diagnostic.span is not None:
            assert 0 <= diagnostic.span.start <= len(text)
        assert render_short(diagnostic)
    render(findings, colour=True)
    render_json(findings)
    assert (analysis.program is None) == bool(findings)
    assert time.monotonic() - began < PATIENCE_SECONDS
    return findings


# ---- random damage -------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_programs(data: st.DataObject) -> None:
    """Tokens are deleted, doubled, swapped and replaced."""
    tokens = TOKEN.findall(data.draw(st.sampled_from(PROGRAMS)))
    generator = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = generator.randrange(len(tokens))
        other = generator.randrange(len(tokens))
        match generator.randrange(5):
            case 0:
                del tokens[place]
            case 1:
                tokens.insert(place, tokens[place])
            case 2:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case 3:
                tokens[place] = tokens[other]
            case _:
                piece = generator.choice(["(", ")", "[", "]", "{", "}", '"', '"""', "->", "??"])
                tokens.insert(place, piece)
        if not tokens:
            break
    check("".join(tokens))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Any text at all is answered."""
    check(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "let",
                "feature",
                "input",
                "use",
                "resource",
                "x",
                "y",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "<",
                ">",
                ",",
                ":",
                "=",
                "->",
                "??",
                "?",
                ".",
                "+",
                "-",
                "*",
                "**",
                "/",
                "//",
                "not",
                "in",
                "and",
                "or",
                "if",
                "then",
                "else",
                "true",
                "null",
                "1",
                "2.5",
                "3d",
                '"s"',
                'b"x"',
                't"1970-01-01"',
                "@",
                "#",
                "\n",
                "\n\n",
            ]
        ),
        max_size=60,
    )
)
def test_any_tokens(tokens: list[str]) -> None:
    """Any row of tokens is answered."""
    check(" ".join(tokens))
    check("let a = " + " ".join(tokens))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    """Any file is answered, UTF-8 or not."""
    path = tmp_path / "any.fx"
    path.write_bytes(content)
    for diagnostic in analyse_file(path, REGISTRY).diagnostics:
        assert diagnostic.code in CODES


# ---- hostile programs ----------------------------------------------------------------------------


def nested(opening: str, closing: str, count: int, inner: str = "1") -> str:
    """Return an expression inside many brackets."""
    return f"let a = {opening * count}{inner}{closing * count}\n"


LETS = "\n".join(f"let f{i}(x) = f{i - 1}(x + 1) + f{i - 1}(x + 2)" for i in range(1, 64))
CHAIN = "\n".join(f"let x{i} = x{i - 1} + x{i - 1}" for i in range(1, 3000))
LATE_CHAIN = "\n".join(f"let x{i} = x{i + 1} + 1" for i in range(400))
CALLS = "\n".join(f"let f{i}(x) = f{i - 1}(x)" for i in range(1, 3000))
HOSTILE = {
    "parentheses": (nested("(", ")", 100_000), "FX006"),
    "lists": (nested("[", "]", 5_000), "FX006"),
    "calls": (nested("f(", ")", 5_000), "FX006"),
    "open brackets": ("let a = " + "(" * 100_000, "FX006"),
    "closed brackets": ("let a = " + ")" * 100_000, "FX002"),
    "signs": ("let a = " + "-" * 50_000 + "1", "FX006"),
    "nots": ("let a = " + "not " * 20_000 + "true", "FX006"),
    "powers": ("let a = " + "2 ** " * 20_000 + "1", "FX006"),
    "sums": ("let a = " + "1 + " * 20_000 + "1", "FX006"),
    "lambdas": ("let a = " + "x -> " * 20_000 + "1", "FX006"),
    "conditions": ("let a = " + "if true then 1 else " * 5_000 + "1", "FX006"),
    "fields": ("let a = b" + ".c" * 30_000, "FX006"),
    "methods": ("let a = 1" + ".f()" * 20_000, "FX006"),
    "indices": ("let a = b" + "[0]" * 30_000, "FX006"),
    "types": ("input request {\na: " + "list<" * 20_000 + "int" + ">" * 20_000 + "\n}", "FX006"),
    "long string": ('let a = "' + "x" * 50_000 + '"', "FX006"),
    "long number": ("let a = " + "9" * 50_000, "FX004"),
    "long float": ("let a = 0." + "9" * 50_000, "FX004"),
    "long name": ("let " + "a" * 100_000 + " = 1", "FX006"),
    "long statement": ("let a = [" + "1, " * 100_000 + "]", "FX006"),
    "large file": ("# " + "x" * 2_000_000, "FX006"),
    "many statements": ("let a = 1\n" * 11_000, "FX006"),
    "many mistakes": ("let = 1\n" * 9_000, "FX001"),
    "deep calls": (f"let f0(x) = x\n{CALLS}\nfeature a : dense = f2999(1)", "FX006"),
    "unclosed descriptions": ('"""\n@\\' * 15_000, "FX003"),
    "unclosed strings": ('let a = "\n' * 15_000, "FX003"),
    "escapes": ('let a = "' + "\\" * 50_001 + '"', "FX003"),
    "NUL": ("let a = 1\0", "FX005"),
    "half of a surrogate pair": ('let a = "\ud800"', "FX005"),
    "half of a surrogate pair in a comment": ("# \udfff\nlet a = 1", "FX005"),
    "repeated description quotes": ('"' * 99_999, "FX003"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_programs(name: str) -> None:
    """Programs that are made to exhaust the compiler get an answer that says what is too large."""
    text, code = HOSTILE[name]
    assert code in {diagnostic.code for diagnostic in check(text)}


def test_exponential_lets_name_the_let() -> None:
    """The finding about the budget tells which let is to blame, and how it grew."""
    findings = check(f"let f0(x) = x\n{LETS}\nfeature a : dense = f63(1.5)")
    finding = next(d for d in findings if d.code == "FX151")
    assert "`f63`" in finding.message
    assert "`f63` -> `f62`" in finding.notes[0]


def test_shared_lets_are_cheap() -> None:
    """Lets without parameters are shared, so a doubling chain costs its length and is bounded by
    depth.
    """
    text = "let x0 = 1.5\n" + "\n".join(CHAIN.split("\n")[:900]) + "\nfeature a : dense = x900"
    assert check(text) == []
    assert {d.code for d in check(f"let x0 = 1.5\n{CHAIN}")} == {"FX006"}


def test_late_declarations_do_not_recurse() -> None:
    """A long chain of lets may be written from its end to its beginning."""
    assert check(f"{LATE_CHAIN}\nlet x400 = 1.5\nfeature a : dense = x0") == []


def test_recursion_limit_of_the_caller(registry: Registry) -> None:
    """A caller that is deep in the stack itself gets an answer too."""

    def dive(depth: int) -> list[Diagnostic]:
        if depth:
            return dive(depth - 1)
        return analyse_text("let a = " + "(" * 60 + "1" + ")" * 60, registry).diagnostics

    for depth in (0, 700, 800, 850, 900):
        try:
            findings = dive(depth)
        except RecursionError:
            # The caller itself has no room left to call anything.
            continue
        assert all(diagnostic.code == "FX006" for diagnostic in findings)


# ---- files ---------------------------------------------------------------------------------------


def test_line_ends_and_byte_order_mark(tmp_path: Path, registry: Registry) -> None:
    """CRLF and a byte order mark change nothing, and places stay right."""
    path = tmp_path / "a.fx"
    text = '"""About."""\r\nlet a = 1\r\nlet b = missing\r\nlet c = "open\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    findings = analyse_file(path, registry).diagnostics
    places = [(d.code, d.span.line, d.span.column) for d in findings if d.span]
    assert places == [("FX101", 3, 9), ("FX003", 4, 9)]
    assert "\r" not in render(findings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"let a = 1\nlet b = \xff\n", "line 2 is not valid UTF-8"),
        (b"\xff\xfe", "line 1 is not valid UTF-8"),
        (b"x" * 5_000_000, "too large"),
    ],
)
def test_unreadable_files(tmp_path: Path, registry: Registry, content: bytes, words: str) -> None:
    """A file that is not text says so."""
    path = tmp_path / "a.fx"
    path.write_bytes(content)
    (finding,) = analyse_file(path, registry).diagnostics
    assert finding.code == "FX005"
    assert words in finding.message
    assert words in render([finding])


def test_missing_files_and_folders(tmp_path: Path, registry: Registry) -> None:
    """A path that is no file says so."""
    for path in (tmp_path / "missing.fx", tmp_path):
        (finding,) = analyse_file(path, registry).diagnostics
        assert finding.code == "FX005"


def test_modules_cannot_escape_by_a_link(tmp_path: Path, registry: Registry) -> None:
    """A symbolic link out of the program's folder is not followed."""
    outside = tmp_path / "outside.fx"
    outside.write_text("let secret = 1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.fx").symlink_to(outside)
    (inside / "main.fx").write_text('use "link.fx"\n')
    (finding,) = analyse_file(inside / "main.fx", registry).diagnostics
    assert finding.code == "FX140"


def test_many_modules(tmp_path: Path, registry: Registry) -> None:
    """A long chain of modules is walked without recursion, up to the limit."""
    for number in range(300):
        (tmp_path / f"m{number}.fx").write_text(f'use "m{number + 1}.fx"\nlet x{number} = 1\n')
    findings = analyse_file(tmp_path / "m0.fx", registry).diagnostics
    assert [d.code for d in findings] == ["FX006"]
