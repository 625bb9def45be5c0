"""Runs a learner's program in a process of its own, and reports losses, parameters and errors.

The limits protect against accidents: an endless loop, a flood of output, a growing list. They do
not protect against malice, since the program runs with the rights of the learner.
"""

from __future__ import annotations

import builtins
import ctypes
import gc
import io
import json
import linecache
import multiprocessing
import os
import random
import resource
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from engine.exercises.record import CLOSED, EARLY, VALUES

NAME = "exercise"
"""The module name of the program: a program's `if __name__ == "__main__":` does not run."""
GIGABYTES = 2
"""The memory that a program may use besides PyTorch."""
SHOWN, FLOOD = 20_000, 10_000_000
"""The characters of output that are kept, and those that end the program."""
POINTS = 500
"""The most samples that are drawn."""
PAUSE = 0.03
"""The seconds between two reports after the first updates."""
STARTS = ("subprocess.Popen", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system")
"""The audit events of starting another process."""


class Limit(BaseException):
    """The program exceeded a limit; not an `Exception`, so that `except Exception` passes it on."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class NotAllowed(RuntimeError):
    """The program did something that an exercise never needs."""


class Reporter:
    """Writes the events of this run, and keeps what the program prints within its limit."""

    def __init__(self, output: int, run: int) -> None:
        self._output, self._run = output, run
        self._pipe = _file(output)

    def send(self, **event: Any) -> None:
        """Write an event as one line; ends the process if the program has closed the descriptor."""
        if _file(self._output) != self._pipe:
            os._exit(CLOSED)
        # The first line end is for an event that a limit has interrupted.
        line = memoryview(f"\n{json.dumps({'id': self._run, **event})}\n".encode())
        while line:
            line = line[os.write(self._output, line) :]


def _file(descriptor: int) -> tuple[int, int] | None:
    """Return which file a descriptor belongs to; None if it is closed."""
    try:
        facts = os.fstat(descriptor)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


class Printed(io.TextIOBase):
    """The standard output and error of the program."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter, self._kept, self._lost = reporter, 0, 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        text = str(text)
        shown = text[: max(SHOWN - self._kept, 0)]
        self._kept += len(shown)
        if shown:
            self._reporter.send(output=shown)
        self._lost += len(text) - len(shown)
        if self._lost > FLOOD:
            raise Limit("output", f"it printed more than {FLOOD:,} characters")
        return len(text)


def run(request: dict[str, Any], output: int, alive: int, questions: int) -> None:
    """Run the program of a request and report its events; `alive` is closed when the server ends.

    Args:
        request: `run`, its id; `file`, the path of the program; `source`, its text; `probe`, code
            with a function `probe`, or an empty text; `folder`, the current directory; `first` and
            `total`, the seconds until the first loss and altogether; `picture`, whether the data of
            the program are reported; `reads`, whether it then reads digits.
        output: the descriptor of the events.
        alive: a pipe that ends with the server.
        questions: a pipe with the images to read, see `_read_digits`.
    """
    _end_with(alive)
    reporter = Reporter(output, request["run"])
    _prepare(request, Printed(reporter))
    source, file = request["source"], request["file"]
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        _limit_time(request["first"], "to the first loss")
        _run(request, reporter, questions)
    except BaseException as error:  # SystemExit and Limit too
        signal.setitimer(signal.ITIMER_REAL, 0)
        reporter.send(failure=_failure(error, file))


def _run(request: dict[str, Any], reporter: Reporter, questions: int) -> None:
    module = types.ModuleType(NAME)
    module.__file__ = request["file"]
    sys.modules[NAME] = module
    exec(compile(request["source"], request["file"], "exec"), module.__dict__)
    if request["picture"]:
        reporter.send(data=[_points(module, name) for name in ("x", "y")])
    began = time.monotonic()
    if hasattr(module, "train"):
        _train(module, reporter, request)
    _limit_time(request["total"] - (time.monotonic() - began), "in total")
    if request["probe"]:
        probe: dict[str, Any] = {}
        exec(compile(request["probe"], "probe", "exec"), probe)
        for label, value in probe["probe"](module):
            reporter.send(value=[label, plain(value)])
    signal.setitimer(signal.ITIMER_REAL, 0)
    reporter.send(done=True)
    if request["reads"]:
        _read_digits(module, reporter, questions)


def _read_digits(module: types.ModuleType, reporter: Reporter, questions: int) -> None:
    """Answer which digit the program sees in an image, until this process is killed.

    An image is a line of JSON with its pixels from 0 to 16, row by row.
    """
    reporter.send(reads=True)
    with os.fdopen(questions) as lines:
        for line in lines:
            digits = module.predict(torch.tensor([json.loads(line)]))
            reporter.send(digit=int(torch.as_tensor(digits).reshape(-1)[0]))


def _points(module: types.ModuleType, name: str) -> list[Any]:
    """Return the inputs or targets of the first `POINTS` samples; empty if there are none."""
    data = getattr(module, name, None)
    if not isinstance(data, torch.Tensor) or not data.dim():
        return []
    points: list[Any] = data.detach()[:POINTS].double().tolist()
    return points


def _train(module: types.ModuleType, reporter: Reporter, request: dict[str, Any]) -> None:
    """Run the program's training and report what it yields."""
    began = reported = time.monotonic()
    losses: list[float] = []
    parameters: list[torch.Tensor] = []
    steps = 0
    calls = [0, 0]  # of an optimizer's `step`, and of `backward`

    def count(*_: object) -> None:
        calls[0] += 1

    def counted(*args: Any, **kwargs: Any) -> None:
        calls[1] += 1
        backward(*args, **kwargs)

    register_optimizer_step_post_hook(count)
    backward = torch.autograd.backward
    torch.autograd.backward = counted  # Tensor.backward() calls it
    for loss, model in _yields(module.train()):
        steps += 1
        if steps == 1:
            _limit_time(request["total"] - (time.monotonic() - began), "in total")
        losses.append(loss)
        parameters = tensors(model)
        now = time.monotonic()
        if steps <= EARLY:
            tensors_alive, operations = _graphs()
            reporter.send(
                losses=losses, parameters=_numbers(parameters), gradients=_gradients(parameters),
                graphs=tensors_alive, operations=operations, steps=calls[0],
                backwards=calls[1], early=True,
            )  # fmt: skip
            losses, reported = [], now
        elif now - reported > PAUSE:
            reporter.send(losses=losses, parameters=_numbers(parameters))
            losses, reported = [], now
    if losses:
        reporter.send(losses=losses, parameters=_numbers(parameters))
    if not steps:
        raise TypeError("train() yielded nothing; it must yield (loss, model) after each update")


def _yields(results: Any) -> Iterator[tuple[float, Any]]:
    """Yield the loss as a number and the model for each pair that `train()` yields."""
    if not isinstance(results, Iterator):
        if results is None:
            raise TypeError(
                "train() returned nothing; it must yield (loss, model) after each update"
            )
        found = _kind(results)
        raise TypeError(f"train() returned {found}; it must yield: yield loss, model")
    for pair in results:
        if not isinstance(pair, tuple) or len(pair) != 2:
            found = "nothing" if pair is None else _kind(pair)
            raise TypeError(f"train() yielded {found}; it must yield a pair: yield loss, model")
        loss, model = pair
        if isinstance(model, type):
            name = model.__name__
            raise TypeError(f"train() yielded the class {name}; it must yield the trained model")
        if callable(model) and not isinstance(model, torch.nn.Module) and not tensors(model):
            raise TypeError(f"train() yielded {_kind(model)}; it must yield the model itself")
        if isinstance(loss, torch.Tensor) and loss.numel() != 1:
            shape = tuple(loss.shape)
            raise TypeError(f"the yielded loss has shape {shape}; it must be a single number")
        try:
            number = float(loss.detach() if isinstance(loss, torch.Tensor) else loss)
        except (TypeError, ValueError):
            raise TypeError(
                f"the yielded loss is {_kind(loss)}; it must be a number: yield loss, model"
            ) from None
        yield number, model


def _kind(value: object) -> str:
    """Return the type of a value in words."""
    name = getattr(value, "__name__", None)
    if callable(value) and name is not None:
        return f"the function {name}, which is not called"
    name = type(value).__name__
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def tensors(model: Any) -> list[torch.Tensor]:
    """Return the parameters of a module, or the tensors and numbers of a nested structure."""
    if isinstance(model, torch.nn.Module):
        return list(model.parameters())
    if isinstance(model, torch.Tensor):
        return [model]
    if isinstance(model, float | int | np.number | np.ndarray):
        return [torch.as_tensor(model)]
    if isinstance(model, dict):
        return [tensor for part in model.values() for tensor in tensors(part)]
    if isinstance(model, Iterable) and not isinstance(model, str):
        return [tensor for part in model for tensor in tensors(part)]
    data = getattr(model, "data", None)  # a learner's own class of a value with a gradient
    return tensors(data) if isinstance(data, float | int) else []


def _numbers(parts: list[torch.Tensor]) -> list[float]:
    """Return the first `VALUES` numbers of some tensors; of more, also two sums over all."""
    with torch.no_grad():
        if not parts:
            return []
        whole = torch.cat([part.detach().reshape(-1).double() for part in parts])
        numbers: list[float] = whole[:VALUES].tolist()
        return numbers + ([float(whole.sum()), float(whole @ whole)] if len(whole) > VALUES else [])


def _gradients(parts: list[torch.Tensor]) -> list[float]:
    """Return the gradients like `_numbers`; empty if they are cleared already."""
    grads = [part.grad for part in parts if part.is_leaf and part.grad is not None]
    return _numbers(grads) if any(bool(grad.any()) for grad in grads) else []


def _graphs() -> tuple[int, int]:
    """Return how many tensors with a graph are alive, and how many operations their graphs have.

    A list of losses has more tensors after each update; a running total is one tensor whose graph
    has more operations.
    """
    graphs = [o.grad_fn for o in gc.get_objects() if type(o) is torch.Tensor]
    waiting = [node for node in graphs if node is not None]
    count, seen = len(waiting), set(waiting)
    while waiting:
        before = {node for node, _ in waiting.pop().next_functions if node is not None} - seen
        seen |= before
        waiting += before
    return count, len(seen)


def plain(value: Any) -> Any:
    """Return a value of a probe as JSON: of a tensor its shape, its dtype and the first numbers."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    if isinstance(value, torch.Tensor):
        numbers = value.detach().reshape(-1)[:64].tolist()
        return {"shape": list(value.shape), "dtype": str(value.dtype)[6:], "numbers": numbers}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    return f"a {type(value).__name__}"


def _end_with(alive: int) -> None:
    """Kill this process and what it has started when the pipe is closed.

    A program that has closed the descriptor itself, or uses it for another file, is ended as one
    that closes that of its events.
    """
    pipe = _file(alive)

    def wait() -> None:
        with suppress(OSError):
            while os.read(alive, 1):
                pass
        if _file(alive) != pipe:
            os._exit(CLOSED)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
    if sys.platform == "linux":  # also while C code holds the GIL
        _die_with_parent()
        os.register_at_fork(after_in_child=_die_with_parent)  # the workers of a DataLoader


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _prepare(request: dict[str, Any], printed: Printed) -> None:
    """Redirect the streams, set the limits and the seeds."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    sys.stdout = sys.stderr = printed
    with suppress(OSError):
        os.chdir(request["folder"])
        sys.path.insert(0, request["folder"])
    if sys.platform == "linux":
        used = _data_bytes()
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (used + GIGABYTES * 2**30, hard))
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)  # programs use the global generator
    torch.set_num_threads(1)
    # Classes of the program exist in a worker only if it is forked.
    multiprocessing.set_start_method("fork", force=True)
    sys.dont_write_bytecode = True  # a helper file may change twice in a second
    builtins.input = _no_input
    sys.addaudithook(_audit)


def _data_bytes() -> int:
    """Return the memory that `RLIMIT_DATA` limits."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))


def _no_input(*_: object) -> str:
    raise NotAllowed("input() waits for a key, and nobody can press one; write the value itself")


def _audit(event: str, _: tuple[Any, ...]) -> None:
    """Refuse to start processes, except for the workers of a `DataLoader`."""
    if event in STARTS:
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_globals.get("__name__") == "torch.utils.data.dataloader":
                return
            frame = frame.f_back
        raise NotAllowed("the program starts another process, which no exercise needs")


def _limit_time(seconds: float, what: str) -> None:
    """Raise `Limit` in the program after this time."""

    def end(*_: object) -> None:
        raise Limit("timeout", f"no end after {seconds:.0f} s {what}")

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))


def _failure(error: BaseException, file: str) -> dict[str, Any]:
    """Return the facts of an error, with its traceback reduced to the learner's lines."""
    kind = "error"
    try:
        message = str(error)
    except Exception:  # an exception class of the program
        message = "its message cannot be shown"
    if isinstance(error, Limit):
        kind = error.kind
    elif isinstance(error, SystemExit):
        kind, message = "exit", "the program ends itself"
    elif isinstance(error, MemoryError) or "can't allocate memory" in message:
        kind = "memory"
    frames = traceback.extract_tb(error.__traceback__)
    trace = [(each.lineno or 0, each.name) for each in frames if each.filename == file]
    line = trace[-1][0] if trace else None
    if isinstance(error, SyntaxError) and error.filename == file:
        line = error.lineno if isinstance(error.lineno, int) else None
        message = str(error.msg)
    return {
        "kind": kind,
        "type": type(error).__name__,
        "message": message[:2000],
        "line": line,
        "trace": trace,
        "code": next((each.line or "" for each in reversed(frames) if each.filename == file), ""),
    }
