"""The app with Textual's browser driver and the protocol of textual-serve."""

from __future__ import annotations

import os
import subprocess
import threading
import time

import pyte
import pytest

from tests.terminal.command import COMMAND, PATIENCE, Main

DRIVER = "textual.drivers.web_driver:WebDriver"


class Browser:
    """A program that draws in packets on a pipe, with its emulated screen."""

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

    def play(self, keys: str, words: str) -> None:
        assert self.process.stdin is not None
        if data := keys.encode():
            self.process.stdin.write(b"D" + len(data).to_bytes(4, "big") + data)
            self.process.stdin.flush()
        end = time.monotonic() + PATIENCE
        while words not in "\n".join(self._screen.display):
            assert time.monotonic() < end, f"never came: {words}"
            time.sleep(0.05)

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


def test_a_training_in_a_browser(folders: dict[str, str]) -> None:
    environment = {**folders, "TEXTUAL_DRIVER": DRIVER, "TERM": "dumb"}
    browser = Browser("linear-regression", "--device", "cpu", environment=environment)
    try:
        for keys, words in (("", "1 Concept"), ("2", "ready"), ("]]]] ", "playing"), ("q", "")):
            browser.play(keys, words)
        assert browser.process.wait(PATIENCE) == 0
        assert browser.process.stderr is not None
        assert browser.process.stderr.read() == b""
    finally:
        browser.close()


def test_a_driver_that_is_none_is_refused(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("nonsense", "os:path", "textual.driver:None", ":"):
        monkeypatch.setenv("TEXTUAL_DRIVER", driver)
        assert f"TEXTUAL_DRIVER is {driver!r}" in main.refused()
