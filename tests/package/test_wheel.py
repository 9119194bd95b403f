"""The wheel that the source archive builds works in an empty environment, as README.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytest.importorskip("build", reason="`make setup` installs it")
pytest.importorskip("scikit_build_core", reason="`make setup` installs it")

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```(\w*)\n(.*?)```\n", re.DOTALL)
UNPACKED = ROOT / "build" / "from-source-archive"
"""One place for every run, so that the compiler cache finds the files again."""


def run(*arguments: str | Path, folder: Path) -> str:
    """Run a command without the source tree on Python's path; return what it prints."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= {"CC": "cc", "CXX": "c++", "NO_COLOR": "1"}
    result = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("package")
    run(
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--sdist",
        "--outdir",
        folder,
        ROOT,
        folder=folder,
    )
    shutil.rmtree(UNPACKED, ignore_errors=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(UNPACKED, filter="data")
    downloads = f"cmake.define.FEATURE_EXTRACTOR_DOWNLOADS={ROOT / '.cache' / 'sources'}"
    run(
        *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"),
        *("--config-settings", downloads, "--wheel-dir", folder, next(UNPACKED.iterdir())),
        folder=folder,
    )
    run(sys.executable, "-m", "venv", folder / "environment", folder=folder)
    python = folder / "environment" / "bin" / "python"
    run(
        *(python, "-m", "pip", "install", "--constraint", ROOT / "constraints.txt"),
        next(folder.glob("*.whl")),
        folder=folder,
    )
    return python.parent


@pytest.mark.slow
def test_readme_can_be_followed_with_the_installed_wheel(environment: Path, tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    program = next(text for _, text in blocks if "\nfeature " in text and "error[" not in text)
    place = next(i for i, (language, _) in enumerate(blocks) if language == "python")
    (tmp_path / "ranking.fx").write_text(program, encoding="utf-8")
    (tmp_path / "page.py").write_text(blocks[place][1], encoding="utf-8")
    assert run(environment / "python", "page.py", folder=tmp_path) == blocks[place + 1][1]
    checked = run(environment / "fx", "check", "ranking.fx", folder=tmp_path)
    assert checked == "1 file checked: all is well\n"


@pytest.mark.slow
def test_the_installed_package_is_not_the_source_tree(environment: Path, tmp_path: Path) -> None:
    code = "import feature_extractor._native as module; print(module.__file__)"
    module = Path(run(environment / "python", "-c", code, folder=tmp_path).strip())
    assert module.is_relative_to(environment.parent)
    notices = {path.stem for path in (module.parent / "third_party").iterdir()}
    assert {"RE2", "utf8proc"} <= notices
    assert "smoothed(" in run(environment / "fx", "ops", "std/ctr.fx", folder=tmp_path)
    headers = Path(run(environment / "fx", "plugin", "headers", folder=tmp_path).strip())
    assert headers == module.parent / "include"
    assert (headers / "feature_extractor/plugin.h").is_file()
    cmake = Path(run(environment / "fx", "plugin", "cmake", folder=tmp_path).strip())
    assert (cmake / "feature_extractor-plugin.cmake").is_file()


@pytest.mark.slow
def test_nothing_but_the_declared_packages_is_installed(environment: Path, tmp_path: Path) -> None:
    run(environment / "python", "-m", "pip", "check", folder=tmp_path)
    code = (
        "import sys, feature_extractor\n"
        "feature_extractor.load\n"
        "print(sorted({'lark', 'pandas', 'pyarrow', 'rich', 'click'} & set(sys.modules)))"
    )
    assert run(environment / "python", "-c", code, folder=tmp_path) == "[]\n"
