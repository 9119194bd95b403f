"""Swapping packages while requests run: nothing lost, nothing mixed, nothing bad live."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.errors import EngineError, FeatureExtractorError
from feature_extractor.serving import Service
from golden.proofs import with_golden, with_wrong_value

Package = Callable[..., bytes]
REQUEST = {"user": "Ann of Ulm", "seen": [3, 3, 5]}
CANDIDATES = {"item": list(range(8)), "price": [None] * 8}


def version_of(result: Any) -> float:
    (value,) = set(result["version"].tolist())
    return float(value)


def test_an_answer_names_its_package(package: Package) -> None:
    with Service(package(1)) as service:
        result = service.extract_request(REQUEST, CANDIDATES)
        assert result.package_digest == service.version.digest == service.extractor.digest
        assert service.version.name == "served"
        assert result["seen_before"].tolist() == [0, 0, 0, 2, 0, 1, 0, 0]
        flat = {"user": ["a"] * 8, "seen": [[1]] * 8, **CANDIDATES}
        assert version_of(service.extract(flat)) == 1


def test_push_and_roll_back(package: Package) -> None:
    with Service(package(1)) as service:
        first = service.version
        with pytest.raises(FeatureExtractorError, match="no earlier package"):
            service.roll_back()
        second = service.push(package(2))
        assert second.digest != first.digest
        assert service.previous == first
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 2
        assert service.roll_back() == first
        assert service.previous == second
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 1
        assert service.roll_back() == second


def test_the_same_package_is_not_swapped(package: Package) -> None:
    with Service(package(1)) as service:
        first = service.version
        assert service.push(package(1)) is first
        assert service.previous is None


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_damage_is_refused(package: Package, cut: int) -> None:
    with Service(package(1)) as service:
        with pytest.raises(EngineError):
            service.push(package(2)[:cut])
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 1
        assert len(service.refusals) == 1
        assert service.refusals[0].source == "bytes"
        assert service.refusals[0].reason


def test_other_outputs_are_refused_unless_they_are_wanted(package: Package) -> None:
    more = "feature more : dense = 1.0 + item"
    with Service(package(1)) as service:
        with pytest.raises(EngineError, match="6 features instead of 5; new is 'more'"):
            service.push(package(2, more))
        assert "6 features instead of 5" in service.refusals[-1].reason
    with Service(package(1), same_outputs=False) as service:
        service.push(package(2, more))
        assert "more" in service.extract_request(REQUEST, CANDIDATES)


def test_a_package_whose_golden_rows_differ_is_refused(package: Package) -> None:
    rows = {"user": ["Ann"] * 8, "seen": [[3]] * 8, **CANDIDATES}
    proved = with_golden(package(2), rows)
    with Service(package(1)) as service:
        with pytest.raises(EngineError, match="'version' differs in 8 of 8 rows") as caught:
            service.push(with_wrong_value(proved, "version"))
        assert caught.value.code == "different_values"
        assert "expected 1000, found 2" in service.refusals[-1].reason
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 1
        service.push(proved)
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 2


def test_refusals_are_kept_up_to_a_number(package: Package) -> None:
    with Service(package(1)) as service:
        for _ in range(30):
            with pytest.raises(EngineError):
                service.push(b"no package")
        assert len(service.refusals) == 20
        assert service.refused == 30


def test_a_host_may_refuse_what_its_model_does_not_fit(package: Package) -> None:
    asked: list[str] = []

    def accept(extractor: Any) -> None:
        asked.append(extractor.digest)
        if len(asked) == 2:
            raise ValueError("the model does not fit")

    with Service(package(1), accept=accept) as service:
        with pytest.raises(ValueError, match="the model does not fit"):
            service.push(package(2))
        assert service.refusals[-1].reason == "the model does not fit"
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 1
        third = service.push(package(3))
        assert asked == [service.previous.digest, asked[1], third.digest]


def test_threads_never_see_two_packages_in_one_answer(package: Package) -> None:
    """Four threads run requests while packages are swapped, refused and rolled back; each answer is of one package."""
    with Service(package(0)) as service:
        digests = {0.0: service.version.digest}
        for number in range(1, 4):
            digests[float(number)] = service.push(package(number)).digest
        ended = threading.Event()
        wrong: list[object] = []
        answers = [0] * 4

        def work(worker: int) -> None:
            while not ended.is_set():
                try:
                    result = service.extract_request(REQUEST, CANDIDATES)
                    if result.package_digest != digests[version_of(result)]:
                        wrong.append(result.package_digest)
                    answers[worker] += 1
                except Exception as error:
                    wrong.append(error)
                    return

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for turn in range(120):
            if turn % 10 == 9:
                with pytest.raises(EngineError):
                    service.push(package(1)[:500])
            elif turn % 10 == 8:
                service.roll_back()
            else:
                service.push(package(turn % 4))
        ended.set()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert all(answers)


def wait_for(condition: Any) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within 20 seconds")


def test_a_watched_file_becomes_live(package: Package, tmp_path: Path) -> None:
    file = tmp_path / "live.fxp"
    file.write_bytes(package(1))
    with Service(file) as service:
        service.watch(file, every=0.02)
        fresh = tmp_path / "fresh"
        fresh.write_bytes(package(2))
        fresh.rename(file)
        wait_for(lambda: version_of(service.extract_request(REQUEST, CANDIDATES)) == 2)
        assert service.version.source == str(file)
        file.write_bytes(b"damage")
        wait_for(lambda: service.refusals)
        count = len(service.refusals)
        file.unlink()
        wait_for(lambda: len(service.refusals) > count)
        assert "cannot be read" in service.refusals[-1].reason
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 2
        file.write_bytes(package(3))
        wait_for(lambda: version_of(service.extract_request(REQUEST, CANDIDATES)) == 3)


def test_a_rolled_back_package_does_not_come_back_by_itself(
    package: Package, tmp_path: Path
) -> None:
    file = tmp_path / "live.fxp"
    file.write_bytes(package(2))
    with Service(package(1)) as service:
        service.watch(file, every=0.01)
        wait_for(lambda: version_of(service.extract_request(REQUEST, CANDIDATES)) == 2)
        service.roll_back()
        time.sleep(0.1)
        assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 1


def test_a_closed_service_extracts_but_does_not_watch(package: Package, tmp_path: Path) -> None:
    service = Service(package(1))
    service.close()
    service.close()
    assert version_of(service.extract_request(REQUEST, CANDIDATES)) == 1
    with pytest.raises(FeatureExtractorError, match="closed"):
        service.watch(tmp_path)
    with pytest.raises(ValueError, match="above 0"):
        service.watch(tmp_path, every=0)
