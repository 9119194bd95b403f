"""A lineage as text: a tree with a line per value."""

from __future__ import annotations

from collections.abc import Iterator

from feature_extractor.lineage.tree import FeatureLineage, Node


def tree_text(found: FeatureLineage, result: str) -> str:
    """Return the tree of a feature; ``result`` is its value as it is shown."""
    head = f"{found.name} : {found.kind} = {result}"
    if found.default:
        head += f"    the default, because {found.default}"
    return "\n".join([head, *_lines(found.root, "", True)]) + "\n"


def _lines(node: Node, indent: str, last: bool) -> Iterator[str]:
    branch, below = ("└─ ", "   ") if last else ("├─ ", "│  ")
    yield (indent + branch + _line(node)).rstrip()
    inner = indent + below
    for remark in (node.why, node.fallback):
        if remark:
            yield f"{inner}{'│' if node.parts else ' '}    <- {remark}"
    for position, part in enumerate(node.parts):
        yield from _lines(part, inner, position == len(node.parts) - 1)


def _line(node: Node) -> str:
    said = node.source or node.operator
    if node.operator and node.source and node.kind == "call":
        said += f"    {node.operator}"
    if node.depth:
        said += "    per element"
    if node.again:
        said += "    (shown above)"
    return f"{node.shown}    {said}    {node.site}".rstrip()
