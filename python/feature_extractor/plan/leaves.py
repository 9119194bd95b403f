"""The leaves of a struct type: the columns that it becomes."""

from __future__ import annotations

from typing import TypeAlias

from feature_extractor.types import StructType, Type, VectorType

Path: TypeAlias = tuple[str, ...]
"""Field names from a struct down to one of its leaves."""


def width_of(type_: Type) -> int:
    """Return the number of floats of a vector, 0 for other types."""
    return type_.size if isinstance(type_, VectorType) else 0


def leaf_paths(type_: StructType) -> list[Path]:
    """Return the paths to all leaves of a struct, in order."""
    paths: list[Path] = []
    for name, field_type in type_.fields:
        if isinstance(field_type, StructType):
            paths.extend((name, *rest) for rest in leaf_paths(field_type))
        else:
            paths.append((name,))
    return paths


def leaf_type(type_: Type, path: Path) -> Type:
    """Return the type at the end of a path of field names."""
    for name in path:
        assert isinstance(type_, StructType)
        found = type_.field(name)
        assert found is not None
        type_ = found
    return type_


def representative(type_: StructType) -> Path:
    """Return the leaf that is null only where the struct is, if there is one; else the first."""
    paths = leaf_paths(type_)
    return next((path for path in paths if not leaf_type(type_, path).nullable), paths[0])
