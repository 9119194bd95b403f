"""The parser's tables that are kept are those of the grammar."""

from __future__ import annotations

from importlib import resources

from feature_extractor.diagnostics import Source
from feature_extractor.syntax import parse_source, tables
from feature_extractor.syntax.automaton import StatementParser
from feature_extractor.syntax.builder import TreeBuilder
from feature_extractor.syntax.parser import grammar_text


def test_the_kept_tables_are_current() -> None:
    kept = resources.files(tables.__package__ or "").joinpath("tables.json").read_text("utf-8")
    made = tables.make_tables(grammar_text())
    assert kept == tables.serialise(made), "run scripts/generate_parse_tables.py"
    assert tables.tables_of(grammar_text()) == made


def test_a_changed_grammar_gets_tables_of_its_own() -> None:
    changed = grammar_text().replace("let\\b", "lass\\b").replace("|let|", "|lass|")
    assert changed != grammar_text()
    builder = TreeBuilder()
    builder.source = Source("a.fx", "lass a = 1")
    parser = StatementParser(tables.tables_of(changed), builder)
    assert parser.parse(parser.tokens("lass a = 1", 0, 10)).name.text == "a"
    assert parse_source(Source("a.fx", "lass a = 1")).diagnostics
