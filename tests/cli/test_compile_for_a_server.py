"""``fx compile --without-labels``: the package of a server, from the program of the training job."""

from __future__ import annotations

from collections.abc import Callable

import feature_extractor as fx_module
from fx_outcome import Run

WriteFile = Callable[[str, str], str]

PROGRAM = """input candidate { views: int, bought: bool }

feature twice : dense = views * 2
feature bought : label = bought
"""


def test_labels_are_left_out(fx: Run, write: WriteFile) -> None:
    name = write("shop.fx", PROGRAM)
    found = fx("compile", name, "--without-labels", "-o", "serving.fxp")
    assert found.code == 0 and found.out.startswith("serving.fxp: 1 feature, ")
    extractor = fx_module.load("serving.fxp")
    assert [feature.name for feature in extractor.features] == ["twice"]
    assert extractor.extract([{"views": 2}])["twice"].tolist() == [4.0]


def test_a_package_without_labels_can_be_compared_and_explained(fx: Run, write: WriteFile) -> None:
    name = write("shop.fx", PROGRAM)
    fx("compile", name, "--without-labels", "-o", "serving.fxp")
    compared = fx("diff", "serving.fxp", name)
    assert compared.code == 1 and compared.out.startswith(
        "1 feature added\n\nadded    bought : label"
    )
    write("log.jsonl", '{"views": 2}\n')
    explained = fx("explain", "--row", "0", "log.jsonl", "serving.fxp")
    assert explained.code == 0, explained.err
    assert "twice : dense = 4.0" in explained.out and "bought" not in explained.out


def test_a_package_keeps_its_features(fx: Run, write: WriteFile) -> None:
    name = write("shop.fx", PROGRAM + 'resource words = vocabulary("words.txt")\n')
    write("words.txt", "a\n")
    fx("compile", name)
    found = fx("compile", "shop.fxp", "--resource", "words=words.txt", "--without-labels")
    assert found.code == 2
    assert found.err == "error: --without-labels is for programs: a package keeps its features\n"
