"""How numbers and kinds are written in sentences, on terminals and on pages."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 row``, ``12,345 rows``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def kind_with_sizes(kind: str, size: int | None, maximum: int | None, width: int) -> str:
    """Return the kind of a feature with its sizes: ``ids(1,000, max = 8)``, ``dense, 32 floats``."""
    inner = [f"{size:,}"] if size is not None else []
    inner += [f"max = {maximum:,}"] if maximum is not None else []
    whole = f"{kind}({', '.join(inner)})" if inner else kind
    return f"{whole}, {width} floats" if width > 1 else whole
