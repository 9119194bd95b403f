"""Finds what stands at a place: the nodes around it, and the names before it."""

from __future__ import annotations

from collections.abc import Sequence

from feature_extractor.syntax import tree


def path_to(file: tree.File, offset: int) -> list[tree.Node]:
    """Return the nodes around an offset, from the statement to the innermost one.

    An offset right behind a node counts as in it, unless another one begins there.
    """
    path: list[tree.Node] = []
    nodes: Sequence[tree.Node] = file.statements
    while True:
        inner = [node for node in nodes if node.span.start <= offset <= node.span.end]
        if not inner:
            return path
        path.append(max(inner, key=lambda node: (node.span.start, -node.span.end)))
        nodes = list(tree.children(path[-1]))


def path_to_node(root: tree.Node, wanted: tree.Node) -> list[tree.Node]:
    """Return the nodes from a root down to one below it; an empty list where it is not there."""
    above: dict[int, tree.Node] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is wanted:
            path = [node]
            while id(path[-1]) in above:
                path.append(above[id(path[-1])])
            return path[::-1]
        for child in tree.children(node):
            above[id(child)] = node
            waiting.append(child)
    return []
