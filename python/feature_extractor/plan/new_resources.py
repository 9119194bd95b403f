"""Takes other words and rows for the vocabularies and tables of a package, without its program.

The package that this gives is the one that the compiler gives with those files, digest and all: the plan stays, the
resources are built by the same code, and what depends on the number of words is written anew.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from feature_extractor.check.fitted_files import FittedFile, FittedFileError, read_fitted
from feature_extractor.check.typed import Resource, Site
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.errors import CompileError, FeatureExtractorError
from feature_extractor.plan.build import serialise
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.package import (
    FORMAT,
    Package,
    ResourceBuilder,
    resource_member,
    with_members,
)
from feature_extractor.plan.resources import (
    Table,
    Vocabulary,
    read_table,
    read_vocabulary,
    vocabulary_of,
)
from feature_extractor.plan.tables import Rows, arrow_rows
from feature_extractor.types import ScalarType, StructType, TableType

_GOLDEN: Final = "golden/"
_FITS: Final = {"vocabulary": ("word", "count"), "counts": ("key", "count", "share")}
"""The fits whose results are a resource alone; those of others are numbers in the plan."""


class ResourceError(FeatureExtractorError):
    """The resources of a package cannot be replaced by what was given; the text says why."""


def with_resources(package: Package, given: Mapping[str, Any], builder: ResourceBuilder) -> Package:
    """Return a package with other content for some resources, and without golden rows.

    A resource is given as the path of a file, in the form that the program names one (text, CSV, Parquet, or what
    ``fx fit`` wrote); words also as a list of str, and a table as anything Arrow, the key in its first column. Raises
    ResourceError for what the package does not have, and CompileError with all mistakes in the content.
    """
    if not isinstance(given, Mapping):
        raise ResourceError(
            f"the resources must be a dict with a file or the content by name, not {given!r}"
        )
    declared = _declared(package)
    plan = package.plan
    manifest = {key: value for key, value in package.manifest.items() if key != "golden"}
    manifest["format"] = FORMAT
    members = {n: data for n, data in package.members.items() if not n.startswith(_GOLDEN)}
    places = {entry["name"]: entry["member"] for entry in plan["resources"]}
    findings: list[Diagnostic] = []
    for name, content in given.items():
        if name not in declared:
            meant = closest(name, tuple(declared))
            known = ", ".join(declared) or "none"
            raise ResourceError(
                f"the package has no resource {name!r}"
                + (f"; did you mean {meant!r}?" if meant else f"; it has: {known}")
            )
        entry = declared[name]
        resource = _resource(entry, content)
        try:
            if "fit" in entry:
                file = _fitted_file(entry, content, manifest)
                read = _content_of_fit(resource, file)
                manifest["fitted"] = [
                    file.summary() if one["name"] == name else one for one in manifest["fitted"]
                ]
            else:
                read = _content(resource, content)
            members[places[name]] = resource_member(resource, read, builder, {})
        except PlanError as error:
            findings += error.diagnostics
            continue
        if isinstance(read, Vocabulary):
            for features in (plan["features"], manifest["features"]):
                for feature in features:
                    if feature["name"] in entry["features"]:
                        feature["size"] = read.size
    if findings:
        raise CompileError(findings)
    members["plan.json"] = serialise(plan)
    return with_members(manifest, members)


def _declared(package: Package) -> dict[str, dict[str, Any]]:
    """Return what the manifest says of each resource."""
    if "resources" not in package.manifest and any(
        entry["kind"] != "zone" for entry in package.plan["resources"]
    ):
        raise ResourceError(
            "the package does not say of which types its resources are, as an earlier version made it: "
            "compile the program again"
        )
    return {entry["name"]: dict(entry) for entry in package.manifest.get("resources", ())}


def _resource(entry: Mapping[str, Any], content: Any) -> Resource:
    """Return the declaration of a resource, at the place of its new content."""
    path = os.fspath(content) if isinstance(content, str | os.PathLike) else entry["name"]
    table = None
    if entry["kind"] == "table":
        fields = tuple((field["name"], _scalar(field["type"])) for field in entry["fields"])
        table = TableType(key=_scalar(entry["key"]), row=StructType(fields=fields))
    return Resource(
        entry["name"], entry["kind"], path, Site(path, 1, 1, 1, 1), entry.get("oov", 0), table
    )


def _scalar(text: str) -> ScalarType:
    return ScalarType(name=text.removesuffix("?"), nullable=text.endswith("?"))


def _content(resource: Resource, content: Any) -> Vocabulary | Table:
    if isinstance(content, str | os.PathLike):
        read = read_vocabulary if resource.table is None else read_table
        return read(resource, {})
    if resource.table is None:
        words = _words(resource, content)
        return vocabulary_of(resource, "".join(f"{word}\n" for word in words))
    return read_table(resource, {}, arrow_rows(_arrow(resource, content)))


def _words(resource: Resource, content: Any) -> list[str]:
    convert = getattr(content, "to_pylist", None) or getattr(content, "tolist", None)
    words = convert() if convert is not None else content
    if not isinstance(words, Sequence) or isinstance(words, bytes):
        kind = type(content).__name__
        raise ResourceError(
            f"the words of {resource.name!r} are a file or a list of str, not {kind}"
        )
    for number, word in enumerate(words):
        if not isinstance(word, str) or "\n" in word or word.endswith("\r"):
            raise ResourceError(f"word {number} of {resource.name!r} is no word: {word!r}")
    return list(words)


def _arrow(resource: Resource, content: Any) -> Any:
    """Return anything Arrow, a dict of columns or a list of dicts as a pyarrow table."""
    import pyarrow

    try:
        if isinstance(content, Mapping):
            return pyarrow.table(dict(content))
        if isinstance(content, Sequence):
            return pyarrow.Table.from_pylist(list(content))
        if hasattr(content, "__arrow_c_array__"):
            return pyarrow.Table.from_batches([pyarrow.record_batch(content)])
        return pyarrow.table(content)
    except (pyarrow.ArrowException, TypeError, ValueError, AttributeError) as error:
        said = str(error).strip().splitlines()
        reason = said[0] if said else type(error).__name__
        raise ResourceError(f"the table {resource.name!r} cannot be read: {reason}") from None


def _fitted_file(entry: Mapping[str, Any], content: Any, manifest: Mapping[str, Any]) -> FittedFile:
    """Return the file of a resource that was fitted to data; it must be of the same fit of the same expression."""
    name = entry["name"]
    if entry["fit"] not in _FITS:
        raise ResourceError(
            f"{name!r} is fitted by `{entry['fit']}`, whose numbers are part of the plan: compile the program again"
        )
    if not isinstance(content, str | os.PathLike):
        raise ResourceError(f"{name!r} is fitted to data: give the file that `fx fit` wrote")
    try:
        file = read_fitted(Path(content).read_text(encoding="utf-8"))
    except OSError as error:
        raise ResourceError(f"{content}: it cannot be read: {error.strerror or error}") from None
    except (FittedFileError, UnicodeDecodeError) as error:
        raise ResourceError(f"{content}: {error}") from None
    known = next(one for one in manifest["fitted"] if one["name"] == name)
    for what in ("name", "fit", "expression"):
        if getattr(file, what) != known[what]:
            raise ResourceError(
                f"{content}: it holds `{file.of}` of {file.name!r}, but {name!r} is `{known['of']}`: fit it again"
            )
    if file.columns != _FITS[file.fit]:
        raise ResourceError(f"{content}: its columns are not {', '.join(_FITS[file.fit])}")
    return file


def _content_of_fit(resource: Resource, file: FittedFile) -> Vocabulary | Table:
    if resource.table is None:
        return vocabulary_of(resource, "".join(f"{word}\n" for word in _texts(file)))
    return read_table(resource, {}, Rows(list(file.columns), enumerate(file.rows, start=1)))


def _texts(file: FittedFile) -> list[str]:
    words = [row[0] for row in file.rows]
    if not all(isinstance(word, str) for word in words):
        raise ResourceError(f"{file.name!r}: a word of its file is no text")
    return words
