"""Services: the current extractor is swapped while others work with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from ctypes import c_void_p
from pathlib import Path

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pytest
from c_library import CORRUPT, INVALID_ARGUMENT, NOT_FOUND, CError, CLibrary

OLD = """
input request { user: string  unread: float }
input candidate { movie: int  price: float?  v: vector<2> }
feature a : dense = movie + 1.0
feature b : ids(100) = [movie % 100]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages that can take the place of the old one, and such that cannot."""
    made = tmp_path_factory.mktemp("packages")
    texts = {
        "old": OLD,
        "new": OLD.replace("movie + 1.0", "movie + 2.0"),
        "other_default": OLD.replace("a : dense ", "a : dense(default = 3.0) "),
        "reads_more": OLD.replace("movie + 1.0", "(price ?? 0.0) + movie"),
        "renamed": OLD.replace("feature a", "feature z"),
        "other_kind": OLD.replace("a : dense", "a : label"),
        "wider": OLD.replace("movie + 1.0", "v"),
        "fewer": OLD.replace("feature b : ids(100) = [movie % 100]\n", ""),
        "other_type": OLD.replace("movie: int", "movie: float").replace("[movie % 100]", "[3]"),
        "new_input": OLD.replace("price: float?", "cost: int").replace("+ 1.0", "+ cost"),
    }
    for name, text in texts.items():
        fx.compile_text(text, path=f"{name}.fx").save(made / f"{name}.fxp")
    (made / "broken.fxp").write_bytes((made / "new.fxp").read_bytes()[:-50])
    return made


@pytest.fixture
def service(library: CLibrary, folder: Path) -> Iterator[c_void_p]:
    extractor = library.load(folder / "old.fxp")
    handle = library.made("service_new", extractor)
    library.extractor_free(extractor)
    yield handle
    library.service_free(handle)


def current_name(library: CLibrary, service: c_void_p) -> str:
    """Return the name of the current extractor."""
    extractor = library.service_current(service)
    name = library.extractor_name(extractor).decode()
    library.extractor_free(extractor)
    return str(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("renamed", "feature number 1 is 'z' instead of 'a'"),
        ("other_kind", "feature 'a' is of another kind"),
        ("wider", "feature 'a' is 2 wide instead of 1"),
        ("fewer", "it has 1 feature instead of 2; missing is 'b'"),
        ("other_type", "reads input 'movie' of type float, which the current one declares as int"),
        ("new_input", "reads input 'cost' of type int, which the current one does not declare"),
    ],
)
def test_other_outputs_are_refused_where_the_host_asks(
    library: CLibrary, service: c_void_p, folder: Path, name: str, message: str
) -> None:
    path = str(folder / f"{name}.fxp").encode()
    with pytest.raises(CError, match=message) as error:
        library.call("service_reload", service, path, None, 1)
    assert error.value.code == INVALID_ARGUMENT
    assert current_name(library, service) == "old"
    library.call("service_reload", service, path, None, 0)
    assert current_name(library, service) == name


@pytest.mark.parametrize("name", ["new", "other_default", "reads_more"])
def test_the_same_outputs_are_accepted(
    library: CLibrary, service: c_void_p, folder: Path, name: str
) -> None:
    library.call("service_reload", service, str(folder / f"{name}.fxp").encode(), None, 1)
    assert current_name(library, service) == name


def test_a_package_that_does_not_load_changes_nothing(
    library: CLibrary, service: c_void_p, folder: Path
) -> None:
    for name, code in (("broken", CORRUPT), ("nowhere", NOT_FOUND)):
        with pytest.raises(CError) as error:
            library.call("service_reload", service, str(folder / f"{name}.fxp").encode(), None, 0)
        assert error.value.code == code
        assert current_name(library, service) == "old"


def test_batches_finish_on_what_they_began_with(
    library: CLibrary, service: c_void_p, folder: Path
) -> None:
    """Threads extract while the service is reloaded; each result is that of one whole program."""
    rows = pa.array([{"movie": m, "price": 0.5} for m in range(50)])
    added = {"old": 1.0, "new": 2.0}
    seen: set[str] = set()
    wrong: list[str] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            extractor = library.service_current(service)
            name = library.extractor_name(extractor).decode()
            session = library.session(extractor)
            for _ in range(3):
                extraction = library.extract_requests(session, None, rows)
                values = np.frombuffer(library.values(extractor, extraction)["a"][0], np.float32)
                if values.tolist() != [m + added[name] for m in range(50)]:
                    wrong.append(name)
                library.extraction_free(extraction)
            library.session_free(session)
            library.extractor_free(extractor)
            seen.add(name)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for turn in range(40):
        name = ("new", "old")[turn % 2]
        library.call("service_reload", service, str(folder / f"{name}.fxp").encode(), None, 1)
    stop.set()
    for worker in workers:
        worker.join()
    assert not wrong
    assert seen <= set(added)
    assert seen
