"""What rules look for, around expressions that chance writes: safe fixes leave every value."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from feature_extractor.check import Analysis, analyse_text
from feature_extractor.diagnostics import Applicability, Diagnostic, apply_fixes
from feature_extractor.digest import digest_table
from feature_extractor.errors import CompileError
from feature_extractor.lint import LintedProgram, all_rules
from feature_extractor.lint.run import lint_programs
from feature_extractor.program import compile_text
from feature_extractor.registry import load_registry
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_type
from feature_extractor.types import BOOL, FLOAT, INT, STRING, ListType
from operators.wide_programs import WideGenerator, resource_folder

FLOATS = ListType(element=FLOAT)
INTS = ListType(element=INT)
SHAPES = (
    "({ints}).sort().first()",
    "({ints}).sort(descending = true)[0]",
    "({floats}).sort().first()",
    "({floats}).sort_by(x -> -x).last()",
    "({floats}).filter(x -> x > {float}).length()",
    "({floats}).filter(x -> x < {float}).first()",
    "(({floats}).count(x -> x > {float}) > 0).to_float()",
    "(({floats}).filter(x -> x > {float}).length() == 0).to_float()",
    "({floats}).map(x -> x * {float}).take_last({int}).sum()",
    "map({floats}, x -> x + 1.0).slice(1, 2).max()",
    "({floats}).reverse().first()",
    "reverse(({floats}).reverse()).sum()",
    "({floats}).distinct().distinct().sum()",
    "({floats}).map(x -> ({floats}).count(y -> y < x)).sum()",
    "(not ({int} == {int})).to_float()",
    "(not ({float} <= {float})).to_float()",
    "(not ({int} in [1, 2, 1])).to_float()",
    "(({bool}) == false).to_float()",
    "(true != ({bool})).to_float()",
    "(if {bool} then true else false).to_float()",
    "(not ({floats}).any(x -> x > {float})).to_float()",
    "(not ({float}).is_null()).to_float()",
    "(if ({float}).is_null() then {float} else ({float}))",
    '({string}).regex_match("^ab").to_float()',
    '({string}).regex_match("b$").to_float()',
    '({string}).regex_replace("a", "xy").length()',
    '({string}).regex_split("b").length()',
    '({string}).regex_count("a")',
    '({string}).like("%a%").to_float()',
    "({string}).lower().lower().length()",
    "({string}).trim().trim_start().byte_length()",
    "(if {bool} then {float} else if {bool} then {float} else {float})",
    "({bool} or {bool} or {bool}).to_float()",
    "r_floats.count(x -> x == ({float}) and x < c_float)",
    "r_ints.filter(x -> x > c_int and c_int_n == x).length()",
    "({floats}).sort_by(x -> x)[1]",
    "({ints}).max_by(x -> x)",
    "({floats}).filter(x -> true).count(x -> true)",
    "{float}",
)
TYPES = {"floats": FLOATS, "ints": INTS, "float": FLOAT, "int": INT, "bool": BOOL, "string": STRING}


def written(source: random.Random, count: int) -> list[str]:
    """Return expressions for features; the compiler may refuse some."""
    generator = WideGenerator(source)
    texts = []
    for number in range(count):
        parts = {
            name: generator.write(type_, source.choice([0, 0, 1, 2]), ())
            for name, type_ in TYPES.items()
        }
        text = SHAPES[number % len(SHAPES)].format(**parts)
        if len(text) < 2000:
            texts.append(text)
    return texts


def program_of(texts: list[str]) -> tuple[str, Analysis]:
    """Return a program with those of the expressions that the compiler accepts."""
    good = dict(enumerate(texts))
    while True:
        lines = [f"feature f{i} : dense = ({text}) ?? 0.5\n" for i, text in good.items()]
        text = "".join(lines) + WideGenerator.declarations
        analysis = analysed(text)
        found = analysis.diagnostics
        if analysis.program is not None:
            try:
                compile_text(text, path="a.fx", root=resource_folder().name)
                return text, analysis
            except CompileError as error:
                found = list(error.diagnostics)
        refused = {diagnostic.span.line - 1 for diagnostic in found if diagnostic.span}
        kept = [i for line, i in enumerate(good) if line not in refused]
        assert len(kept) < len(good), [diagnostic.message for diagnostic in found]
        good = {i: good[i] for i in kept}


def analysed(text: str) -> Analysis:
    return analyse_text(text, load_registry(), "a.fx", Path(resource_folder().name))


def found_in(analysis: Analysis) -> list[Diagnostic]:
    assert analysis.program is not None
    program = LintedProgram(analysis.program, analysis, load_registry())
    return lint_programs([program], list(all_rules().values()))


def values_of(text: str, analysis: Analysis) -> pa.Table:
    assert analysis.program is not None
    columns = {}
    for declared in analysis.program.inputs:
        source = random.Random(declared.name)
        rows = [random_value(source, declared.type) for _ in range(23)]
        columns[declared.name] = pa.array(rows, arrow_type(declared.type))
    program = compile_text(text, path="a.fx", root=resource_folder().name)
    return pa.table(program.extractor().extract(pa.table(columns)))


@pytest.mark.parametrize("seed", range(3))
def test_safe_fixes_leave_every_value(seed: int) -> None:
    text, analysis = program_of(written(random.Random(seed), 3 * len(SHAPES)))
    before = values_of(text, analysis)
    codes: Counter[str] = Counter()
    for _ in range(12):
        findings = found_in(analysis)
        fixes = [
            finding.fix
            for finding in findings
            if finding.fix is not None and finding.fix.applicability is Applicability.SAFE
        ]
        codes.update(finding.code for finding in findings if finding.fix in fixes)
        if not fixes:
            break
        text, made = apply_fixes(fixes[0].edits[0].span.source, fixes)
        assert made
        analysis = analysed(text)
        assert analysis.program is not None, [
            (found.message, found.span and found.span.source.line_text(found.span.line))
            for found in analysis.diagnostics
        ]
    assert {"FX502", "FX504", "FX505", "FX506", "FX508", "FX612", "FX616"} <= set(codes), codes
    after = values_of(text, analysis).select(before.column_names)
    assert digest_table(after).differences(digest_table(before)) == []
