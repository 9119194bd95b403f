"""Files, folders and addresses that packages come from."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.serving import FilePlace, FolderPlace, HttpPlace, Service, place_of
from feature_extractor.serving import places as places_module


def test_a_file_is_returned_when_it_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.fxp"
    place = FilePlace(file)
    with pytest.raises(FileNotFoundError):
        place.changed()
    file.write_bytes(b"1")
    assert place.changed() == file
    assert place.changed() is None
    os.utime(file, ns=(1, 1))
    assert place.changed() == file


def test_the_newest_file_of_a_folder_counts(tmp_path: Path) -> None:
    place = FolderPlace(tmp_path)
    assert place.changed() is None
    for name, moment in (("b.fxp", 2), ("a.fxp", 3), ("note.txt", 9), (".part.fxp", 9)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, ns=(moment, moment))
    assert place.changed() == tmp_path / "a.fxp"
    assert place.changed() is None
    os.utime(tmp_path / "b.fxp", ns=(3, 3))
    assert place.changed() == tmp_path / "b.fxp"


def test_a_text_names_a_place(tmp_path: Path) -> None:
    assert isinstance(place_of(tmp_path), FolderPlace)
    assert isinstance(place_of(str(tmp_path / "x.fxp")), FilePlace)
    assert isinstance(place_of("https://example.com/x.fxp"), HttpPlace)


class Server(http.server.BaseHTTPRequestHandler):
    body = b""
    tag: str | None = None
    status = 200
    asked: list[dict[str, str]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        Server.asked.append(dict(self.headers))
        if Server.tag and self.headers.get("If-None-Match") == Server.tag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(Server.status)
        if Server.tag:
            self.send_header("ETag", Server.tag)
        self.send_header("Content-Length", str(len(Server.body)))
        self.end_headers()
        self.wfile.write(Server.body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Server.asked, Server.tag, Server.status = [], None, 200
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/live.fxp"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_asked_with_the_last_tag(address: str) -> None:
    Server.body, Server.tag = b"one", '"1"'
    place = HttpPlace(address)
    assert place.changed() == b"one"
    assert place.changed() is None
    assert Server.asked[1]["If-None-Match"] == '"1"'
    Server.body, Server.tag = b"two", '"2"'
    assert place.changed() == b"two"


def test_an_address_that_fails_or_gives_too_much(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Server.body, Server.status = b"gone", 404
    with pytest.raises(OSError, match="404"):
        HttpPlace(address).changed()
    Server.status = 200
    monkeypatch.setattr(places_module, "MOST_BYTES", 3)
    with pytest.raises(OSError, match="more than 3 bytes"):
        HttpPlace(address).changed()


def test_a_service_takes_packages_from_an_address(
    address: str, package: Callable[..., bytes]
) -> None:
    Server.body, Server.tag = package(2), '"2"'
    with Service(package(1)) as service:
        first = service.version
        done = threading.Event()

        class Watched(HttpPlace):
            def changed(self) -> bytes | None:
                if service.version != first:
                    done.set()
                return super().changed()

        service.watch(Watched(address), every=0.01)
        assert done.wait(20)
        assert service.version.source == address
        assert service.previous == first
