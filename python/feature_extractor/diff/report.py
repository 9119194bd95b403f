"""What a comparison of two programs found, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Place:
    """A place in a source file; lines and columns start at 1, columns count code points.

    ``text`` is the whole line; the place goes up to ``end_column``, exclusive.
    """

    path: str
    line: int
    column: int
    end_column: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Through:
    """A declaration that a feature needs and that is another now.

    ``kind`` is ``let``, ``resource`` or ``input``; ``module`` the file that declares it, empty for the program's own.
    ``way`` names the lets between the feature and it.
    """

    kind: str
    name: str
    module: str
    place: str
    way: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """Something that the declaration of a feature says, such as its size; empty where it says nothing."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class FeatureChange:
    """A feature that is not what it was. ``change`` is ``added``, ``removed``, ``renamed`` or ``changed``.

    ``old`` and ``new`` are the first places where the two values part, ``places`` how many there are;
    ``itself`` tells that the feature's own text is among them.
    """

    name: str
    change: str
    kind: str
    old_name: str = ""
    options: tuple[Option, ...] = ()
    old: Place | None = None
    new: Place | None = None
    places: int = 0
    itself: bool = False
    through: tuple[Through, ...] = ()
    old_nanoseconds: float | None = None
    new_nanoseconds: float | None = None


@dataclass(frozen=True)
class ResourceChange:
    """A resource that is not what it was. ``change`` is ``added``, ``removed`` or ``changed``.

    ``old`` and ``new`` say what it holds: ``digest``, ``rows``, of a vocabulary ``oov`` where unknown words have more
    than one id, and of a fitted one ``fitted`` (what was found) with
    ``from`` and ``to``, the time of its data.
    """

    name: str
    change: str
    kind: str
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InputChange:
    """An input that is not what it was; ``old`` and ``new`` are its types, empty where it is not there."""

    name: str
    change: str
    old: str
    new: str


@dataclass(frozen=True)
class Column:
    """A column of the output: its feature, its place from 1 on, its type and how many values a row has."""

    name: str
    position: int
    type: str
    size: str


@dataclass(frozen=True)
class LayoutChange:
    """The columns of the output before and after.

    ``moved`` are columns that both have and that stand in another order. ``widths`` are the floats of a row of the
    dense matrix.
    """

    old: tuple[Column, ...]
    new: tuple[Column, ...]
    moved: tuple[str, ...]
    retyped: tuple[str, ...]
    widths: tuple[int, int]

    @property
    def same(self) -> bool:
        """Whether a reader of the old output can read the new one."""
        return [(c.name, c.type, c.size) for c in self.old] == [
            (c.name, c.type, c.size) for c in self.new
        ]


@dataclass(frozen=True)
class Cost:
    """The estimated time of a request before and after, in nanoseconds."""

    old_request: float
    new_request: float
    old_candidates: float
    new_candidates: float
    assumptions: str


@dataclass(frozen=True)
class ProgramDiff:
    """All differences of two programs.

    ``same`` tells that they mean the same; ``same_plan`` that even the plans of the core are step by step alike.
    ``notes`` are remarks that change no value: renamed lets, other descriptions.
    """

    old: str
    new: str
    old_digest: str
    new_digest: str
    features: tuple[FeatureChange, ...]
    resources: tuple[ResourceChange, ...]
    inputs: tuple[InputChange, ...]
    layout: LayoutChange
    cost: Cost
    same_plan: bool
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both compute the same values of the same inputs, in the same columns."""
        return not (self.features or self.resources or self.inputs) and self.layout.same

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {"same": self.same, **asdict(self)}


@dataclass(frozen=True)
class FolderDiff:
    """The programs of two folders, by their paths below them."""

    old: str
    new: str
    programs: tuple[tuple[str, ProgramDiff], ...]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both folders have the same programs, which mean the same."""
        return not self.added and not self.removed and all(d.same for _, d in self.programs)

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "same": self.same,
            "old": self.old,
            "new": self.new,
            "added": list(self.added),
            "removed": list(self.removed),
            "programs": {name: found.as_json() for name, found in self.programs},
        }
