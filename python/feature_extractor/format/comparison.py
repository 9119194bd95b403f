"""Tells whether two syntax trees say the same."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from feature_extractor.syntax.tree import File, Node

_PLACES = frozenset({"span", "operator_span", "path_span"})
"""What differs between two trees that were only written differently."""


def same_tree(one: File, other: File) -> bool:
    """Return whether two files have the same statements; places and comments do not matter."""
    stack: list[tuple[Any, Any]] = [(one.statements, other.statements)]
    while stack:
        left, right = stack.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, list | tuple):
            if len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif isinstance(left, Node):
            names = [field.name for field in fields(left) if field.name not in _PLACES]
            stack.extend((getattr(left, name), getattr(right, name)) for name in names)
        elif repr(left) != repr(right):
            # Not by value: 0.0 and -0.0 are equal, but not the same number.
            return False
    return True


def same_comments(one: File, other: File) -> bool:
    """Return whether no comment was lost; their order may change where one had to move."""
    return _comments(one) == _comments(other)


def _comments(file: File) -> list[str]:
    return sorted(comment.text[1:].lstrip() for comment in file.comments)
