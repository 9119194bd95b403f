"""No rule stops at a program, however odd, and what safe fixes make of it is still a program."""

from __future__ import annotations

import random

import pytest
from feature_extractor.check import analyse_text
from feature_extractor.diagnostics import Applicability, apply_fixes
from feature_extractor.lint import all_rules
from feature_extractor.registry import load_registry
from feature_extractor.types import BOOL, FLOAT, INT, STRING, ListType, ScalarType, Type, VectorType
from operators.random_programs import DECLARATIONS, Generator, random_expressions
from rule_pages import lint_text


def feature(name: str, value: str, type_: Type) -> str:
    """Return a feature of a kind that takes values of a type, or an empty text."""
    plain = type_.with_nullable(False)
    if plain == INT:
        return f"feature {name} : id(10) = ({value}) ?? -1\n"
    if plain in (FLOAT, BOOL):
        default = "0.0" if plain == FLOAT else "false"
        return f"feature {name} : dense = ({value}) ?? {default}\n"
    if plain == STRING:
        return f'feature {name} : text = ({value}) ?? ""\n'
    if isinstance(plain, ListType) and plain.element.with_nullable(False) == INT:
        return f"feature {name} : ids(100, max = 3) = ({value}) ?? []\n"
    if isinstance(plain, ListType | VectorType | ScalarType):
        return f"feature {name} : dense = is_null({value}).to_float()\n"
    return ""


@pytest.mark.parametrize("seed", range(6))
def test_random_programs(seed: int) -> None:
    texts = random_expressions(Generator(random.Random(seed)), 10)
    lets = "".join(f"let x{k} = {text}\n" for k, text in enumerate(texts))
    values = analyse_text(DECLARATIONS + lets, load_registry()).values
    parts = [feature(f"f{k}", text, values[f"x{k}"].type) for k, text in enumerate(texts)]
    program = f"{DECLARATIONS}{''.join(parts)}feature y : label = c_bool\n"
    findings = lint_text(program, *all_rules().values())
    assert findings
    fixes = [f.fix for f in findings if f.fix and f.fix.applicability is Applicability.SAFE]
    source = next(f.span.source for f in findings if f.span is not None)
    after, _ = apply_fixes(source, fixes)
    assert analyse_text(after, load_registry()).program is not None
