"""Says of features that changed: where their values part, and through which declaration that came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from feature_extractor.check.fingerprint import Fingerprints
from feature_extractor.check.typed import Expression, Site, site_of
from feature_extractor.diagnostics import Source
from feature_extractor.diff.declarations import Declaration, Declarations, Key
from feature_extractor.diff.parting import Parting, Partings
from feature_extractor.diff.report import Place, Through
from feature_extractor.diff.sides import Side
from feature_extractor.syntax import tree

_MOST_ALONE = 100
"""So many changed features are checked once more for exact places; a report with more is not read place by place."""


class FeatureComparer:
    """Compares the features of two programs whose sources were checked."""

    def __init__(self, old: Side, new: Side) -> None:
        self._sides = (_Source(old), _Source(new))
        self._partings = Partings(self._sides[0].fingerprints, self._sides[1].fingerprints)
        self._changed: dict[Declaration, bool] = {}
        self._alone_left = _MOST_ALONE
        self._identities = _identities(self._sides[0].declarations, self._sides[1].declarations)

    def same(self, name: str) -> bool:
        """Return whether a feature that both have computes the same values."""
        digests = [side.fingerprints.of(side.features[name]) for side in self._sides]
        return digests[0] == digests[1]

    def declared(self, side: Side, name: str) -> Place | None:
        """Return where a feature is declared."""
        source = self._sides[0] if side is self._sides[0].side else self._sides[1]
        home = source.home(name)
        return None if home is None else source.place(home)

    def found(self, name: str) -> dict[str, Any]:
        """Return what differs in a feature that both have: members of a FeatureChange."""
        old, new = self._sides
        homes = old.home(name), new.home(name)
        values = old.features[name], new.features[name]
        if self._alone_left > 0:
            self._alone_left -= 1
            values = old.alone(name), new.alone(name)
        partings = self._partings.of(*values, homes)
        chosen = self._chosen(name, partings)
        itself, through = self._told(name, chosen)
        if not partings:
            return {"itself": itself, "through": through}
        first = partings[0]
        sites = first.old_site, first.new_site
        # A constant of a let stands there, if that let is what changed.
        others = [declaration for declaration in chosen if declaration.kind != "feature"]
        if any(d.contains(first.old.site) or d.contains(first.new.site) for d in others):
            sites = first.old.site, first.new.site
        return {
            "old": old.place(sites[0]),
            "new": new.place(sites[1]),
            "places": len({(p.old_site, p.new_site) for p in partings}),
            "itself": itself,
            "through": through,
        }

    def _chosen(
        self, name: str, partings: list[Parting]
    ) -> dict[Declaration, tuple[Declaration, ...]]:
        """Return the declarations that brought the change of a feature, each with the way to it.

        The feature's own declaration is among them where its text is a reason.
        """
        old, new = self._sides
        old_start, new_start = (s.declarations.feature(name) for s in self._sides)
        if old_start is None or new_start is None:
            return {}
        old_ways = old.declarations.ways(old_start)
        new_ways = new.declarations.ways(new_start)
        changed = {other: way for other, way in new_ways.items() if self._is_changed(other)}
        known = {self._identities[1][other] for other in new_ways}
        for other, way in old_ways.items():
            if self._identities[0][other] not in known:
                changed[other] = way
        # Where the values part is the better witness: a let whose text moved elsewhere has changed nothing.
        chosen = {
            other: way
            for other, way in changed.items()
            if self._is_other_content(other)
            or any(
                other.contains(site)
                for p in partings
                for site in (p.old_site, p.new_site, p.old.site, p.new.site)
            )
        }
        return chosen or changed

    def _told(
        self, name: str, chosen: Mapping[Declaration, tuple[Declaration, ...]]
    ) -> tuple[bool, tuple[Through, ...]]:
        """Return whether the feature itself is among the declarations, and the others as they are told."""
        starts = [side.declarations.feature(name) for side in self._sides]
        told = [
            Through(
                other.kind,
                other.name,
                other.module,
                other.place,
                tuple(step.name for step in way[1:-1]),
            )
            for other, way in chosen.items()
            if other not in starts
        ]
        # A declaration that both have is named once, at its present place, which comes first.
        unique = {(t.kind, t.module, t.name): t for t in reversed(told)}
        return any(start in chosen for start in starts), tuple(reversed(unique.values()))

    def _is_other_content(self, declaration: Declaration) -> bool:
        """Return whether what a resource or an input stands for is another, whatever the text."""
        both = all(declaration.key in side.declarations.by_key for side in self._sides)
        if declaration.kind == "input":
            return both
        if declaration.kind != "resource" or not both:
            return False
        contents = [side.content(side.declarations.by_key[declaration.key]) for side in self._sides]
        return contents[0] != contents[1]

    def _is_changed(self, declaration: Declaration) -> bool:
        """Return whether a declaration of the new program says something else than its counterpart."""
        known = self._changed.get(declaration)
        if known is None:
            known = self._changed[declaration] = self._says_otherwise(declaration)
        return known

    def _says_otherwise(self, declaration: Declaration) -> bool:
        identity = self._identities[1][declaration]
        counterpart = self._sides[0].by_identity(self._identities[0]).get(identity)
        if counterpart is None:
            return True
        old, new = self._sides
        names = [_naming(identities) for identities in self._identities]
        if old.declarations.text(counterpart, names[0]) != new.declarations.text(
            declaration, names[1]
        ):
            return True
        return declaration.kind == "resource" and old.content(counterpart) != new.content(
            declaration
        )

    def renamed(self) -> list[str]:
        """Return remarks about lets and resources that only have another name now."""
        before = self._sides[0].by_identity(self._identities[0])
        notes = []
        for declaration, identity in self._identities[1].items():
            was = before.get(identity)
            if was is not None and was.key != declaration.key and declaration.kind != "feature":
                moved = was.module != declaration.module
                notes.append(
                    f"the {declaration.kind} `{was.name}` is called `{declaration.name}` now"
                    if not moved
                    else f"the {declaration.kind} `{was.name}` of {was.module or 'the program'} is "
                    f"`{declaration.name}` of {declaration.module or 'the program'} now"
                )
        return notes


class _Source:
    """The checked source of a side, and what is asked of it."""

    def __init__(self, side: Side) -> None:
        assert side.analysis is not None and side.checked is not None
        self.side = side
        self.declarations = Declarations(side.analysis.files)
        self.features: dict[str, Expression] = {f.name: f.value for f in side.checked.features}
        self.fingerprints = Fingerprints(self._content_of_resource)
        self._members = {
            entry["name"]: side.manifest["members"].get(entry["member"], {}).get("digest", "")
            for entry in side.plan["resources"]
        }
        self._fitted = {e["name"]: e["digest"] for e in side.manifest.get("fitted", ())}
        self._resources = {
            (r.site.path, r.site.line, r.site.column): r.name for r in side.checked.resources
        }
        self._lines: dict[str, Source] = {}
        self._by_identity: dict[str, Declaration] | None = None

    def home(self, name: str) -> Site | None:
        """Return the place of the statement of a feature."""
        found = self.declarations.feature(name)
        return None if found is None else site_of(found.node.span)

    def alone(self, name: str) -> Expression:
        """Return the value of a feature with the places of its own text.

        Equal parts of a program are one expression, which has the place of the first of them. Without the
        declarations that the feature does not need, that place is one of its own.
        """
        start = self.declarations.feature(name)
        if start is None or self.side.recheck is None:
            return self.features[name]
        source = start.file.source
        needed = {other.statement for other in self.declarations.ways(start)}
        kept = (tree.InputDeclaration, tree.UseDeclaration, tree.ResourceDeclaration)
        text = source.text
        # A statement begins at the beginning of a line, so line breaks keep the places of those that stay.
        parts: list[str] = []
        end = 0
        for statement in start.file.statements:
            if statement in needed or isinstance(statement, kept):
                parts.append("\n" * text.count("\n", end, statement.span.start))
                parts.append(text[statement.span.start : statement.span.end])
                end = statement.span.end
        found = self.side.recheck("".join(parts)).values.get(name)
        if found is None or self.fingerprints.of(found) != self.fingerprints.of(
            self.features[name]
        ):
            return self.features[name]
        return found

    def _content_of_resource(self, name: str) -> str:
        return str(self._members.get(name, name))

    def content(self, declaration: Declaration) -> str:
        """Return a text that identifies what a declared resource holds."""
        node = declaration.node
        span = getattr(node, "name", node).span
        name = self._resources.get((span.path, span.line, span.column), "")
        fitted = self._fitted.get(declaration.name, "") if not declaration.module else ""
        return f"{self._members.get(name, '')} {fitted}"

    def by_identity(self, identities: Mapping[Declaration, str]) -> dict[str, Declaration]:
        """Return the declarations by what identifies them in both programs."""
        if self._by_identity is None:
            self._by_identity = {identity: found for found, identity in identities.items()}
        return self._by_identity

    def place(self, site: Site) -> Place:
        """Return a place with its line."""
        source = self._lines.get(site.path)
        if source is None:
            source = Source(site.path, self.side.sources.get(site.path, ""))
            self._lines[site.path] = source
        text = source.line_text(site.line) if site.line <= len(source.line_starts) else ""
        end = site.end_column if site.end_line == site.line else len(text) + 1
        return Place(site.path, site.line, site.column, max(end, site.column + 1), text)


def _naming(identities: Mapping[Declaration, str]) -> Callable[[Declaration], str]:
    return lambda declaration: identities[declaration]


def _identities(
    old: Declarations, new: Declarations
) -> tuple[dict[Declaration, str], dict[Declaration, str]]:
    """Return a name for each declaration, the same for those that stand for each other in both programs.

    That is the kind, file and name where both have it; what is left is matched by what it means.
    """
    first = {found: _spelt(key) for key, found in old.by_key.items()}
    second = {found: _spelt(key) for key, found in new.by_key.items()}
    gone: dict[str, list[Declaration]] = {}
    for key, found in old.by_key.items():
        if key not in new.by_key and found.kind in ("let", "resource"):
            gone.setdefault(old.meaning(found), []).append(found)
    for key, found in new.by_key.items():
        if key in old.by_key or found.kind not in ("let", "resource"):
            continue
        matching = gone.get(new.meaning(found), [])
        if matching:
            first[matching.pop(0)] = _spelt(key)
    return first, second


def _spelt(key: Key) -> str:
    return "\0".join(key)
