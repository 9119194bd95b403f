"""What fixes make of programs: they compile, they give the same values, and the rest of the text stays."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import feature_extractor as fx
import pyarrow as pa
import pytest
from feature_extractor.check import analyse_file
from feature_extractor.diagnostics import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Severity,
    Source,
    Span,
)
from feature_extractor.digest import digest_table
from feature_extractor.lint import Finding, LintedProgram, Rule, all_rules, lint_paths
from feature_extractor.lint.fixing import MAXIMUM_ROUNDS, Fixing, Texts, fix_programs
from feature_extractor.lint.removal import remove_statement
from feature_extractor.registry import load_registry
from feature_extractor.syntax import parse_source
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_type
from rule_pages import FILES, PAGES, read_page

SAFE = frozenset({Applicability.SAFE})
ALL = frozenset(Applicability)
EXAMPLES = Path(__file__).parents[2] / "dsl_grammar" / "examples"
STANDARD = Path(__file__).parents[2] / "dsl_grammar" / "std"


def fix(paths: list[Path], *rules: Rule, allowed: frozenset[Applicability] = SAFE) -> Fixing:
    registry = load_registry()

    def lint(texts: Texts) -> list[Diagnostic]:
        return lint_paths(paths, registry, rules or list(all_rules().values()), texts)

    def count(path: Path, texts: Texts) -> int:
        return len(analyse_file(path, registry, texts).diagnostics)

    return fix_programs(paths, lint, count, allowed)


def fixed(tmp_path: Path, text: str, *rules: Rule, allowed: frozenset[Applicability] = SAFE) -> str:
    path = tmp_path / "a.fx"
    path.write_bytes(text.encode())
    fixing = fix([path], *rules, allowed=allowed)
    return fixing.files[0].after if fixing.files else text


# ---- what is promised of safe fixes --------------------------------------------------------------


def corpus() -> Iterator[tuple[str, str]]:
    """Yield a name and the text of each program that is at hand."""
    for path in [*sorted(EXAMPLES.rglob("*.fx")), *sorted(STANDARD.rglob("*.fx"))]:
        yield path.stem, path.read_text(encoding="utf-8")
    for page in sorted(PAGES.glob("FX*.md")):
        for heading in ("Bad", "Good"):
            for index, (text, _) in enumerate(read_page(page).examples(heading)):
                # A page names a file of the examples by its way from the page.
                yield (
                    f"{page.stem}-{heading}-{index}",
                    text.replace("../../dsl_grammar/examples/", ""),
                )


def with_superfluous(path: Path, seed: str) -> str:
    """Return a program with things that safe fixes remove, put in at places that chance chooses."""
    source = random.Random(seed)
    text = path.read_text(encoding="utf-8")
    analysis = analyse_file(path, load_registry())
    assert analysis.program is not None, analysis.diagnostics
    features = analysis.program.features
    lines: list[str] = []
    for line in text.split("\n"):
        above = lines[-1] if lines else ""
        starts_statement = line.startswith(("feature", "let", "input")) and above[:1] not in '@"'
        if features and starts_statement and source.random() < 0.2:
            before = source.choice(["", "\n", "\n# About nothing.\n", "# fx: ignore[FX401] old\n"])
            lines.append(f"{before}let unused_{len(lines)} = [{len(lines)}, 1]")
        if line.startswith("feature") and "#" not in line and source.random() < 0.3:
            line += "  # fx: ignore[FX401, float-key] not so"
        lines.append(line)
    for declared in analysis.program.inputs:
        name, type_ = declared.name, declared.type
        if features and str(type_) in ("int", "float"):
            value = f"(1 * {name} - 0) ** 1 + 0"
            lines.append(f"feature twice_{name} : dense = not not ({value} > 3) # same")
            lines.append(f"feature sum_{name} : dense = {value} # sum")
    return "\n".join(lines)


def values_of(path: Path) -> pa.Table:
    """Return what a program gives for random rows, always the same for the same inputs."""
    extractor = fx.compile(path).extractor()
    analysis = analyse_file(path, load_registry())
    assert analysis.program is not None
    columns = {}
    for declared in analysis.program.inputs:
        source = random.Random(declared.name)
        values = [random_value(source, declared.type) for _ in range(19)]
        columns[declared.name] = pa.array(values, arrow_type(declared.type))
    table = pa.table(columns)
    if "collect(" not in path.read_text(encoding="utf-8"):
        return pa.table(extractor.extract(table))
    # Which candidates belong to one request must be said where they look at each other.
    own = [d.name for d in analysis.program.inputs if d.domain == "candidate"]
    requests = table.drop_columns(own).slice(0, 1)
    given = requests if requests.num_columns else None
    return pa.table(extractor.extract_request(given, table.select(own), offsets=[0, len(table)]))


@pytest.mark.parametrize(("name", "text"), [pytest.param(*case, id=case[0]) for case in corpus()])
def test_safe_fixes_leave_every_value(tmp_path: Path, name: str, text: str) -> None:
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder)
    (folder / "words.txt").write_text("a\nab\n")
    shutil.copytree(FILES / "example.fitted", folder / "program.fitted")
    path = folder / "program.fx"
    path.write_text(text, encoding="utf-8")
    analysis = analyse_file(path, load_registry())
    if analysis.program is None:
        # Pages may name files that are nowhere, and modules that lie beside others.
        assert all(found.code.startswith(("FX13", "FX14")) for found in analysis.diagnostics)
        return
    path.write_text(with_superfluous(path, name), encoding="utf-8")
    before = values_of(path) if analysis.program.features and analysis.program.inputs else None
    fixing = fix([path])
    assert fixing.converged
    assert fixing.refused == []
    assert not any(
        found.fix and found.fix.applicability is Applicability.SAFE for found in fixing.findings
    )
    (file,) = fixing.files or [None]
    if file is not None:
        path.write_text(file.after, encoding="utf-8")
        assert "unused_" not in file.after
        assert "float-key" not in file.after
        assert file.after.count("# s") == file.before.count("# s")
    assert analyse_file(path, load_registry()).program is not None
    if before is not None:
        assert digest_table(values_of(path)).differences(digest_table(before)) == []


# ---- removing declarations -----------------------------------------------------------------------

REMOVALS = [
    # What is removed is marked with a `-` at the beginning of its line.
    "-let x = 1\nlet y = 2\n",
    "let y = 2\n-let x = 1\n",
    "let y = 2\n-let x = 1",
    "-let x = 1",
    'let y = 2\n-"About it."\n-let x = 1 # and here\nlet z = 3\n',
    "let y = 2\n\n-# About it,\n-# and more.\n-let x = (\n-    1 # one\n-)\n-\nlet z = 3\n",
    "let y = 2\n\n-# About it.\n-let x = 1\n-\n# About z.\nlet z = 3\n",
    "let y = 2\n-# About it.\n-let x = 1\n# About z.\nlet z = 3\n",
    # A comment that may be about the next statement stays.
    "# About both.\n-let x = 1\nlet y = 2\n",
    "# About both.\n-# fx: ignore[FX401] why\n-let x = 1\nlet y = 2\n",
    "# ---- the rest ----\n-let x = 1\n\nlet y = 2\n",
    # Empty lines that would meet are one paragraph's end.
    "let y = 2\n\n-let x = 1\n-\n-\nlet z = 3\n",
    "let y = 2\n-\n-let x = 1\n",
    "-let x = 1\n-\n-\nlet y = 2\n",
    "let y = 2\n-let x = 1\n\nlet z = 3\n",
]


@pytest.mark.parametrize("marked", REMOVALS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_declaration_goes_with_what_is_about_it(marked: str, line_end: str) -> None:
    lines = marked.split("\n")
    text = line_end.join(line.removeprefix("-") for line in lines)
    file = parse_source(Source("a.fx", text)).file
    (statement,) = [
        s for s in file.statements if getattr(getattr(s, "name", None), "text", "") == "x"
    ]
    edit = remove_statement(file.source, statement)
    assert text[: edit.span.start] + text[edit.span.end :] == _left(lines, line_end)


def _left(lines: list[str], line_end: str) -> str:
    kept = [
        line + (line_end if index + 1 < len(lines) else "")
        for index, line in enumerate(lines)
        if not line.startswith("-")
    ]
    return "".join(kept)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("input candidate { a, b, c: int }", "input candidate { a, c: int }"),
        ("input candidate { b, a, c: int }", "input candidate { a, c: int }"),
        ("input candidate { a, c, b: int }", "input candidate { a, c: int }"),
        ("input candidate { a: int, b: int c: int }", "input candidate { a: int, c: int }"),
        ("input candidate { a: int c: int, b: int }", "input candidate { a: int c: int }"),
        (
            'input candidate {\n    a: int\n    "Text."\n    b: int, # text\n    c: int\n}',
            "input candidate {\n    a: int\n    c: int\n}",
        ),
        (
            "input candidate { a, c: int }\ninput request { b: int }",
            "input candidate { a, c: int }",
        ),
        ("input candidate {\n    b, # text\n    a, c: int\n}", None),
    ],
)
def test_an_input_goes_alone(tmp_path: Path, before: str, after: str | None) -> None:
    feature = "feature x : dense = a + c\n"
    text = f"{before}\n{feature}"
    changed = fixed(tmp_path, text, all_rules()["FX602"], allowed=ALL)
    assert changed == (text if after is None else f"{after}\n{feature}")
    assert fixed(tmp_path, text, all_rules()["FX602"]) == text


SUPPRESSIONS = [
    ("feature a : dense = x # fx: ignore[FX401, FX201] why", "feature a : dense = x"),
    ("# fx: ignore[FX401]\nfeature a : dense = x", "feature a : dense = x"),
    (
        "feature a : dense = x_id # fx: ignore[FX401, FX201, float-key] why",
        "feature a : dense = x_id # fx: ignore[FX201] why",
    ),
    ("feature a : dense = x # fx: ignore[FX999] why", None),
]


@pytest.mark.parametrize(("before", "after"), SUPPRESSIONS)
def test_a_comment_loses_what_nothing_needs(tmp_path: Path, before: str, after: str | None) -> None:
    inputs = "input candidate { x, x_id: int }\n"
    rules = [all_rules()[code] for code in ("FX201", "FX401", "FX606")]
    changed = fixed(tmp_path, inputs + before + "\n", *rules)
    assert changed == inputs + (before if after is None else after) + "\n"


# ---- the engine ----------------------------------------------------------------------------------

PROGRAM = "input candidate { a: int }\nfeature x : dense = a\n"


def rule_replacing(old: str, new: str, code: str = "FX999") -> Rule:
    """Return a rule that finds a text, and replaces it."""

    def check(program: LintedProgram) -> Iterator[Finding]:
        start = program.source.text.find(old)
        if start >= 0:
            span = Span(program.source, start, start + len(old))
            yield Finding(span, f"`{old}` is here", fix=Fix("replace", (Edit(span, new),)))

    return Rule(code, "replaced", Severity.WARNING, "Text.", check=check)


def test_a_fix_that_breaks_a_program_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    path.write_text(PROGRAM)
    bad = rule_replacing("dense = a", "dense = b")
    good = rule_replacing("feature x", "feature y", "FX998")
    fixing = fix([path], bad, good)
    assert fixing.files[0].after == PROGRAM.replace("feature x", "feature y")
    assert [found.code for found in fixing.files[0].fixed] == ["FX998"]
    assert [found.code for found in fixing.refused] == ["FX999"]
    assert [found.code for found in fixing.findings] == ["FX999"]
    assert fixing.converged


def test_a_fix_that_breaks_another_program_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "m.fx").write_text("let f(x) = x\n" + PROGRAM)
    (tmp_path / "a.fx").write_text(
        'use "m.fx"\ninput candidate { a: int }\nfeature y : dense = f(a)\n'
    )
    paths = [tmp_path / "a.fx", tmp_path / "m.fx"]
    fixing = fix(paths, all_rules()["FX601"])
    assert fixing.files == []
    assert [found.code for found in fixing.refused] == ["FX601"]
    # Alone, nobody can know.
    assert fix(paths[1:], all_rules()["FX601"]).fixed == 1


def test_rules_that_undo_each_other_come_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    path.write_text(PROGRAM)
    looks = 0

    def check(program: LintedProgram) -> Iterator[Finding]:
        nonlocal looks
        looks += 1
        yield from ()

    counting = Rule("FX997", "counting", Severity.WARNING, "Text.", check=check)
    there, back = rule_replacing("x :", "y :"), rule_replacing("y :", "x :", "FX998")
    assert not fix([path], there, back, counting).converged
    assert looks == MAXIMUM_ROUNDS + 1


def test_errors_have_unsafe_fixes(tmp_path: Path) -> None:
    text = PROGRAM.replace("dense = a", "dens = a.abss()")
    assert fixed(tmp_path, text) == text
    assert fixed(tmp_path, text, allowed=ALL) == PROGRAM.replace("dense = a", "dense = a.abs()")


def test_line_ends_and_everything_else_stay(tmp_path: Path) -> None:
    text = "# Ünï\r\n" + PROGRAM.replace("\n", "\r\n").replace("= a", "= a  *  1") + "\r\n\r\n"
    assert fixed(tmp_path, text) == text.replace("a  *  1", "a")


def test_modules_that_were_not_named_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "m.fx").write_text("let f(x) = x + y\n")
    (tmp_path / "a.fx").write_text(
        'use "m.fx"\ninput candidate { a: int }\nfeature z : dense = f(a)\n'
    )
    assert fix([tmp_path / "a.fx"], allowed=ALL).files == []
