"""What happens while something else waits: decoders, packages and ways back in a forced order."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.decoding import JsonFormat
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.serving import Service, opening
from feature_extractor.serving import service as service_module

Package = Callable[..., bytes]
REQUEST = {"user": "Ann of Ulm", "seen": [3, 3, 5]}
CANDIDATES = {"item": [1, 2], "price": [None, None]}


def version_of(service: Service) -> float:
    return float(service.extract_request(REQUEST, CANDIDATES)["version"][0])


@dataclass(eq=False)
class Fussy:
    """Messages that fit one package only; whoever asks first is kept waiting."""

    fits: int
    asked: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    prepared: int = 0

    def decoder(self, extractor: Any) -> Any:
        self.asked.set()
        assert self.go_on.wait(30)
        self.prepared += 1
        if self.prepared > self.fits:
            raise FeatureExtractorError("the messages do not fit it")
        return JsonFormat(1000, 1000).decoder(extractor)


def in_thread(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    told: list[object] = []

    def work() -> None:
        try:
            told.append(call())
        except Exception as error:
            told.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread, told


def test_a_way_back_waits_for_a_decoder_that_is_being_made(package: Package) -> None:
    """Else it would bring back a package that was never asked whether the messages fit it."""
    with Service(package(1)) as service:
        service.push(package(2))
        messages = Fussy(fits=1)
        making, made = in_thread(lambda: service._message_decoder(messages))
        assert messages.asked.wait(30)
        back, came = in_thread(service.roll_back)
        back.join(0.1)
        assert back.is_alive()
        messages.go_on.set()
        making.join(30)
        back.join(30)
        assert [type(one).__name__ for one in made] == ["MessageDecoder"]
        assert "do not fit" in str(came[0])
        assert version_of(service) == 2


def test_a_package_is_asked_about_a_decoder_that_came_while_it_was_accepted(
    package: Package,
) -> None:
    accepting, go_on = threading.Event(), threading.Event()
    first = fx.load(package(1)).digest

    def accept(extractor: Any) -> None:
        if extractor.digest != first:
            accepting.set()
            assert go_on.wait(30)

    with Service(package(1), accept=accept) as service:
        pushing, told = in_thread(lambda: service.push(package(2)))
        assert accepting.wait(30)
        messages = Fussy(fits=1)
        messages.go_on.set()
        service._message_decoder(messages)
        go_on.set()
        pushing.join(30)
        assert "do not fit" in str(told[0])
        assert "do not fit" in service.refusals[-1].reason
        assert version_of(service) == 1


def test_a_slow_package_does_not_replace_one_that_was_pushed_later(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests, decoders, pushes and ways back do not wait for a disk."""
    reading, go_on = threading.Event(), threading.Event()
    load = fx.load

    def slow(content: Any) -> Any:
        if content == package(2):
            reading.set()
            assert go_on.wait(30)
        return load(content)

    monkeypatch.setattr(opening, "load", slow)
    with Service(package(1)) as service:
        pushing, told = in_thread(lambda: service.push(package(2)))
        assert reading.wait(30)
        assert version_of(service) == 1
        service.json_decoder()
        service.push(package(3))
        assert version_of(service) == 3
        service.roll_back()
        go_on.set()
        pushing.join(30)
        assert "pushed after this one" in str(told[0])
        assert version_of(service) == 1


class Stuck:
    """A place that does not answer until it is told to."""

    name = "a disk that hangs"

    def __init__(self, content: bytes) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.answered = threading.Event()
        self._content = content

    def changed(self) -> bytes:
        self.asked.set()
        assert self.go_on.wait(30)
        self.answered.set()
        return self._content


def test_a_place_that_hangs_holds_up_nobody(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "_END_SECONDS", 0.1)
    place = Stuck(package(3))
    file = tmp_path / "live.fxp"
    file.write_bytes(package(2))
    service = Service(package(1))
    service.watch(place, every=0.01)
    assert place.asked.wait(30)
    service.watch(file, every=0.01)
    until = time.monotonic() + 30
    while version_of(service) != 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    service.close()
    place.go_on.set()
    assert place.answered.wait(30)
    while not any(one.source == place.name for one in service.refusals):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert "closed before" in service.refusals[-1].reason
    assert version_of(service) == 2


def test_a_named_pipe_and_a_folder_that_goes_away_hold_up_nobody(
    package: Package, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.fxp"
    os.mkfifo(pipe)
    folder = tmp_path / "packages"
    folder.mkdir()
    with Service(package(1)) as service:
        service.watch(pipe, every=0.01)
        service.watch(folder, every=0.01)
        folder.rmdir()
        until = time.monotonic() + 30
        while {one.source for one in service.refusals} != {str(pipe), str(folder)}:
            assert time.monotonic() < until
            assert version_of(service) == 1
            time.sleep(0.01)
        reasons = {one.source: one.reason for one in service.refusals}
        assert "not a regular file" in reasons[str(pipe)]
        assert "cannot be read" in reasons[str(folder)]
        folder.mkdir()
        fresh = tmp_path / "fresh"
        fresh.write_bytes(package(2))
        fresh.rename(folder / "good.fxp")
        while version_of(service) != 2:
            assert time.monotonic() < until
            time.sleep(0.01)
