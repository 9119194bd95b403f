"""Plug-ins: built outside of the tree, loaded by each face, and refused with a reason where they do not fit."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import sys
from pathlib import Path

import pytest
from feature_extractor import _native
from feature_extractor.errors import EngineError

from .plugin_build import (
    FLAGS,
    INTERFACE,
    ROOT,
    TEMPLATE,
    fx,
    of_name,
    of_version,
    patched,
    relink,
    run,
    with_number,
    with_trait,
)
from .process import VALUES, steps

PROGRAM = TEMPLATE / "ranking.fx"
MATH_LIBRARY = Path("/lib/x86_64-linux-gnu/libm.so.6")


# ---- what a team does ------------------------------------------------------------------------------


def test_the_readme_of_the_example_can_be_followed(built: tuple[Path, str]) -> None:
    """Configure, build, test, check, compile."""
    _, said = built
    assert "34 cases in 3 files, and the examples: all passed\n" in said
    assert "1 file checked: all is well\n" in said
    assert re.search(r"ranking\.fxp: 3 features, .* digest [0-9a-f]{32}\n", said)


def test_a_wrong_case_and_an_operator_without_cases_fail(library: Path, tmp_path: Path) -> None:
    case = tmp_path / "word_score.test"
    case.write_text('shop.word_score(["new"], ["new"], [1.0]) => 2.0\n')
    said = fx("--plugin", library, "plugin", "test", case, code=1)
    assert "word_score.test:1" in said
    assert "gave 1.0, expected 2.0" in said
    assert "no .test file is named as the operators" in said


def test_the_registry_beside_it_is_that_of_the_shared_object(library: Path) -> None:
    beside = library.with_name("shop.registry.json").read_text()
    assert fx("plugin", "registry", library) == beside
    registry = json.loads(beside)
    assert registry["plugin"]["name"] == "shop"
    assert registry["plugin"]["version"] == "1.0.0"
    assert [operator["name"] for operator in registry["operators"]] == [
        "shop.is_valid_gtin",
        "shop.nearest_distance",
        "shop.word_score",
    ]


def test_it_shows_one_symbol_and_needs_the_c_library_only(library: Path) -> None:
    symbols = run("nm", "-D", "--defined-only", library)
    assert [line.split()[-1] for line in symbols.splitlines()] == ["feature_extractor_plugin"]
    needed = [
        line.split("[")[1]
        for line in run("readelf", "-d", library).splitlines()
        if "(NEEDED)" in line
    ]
    assert all(name.startswith(("libc.so", "libm.so", "ld-linux")) for name in needed)


def test_programs_are_checked_without_native_code(library: Path, tmp_path: Path) -> None:
    registry = shutil.copy(library.with_name("shop.registry.json"), tmp_path)
    assert "all is well" in fx("--plugin", registry, "check", PROGRAM)
    # A registry beside a file that is no shared object: were it loaded, it would be refused.
    (tmp_path / "libshop.so").write_text("")
    assert "all is well" in fx("--plugin", tmp_path / "libshop.so", "check", PROGRAM)
    said = fx("--plugin", registry, "compile", PROGRAM, "-o", tmp_path / "r.fxp", code=2)
    assert "this file only describes them" in said
    assert "--plugin libNAME.so" in said
    assert "all is well" in fx("check", PROGRAM, FEATURE_EXTRACTOR_PLUGINS=f"{registry}:")


def test_operators_are_looked_up_like_others(library: Path, tmp_path: Path) -> None:
    page = fx("--plugin", library, "ops", "shop.nearest_distance")
    assert "shop.nearest_distance  (shop.prices)" in page
    assert "shop.nearest_distance([9.5, 20.0], 12.0) => 2.5" in page
    assert "shop.is_valid_gtin" in fx("--plugin", library, "ops", "gtin")
    fx("--plugin", library, "plugin", "docs", "--output", tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "README.md",
        "shop.codes.md",
        "shop.prices.md",
        "shop.words.md",
    ]
    assert "](shop.codes.md#shopis_valid_gtin)" in (tmp_path / "shop.words.md").read_text()


def test_the_faces_agree(library: Path, package: Path, tmp_path: Path) -> None:
    rows = steps(["load_plugin", library], ["load", package], ["extract"])[2]
    found = json.loads(rows)
    for index, expected in enumerate(VALUES):
        assert {name: found[name][index] for name in expected} == pytest.approx(expected)
    table = tmp_path / "log.jsonl"
    table.write_text(
        '{"bought": [1.0, 5.0], "code": "4006381333931", "title": "New SALE shoes", "price": 4.0}\n'
    )
    said = fx("--plugin", library, "run", package, "-i", table, "--quiet")
    assert json.loads(said) == VALUES[0]
    assert "nearest_distance" in fx(
        "--plugin", library, "explain", package, "--feature", "usual_price"
    )


# ---- mistakes in programs --------------------------------------------------------------------------


MISTAKES = [
    ("shop.is_valid_gtim(s)", "the plug-in `shop` 1.0.0 has no operator `is_valid_gtim`"),
    ("shop.is_valid_gtim(s)", "did you mean `is_valid_gtin`?"),
    ("shop.ean_check(s)", "the plug-in `shop` 1.0.0 has no operator `ean_check`"),
    ("shop.ean_check(s)", "it is called `shop.is_valid_gtin` here"),
    ("is_valid_gtin(s)", "unknown operator `is_valid_gtin`"),
    ("is_valid_gtin(s)", "it is called `shop.is_valid_gtin` here"),
    ("s.is_valid_gtin()", "unknown operator `is_valid_gtin`"),
    ("shop", "`shop` is a plug-in, not a value"),
    ("shop.is_valid_gtin", "`shop.is_valid_gtin` is an operator, not a value"),
    ("shop.is_valid_gtin(1)", "`shop.is_valid_gtin` does not take `int`"),
    ("shop.word_score([s], [s], [1.0])", "`scored` of `shop.word_score` must be a constant"),
    ("acme.score(s)", "unknown name `acme`"),
]


def test_mistakes_are_told(library: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.fx"
    lines = ["input candidate { s: string }"]
    lines += [
        f"feature f{i} : dense = if is_null({expression}) then 1.0 else 0.0"
        for i, (expression, _) in enumerate(MISTAKES)
    ]
    program.write_text("\n".join(lines) + "\n")
    said = fx("--plugin", library, "check", program, code=1)
    findings = {}
    for finding in said.split("error[")[1:]:
        line = int(finding.partition("program.fx:")[2].partition(":")[0])
        findings[line - 2] = finding
    for i, (expression, message) in enumerate(MISTAKES):
        assert message in findings[i], expression


def test_constants_are_checked_when_a_program_is_compiled(library: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.fx"
    program.write_text(
        "input candidate { s: string }\n"
        'feature f : dense = shop.word_score([s], ["a"], [1.0, 2.0])\n'
    )
    said = fx("--plugin", library, "compile", program, code=1)
    assert "`shop.word_score`: there must be one score for each scored word" in said
    assert "program.fx:2:" in said


def test_names_of_the_program_come_before_plugins(library: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.fx"
    program.write_text(
        "input candidate { shop: list<{a: int}> }\nfeature f : dense = shop.length()\n"
    )
    assert "all is well" in fx("--plugin", library, "check", program)


# ---- packages --------------------------------------------------------------------------------------


def test_a_package_names_what_it_needs(library: Path, package: Path) -> None:
    from feature_extractor.plan.package import read_package

    held = read_package(package)
    (needed,) = held.manifest["plugins"]
    assert (needed["name"], needed["version"]) == ("shop", "1.0.0")
    assert len(needed["digest"]) == 32
    operators = {o["name"]: o["signatures"] for o in held.plan["plugins"][0]["operators"]}
    assert operators["shop.is_valid_gtin"] == ["(code: string) -> bool"]


def test_without_the_plugin_a_package_says_what_is_missing(package: Path, library: Path) -> None:
    (said,) = steps(["load", package])
    assert said.startswith("not_found: ")
    assert "needs the plug-in shop 1.0.0, which is not loaded" in said
    assert "fx --plugin" in said
    assert "FEATURE_EXTRACTOR_PLUGINS" in said
    assert steps(["load", package], FEATURE_EXTRACTOR_PLUGINS=f"{library}:") == ["ok"]


@pytest.mark.parametrize(
    ("version", "serves"), [("1.0.1", True), ("1.2.0", True), ("0.9.9", False), ("2.0.0", False)]
)
def test_versions_are_semantic(
    library: Path, package: Path, tmp_path: Path, version: str, serves: bool
) -> None:
    other = of_version(library, tmp_path / "libshop.so", version)
    said = steps(["load_plugin", other], ["load", package])
    assert said[0] == f"ok: shop {version}, 3 operators"
    if serves:
        assert said[1] == "ok"
    else:
        assert said[1].startswith("unsupported_version: ")
        assert (
            f"was compiled with the plug-in shop 1.0.0, and version {version} is loaded" in said[1]
        )
        assert "Load a version 1.x that is not older" in said[1]


def test_another_build_of_the_same_version_is_refused(
    library: Path, package: Path, tmp_path: Path
) -> None:
    other = patched(library, tmp_path / "libshop.so", (b"another character", b"Another character"))
    said = steps(["load_plugin", other], ["load", package])[1]
    assert said.startswith("unsupported_version: ")
    assert "another build of the plug-in shop 1.0.0" in said


def test_a_later_version_keeps_the_signatures(library: Path, package: Path, tmp_path: Path) -> None:
    other = patched(
        of_version(library, tmp_path / "first.so", "1.1.0"),
        tmp_path / "libshop.so",
        (b"(code: string) -> bool", b"(gtin: string) -> bool"),
    )
    said = steps(["load_plugin", other], ["load", package])[1]
    assert said.startswith("unsupported_version: ")
    assert "whose operator shop.is_valid_gtin has other signatures" in said


def test_what_is_folded_away_needs_no_plugin(library: Path) -> None:
    text = 'input candidate { x: float }\nfeature f : dense = if shop.is_valid_gtin("96385074") then x else 0.0\n'
    said = steps(["load_plugin", library], ["compile", text])
    assert said[1] == "ok"


# ---- several plug-ins, several times ---------------------------------------------------------------


def test_a_process_has_one_plugin_of_a_name(library: Path, package: Path, tmp_path: Path) -> None:
    copy = shutil.copy(library, tmp_path / "libshop.so")
    newer = of_version(library, tmp_path / "newer.so", "1.1.0")
    acme = of_name(library, tmp_path / "libacme.so", "acme")
    both = "acme.is_valid_gtin(s) and shop.is_valid_gtin(s)"
    text = f"input candidate {{ s: string }}\nfeature f : dense = if {both} then 1.0 else 0.0\n"
    said = steps(
        ["load_plugin", library],
        ["load_plugin", library],
        ["load_plugin", copy],
        ["load_plugin", newer],
        ["load_plugin", acme],
        ["load", package],
        ["compile", text],
    )
    same = "ok: shop 1.0.0, 3 operators"
    assert said[:3] == [same] * 3
    assert said[3].startswith("invalid_argument: ")
    assert "has the plug-in shop already, version 1.0.0 from" in said[3]
    assert "and this is version 1.1.0" in said[3]
    assert said[4:] == ["ok: acme 1.0.0, 3 operators", "ok", "ok"]


def test_many_threads_load_while_others_extract(
    library: Path, package: Path, tmp_path: Path
) -> None:
    acme = of_name(library, tmp_path / "libacme.so", "acme")
    script = tmp_path / "threads.py"
    script.write_text(
        "import sys, threading\n"
        "import feature_extractor as fx\n"
        "shop, acme, package = sys.argv[1:]\n"
        "fx.load_plugin(shop)\n"
        "extractor = fx.load(package)\n"
        "table = {'bought': [1.0]}, {'code': ['1'] * 9, 'title': ['sale'] * 9, 'price': [3.0] * 9}\n"
        "wanted = extractor.extract_request(*table)['bargain'].tolist()\n"
        "wrong = []\n"
        "def extract():\n"
        "    for _ in range(300):\n"
        "        found = fx.load(package).extract_request(*table)['bargain'].tolist()\n"
        "        if found != wanted: wrong.append(found)\n"
        "def load():\n"
        "    for path in [acme, shop] * 20:\n"
        "        if fx.load_plugin(path).name not in ('acme', 'shop'): wrong.append(path)\n"
        "threads = [threading.Thread(target=f) for f in (extract, extract, load, load, load)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(wanted[0], len(wrong))\n"
    )
    assert run(sys.executable, script, library, acme, package) == "2.0 0\n"


# ---- what does not fit -----------------------------------------------------------------------------


def test_files_that_are_no_plugins(library: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.so"
    text.write_text("hello")
    empty = tmp_path / "empty.so"
    empty.write_text("")
    data = library.read_bytes()
    cut = []
    for part in range(1, 20):
        cut.append(tmp_path / f"cut{part}.so")
        cut[-1].write_bytes(data[: len(data) * part // 32])
    object_ = next(library.parent.rglob("is_valid_gtin.cc.o"))
    paths = [
        text,
        empty,
        tmp_path,
        object_,
        *cut,
        tmp_path / "none.so",
        Path("/dev/null/x"),
        Path(""),
    ]
    if MATH_LIBRARY.exists():
        paths.append(MATH_LIBRARY)
    said = dict(zip(paths, steps(*(["load_plugin", path] for path in paths)), strict=True))
    for path, message in said.items():
        assert not message.startswith("ok"), path
    assert "it is not an ELF file" in said[text]
    assert "it is not an ELF file" in said[empty]
    assert "it is not a file" in said[tmp_path]
    assert "not a shared object" in said[object_]
    assert all("corrupt: " in said[path] and "is not a plug-in" in said[path] for path in cut)
    assert said[tmp_path / "none.so"].startswith("not_found: ")
    assert said[tmp_path / "none.so"].endswith("There is no such file.")
    if MATH_LIBRARY.exists():
        assert "it does not export feature_extractor_plugin" in said[MATH_LIBRARY]


def test_other_machines(library: Path, tmp_path: Path) -> None:
    data = bytearray(library.read_bytes())
    native = struct.unpack_from("<H", data, 18)[0]
    struct.pack_into("<H", data, 18, 243)
    (tmp_path / "riscv.so").write_bytes(data)
    struct.pack_into("<H", data, 18, native)
    data[4] = 1
    (tmp_path / "narrow.so").write_bytes(data)
    other, narrow = steps(
        ["load_plugin", tmp_path / "riscv.so"], ["load_plugin", tmp_path / "narrow.so"]
    )
    assert "was built for RISC-V, and this process runs on" in other
    assert "a machine of 32 bits" in narrow


def test_other_interfaces_and_layouts(library: Path, tmp_path: Path) -> None:
    later = with_number(library, tmp_path / "later.so", INTERFACE, 2)
    larger = with_number(library, tmp_path / "larger.so", 12, 104)
    thrown = with_number(library, tmp_path / "thrown.so", FLAGS, 1)
    fast = with_number(library, tmp_path / "fast.so", FLAGS, 2)
    layout = with_trait(library, tmp_path / "layout.so", 24)
    name = of_name(library, tmp_path / "name.so", "Shop")
    version = of_version(library, tmp_path / "version.so", "1.0.x")
    said = steps(
        *(["load_plugin", p] for p in (later, larger, thrown, fast, layout, name, version))
    )
    again = (
        "Build it again with the headers of this engine; `fx plugin headers` names their folder."
    )
    assert "it has version 2 of the interface (96 bytes), and this engine version 1" in said[0]
    assert said[0].startswith("unsupported_version: ")
    assert said[0].endswith(again)
    assert "(104 bytes)" in said[1]
    assert "compiled with C++ exceptions" in said[2]
    assert "-fno-exceptions" in said[2]
    assert "compiled with -ffast-math" in said[3]
    assert "sizeof(Text) is 24 in the plug-in and 16 in the engine" in said[4]
    assert said[4].endswith(again)
    assert "its name is not a word" in said[5]
    assert "its version is not of the form MAJOR.MINOR.PATCH" in said[6]


def test_arithmetic_is_probed(library: Path, tmp_path: Path) -> None:
    fused = relink(library, tmp_path / "fused.so", "-ffp-contract=fast")
    reordered = relink(
        library,
        tmp_path / "reordered.so",
        "-fassociative-math",
        "-fno-signed-zeros",
        "-fno-trapping-math",
    )
    same = relink(library, tmp_path / "same.so")
    said = steps(*(["load_plugin", path] for path in (fused, reordered, same)))
    if "fma" in Path("/proc/cpuinfo").read_text() or os.uname().machine == "aarch64":
        assert "so that a * b + c is one operation" in said[0]
        assert "-ffp-contract=off" in said[0]
    assert "so that sums are reordered" in said[1]
    assert said[2].startswith("ok")


# ---- what is installed -----------------------------------------------------------------------------


def test_installed_headers_include_only_each_other(installed: Path) -> None:
    folder = installed.parent / "include"
    headers = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.h"))
    assert "feature_extractor/plugin.h" in headers
    assert "feature_extractor/math/logarithm.h" in headers
    included = {
        name
        for header in headers
        for name in re.findall(r'#include ["<]([\w/]+\.h)[">]', (folder / header).read_text())
    }
    assert included <= set(headers)


def test_the_command_line_names_the_folders() -> None:
    assert (Path(fx("plugin", "headers").strip()) / "feature_extractor/plugin.h").is_file()
    assert (Path(fx("plugin", "cmake").strip()) / "feature_extractor-config.cmake").is_file()


def test_the_version_in_the_header_is_that_of_the_project() -> None:
    import feature_extractor

    header = (ROOT / "cpp/include/feature_extractor/plugin.h").read_text(encoding="utf-8")
    assert re.findall(r'HEADER_VERSION "([\d.]+)"', header) == [feature_extractor.__version__]


# ---- damaged plans ---------------------------------------------------------------------------------

SIGNATURES = [{"name": "shop.is_valid_gtin", "signatures": ["(code: string) -> bool"]}]


@pytest.mark.parametrize(
    "plugins",
    [
        1,
        [1],
        [{}],
        [{"name": 1, "version": 2}],
        [{"name": "shop"}],
        [{"name": "shop", "version": "1.0.0", "operators": 1}],
        [{"name": "shop", "version": "1.0.0", "digest": "", "operators": [1]}],
        [{"name": "shop", "version": "1.0.0", "operators": [{"name": "x", "signatures": 1}]}],
        [{"name": "shop", "version": "1.0.0", "operators": [{"name": "x", "signatures": [1]}]}],
        [{"name": "shop", "version": "1.0.0", "operators": SIGNATURES}] * 1001,
    ],
)
def test_damaged_requirements_are_refused(plugins: object) -> None:
    plan = json.dumps({"format": 1, "plugins": plugins, "domains": []})
    with pytest.raises(EngineError, match=r"plug-in|not valid"):
        _native.load_plan(plan, {})
