"""The process that has imported PyTorch and forks a child for each run of a program.

`python -m engine.exercises.server` reads requests from its standard input, one JSON object a line:
`{"run": id, ...}` as in `program.run`, `{"ask": id, "pixels": [...]}` for a program that reads
digits, or `{"stop": id}`. It writes events to its standard output, each with the id of its run. One
program runs at a time. It ends, and kills the running program, when its standard input is closed,
that is, when the app ends in any way.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.child import own_output

HELPERS = ("sklearn.datasets", "torchvision")
"""Modules that take long to import: imported before the first program that uses them is forked."""


@dataclass(frozen=True, slots=True)
class Current:
    """The program that runs."""

    run: int
    pid: int
    questions: int
    """A pipe for the images that it reads."""


_RUNNING: list[int] = []
"""The process of the current program, if any."""


def serve() -> None:
    """Fork a child for each request until the standard input is closed."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    output = own_output()
    alive, end = os.pipe()  # no child keeps `end`, so they all see when this process ends
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # `select` returns when a child has ended
    _import_torch()
    _write(output, {"ready": True})
    waiting: deque[dict[str, Any]] = deque()
    running: Current | None = None
    rest = b""
    while True:
        readable = select.select([0, woken], [], [])[0]
        if 0 in readable:
            piece = os.read(0, 65536)
            if not piece:
                return  # `_end_with_input` ends this process
            *lines, rest = (rest + piece).split(b"\n")
            for request in map(json.loads, lines):
                number = next(iter(request.values()))
                here = running is not None and running.run == number
                if "run" in request:
                    waiting.append(request)
                elif "ask" in request and running is not None and here:
                    _ask(running.questions, request["pixels"])
                elif "stop" in request:
                    waiting = deque(one for one in waiting if one["run"] != number)
                    if running is not None and here:
                        _kill(running.pid)
        if woken in readable:
            os.read(woken, 4096)
            if running is not None and _reaped(output, running):
                running = None
        if running is None and waiting:
            running = _fork(waiting.popleft(), output, alive, (end, woken, waker))


def _end_with_input() -> None:
    """End with the current program when the standard input is closed, also during an import."""
    poll = select.poll()
    poll.register(0, 0)  # reports only that it was closed
    while not any(event & select.POLLHUP for _, event in poll.poll()):
        pass
    for pid in _RUNNING:
        _kill(pid)
    os._exit(0)


def _import_torch() -> None:
    """Import PyTorch and what its first step imports."""
    import torch
    import torch.utils.data

    torch.set_num_threads(1)
    # The first step of an optimizer imports modules for more than a second.
    torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0).step()


def _fork(request: dict[str, Any], output: int, alive: int, ours: tuple[int, ...]) -> Current:
    """Start the program of a request."""
    for name in HELPERS:
        if name.partition(".")[0] in request["source"] and name not in sys.modules:
            with suppress(Exception):  # the program reports it
                __import__(name)
    gc.collect()
    gc.freeze()  # what the program makes can then be counted quickly
    asked, questions = os.pipe()
    pid = os.fork()
    if pid:
        _RUNNING.append(pid)
        os.close(asked)
        os.set_blocking(questions, False)
        return Current(request["run"], pid, questions)
    code = 1
    try:
        os.setsid()  # `_kill` also ends what the program starts
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (*ours, questions):
            os.close(descriptor)
        from engine.exercises.program import run

        run(request, output, alive, asked)
        code = 0
    finally:
        os._exit(code)


def _ask(questions: int, pixels: list[float]) -> None:
    """Give an image to the program; a program that does not read its images gets no more."""
    with suppress(BlockingIOError, BrokenPipeError):
        os.write(questions, f"{json.dumps(pixels)}\n".encode())


def _reaped(output: int, running: Current) -> bool:
    """Return whether the program has ended; then report it and kill what it has started."""
    pid = running.pid
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return False
    _kill(pid)  # not waited for yet, so its id belongs to no other group
    _RUNNING.remove(pid)
    status = os.waitpid(pid, 0)[1]
    os.close(running.questions)
    _write(output, {"id": running.run, "ended": os.waitstatus_to_exitcode(status)})
    return True


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _write(output: int, event: dict[str, Any]) -> None:
    # The first line end is for an event that a program was writing when it was killed.
    line = memoryview(f"\n{json.dumps(event)}\n".encode())
    while line:
        line = line[os.write(output, line) :]


if __name__ == "__main__":
    serve()
    threading.Event().wait()
