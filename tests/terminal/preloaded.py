"""Starts apps by forking a process that has imported everything, which saves most of their start.

Run as a program, it is that process: it takes requests on a socket until the socket is closed.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

SIZE = 1 << 20
"""Bytes that a request may have."""


def reset_signals() -> None:
    """Handle signals as in the foreground of a shell, also under `nohup` and in background jobs."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class ForkedProcess:
    """An app that was forked, with the part of the interface of `Popen` that the tests use."""

    returncode: int | None = None

    def __init__(self, preloaded: Preloaded, pid: int) -> None:
        self._preloaded, self.pid = preloaded, pid

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._preloaded.ask({"pid": self.pid})
        return self.returncode

    def wait(self, timeout: float = float("inf")) -> int:
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("dltui", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Preloaded:
    """The process that forks the apps of one test session, started with the first of them."""

    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Preloaded:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._socket.close()
            self._process.wait()

    def start(
        self,
        arguments: tuple[str, ...],
        terminal: int,
        environment: Mapping[str, str],
        folder: Path | None,
        script: str,
    ) -> ForkedProcess:
        """Start `dltui`, or the script, with the descriptor of a terminal as all its streams."""
        if self._process is None:
            self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(other.fileno())],
                pass_fds=[other.fileno()],
                env={**os.environ, "OMP_NUM_THREADS": "1"},  # threads do not survive a fork
                start_new_session=True,
                preexec_fn=reset_signals,
            )
            other.close()
        words = {"arguments": arguments, "environment": dict(environment), "script": script}
        pid = self.ask({**words, "folder": str(folder or Path.cwd())}, terminal)
        return ForkedProcess(self, pid)

    def ask(self, request: dict[str, Any], *descriptors: int) -> Any:
        socket.send_fds(self._socket, [json.dumps(request).encode()], descriptors)
        return json.loads(self._socket.recv(SIZE))


def serve(requests: socket.socket) -> None:
    """Fork an app for each request with a terminal; otherwise tell the exit code of one, if any."""
    while True:
        data, descriptors, _, _ = socket.recv_fds(requests, SIZE, 1)
        if not data:
            return
        request = json.loads(data)
        if not descriptors:
            pid, status = os.waitpid(request["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if answer == 0:
                requests.close()
                become(request, descriptors[0])
            os.close(descriptors[0])
        requests.send(json.dumps(answer).encode())


def become(request: dict[str, Any], terminal: int) -> None:
    """Run the app in this process, in a session of its own; the app ends the process."""
    try:
        os.setsid()
        for number in range(3):
            os.dup2(terminal, number)
        os.close(terminal)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.argv = ["dltui", *request["arguments"]]
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            stream = io.open(number, "r" if name == "stdin" else "w", 1, encoding="utf-8")  # noqa: SIM115, UP020
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        exec(request["script"], {"__name__": "__main__"})
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(1)


def main() -> None:
    for package in map(import_module, ("engine", "lessons", "tui")):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    import_module("engine.run").warm_up()
    import_module("engine.tensors.content").warm_up()
    gc.collect()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
