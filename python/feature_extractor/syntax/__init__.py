"""The first stage: from text to a syntax tree in which every node knows its place."""

from feature_extractor.syntax.parser import ParseResult, parse_again, parse_source, tokens

__all__ = ["ParseResult", "parse_again", "parse_source", "tokens"]
