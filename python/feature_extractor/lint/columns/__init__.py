"""The columns of data, as files of other systems describe them, to compare with the inputs of a program."""

from feature_extractor.lint.columns.matching import Problem, compare
from feature_extractor.lint.columns.model import Column, ColumnType, Schema, SchemaError
from feature_extractor.lint.columns.reading import read_schema

__all__ = [
    "Column",
    "ColumnType",
    "Problem",
    "Schema",
    "SchemaError",
    "compare",
    "read_schema",
]
