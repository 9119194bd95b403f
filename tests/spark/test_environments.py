"""The packages of Spark and Flink are pinned one by one, whichever Python 3.11 they are installed for."""

from __future__ import annotations

from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from spark.jars import ENVIRONMENTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.11.14"])
@pytest.mark.parametrize("version", ENVIRONMENTS)
def test_what_a_pinned_package_requires_is_pinned_too(version: str, python: str) -> None:
    folder = ENVIRONMENTS[version]
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not there; `scripts/bootstrap.sh` makes it")
    file = ROOT / "scripts/environments" / f"{folder.name.removeprefix('.venv-')}.txt"
    markers = {"python_full_version": python, "python_version": "3.11", "extra": ""}
    lines = [line.partition("  #")[0] for line in file.read_text().splitlines()]
    requirements = map(Requirement, (line for line in lines if line and not line.startswith("#")))
    pinned = {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in requirements
        if pin.marker is None or pin.marker.evaluate(markers)
    }
    installed = _installed(folder)
    for name in pinned.keys() & installed.keys():
        for text in installed[name].requires or ():
            required = Requirement(text)
            if required.marker is not None and not required.marker.evaluate(markers):
                continue
            found = pinned.get(canonicalize_name(required.name))
            assert found is not None, f"{name} requires {text}, and {file.name} has none"
            assert required.specifier.contains(found), f"{name} requires {text}, not {found}"


def _installed(folder: Path) -> dict[str, Distribution]:
    paths = [str(path) for path in folder.glob("lib/python3*/site-packages")]
    return {canonicalize_name(found.name): found for found in distributions(path=paths)}
