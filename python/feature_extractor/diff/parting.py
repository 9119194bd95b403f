"""Finds the first places where two expressions stop being the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feature_extractor.check.fingerprint import Fingerprints
from feature_extractor.check.typed import (
    Call,
    Collect,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Site,
    Struct,
    children,
)

_MOST = 50
"""So many places of a feature are looked for."""

Variables = Mapping[LambdaVariable, int]


@dataclass(frozen=True)
class Parting:
    """Two parts that differ although what is around them is the same, and where each is written."""

    old: Expression
    new: Expression
    old_site: Site
    new_site: Site


class Partings:
    """Goes down two expressions side by side, as long as they agree in what they do."""

    def __init__(self, old: Fingerprints, new: Fingerprints) -> None:
        self._old = old
        self._new = new
        self._homes: tuple[Site | None, Site | None] = (None, None)

    def of(
        self, old: Expression, new: Expression, homes: tuple[Site | None, Site | None]
    ) -> list[Parting]:
        """Return the places where two expressions part, in the order of the text; none where they are the same.

        ``homes`` are the places of the two statements that the expressions are the values of.
        """
        self._homes = homes
        found: list[Parting] = []
        seen: set[tuple[int, int]] = set()
        for parting in self._walk(old, new, {}, {}, old.site, new.site, seen):
            found.append(parting)
            if len(found) == _MOST:
                break
        return found

    def _walk(
        self,
        old: Expression,
        new: Expression,
        old_around: Variables,
        new_around: Variables,
        old_place: Site,
        new_place: Site,
        seen: set[tuple[int, int]],
    ) -> Iterator[Parting]:
        """Yield the partings of a pair; the places are those of the expressions around it."""
        if (id(old), id(new)) in seen:
            return
        seen.add((id(old), id(new)))
        if self._old.of(old, old_around) == self._new.of(new, new_around):
            return
        old_site = _place(old, old_place, self._homes[0])
        new_site = _place(new, new_place, self._homes[1])
        parts = list(zip(children(old), children(new), strict=False))
        if _alike(old, new) and len(children(old)) == len(children(new)):
            if isinstance(old, Lambda) and isinstance(new, Lambda):
                old_around = self._old.inside(old, old_around)
                new_around = self._new.inside(new, new_around)
            inner = False
            for old_part, new_part in parts:
                for parting in self._walk(
                    old_part, new_part, old_around, new_around, old_site, new_site, seen
                ):
                    inner = True
                    yield parting
            if inner:
                return
        if old_site is old_place or new_site is new_place:
            # Where one of the two has no place of its own, what is around is shown of both.
            old_site, new_site = old_place, new_place
        yield Parting(old, new, old_site, new_site)


def _alike(old: Expression, new: Expression) -> bool:
    """Return whether two expressions do the same with their parts."""
    match old, new:
        case Call(), Call():
            return old.operator == new.operator
        case Field(), Field():
            return old.name == new.name
        case Struct(), Struct():
            return str(old.type) == str(new.type)
        case (Lambda(), Lambda()) | (Collect(), Collect()):
            return True
        case _:
            return False


def _place(expression: Expression, around: Site, home: Site | None) -> Site:
    """Return where a part is written.

    A name or a constant that occurs several times is one expression with the place of its first occurrence. It is
    trusted inside of the expression around it. Where that one is in a let function, the part may have come there as an
    argument from the statement; elsewhere the place of the expression around it is the better answer.
    """
    site = expression.site
    leaf = isinstance(expression, Literal | InputReference | ResourceReference | LambdaVariable)
    if not leaf or _inside(site, around):
        return site
    is_argument = home is not None and _inside(site, home) and not _inside(around, home)
    return site if is_argument else around


def _inside(site: Site, around: Site) -> bool:
    return (
        site.path == around.path
        and (around.line, around.column) <= (site.line, site.column)
        and (site.end_line, site.end_column) <= (around.end_line, around.end_column)
    )
