"""Damaged and malicious packages: always refused, by whatever way they come, while the live one serves on."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.plan.package import Package, PackageError, read_package, with_members
from feature_extractor.serving import Service

Made = Callable[..., bytes]
REQUEST = {"user": "Ann of Ulm", "seen": [3, 3, 5]}
CANDIDATES = {"item": [1, 3], "price": [None, None]}
ROWS = {"user": ["Ann"] * 8, "seen": [[3]] * 8, "item": list(range(8)), "price": [None] * 8}
FLIPS = 200


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(good: Package) -> bytes:
    """A quarter of a gigabyte of zeros in 300 kB, with a manifest that knows of it."""
    members = {**good.members, "resources/zeros": bytes(1 << 28)}
    whole = with_members(good.manifest, members)
    manifest = json.dumps(whole.manifest).encode()
    return zipped({"manifest.json": manifest, **members})


def overlapping(good: bytes) -> bytes:
    """A thousand directory entries for the same bytes."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        start = archive.start_dir
        entry_end = good.index(b"PK\x01\x02", start + 4)
    entry, rest = good[start:entry_end], good[entry_end:]
    end = bytearray(rest[rest.rindex(b"PK\x05\x06") :])
    directory = entry * 1000 + rest[: rest.rindex(b"PK\x05\x06")]
    count = 999 + int.from_bytes(end[10:12], "little")
    end[8:10] = end[10:12] = count.to_bytes(2, "little")
    end[12:16] = len(directory).to_bytes(4, "little")
    return good[:start] + directory + bytes(end)


def hostile(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield packages that are none, with a name for each."""
    package = read_package(good)
    manifest, members = package.manifest, package.members
    yield "empty", b""
    for size in (1, 4, 30, 64, 100, len(good) // 3, len(good) // 2, len(good) - 22, len(good) - 1):
        yield f"cut after {size}", good[:size]
    yield "with a tail", good + b"\0"
    yield "twice", good + good
    yield "with a head", b"\0" + good
    yield "zeros behind", good[: len(good) // 2] + bytes(len(good) - len(good) // 2)
    yield "another kind of file", b"\x7fELF" + good[4:]
    yield "compressed", zipped({"manifest.json": json.dumps(manifest).encode(), **members})
    yield (
        "packed again",
        zipped({"manifest.json": json.dumps(manifest).encode(), **members}, zipfile.ZIP_STORED),
    )
    yield "bomb", bomb(package)
    yield "overlapping", overlapping(good)
    yield "its digest", replace(package, manifest={**manifest, "digest": "0" * 32}).to_bytes()
    listed = json.loads(json.dumps(manifest["members"]))
    listed["plan.json"]["digest"] = "0" * 32
    yield "a member's digest", replace(package, manifest={**manifest, "members": listed}).to_bytes()
    listed = json.loads(json.dumps(manifest["members"]))
    listed["plan.json"]["size"] += 1
    yield "a member's size", replace(package, manifest={**manifest, "members": listed}).to_bytes()
    yield "another plan", replace(package, members={**members, "plan.json": b"{}"}).to_bytes()
    yield (
        "a plan with its digests",
        with_members(manifest, {**members, "plan.json": b'{"format": 1}'}).to_bytes(),
    )
    yield (
        "a plan of another shape",
        with_members(
            manifest,
            {**members, "plan.json": members["plan.json"].replace(b'"slot":', b'"slot":9')},
        ).to_bytes(),
    )
    yield (
        "no plan",
        with_members(
            manifest, {name: data for name, data in members.items() if name != "plan.json"}
        ).to_bytes(),
    )
    yield "outside", with_members(manifest, {**members, "source/../../x": b""}).to_bytes()
    yield "a later format", replace(package, manifest={**manifest, "format": 99}).to_bytes()
    yield "deep JSON", replace(package, manifest={**manifest, "x": deep()}).to_bytes()[:-1]
    chance = random.Random(7)
    for number in range(FLIPS):
        flipped = bytearray(good)
        place = chance.randrange(len(good))
        flipped[place] ^= 1 << chance.randrange(8)
        yield f"flip {number} at byte {place}", bytes(flipped)


def deep() -> list[Any]:
    nested: list[Any] = []
    for _ in range(500):
        nested = [nested]
    return nested


@pytest.fixture(scope="module")
def good(package: Made) -> bytes:
    """A package with golden rows, which could take the place of the live one."""
    from golden.proofs import with_golden

    proved: bytes = with_golden(package(2), ROWS)
    return proved


def served(service: Service) -> float:
    (value,) = set(service.extract_request(REQUEST, CANDIDATES)["version"].tolist())
    return float(value)


def test_what_is_damaged_is_never_live(package: Made, good: bytes) -> None:
    with Service(package(1)) as service:
        decoder = service.json_decoder()
        live = service.version
        count = 0
        for name, content in hostile(good):
            with pytest.raises(fx.EngineError) as caught:
                service.push(content)
            assert str(caught.value), name
            count += 1
            assert service.version is live, name
            assert served(service) == 1
        assert service.refused == count > FLIPS
        assert decoder.extract('{"user": "a", "seen": [], "candidates": []}').rows == 0
        service.push(good)
        assert served(service) == 2


class Place:
    """A place that has one package after the other."""

    name = "a hostile place"

    def __init__(self, contents: list[bytes]) -> None:
        self._left = iter(contents)
        self.ended = threading.Event()

    def changed(self) -> bytes | None:
        found = next(self._left, None)
        if found is None:
            self.ended.set()
        return found


def test_what_a_watched_place_has_is_refused_one_after_the_other(
    package: Made, good: bytes, tmp_path: Path
) -> None:
    contents = [content for _, content in hostile(good)]
    with Service(package(1)) as service:
        place = Place(contents)
        service.watch(place, every=1e-4)
        assert place.ended.wait(60)
        assert service.refused == len(contents)
        assert served(service) == 1
        # And a folder into which somebody copies without renaming.
        service.watch(tmp_path, every=0.005)
        file = tmp_path / "p.fxp"
        until = time.monotonic() + 60
        with file.open("wb", buffering=0) as out:
            for start in range(0, len(good), 500):
                out.write(good[start : start + 500])
                time.sleep(0.002)
                assert served(service) in (1, 2)
        while served(service) != 2:
            assert time.monotonic() < until
            time.sleep(0.01)


WRITTEN_OVER = """
import sys
from pathlib import Path
from feature_extractor import Service
file = Path(sys.argv[1])
with Service(file) as service:
    service.watch(file, every=0.01)
    before = service.extract_request(None, {"w": ["word 5"]})["w"].tolist()
    content = file.read_bytes()
    for size in (0, 100, len(content) // 2):
        file.write_bytes(content[:size])
        found = service.extract_request(None, {"w": ["word 1", "word 29999", "none"]})["w"].tolist()
        assert found == [2, 30000, 0], found
    service.shadow(file.with_name("other.fxp")).close()
print("it lives")
"""


def test_a_file_may_be_written_over_while_it_is_live(tmp_path: Path) -> None:
    """What is copied over a file without renaming takes the pages of the old one away."""
    words = "".join(f"word {number}\n" for number in range(30_000))
    (tmp_path / "words.txt").write_text(words)
    program = fx.compile_text(
        'input candidate { w: string }\nresource words = vocabulary("words.txt")\n'
        "feature w : id(words) = words.lookup(w)\n",
        path=str(tmp_path / "large.fx"),
        root=tmp_path,
    )
    for name in ("live.fxp", "other.fxp"):
        program.save(tmp_path / name)
    # A process of its own: where it is not so, it is killed.
    command = [sys.executable, "-c", WRITTEN_OVER, str(tmp_path / "live.fxp")]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.stdout == "it lives\n", (found.returncode, found.stderr)


def test_a_bomb_takes_no_memory(good: bytes) -> None:
    for content in (bomb(read_package(good)), overlapping(good)):
        assert len(content) < 2 << 20
        tracemalloc.start()
        try:
            with pytest.raises(PackageError, match=r"compressed|larger than the archive"):
                read_package(content)
            assert tracemalloc.get_traced_memory()[1] < 16 << 20
        finally:
            tracemalloc.stop()


# ---- decoders while packages are exchanged -------------------------------------------------------

MESSAGE = b'{"user": "Ann of Ulm", "seen": [3, 3, 5], "candidates": {"item": [1, 3, 5], "price": [null, 1, 2]}}'


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def reload_under_decoders(package: Made, seconds: float) -> tuple[int, list[object], list[int]]:
    """Exchange packages each 200 ms, with damaged ones and ways back between.

    Return how many answers there were, what was wrong, and the memory over time.
    """
    versions = {fx.load(package(number)).digest: float(number) for number in (1, 2, 3)}
    ended = threading.Event()
    wrong: list[object] = []
    answers = [0] * 3
    memory: list[int] = []
    with Service(package(1)) as service:
        decoder = service.json_decoder()

        def work(worker: int) -> None:
            try:
                while not ended.is_set():
                    messages = [MESSAGE] * (1 + worker)
                    result = decoder.extract_batch(messages)
                    version = versions[result.package_digest]
                    seen = [0.0, 2.0, 1.0] * len(messages)
                    if result["version"].tolist() != [version] * 3 * len(messages):
                        wrong.append(result["version"].tolist())
                    if result["seen_before"].tolist() != seen:
                        wrong.append(result["seen_before"].tolist())
                    answers[worker] += 1
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(3)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + seconds
        turn = 0
        while time.monotonic() < until and not wrong:
            turn += 1
            if turn % 5 == 4:
                service.roll_back()
            elif turn % 5 == 3:
                with pytest.raises(fx.EngineError):
                    service.push(package(3)[: turn % 400])
            else:
                service.push(package(1 + turn % 3))
            memory.append(resident_bytes())
            time.sleep(0.2)
        ended.set()
        for thread in threads:
            thread.join()
    return sum(answers), wrong, memory


def test_decoders_lose_and_mix_nothing(package: Made) -> None:
    answers, wrong, _ = reload_under_decoders(package, 3.0)
    assert wrong == []
    assert answers > 50


@pytest.mark.slow
def test_decoders_for_a_minute_take_no_more_memory(package: Made) -> None:
    answers, wrong, memory = reload_under_decoders(package, 60.0)
    print(f"{answers} answers, {len(memory)} exchanges, {memory[0]} to {max(memory)} bytes")
    assert wrong == []
    assert answers > 1000
    third = len(memory) // 3
    assert max(memory[2 * third :]) - max(memory[third : 2 * third]) < 4 << 20
