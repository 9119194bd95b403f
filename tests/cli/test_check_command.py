"""What ``fx check`` says of words of other systems, of wrong arguments and of time zones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fx_outcome import Run

WriteFile = Callable[[str, str], str]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "dayofweek(now)",
            [
                "it is called `day_of_week` here",
                "= note: `day_of_week`: give the day of the week, from 1 for Monday to 7 for Sunday",
            ],
        ),
        (
            "datediff(now, now)",
            [
                "it is called `subtract` or `date_diff` here",
                "= note: `subtract`, written `-`: subtract two numbers",
                "= note: `date_diff`: count the days",
            ],
        ),
        (
            "parse_url(now)",
            ["`url_host`, `url_path`, `url_query`, `url_query_parameter` or otherwise here"],
        ),
        (
            "decay(5, 1d)",
            ["= help: a duration has a unit, such as `30s`, `15m` or `1d`; a number makes one by"],
        ),
        ("[1].map(x -> {n: x}).count()", ["= help: the number of all elements is `length()`"]),
        ("neg(now)", ["= note: `negate`, written `-`: change the sign"]),
    ],
)
def test_what_was_probably_meant_is_told(
    fx: Run, write: WriteFile, written: str, told: list[str]
) -> None:
    program = f"input request {{ now: timestamp }}\nfeature f : dense = {written}\n"
    found = fx("check", write("words.fx", program))
    assert found.code == 1
    for part in told:
        assert part in found.out


def test_time_zones_that_do_not_exist_are_all_told(fx: Run, write: WriteFile) -> None:
    program = (
        "input request { now: timestamp }\n"
        'feature a : id(24) = hour(now, "Mars/Olympus")\n'
        'feature b : id(24) = hour(now, "Europe/Berlin")\n'
        'feature c : id(24) = hour(now, "CET+1")\n'
    )
    found = fx("check", write("zones.fx", program))
    assert found.code == 1
    assert found.out.count("error[FX175]") == 2
    assert "there is no time zone `Mars/Olympus`" in found.out
    assert "zones.fx:4:32" in found.out
    linted = fx("lint", "zones.fx")
    assert linted.out.partition("\n\n1 file")[0] == found.out.partition("\n\n1 file")[0]


def test_names_of_features_may_stand_with_commas(fx: Run, write: WriteFile) -> None:
    name = write(
        "two.fx",
        "input candidate { x: int }\nfeature a : dense = x\nfeature b : dense = x + 1\nfeature c : dense = x + 2\n",
    )
    shown = fx("explain", name, "--feature", "a,c")
    assert shown.code == 0, shown.err
    told = [line.split()[1] for line in shown.out.splitlines() if line.startswith("feature ")]
    assert told == ["a", "c"]
