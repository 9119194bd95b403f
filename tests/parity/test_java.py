"""Random programs give the bits of Python in each way that Java has."""

from __future__ import annotations

import hashlib
import os
from typing import Literal

import pytest
from feature_extractor.digest import digest_table
from feature_extractor.samples import tfrecords
from jvm.java import GROUPS, MAPS, NO_TABLE, PAIR, TABLE, JavaProcess, Table

from .random_packages import TRIALS, Trial, trial

FORMS: tuple[Literal["example", "sequence"], ...] = ("example", "sequence")


def check(java: JavaProcess, tried: Trial) -> None:
    """Compare tables and requests, and the features as samples."""
    data = tried.data
    inputs = (*data.request_inputs, *data.candidate_inputs)
    requests = Table({one.name: one.type for one in data.request_inputs}, data.requests)
    candidates = Table({one.name: one.type for one in data.candidate_inputs}, data.candidates)
    flat = Table({one.name: one.type for one in inputs}, data.flat_rows())
    digest = digest_table(tried.truth)
    records = tuple(
        hashlib.sha256(b"".join(map(bytes, tfrecords(tried.truth, form)))).digest()
        for form in FORMS
    )
    names = tried.truth.schema.names
    for mode in (PAIR, GROUPS, TABLE, MAPS):
        tables = (requests, candidates) if mode in (PAIR, GROUPS) else (flat, NO_TABLE)
        offsets = data.offsets if mode in (PAIR, GROUPS) else ()
        answer = java.run(tried.package, mode, *tables, offsets, len(names), len(inputs))
        assert answer.rows == digest.count
        found = dict(zip(names, answer.digests, strict=False))
        other = [
            f"{name} = {tried.texts.get(name)}"
            for name in names
            if found[name] != digest.columns[name]
        ]
        assert not other, f"mode {mode}: {other[:3]}"
        assert answer.digests[-1] == digest.rows, f"mode {mode}: values stand in other rows"
        assert answer.records == records, f"mode {mode}"


@pytest.mark.parametrize("number", TRIALS)
def test_random_programs(java: JavaProcess, number: int) -> None:
    check(java, trial(number))


@pytest.mark.slow
def test_many_random_programs(java: JavaProcess) -> None:
    first = int(os.environ.get("FEATURE_EXTRACTOR_SEED", "3000"))
    for number in range(first, first + 60):
        check(java, trial(number))
