"""Writes and reads packages: a plan with its resources in one immutable file, docs/design/0003."""

from __future__ import annotations

import io
import json
import os
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Protocol

import xxhash

from feature_extractor.check.typed import CheckedProgram, Resource
from feature_extractor.plan.archive import Member, write_archive
from feature_extractor.plan.build import Plan, build_plan, relative_path, serialise
from feature_extractor.plan.errors import plan_error
from feature_extractor.plan.fold import Fold
from feature_extractor.plan.resources import (
    Table,
    Vocabulary,
    read_resources,
)
from feature_extractor.registry import Registry
from feature_extractor.standard import stored_path
from feature_extractor.time_zones import read_time_zone
from feature_extractor.whole_files import whole_file

FORMAT = 1
FORMAT_WITH_GOLDEN_ROWS = 2
"""A reader of format 1 would not compute golden rows, so it refuses packages that have them."""
_MEMBER_ALIGNMENT = 64
_RESOURCE_ALIGNMENT = 4096


class ResourceBuilder(Protocol):
    """The part of the native module that lays resources out for the core."""

    def build_vocabulary(self, words: list[str], oov_buckets: int) -> bytes:
        """Return the file of a vocabulary; what it cannot lay out raises ValueError."""

    def build_table(self, schema: str, columns: list[list[Any]]) -> bytes:
        """Return the file of a table.

        ``schema`` is a JSON list of ``{"name", "type"}`` with storage types, the key first;
        ``columns`` holds the values of each, None for null.
        """


class PackageError(Exception):
    """A file is not a package, or it is damaged; the text says how."""


@dataclass(frozen=True)
class Package:
    """A package in memory: the manifest and all other members by name."""

    manifest: dict[str, Any]
    members: dict[str, bytes]

    @property
    def plan(self) -> dict[str, Any]:
        """The plan as JSON values."""
        plan: dict[str, Any] = json.loads(self.members["plan.json"])
        return plan

    def to_bytes(self) -> bytes:
        """Return the bytes of the package's file."""
        out = io.BytesIO()
        write_archive(self._archived(), out)
        return out.getvalue()

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the package's file; a reader sees the old file or the new one, nothing between."""
        with whole_file(path) as out:
            write_archive(self._archived(), out)

    def _archived(self) -> list[Member]:
        members = [Member("manifest.json", serialise(self.manifest), _MEMBER_ALIGNMENT)]
        for name in sorted(self.members, key=_place):
            large = name.startswith("resources/")
            alignment = _RESOURCE_ALIGNMENT if large else _MEMBER_ALIGNMENT
            members.append(Member(name, self.members[name], alignment))
        return members


def build_package(
    program: CheckedProgram,
    registry: Registry,
    builder: ResourceBuilder,
    *,
    fold: Fold | None = None,
    optimise: bool = True,
) -> Package:
    """Plan a checked program and put it into a package with its resources.

    Raises PlanError with findings for mistakes in the program or in its resources' files.
    """
    resources = read_resources(program)
    sizes = {n: r.size for n, r in resources.items() if isinstance(r, Vocabulary)}
    plan = build_plan(program, registry, fold=fold, optimise=optimise, vocabulary_sizes=sizes)
    members = {"plan.json": plan.serialise()}
    for entry in plan.content["resources"]:
        members[entry["member"]] = _resource(entry, resources, builder, program)
    for path, text in _source_members(program).items():
        members[f"source/{path}"] = text.encode()
    return Package(_manifest(program, registry, plan, members), members)


def _resource(
    entry: Mapping[str, Any],
    resources: Mapping[str, Vocabulary | Table],
    builder: ResourceBuilder,
    program: CheckedProgram,
) -> bytes:
    if entry["kind"] == "zone":
        return read_time_zone(entry["name"])
    declared = next(r for r in program.resources if r.name == entry["name"])
    return resource_member(declared, resources[entry["name"]], builder, program.sources)


def resource_member(
    declared: Resource,
    content: Vocabulary | Table,
    builder: ResourceBuilder,
    sources: dict[str, str],
) -> bytes:
    """Return the file of a vocabulary or table as the core reads it; what it cannot hold raises PlanError."""
    try:
        if isinstance(content, Vocabulary):
            return builder.build_vocabulary(content.words, content.oov_buckets)
        return builder.build_table(serialise(content.schema).decode(), content.columns)
    except ValueError as error:
        code = "FX172" if isinstance(content, Vocabulary) else "FX174"
        help = f"Mend the file of the {declared.kind} `{declared.name}`, or make it smaller."
        raise plan_error(code, str(error), declared.site, sources, help=help) from None


def _source_members(program: CheckedProgram) -> dict[str, str]:
    """Return the program's files by their path in the package, which never leaves its folder."""
    folder = PurePath(program.path).parent.as_posix()
    standard = {path: stored for path in program.sources if (stored := stored_path(path))}
    own = [path for path in program.sources if path not in standard]
    paths = {path: relative_path(path, folder) for path in own}
    while any(path.startswith("../") for path in paths.values()):
        folder = posixpath.dirname(folder) or "."
        paths = {path: relative_path(path, folder) for path in own}
    paths |= standard
    return {paths[path].lstrip("/"): text for path, text in sorted(program.sources.items())}


def _manifest(
    program: CheckedProgram, registry: Registry, plan: Plan, members: Mapping[str, bytes]
) -> dict[str, Any]:
    digests = _member_digests(members)
    features = {feature.name: feature for feature in program.features}
    plugins = [
        {key: entry[key] for key in ("name", "version", "digest")}
        for entry in plan.content.get("plugins", ())
    ]
    return {
        "format": FORMAT,
        "name": PurePath(program.path).stem,
        "engine_version": registry.engine,
        **({"plugins": plugins} if plugins else {}),
        "description": program.description,
        "inputs": plan.content["inputs"],
        "features": [
            {
                key: entry[key]
                for key in ("name", "kind", "width", "size", "max", "default")
                if key in entry
            }
            | {
                "description": features[entry["name"]].description,
                "owner": features[entry["name"]].owner,
                "domain": plan.natural_domains[entry["name"]],
            }
            for entry in plan.content["features"]
        ],
        **({"resources": _described_resources(program)} if program.resources else {}),
        **({"fitted": list(program.fitted)} if program.fitted else {}),
        "members": digests,
        "digest": package_digest(digests),
    }


def _described_resources(program: CheckedProgram) -> list[dict[str, Any]]:
    """Return what is needed to take other words or rows for a resource, without the program."""
    fits = {entry["name"]: entry["fit"] for entry in program.fitted}
    described: list[dict[str, Any]] = []
    for resource in program.resources:
        entry: dict[str, Any] = {"name": resource.name, "kind": resource.kind}
        if resource.columns is not None:
            entry["fit"] = fits.get(resource.name, "")
        if resource.table is None:
            entry["oov"] = resource.oov_buckets
            # Their number of ids is that of the words.
            entry["features"] = [f.name for f in program.features if f.vocabulary == resource.name]
        else:
            entry["key"] = str(resource.table.key)
            entry["fields"] = [
                {"name": name, "type": str(type_)} for name, type_ in resource.table.row.fields
            ]
        described.append(entry)
    return described


def with_members(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> Package:
    """Return a package of these members, with the digests that they have now."""
    digests = _member_digests(members)
    changed = {"members": digests, "digest": package_digest(digests)}
    return Package({**manifest, **changed}, dict(members))


def _member_digests(members: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    return {
        name: {"size": len(members[name]), "digest": xxhash.xxh3_128_hexdigest(members[name])}
        for name in sorted(members, key=lambda name: name.encode())
    }


def package_digest(members: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the digest over the names and digests of all members but the manifest."""
    names = sorted(members, key=lambda name: name.encode())
    listing = "".join(f"{name}\0{members[name]['digest']}\n" for name in names)
    return str(xxhash.xxh3_128_hexdigest(listing.encode()))


def _place(name: str) -> tuple[int, bytes]:
    """Order members: the plan, the resources, the sources, each by name."""
    order = 0 if name == "plan.json" else 1 if name.startswith("resources/") else 2
    return order, name.encode()


def read_package(source: str | os.PathLike[str] | bytes) -> Package:
    """Read a package and verify its digests; anything amiss raises PackageError.

    This is for looking into packages from Python; the core has its own, stricter reader.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            listed_members = file.infolist()
            _check_sizes(
                listed_members,
                len(source) if isinstance(source, bytes) else os.stat(source).st_size,
            )
            members = {info.filename: file.read(info) for info in listed_members}
            count = len(listed_members)
    except OSError as error:
        raise PackageError(f"the package cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise PackageError(f"the file is not a package: {error}") from None
    if count != len(members):
        raise PackageError("two members have the same name")
    manifest_bytes = members.pop("manifest.json", None)
    if manifest_bytes is None or "plan.json" not in members:
        raise PackageError("the archive has no manifest or no plan, so it is not a package")
    try:
        manifest = json.loads(manifest_bytes)
        if manifest["format"] not in (FORMAT, FORMAT_WITH_GOLDEN_ROWS):
            raise PackageError(
                f"the package has format {manifest['format']}, not {FORMAT} or {FORMAT_WITH_GOLDEN_ROWS}"
            )
        listed = manifest["members"]
        if package_digest(listed) != manifest["digest"]:
            raise PackageError("the digest of the package does not fit those of its members")
        if set(listed) != set(members):
            differing = ", ".join(sorted(set(listed) ^ set(members)))
            raise PackageError(f"manifest and archive list different members: {differing}")
        for name, data in members.items():
            if (len(data), xxhash.xxh3_128_hexdigest(data)) != (
                listed[name]["size"],
                listed[name]["digest"],
            ):
                raise PackageError(f"the member {name} is damaged")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PackageError(f"the manifest cannot be understood: {error!r}") from None
    return Package(manifest, members)


def _check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse an archive that is larger when it is read: no package is compressed, and none has members that overlap."""
    for info in members:
        if info.compress_type != zipfile.ZIP_STORED:
            raise PackageError(f"the member {info.filename} is compressed, as in no package")
    if sum(info.file_size for info in members) > size:
        raise PackageError("the members of the archive are larger than the archive")
