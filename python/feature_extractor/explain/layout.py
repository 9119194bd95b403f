"""Places the nodes of a graph in layers, so that every edge points down.

The method is that of Sugiyama, Tagawa and Toda (1981), without its dummy nodes: a layer per longest path, then
sweeps that put each node near the mean of its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SWEEPS = 4


def layered(
    nodes: Sequence[int], sources: Mapping[int, Sequence[int]]
) -> dict[int, tuple[float, int]]:
    """Return position and layer of each node.

    ``nodes`` come in topological order; ``sources`` may name others, which are ignored. Positions in
    a layer are at least 1 apart, and each layer is centred at 0.
    """
    inside = set(nodes)
    above = {node: [s for s in sources.get(node, ()) if s in inside] for node in nodes}
    below: dict[int, list[int]] = {node: [] for node in nodes}
    layer: dict[int, int] = {}
    for node in nodes:
        layer[node] = max((layer[source] + 1 for source in above[node]), default=0)
        for source in above[node]:
            below[source].append(node)
    # A node without sources stands right above the first that reads it.
    for node in nodes:
        if not above[node] and below[node]:
            layer[node] = min(layer[reader] for reader in below[node]) - 1
    rows: list[list[int]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for node in nodes:
        rows[layer[node]].append(node)
    position = {node: float(i) for row in rows for i, node in enumerate(row)}
    for sweep in range(_SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wished = {
                node: sum(position[n] for n in neighbours[node]) / len(neighbours[node])
                if neighbours[node]
                else position[node]
                for node in row
            }
            row.sort(key=lambda node: (wished[node], node))
            for i, node in enumerate(row):
                position[node] = i - (len(row) - 1) / 2
    return {node: (position[node], layer[node]) for node in nodes}
