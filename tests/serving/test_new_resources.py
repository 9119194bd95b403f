"""Other words and rows for a package: the package of the compiler, and what is refused."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from feature_extractor.cli import main
from feature_extractor.plan.new_resources import ResourceError
from feature_extractor.plan.package import read_package
from feature_extractor.serving import Service

PROGRAM = """
input request { user: string, at: timestamp }
input candidate { movie: string, genre: string }
resource movies = vocabulary("movies.txt")
resource words = vocabulary("words.txt", oov = 3)
resource genres = table<string, {weight: float?, since: timestamp, rank: int}>("genres.csv")
feature movie : id(movies) = movies.lookup(movie)
feature pair  : ids(movies, max = 2) = [movies.lookup(movie), movies.lookup(user)]
feature word  : id(words) = words.lookup(user)
feature weight : dense(default = -1.0) = genres.lookup(genre).weight ?? -1.0
feature age : dense(default = -1.0) = (at - genres.lookup(genre).since) / 1d ?? -1.0
feature berlin : dense = hour(at, "Europe/Berlin") * 1.0
"""
FILES = {
    "movies.txt": "Alien\nBrazil\n",
    "words.txt": "Ann\nBob\n",
    "genres.csv": "name,weight,since,rank,note\nwar,0.5,2026-01-01,1,x\nart,,2025-01-01,2,y\n",
}
OTHER = {
    "movies": ("movies.txt", "Brazil\nCasablanca\nDune\nAlien\n"),
    "words": ("words.txt", "Bob\r\nCay\r\n"),
    "genres": ("genres.csv", "name,rank,since,weight\nart,7,2024-01-01,2.5\nsci,8,2026-01-01,\n"),
}
REQUEST = {"user": "Bob", "at": 0}
CANDIDATES = {"movie": ["Alien", "Dune", "Bob"], "genre": ["war", "art", "sci"]}
MESSAGE = '{"user": "Bob", "at": 0, "candidates": {"movie": ["Dune"], "genre": ["x"]}}'
GOLDEN = {
    "user": ["Ann", "Ann", "Bob"],
    "at": [0, 0, 1],
    "movie": ["Alien", "Dune", "x"],
    "genre": ["war", "art", "x"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ranking.fx").write_text(PROGRAM)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "new").mkdir()
    for file, text in OTHER.values():
        (tmp_path / "new" / file).write_text(text)
    return tmp_path


def new_file(folder: Path, name: str) -> Path:
    return folder / "new" / OTHER[name][0]


def recompiled(folder: Path, *names: str, golden: bool = False) -> Any:
    """Return the program as the compiler makes it with the new files."""
    for name in names:
        file, text = OTHER[name]
        (folder / file).write_text(text)
    program = fx.compile(folder / "ranking.fx")
    for file, text in FILES.items():
        (folder / file).write_text(text)
    return program.with_golden_rows(GOLDEN) if golden else program


@pytest.mark.parametrize(
    "names", [["movies"], ["words"], ["genres"], ["movies", "words", "genres"]], ids="-".join
)
@pytest.mark.parametrize("golden", [False, True])
def test_the_package_is_that_of_the_compiler(folder: Path, names: list[str], golden: bool) -> None:
    before = recompiled(folder, golden=golden)
    after = recompiled(folder, *names, golden=golden)
    made = before.extractor().with_resources({name: new_file(folder, name) for name in names})
    assert made.digest == after.digest != before.digest
    assert made._native.package() == after.package.to_bytes()
    assert made.golden_requests == (2 if golden else 0)
    # The same files again give the same package again.
    same = made.with_resources({name: str(new_file(folder, name)) for name in names})
    assert same._native.package() == made._native.package()


def test_the_package_is_that_of_the_compiler_by_the_command_line_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = recompiled(folder, "movies", "genres")
    recompiled(folder).save(folder / "p.fxp")
    arguments = ["compile", str(folder / "p.fxp")]
    for name in ("movies", "genres"):
        arguments += ["--resource", f"{name}={new_file(folder, name)}"]
    assert main([*arguments, "-o", str(folder / "q.fxp")]) == 0
    assert fresh.digest in capsys.readouterr().out
    assert (folder / "q.fxp").read_bytes() == fresh.package.to_bytes()
    assert main([*arguments, "-q"]) == 0
    assert (folder / "p.fxp").read_bytes() == fresh.package.to_bytes()


def test_words_and_rows_need_no_file(folder: Path) -> None:
    before = recompiled(folder).extractor()
    words = ["Brazil", "Casablanca", "Dune", "Alien"]
    wanted = before.with_resources({"movies": new_file(folder, "movies")}).digest
    for given in (words, tuple(words), np.array(words), pa.array(words)):
        assert before.with_resources({"movies": given}).digest == wanted
    columns = {
        "name": ["art", "sci"],
        "rank": [7, 8],
        "since": ["2024-01-01", "2026-01-01"],
        "weight": [2.5, None],
    }
    wanted = before.with_resources({"genres": new_file(folder, "genres")}).digest
    pa.parquet.write_table(pa.table(columns), folder / "g.parquet")
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for table in (columns, pa.table(columns), rows, folder / "g.parquet"):
        assert before.with_resources({"genres": table}).digest == wanted


def test_a_service_takes_new_words_while_it_serves(folder: Path) -> None:
    program = recompiled(folder)
    with Service(program.package.to_bytes()) as service:
        decoder = service.json_decoder()
        first = service.version
        before = service.extract_request(REQUEST, CANDIDATES)
        assert before["movie"].tolist() == [1, 0, 0]
        version = service.push_resources({"movies": ["Dune", "Alien"]})
        assert version.source == "resources movies"
        after = service.extract_request(REQUEST, CANDIDATES)
        assert after["movie"].tolist() == [2, 1, 0]
        assert after.package_digest == version.digest
        assert decoder.extract(MESSAGE)["movie"].tolist() == [1]
        service.push_resources(
            {"genres": {"k": ["war"], "weight": [9.0], "since": [0], "rank": [1]}}
        )
        both = service.extract_request(REQUEST, CANDIDATES)
        assert both["movie"].tolist() == [2, 1, 0]
        assert both["weight"].tolist() == [9.0, -1.0, -1.0]
        service.roll_back()
        service.push_resources({"movies": folder / "movies.txt"})
        assert service.version.digest == first.digest


def test_resources_of_two_threads_both_become_live(folder: Path) -> None:
    """Each is built beside the live package; whoever comes second builds upon the first."""
    program = recompiled(folder)
    wanted = recompiled(folder, "movies", "words", "genres").digest
    with Service(program.extractor()) as service:
        threads = [
            threading.Thread(target=service.push_resources, args=({name: new_file(folder, name)},))
            for name in OTHER
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert service.version.digest == wanted
        assert service.refused == 0


def test_a_host_that_counts_on_the_number_of_ids_refuses_more_words(folder: Path) -> None:
    def accept(extractor: fx.Extractor) -> None:
        if extractor.features[0].size != 3:
            raise ValueError("the model has 3 movies")

    with Service(recompiled(folder).extractor(), accept=accept) as service:
        with pytest.raises(ValueError, match="3 movies"):
            service.push_resources({"movies": new_file(folder, "movies")})
        assert "3 movies" in service.refusals[-1].reason
        service.push_resources({"movies": ["Dune", "Alien"]})


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "no dict": ("movies", ResourceError, "must be a dict with a file or the content by name"),
    "unknown": ({"movie": []}, ResourceError, "no resource 'movie'; did you mean 'movies'?"),
    "word twice": ({"movies": ["a", "b", "a"]}, fx.CompileError, "'a' stands on line 1 already"),
    "empty word": ({"movies": ["a", ""]}, fx.CompileError, "The line is empty"),
    "no word": ({"movies": ["a", 3]}, ResourceError, "word 1 of 'movies' is no word: 3"),
    "two lines": ({"movies": ["a\nb"]}, ResourceError, "is no word"),
    "no list": ({"movies": 3}, ResourceError, "a file or a list of str, not int"),
    "no file": ({"movies": Path("none.txt")}, fx.CompileError, "cannot be read: No such file"),
    "no table": ({"genres": 3}, ResourceError, "the table 'genres' cannot be read"),
    "no column": ({"genres": {"k": ["a"], "rank": [1]}}, fx.CompileError, "no column 'weight'"),
    "type": (
        {"genres": {"k": ["a"], "weight": ["x"], "since": [0], "rank": [1]}},
        fx.CompileError,
        "'x' is not a finite number",
    ),
    "null": (
        {"genres": {"k": ["a"], "weight": [None], "since": [0], "rank": [None]}},
        fx.CompileError,
        "the cell is empty",
    ),
    "key twice": (
        {"genres": {"k": ["a", "a"], "weight": [1.0, 2.0], "since": [0, 0], "rank": [1, 2]}},
        fx.CompileError,
        "the key 'a' stands in row 1 already",
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_mistakes_are_told_and_refused(folder: Path, kind: str) -> None:
    given, error, text = MISTAKES[kind]
    with Service(recompiled(folder).extractor()) as service:
        before = service.version
        with pytest.raises(error) as caught:
            service.push_resources(given)
        assert text in str(caught.value)
        assert text in service.refusals[-1].reason
        assert service.version is before


def test_all_mistakes_of_all_files_are_told(folder: Path) -> None:
    with pytest.raises(fx.CompileError) as caught:
        recompiled(folder).extractor().with_resources({"movies": ["a", "a"], "words": ["b", ""]})
    assert len(caught.value.diagnostics) == 2


def test_the_command_line_tells_mistakes(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    recompiled(folder).save("p.fxp")
    Path("bad.txt").write_text("a\na\n")
    before = Path("p.fxp").read_bytes()
    for arguments, code, text in [
        (["p.fxp"], 2, "a package already"),
        (["ranking.fx", "--resource", "movies=movies.txt"], 2, "--resource is for packages"),
        (["p.fxp", "--resource", "movies"], 2, "not of the form NAME=FILE"),
        (["p.fxp", "--resource", "movies=none.txt"], 2, "there is no such file"),
        (["p.fxp", "--resource", "film=movies.txt"], 2, "no resource 'film'"),
        (["p.fxp", "--resource", "movies=bad.txt"], 1, "stands on line 1 already"),
        (["p.fxp", *["--resource", "movies=movies.txt"] * 2], 2, "movies comes twice"),
        (["p.fxp", "--resource", "movies=movies.txt", "--golden", "movies.txt"], 2, "--golden"),
    ]:
        assert main(["compile", *arguments]) == code, arguments
        told = capfd.readouterr().err
        assert text in told, arguments
        assert "Traceback" not in told
    assert Path("p.fxp").read_bytes() == before


def test_a_package_of_an_earlier_version_is_refused(folder: Path) -> None:
    from dataclasses import replace

    package = recompiled(folder).package
    older = {key: value for key, value in package.manifest.items() if key != "resources"}
    extractor = fx.load(replace(package, manifest=older).to_bytes())
    with pytest.raises(ResourceError, match="compile the program again"):
        extractor.with_resources({"movies": ["a"]})


FITTED = """
input request { user: string }
input candidate { movie: string, price: float, genre: string }
resource movies = fit.vocabulary(movie, oov = 2)
resource genres = fit.counts(genre)
resource prices = fit.moments(price)
feature movie : id(movies) = movies.lookup(movie)
feature share : dense = genres.lookup(genre).share ?? 0.0
feature z : dense = (price - prices.mean) ?? 0.0
feature u : text = user
"""


def sample(*movies: str) -> dict[str, list[Any]]:
    count = len(movies)
    return {
        "user": ["a"] * count,
        "movie": list(movies),
        "price": [float(n) for n in range(count)],
        "genre": [movie[0] for movie in movies],
    }


def test_what_was_fitted_to_data_can_be_fitted_anew(tmp_path: Path) -> None:
    path = tmp_path / "ranking.fx"
    path.write_text(FITTED)
    fx.fit(path, sample("Alien", "Alien", "Brazil", "Alien"))
    before = fx.compile(path)
    select = ("movies", "genres")
    fx.fit(path, sample("Dune", "Brazil", "Dune", "Cube", "Alien"), select=select)
    files = {name: tmp_path / "ranking.fitted" / f"{name}.json" for name in select}
    after = fx.compile(path)
    made = before.extractor().with_resources(files)
    assert made.digest == after.digest != before.digest
    assert made._native.package() == after.package.to_bytes()
    assert (
        read_package(made._native.package()).manifest["fitted"] == after.package.manifest["fitted"]
    )
    prices = tmp_path / "ranking.fitted" / "prices.json"
    path.write_text(FITTED.replace("fit.counts(genre)", "fit.counts(movie)"))
    fx.fit(path, sample("Dune"), select=["genres"])
    damaged = tmp_path / "damaged.json"
    damaged.write_text(files["movies"].read_text().replace("Dune", "Tune"))
    for given, text in [
        ({"prices": prices}, "the package has no resource 'prices'"),
        ({"genres": files["genres"]}, "fit it again"),
        ({"movies": files["genres"]}, "fit it again"),
        ({"movies": damaged}, "digest"),
        ({"movies": tmp_path / "none.json"}, "cannot be read: No such file"),
        ({"movies": ["Alien"]}, "give the file that `fx fit` wrote"),
    ]:
        with pytest.raises(ResourceError) as caught:
            before.extractor().with_resources(given)
        assert text in str(caught.value), given


def test_numbers_of_a_fit_that_are_in_the_plan_need_the_compiler(tmp_path: Path) -> None:
    path = tmp_path / "ranking.fx"
    path.write_text("""
input candidate { movie: string, hit: float }
resource rates = fit.target_mean(movie, target = hit)
feature rate : dense = rates.value(movie)
""")
    fx.fit(path, {"movie": ["a", "b"], "hit": [0.0, 1.0]})
    extractor = fx.compile(path).extractor()
    with pytest.raises(ResourceError, match="part of the plan: compile the program again"):
        extractor.with_resources({"rates": tmp_path / "ranking.fitted" / "rates.json"})
