"""Which names the declarations of a file use, and by which ways."""

from __future__ import annotations

from collections import deque

from feature_extractor.diagnostics import Span
from feature_extractor.lint.written import Written
from feature_extractor.syntax import tree


class Names:
    """The lets and resources of a file, and who mentions them."""

    def __init__(self, file: tree.File, written: Written) -> None:
        self._written = written
        self.features = [s for s in file.statements if isinstance(s, tree.FeatureDeclaration)]
        self.lets = [s for s in file.statements if isinstance(s, tree.LetDeclaration)]
        self.resources = [s for s in file.statements if isinstance(s, tree.ResourceDeclaration)]
        self._declared: dict[str, tree.LetDeclaration | tree.ResourceDeclaration] = {
            **{let.name.text: let for let in self.lets},
            **{resource.name.text: resource for resource in self.resources},
        }
        self._mentioned: dict[tree.Node, list[tuple[str, Span]]] = {}
        self._read: dict[tree.Node, set[str]] = {}
        self.used = self._reached()

    def mentions(self, node: tree.Node) -> list[tuple[str, Span]]:
        """Return every name that a declaration or its value may read, with its place.

        A lambda variable that hides a name counts as a mention of it: better to miss an unused name than to blame a
        used one.
        """
        found = self._mentioned.get(node)
        if found is None:
            names = self._names(node)
            names.sort(key=lambda name: name.span.start)
            found = self._mentioned[node] = [(name.text, name.span) for name in names]
        return found

    def read(self, node: tree.Node) -> set[str]:
        """Return the names that :meth:`mentions` tells, each once."""
        found = self._read.get(node)
        if found is None:
            found = self._read[node] = {name.text for name in self._names(node)}
        return found

    def _names(self, node: tree.Node) -> list[tree.Name | tree.Identifier]:
        """Return the names that are read and called below a node, in no order."""
        # No class of the tree is derived from these: that is asked faster.
        found: list[tree.Name | tree.Identifier] = []
        for part in self._written.below(node):
            if type(part) is tree.Name:
                found.append(part)
            elif type(part) is tree.Call:
                found.append(part.name)
        return found

    def _reached(self) -> set[str]:
        """Return all names that a feature needs, also through lets and fitted resources."""
        used: set[str] = set()
        waiting: list[tree.Node] = [*self.features]
        while waiting:
            new = self.read(waiting.pop()) - used
            used |= new
            waiting += [self._declared[name] for name in new & self._declared.keys()]
        return used

    def way(self, start: tree.FeatureDeclaration, target: str) -> tuple[Span, list[str]] | None:
        """Return the shortest way from a feature to a name.

        That is the place in the feature where it begins, and the names that it goes through, the target last;
        None where the name is not mentioned in this file.
        """
        waiting: deque[tuple[tree.Node, Span | None, list[str]]] = deque([(start.value, None, [])])
        seen: set[str] = set()
        while waiting:
            node, first, path = waiting.popleft()
            for name, span in self.mentions(node):
                begin = first or span
                if name == target:
                    return begin, [*path, name]
                if name not in seen and name in self._declared:
                    seen.add(name)
                    waiting.append((self._declared[name], begin, [*path, name]))
        return None
