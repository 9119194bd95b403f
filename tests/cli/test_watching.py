"""``fx lint --watch``: a run after each change, whatever happens to the files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from feature_extractor.cli.failures import CommandError
from feature_extractor.cli.watching import watch
from fx_outcome import Run

GOOD = "input candidate { a: int }\nfeature x : dense = a\n"


def scripted(*steps: Callable[[], None]) -> Callable[[], None]:
    """Return what waits: each time it does one of the steps, and then Ctrl-C is pressed."""
    waiting = iter(steps)

    def wait() -> None:
        step = next(waiting, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    return wait


def runs(tmp_path: Path, *steps: Callable[[], None]) -> list[list[str]]:
    """Return the names of the programs that were there in each run."""
    seen: list[list[str]] = []

    def run() -> int:
        seen.append(sorted(path.name for path in tmp_path.glob("*.fx")))
        return 0

    with pytest.raises(click.exceptions.Exit) as ended:
        watch(run, [str(tmp_path)], wait=scripted(*steps))
    assert ended.value.exit_code == 130
    return seen


def test_a_run_for_each_change_and_none_without(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    path.write_text(GOOD)
    assert runs(
        tmp_path,
        lambda: None,
        lambda: os.utime(path, ns=(0, 0)),
        lambda: None,
        lambda: (tmp_path / "b.fx").touch(),
        path.unlink,
        lambda: (tmp_path / "note.txt").touch(),
        lambda: (tmp_path / "fx.toml").touch(),
    ) == [["a.fx"], ["a.fx"], ["a.fx", "b.fx"], ["b.fx"], ["b.fx"]]


def test_files_below_and_settings_above_count(tmp_path: Path) -> None:
    folder = tmp_path / "one" / "two"
    folder.mkdir(parents=True)
    program = folder / "a.fx"
    program.write_text(GOOD)
    (folder / "modules").mkdir()
    count = 0

    def run() -> int:
        nonlocal count
        count += 1
        return 0

    wait = scripted(
        lambda: (folder / "modules" / "m.fx").touch(), lambda: (tmp_path / "fx.toml").touch()
    )
    with pytest.raises(click.exceptions.Exit):
        watch(run, [str(program)], wait=wait)
    assert count == 3


def test_what_a_run_cannot_do_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def outcomes() -> Iterator[int]:
        yield 0
        raise CommandError("a.fx: there is no such file")

    found = outcomes()
    with pytest.raises(click.exceptions.Exit):
        watch(lambda: next(found), [str(tmp_path)], wait=scripted((tmp_path / "a.fx").touch))
    captured = capsys.readouterr()
    assert captured.err == "error: a.fx: there is no such file\n"
    assert "\x1b" not in captured.out
    with pytest.raises(CommandError):
        watch(_fail, [str(tmp_path)], wait=scripted())


def _fail() -> int:
    raise CommandError("nothing")


def test_what_does_not_go_together(fx: Run) -> None:
    for other in ("--diff", "--format=json", "--write-baseline"):
        assert fx("lint", ".", "--watch", "--baseline", "x", other).code == 2


def test_the_command_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    path.write_text(GOOD)
    command = [sys.executable, "-m", "feature_extractor", "lint", ".", "--watch"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell that runs the tests in the background has them, and all that they start, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None

        def report() -> str:
            lines = []
            for line in process.stdout or ():
                lines.append(line)
                if line.startswith("watching"):
                    break
            return "".join(lines)

        def write(text: str) -> None:
            # At once, as editors do, so that half a text is never seen.
            (tmp_path / "new").write_text(text)
            (tmp_path / "new").replace(path)

        try:
            assert "1 file checked: nothing found\n" in report()
            write(GOOD + "feature (\n")
            assert "FX00" in report()
            write(GOOD + "let y = 1\n")
            assert "FX601" in report()
            path.unlink()
            assert "0 files checked" in report()
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
            process.wait()
        finally:
            process.kill()  # A test that fails must not wait for a command that watches.
            process.wait()
    assert (process.returncode, rest) == (130, "\n")
