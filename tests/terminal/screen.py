"""Runs `dltui` in a pseudo-terminal, and reads its screen with an emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

from tests.terminal.preloaded import ForkedProcess, Preloaded, reset_signals

COMMAND = Path(sys.executable).with_name("dltui")
START = "from tui import cli; cli.command()"
PRELOADED = sys.platform == "linux"
"""Whether apps are forked from a process that has imported everything; macOS forbids it."""
SWITCH = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""The escape sequences that the app writes when it starts and ends."""
AT_REST = {"25": True, "7": True}
"""Private modes that are on before the app starts: visible cursor and line wrap."""
PATIENCE = 180.0
"""Seconds to wait for an expected state; only a failing test waits that long."""


def epoch(text: str) -> int:
    found = re.search(r"epoch (\d+)/", text)
    return int(found[1]) if found else 0


class Terminal:
    """A terminal of a given size that runs `dltui`."""

    def __init__(
        self,
        *arguments: str,
        columns: int,
        rows: int,
        environment: Mapping[str, str],
        preloaded: Preloaded,
        program: Sequence[str | Path] = (),
        script: str = START,
        folder: Path | None = None,
    ) -> None:
        """Start `dltui` or `script` with all modules imported, or else `program`, in `folder`."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self._master, slave = pty.openpty()
        self._set_size(slave, columns, rows)
        self.modes_before = termios.tcgetattr(slave)
        self._slave = slave
        environment = {**os.environ, "TERM": "xterm-256color", **environment}
        self.process: ForkedProcess | subprocess.Popen[bytes]
        if not program and PRELOADED:
            self.process = preloaded.start(arguments, slave, environment, folder, script)
            return
        self.process = subprocess.Popen(
            [*(program or (sys.executable, "-c", script)), *arguments],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=reset_signals,
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def send(self, keys: str | bytes) -> None:
        """Send keys or bytes, and read the app's output while the terminal is full."""
        data = keys if isinstance(keys, bytes) else keys.encode()
        for start in range(0, len(data), 64):
            end = time.monotonic() + PATIENCE
            while not select.select([], [self._master], [], 0)[1]:
                assert time.monotonic() < end, f"the app reads no keys\n{self.text}"
                self.discard(0.01)
            os.write(self._master, data[start : start + 64])

    def play(self, *turns: tuple[str, ...]) -> None:
        """Send each key, and wait for the words after it, or until they disappear for `!`.

        `⏎` before a text opens the input first and waits for it, as a user would.
        """
        for keys, *words in turns:
            if keys.startswith("⏎"):
                self.play(("", "!esc cancel"), ("\r", "esc cancel"))
                keys = f"{keys[1:]}\r"
            self.send(keys)
            for each in words:
                self.until(lambda text, word=each: self._holds(word, text))  # type: ignore[misc]

    @staticmethod
    def _holds(word: str, text: str) -> bool:
        return (word.lstrip("!") in " ".join(text.split())) != word.startswith("!")

    def line(self, number: int = 1) -> str:
        """Return a line of the screen; the second one is the input."""
        return self.screen.display[number].strip()

    def quit(self) -> float:
        """Press q and return the seconds until the process ended; check the restored terminal."""
        began = time.monotonic()
        self.send("q")
        assert self.end() == 0
        seconds = time.monotonic() - began
        assert LEFT in self.output
        assert self.left_on() == []
        output = bytes(self.output)
        assert b"Traceback" not in output, output[output.find(b"Traceback") :][:4000].decode()
        return seconds

    def check_left(self) -> None:
        """Check that the terminal is restored and no exception was printed."""
        assert self.left_on() == []
        output = bytes(self.output)
        assert b"Traceback" not in output, output[output.find(b"Traceback") :][:4000].decode()
        assert b"Exception" not in self.output

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self._set_size(self._slave, columns, rows)
        os.killpg(self.process.pid, 28)  # SIGWINCH

    def discard(self, seconds: float = 0.0) -> None:
        """Discard the app's output for this time without emulating it, which is fast."""
        end = time.monotonic() + seconds
        while select.select([self._master], [], [], max(0.0, end - time.monotonic()))[0]:
            self.output += os.read(self._master, 65536)

    def until(self, condition: Callable[[str], bool] | str, every: float = 0.2) -> str:
        """Read the screen until the condition holds, or the words appear."""
        holds = (lambda text: condition in text) if isinstance(condition, str) else condition
        end = time.monotonic() + PATIENCE
        while not holds(self.text):
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"never came: {condition}\n{self.text}")
            self._read(every)
        return self.text

    def settle(self) -> None:
        """Read until the app has sent nothing for a moment."""
        length = -1
        while length != len(self.output):
            length = len(self.output)
            self._read(0.3)

    def end(self) -> int:
        """Wait until the process has ended, and return its exit code."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"does not end\n{self.text}")
            self._read(0.02)
        self._read(0.1)
        return self.process.returncode

    def hang_up(self) -> int:
        """Close the terminal like a lost connection; return the exit status of the process."""
        os.close(self._slave)
        os.close(self._master)
        self._master, self._slave = os.open(os.devnull, os.O_RDWR), os.open(os.devnull, os.O_RDWR)
        return self.process.wait(PATIENCE)

    def modes_now(self) -> list[object]:
        return termios.tcgetattr(self._slave)

    def left_on(self) -> list[str]:
        """Return the differences to the initial state: private modes, kitty's protocol, termios."""
        modes = dict(AT_REST)
        for numbers, letter in SWITCH.findall(self.output):
            modes |= dict.fromkeys(numbers.decode().split(";"), letter == b"h")
        different = [f"mode {n}" for n, on in modes.items() if on != AT_REST.get(n, False)]
        pushed = len(re.findall(rb"\x1b\[>\d+u", self.output))
        popped = len(re.findall(rb"\x1b\[<\d*u", self.output))
        if pushed != popped:
            different.append(f"kitty protocol pushed {pushed} times, popped {popped} times")
        if self.modes_now() != self.modes_before:
            different.append("termios")
        return different

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def until_stopped(self) -> None:
        """Read the screen until the process has stopped, as after ctrl+z."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        self.until(lambda _: stat.read_text().rpartition(")")[2].split()[0] == "T")
        self._read(0.1)

    def wait(self, seconds: float) -> None:
        """Read the screen for this time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def fill(self) -> None:
        """Read nothing while the app draws, until the terminal accepts no more output."""
        end = time.monotonic() + PATIENCE
        while select.select([], [self._slave], [], 0)[1]:
            assert time.monotonic() < end, "the app writes too little to fill the terminal"
            self.send("t")  # a new theme redraws every cell
            time.sleep(0.1)

    def read_all(self) -> None:
        """Read the remaining output after the process has ended."""
        self._read(0.1)

    def _read(self, seconds: float) -> None:
        while select.select([self._master], [], [], seconds)[0]:
            chunk = os.read(self._master, 65536)
            self.output += chunk
            self._answer(chunk)
            self._stream.feed(chunk)
            seconds = 0

    def _answer(self, chunk: bytes) -> None:
        """Answer the app's queries at the start, so that it does not wait."""
        if b"\x1b[?2026$p" in chunk:
            os.write(self._master, b"\x1b[?2026;0$y")

    @staticmethod
    def _set_size(descriptor: int, columns: int, rows: int) -> None:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
