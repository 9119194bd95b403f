"""The files of fitted resources: what is refused, what is noticed, and what goes into a package."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pytest
from feature_extractor.check.fitted_files import FittedFile, FittedFileError, read_fitted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import fit, table, write_program

DATA = table(
    {
        "price": [1.0, 2.0, 3.0, 4.0],
        "tags": [["a"], ["a", "b"], [], ["c"]],
        "category": ["x", "y", "x", "z"],
        "clicked": [True, False, True, False],
        "user": ["u", "v", "w", "x"],
    }
)
ALL = """
resource moments = fit.moments(price)
resource edges = fit.quantiles(price, buckets = 2)
resource caps = fit.quantiles(price, at = [0.5])
resource words = fit.vocabulary(tags)
resource counts = fit.counts(category)
resource means = fit.target_mean(category, target = clicked, fold_key = user, folds = 2)
"""


def codes(path: Path) -> list[str]:
    """Return the codes of the findings about a program."""
    try:
        fx.compile(path)
    except fx.CompileError as error:
        return [found.code for found in error.diagnostics]
    return []


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    fit(tmp_path, ALL, DATA)
    folder = tmp_path / "shop.fitted"
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "caps.json",
        "counts.json",
        "edges.json",
        "means.json",
        "moments.json",
        "words.json",
    ]
    before = {name: (folder / name).read_bytes() for name in names}
    package = fx.compile(tmp_path / "shop.fx").package.to_bytes()
    fit(tmp_path, ALL, DATA)
    assert {name: (folder / name).read_bytes() for name in names} == before
    assert fx.compile(tmp_path / "shop.fx").package.to_bytes() == package


def test_files_read_back_and_are_lines(tmp_path: Path) -> None:
    fit(tmp_path, ALL, DATA)
    for path in (tmp_path / "shop.fitted").iterdir():
        text = path.read_text(encoding="utf-8")
        found = read_fitted(text)
        assert found.serialise() == text
        assert json.loads(text)["digest"] == found.digest
        assert text.count("\n") >= 20


def test_a_package_holds_what_was_fitted(tmp_path: Path) -> None:
    fit(tmp_path, f"{ALL}let unused = words.lookup(category)", DATA)
    package = fx.compile(tmp_path / "shop.fx").package
    fitted = {entry["name"]: entry for entry in package.manifest["fitted"]}
    assert list(fitted) == ["moments", "edges", "caps", "words", "counts", "means"]
    assert fitted["moments"]["result"]["mean"] == 2.5
    assert fitted["words"]["entries"] == 3
    assert "rows" not in fitted["words"]
    # No feature looks anything up, so no table and no vocabulary is carried along.
    assert not [name for name in package.members if name.startswith("resources/")]


def test_packages_without_fits_say_nothing_of_them() -> None:
    program = fx.compile_text("input request { x: float }\nfeature y : dense = x\n")
    assert "fitted" not in program.package.manifest


def test_what_is_missing_stale_or_damaged_is_refused(tmp_path: Path) -> None:
    path = write_program(tmp_path, "resource a = fit.moments(price)")
    assert codes(path) == ["FX177"]
    fx.fit(path, DATA)
    assert codes(path) == []
    file = tmp_path / "shop.fitted" / "a.json"
    whole = file.read_text()
    for damaged in (
        whole[:100],
        whole.replace("2.5", "2.25"),
        "",
        "[]",
        "{}",
        whole.replace('"format": 1', '"format": 2'),
        whole.replace("2.5", "NaN"),
        "[" * 100_000,
        whole.replace('"rows": 4', '"rows": 5'),
    ):
        file.write_text(damaged)
        assert codes(path) == ["FX179"], damaged[:200]
    file.write_bytes(b"\xff\xfe")
    assert codes(path) == ["FX179"]
    file.write_text(whole)
    assert codes(path) == []
    write_program(tmp_path, "resource a = fit.moments(price, ddof = 1)")
    assert codes(path) == ["FX178"]
    file.rename(file.with_name("b.json"))
    write_program(tmp_path, "resource b = fit.moments(price)")
    assert codes(path) == ["FX179"]
    file.mkdir()
    write_program(tmp_path, "resource a = fit.moments(price)")
    assert codes(path) == ["FX179"]


def forged(found: FittedFile, **changes: Any) -> str:
    """Return a file with other content and the digest that fits it."""
    return FittedFile(**{**found.__dict__, **changes}).sealed().serialise()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("moments", {"result": {}}),
        ("moments", {"result": {"mean": "2", "standard_deviation": 1.0}}),
        ("moments", {"fit": "counts"}),
        ("edges", {"result": {"boundaries": [2.0, 1.0], "minimum": 1.0, "maximum": 4.0}}),
        ("edges", {"result": {"boundaries": [1.0, 2.0, 3.0], "minimum": 1.0, "maximum": 4.0}}),
        ("edges", {"result": {"boundaries": 1.0, "minimum": 1.0, "maximum": 4.0}}),
        ("edges", {"result": {"minimum": 1.0, "maximum": 4.0}}),
        ("caps", {"result": {"values": [], "minimum": 1.0, "maximum": 4.0}}),
        ("caps", {"result": {"values": [True], "minimum": 1.0, "maximum": 4.0}}),
        ("words", {"rows": [["a", 1], ["a", 1]]}),
        ("words", {"rows": [[1, 1]]}),
        ("words", {"columns": ("word",), "rows": [["a"]]}),
        ("counts", {"rows": [["a", 1, "x"]]}),
        ("counts", {"rows": [["a", 2**63, 0.5]]}),
        ("means", {"result": {"prior": 0.5}}),
        ("means", {"rows": [["x", 1, 0.5, 0.5, None, 0.5]]}),
    ],
)
def test_forged_files_are_refused(tmp_path: Path, name: str, changes: dict[str, Any]) -> None:
    found = fit(tmp_path, ALL, DATA)
    file = tmp_path / "shop.fitted" / f"{name}.json"
    file.write_text(forged(found.files[name], **changes))
    assert codes(tmp_path / "shop.fx") == ["FX179"]


def test_surrogates_in_a_file_are_no_crash(tmp_path: Path) -> None:
    found = fit(tmp_path, ALL, DATA)
    text = found.files["words"].serialise().replace('"a"', '"\\ud800"')
    with pytest.raises(FittedFileError):
        read_fitted(text)
    (tmp_path / "shop.fitted/words.json").write_text(text)
    assert codes(tmp_path / "shop.fx") == ["FX179"]


def test_a_new_result_makes_those_that_use_it_stale(tmp_path: Path) -> None:
    text = "resource a = fit.moments(price)\nresource b = fit.moments((price ?? 0.0) - a.mean)"
    fit(tmp_path, text, DATA)
    more = pa.concat_tables([DATA, DATA.slice(3)])
    path = tmp_path / "shop.fx"
    fx.fit(path, more, select=["a"])
    assert codes(path) == ["FX178"]
    fx.fit(path, more, select=["b"])
    assert codes(path) == []


def test_selecting_asks_only_for_what_is_needed(tmp_path: Path) -> None:
    text = (
        "resource a = fit.moments(price)\n"
        "resource b = fit.moments((price ?? 0.0) - a.mean)\n"
        "resource c = fit.counts(category)"
    )
    with pytest.raises(fx.CompileError, match="`a` was not fitted yet") as raised:
        fit(tmp_path, text, DATA, select=["b"])
    assert [found.code for found in raised.value.diagnostics] == ["FX177"]
    assert list(fit(tmp_path, text, DATA, select=["a"]).files) == ["a"]
    assert list(fit(tmp_path, text, DATA, select=["b"]).files) == ["b"]
    assert codes(tmp_path / "shop.fx") == ["FX177"]
    fit(tmp_path, text, DATA, select=["c"])
    assert codes(tmp_path / "shop.fx") == []


def test_changing_a_vocabulary_makes_what_was_fitted_with_it_stale(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("a\nb\n")
    text = 'resource words = vocabulary("words.txt")\nresource a = fit.counts(tags.map(t -> words.lookup(t)))'
    fit(tmp_path, text, DATA)
    assert codes(tmp_path / "shop.fx") == []
    (tmp_path / "words.txt").write_text("b\na\n")
    assert codes(tmp_path / "shop.fx") == ["FX178"]


@pytest.mark.parametrize(
    ("before", "after", "stale"),
    [
        ("log1p(price)", "price.log1p()", False),
        ("log1p(price)", "(log1p( price ))", False),
        ("scores.map(s -> s * 2.0)", "scores.map(other -> other * 2.0)", False),
        ("scores.map(s -> s * 2.0)", "scores.map(s -> s * 3.0)", True),
        ("scores.map(s -> s * 2.0)", "scores.map(s -> s + 2.0)", True),
        ("count * 1.0", "count * -1.0", True),
        ("count + 1", "count + 1.0", True),
        ("scores.filter(s -> s > 0.0)", "scores.filter(s -> s > -0.0)", True),
        ("price", "rating", True),
    ],
)
def test_the_fingerprint_is_of_the_meaning(
    tmp_path: Path, before: str, after: str, stale: bool
) -> None:
    data = table({"price": [1.0], "rating": [1.0], "scores": [[1.0, 2.0]]})
    fit(tmp_path, f"resource a = fit.moments({before})", data)
    write_program(tmp_path, f"resource a = fit.moments({after})")
    assert codes(tmp_path / "shop.fx") == (["FX178"] if stale else [])


def test_nested_lambdas_have_fingerprints(tmp_path: Path) -> None:
    data = table({"scores": [[1.0, 2.0]], "tags": [["a"]]})
    texts = [
        "scores.map(a -> scores.count(b -> b < a) * 1.0)",
        "scores.map(x -> scores.count(y -> y < x) * 1.0)",
        "scores.map(a -> scores.count(b -> a < b) * 1.0)",
    ]
    fit(tmp_path, f"resource a = fit.moments({texts[0]})", data)
    for text, wanted in zip(texts, ([], [], ["FX178"]), strict=True):
        write_program(tmp_path, f"resource a = fit.moments({text})")
        assert codes(tmp_path / "shop.fx") == wanted


def test_a_deep_chain_of_lets_is_no_crash(tmp_path: Path) -> None:
    lets = "let x0 = price ?? 0.0\n" + "".join(
        f"let x{i} = x{i - 1} + x{i - 1} * 0.0\n" for i in range(1, 300)
    )
    found = fit(tmp_path, f"{lets}resource a = fit.moments(x299)", DATA)
    assert found["a"]["mean"] == 2.5
    assert codes(tmp_path / "shop.fx") == []


def test_mistakes_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(fx.FitError, match="nothing to fit"):
        fit(tmp_path, "", DATA)
    with pytest.raises(fx.FitError, match="did you mean `moments`"):
        fit(tmp_path, ALL, DATA, select=["moment"])
    with pytest.raises(fx.FitError, match="no input or let `when`"):
        fit(tmp_path, ALL, DATA, time="when")
    with pytest.raises(fx.FitError, match="`count` is no time: its type is int"):
        fit(tmp_path, ALL, DATA, time="count")
    with pytest.raises(fx.CompileError, match="unknown name `prize`"):
        fit(tmp_path, "resource a = fit.moments(prize)", DATA)
    with pytest.raises(fx.EngineError, match="Column 'price' is missing"):
        fit(tmp_path, ALL, DATA.drop_columns(["price"]))
    with pytest.raises(fx.CompileError, match="there is no such file"):
        fx.fit(tmp_path / "other.fx", DATA)
    assert not (tmp_path / "shop.fitted").exists()


def test_features_with_mistakes_do_not_stand_in_the_way(tmp_path: Path) -> None:
    """The features that use a resource cannot be checked before it was fitted."""
    found = fit(
        tmp_path, "resource a = fit.moments(price)\nfeature b : dense = a.mean * nothing", DATA
    )
    assert found["a"]["mean"] == 2.5
    assert codes(tmp_path / "shop.fx") == ["FX101"]


def test_results_can_be_written_elsewhere(tmp_path: Path) -> None:
    found = fit(tmp_path, ALL, DATA, output=tmp_path / "other")
    assert (tmp_path / "other/moments.json").is_file()
    assert found.folder == str(tmp_path / "other")
    assert codes(tmp_path / "shop.fx") == ["FX177"] * 6


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    fit(tmp_path, ALL, DATA)
    names = os.listdir(tmp_path / "shop.fitted")
    assert all(name.endswith(".json") for name in names)
    assert oct((tmp_path / "shop.fitted/words.json").stat().st_mode)[-3:] == "644"


def test_parquet_files_and_folders(tmp_path: Path) -> None:
    from pyarrow import parquet

    folder = tmp_path / "data"
    folder.mkdir()
    for i in range(3):
        parquet.write_table(DATA, folder / f"part-{i}.parquet")
    whole = fit(tmp_path, ALL, pa.concat_tables([DATA] * 3))
    for data in (folder, str(folder), sorted(folder.iterdir()), [DATA, DATA, DATA]):
        found = fit(tmp_path, ALL, data)
        assert found.files == whole.files


def test_empty_results_can_be_used(tmp_path: Path) -> None:
    """A constant column has no boundaries, and where all is rare nothing is left."""
    text = (
        "resource edges = fit.quantiles(count, buckets = 4)\n"
        "resource words = fit.vocabulary(tags, minimum_count = 100, oov = 3)\n"
        "resource none = fit.vocabulary(tags, minimum_count = 100)\n"
        "resource counts = fit.counts(category, minimum_count = 100)\n"
        "feature bucket : id(4) = count.bucketize(edges.boundaries)\n"
        "feature word : ids(words) = tags.map(t -> words.lookup(t))\n"
        "feature unknown : ids(none) = tags.map(t -> none.lookup(t))\n"
        "feature share : dense(default = -1.0) = counts.lookup(category).share ?? -2.0"
    )
    found = fit(tmp_path, text, DATA)
    assert (found["edges"]["boundaries"], found["words"]["rows"]) == ([], [])
    extracted = fx.compile(tmp_path / "shop.fx").extractor().extract(DATA)
    assert extracted["bucket"].tolist() == [0] * 4
    assert set(extracted["word"].values.tolist()) <= {0, 1, 2}
    assert extracted["unknown"].values.tolist() == [0] * 4
    assert extracted["share"].tolist() == [-2.0] * 4


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_damage_is_told_and_never_a_crash(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes are changed, cut and repeated; what is read afterwards is the file or nothing."""
    if not (tmp_path / "shop.fitted").exists():
        fit(tmp_path, ALL, DATA)
    name = data.draw(st.sampled_from(["moments", "edges", "words", "counts", "means"]))
    whole = (tmp_path / "shop.fitted" / f"{name}.json").read_bytes()
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        how = data.draw(st.sampled_from(["change", "cut", "repeat"]))
        if how == "change":
            damaged[place] = data.draw(st.integers(0, 255))
        elif how == "cut":
            del damaged[place : place + data.draw(st.integers(1, 40))]
        else:
            damaged[place:place] = damaged[place : place + data.draw(st.integers(1, 40))]
        damaged = damaged or bytearray(b"x")
    try:
        text = bytes(damaged).decode()
        found = read_fitted(text)
    except (UnicodeDecodeError, FittedFileError):
        return
    assert found.serialise().encode() == whole


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["format", "name", "fit", "data", "result", "rows", "columns", "x"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_refused(value: Any) -> None:
    with pytest.raises(FittedFileError):
        read_fitted(json.dumps(value))
