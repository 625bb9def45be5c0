"""The app under Textual's driver for browsers, spoken to as textual-serve does."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator

import pyte
import pytest

from tests.terminal.command import COMMAND, PATIENCE, dltui

DRIVER = "textual.drivers.web_driver:WebDriver"


class Browser:
    """A program that draws in packets on a pipe, and what a person sees of it."""

    def __init__(self, *words: str, environment: dict[str, str]) -> None:
        self._screen = pyte.Screen(120, 40)
        self.process = subprocess.Popen(
            [COMMAND, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment, "COLUMNS": "120", "ROWS": "40"},
        )
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def send(self, keys: str) -> None:
        data = keys.encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"D" + len(data).to_bytes(4, "big") + data)
        self.process.stdin.flush()

    def until(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in "\n".join(self._screen.display):
            assert time.monotonic() < end, f"never came: {words}"
            assert self.process.poll() is None
            time.sleep(0.05)

    def end(self) -> tuple[int, bytes]:
        """Wait for its end: its exit code, and its errors."""
        code = self.process.wait(PATIENCE)
        self._thread.join()
        assert self.process.stderr is not None
        return code, self.process.stderr.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        stream = pyte.ByteStream(self._screen)
        while pipe.readline() not in (b"__GANGLION__\n", b""):
            pass
        while len(head := pipe.read(5)) == 5:
            data = pipe.read(int.from_bytes(head[1:], "big"))
            if head[:1] == b"D":
                stream.feed(data)


@pytest.fixture
def browser(folders: dict[str, str]) -> Iterator[Browser]:
    environment = {**folders, "TEXTUAL_DRIVER": DRIVER, "TERM": "dumb"}
    opened = Browser("linear-regression", "--device", "cpu", environment=environment)
    yield opened
    opened.close()


def test_a_training_in_a_browser(browser: Browser) -> None:
    browser.until("1 Concept")
    browser.send("2")
    browser.until("ready")
    browser.send("]]]] ")
    browser.until("playing")
    browser.send("q")
    assert browser.end() == (0, b"")


@pytest.mark.parametrize("driver", ["nonsense", "os:path", "textual.driver:None", ":"])
def test_a_driver_that_is_none_is_refused(folders: dict[str, str], driver: str) -> None:
    code, output, errors = dltui(env={**folders, "TEXTUAL_DRIVER": driver})
    assert (code, output) == (2, "")
    assert "TEXTUAL_DRIVER" in errors
    assert errors.count("\n") == 1
