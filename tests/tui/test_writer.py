"""The output thread with a pseudo-terminal that is read late or never."""

from __future__ import annotations

import os
import pty
import select
import threading
import time
from collections.abc import Iterator

import pytest

from tui.terminal.writer import MOST_WAITING, Writer


class Pty:
    """A terminal without a program."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()

    def read(self) -> bytes:
        """Read everything that is available."""
        data = b""
        while select.select([self.master], [], [], 0.2)[0]:
            data += os.read(self.master, 65536)
        return data


@pytest.fixture
def terminal() -> Iterator[Pty]:
    opened = Pty()
    yield opened
    for descriptor in (opened.master, opened.slave):
        os.close(descriptor)


def writer(terminal: Pty) -> tuple[Writer, threading.Event]:
    """Return a running writer, and an event that is set when it has caught up."""
    caught_up = threading.Event()
    started = Writer(terminal.slave, caught_up.set)
    started.start()
    return started, caught_up


def running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "output"]


def test_pieces_come_in_order_and_the_last_one_at_the_end(terminal: Pty) -> None:
    started, _ = writer(terminal)
    for number in range(10):
        started.write(b"%d" % number)
    assert terminal.read() == b"0123456789"
    started.finish(b"end")
    assert terminal.read() == b"end"
    assert running() == []


def test_a_terminal_that_is_never_read_gets_the_last_piece(terminal: Pty) -> None:
    started, _ = writer(terminal)
    began = time.monotonic()
    for _ in range(3 * MOST_WAITING):
        started.write(b"x" * 5000)
    started.finish(b"the end")
    assert time.monotonic() - began < 30  # and not forever
    assert running() == []
    assert terminal.read().endswith(b"the end")


def test_after_a_stall_whole_pieces_come_again_and_it_is_said_that_some_are_missing(
    terminal: Pty,
) -> None:
    started, caught_up = writer(terminal)
    for _ in range(3 * MOST_WAITING):
        started.write(b"x" * 4999 + b"\n")
    assert not caught_up.is_set()
    lines = terminal.read()
    assert caught_up.wait(30)
    lines = (lines + terminal.read()).replace(b"\r\n", b"\n")
    assert 0 < lines.count(b"\n") < 3 * MOST_WAITING
    assert set(lines.split(b"\n")) == {b"x" * 4999, b""}
    started.write(b"again")
    assert terminal.read() == b"again"
    started.finish(b"")


def test_where_the_terminal_is_gone_nothing_raises_or_waits() -> None:
    opened = Pty()
    started, _ = writer(opened)
    os.close(opened.master)
    for _ in range(3 * MOST_WAITING):
        started.write(b"x" * 5000)
    started.finish(b"end")
    assert running() == []
    os.close(opened.slave)
