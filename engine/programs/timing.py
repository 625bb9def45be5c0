"""Timing of the calls of a program, and of its compilation."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import torch

from engine.programs import ExampleProgram, ProgramInput
from engine.programs.results import (
    SIZES,
    CallTiming,
    CompileTime,
    ExplainedError,
    Measured,
    Way,
    WayFailure,
)
from engine.programs.ways import (
    Function,
    arguments,
    explain_tracing,
    load,
    set_mode,
    symbolic_trace,
)

KERNEL = re.compile(r"^(\w+_fused_\w+) = async_compile", re.MULTILINE)
"""The name of a loop in the code that the compiler generated."""
ROUNDS = 25
ROUND_SECONDS = 0.01  # a round is as many calls as fit into this

NO_COMPILER = (
    "torch.compile writes C++ and has it compiled, and this machine has no C++ compiler. "
    "Install one (apt install g++, dnf install gcc-c++, xcode-select --install), or name it in "
    "the environment variable CXX. The other two ways need none."
)
NO_HEADERS = (
    "torch.compile writes C++ that includes Python.h, and this machine has Python without its "
    "headers. Install them (apt install python3-dev, dnf install python3-devel). "
    "The other two ways need none."
)
NO_TRITON = (
    "On this GPU torch.compile writes Triton, and Triton is not there or cannot work. "
    "Install it (pip install triton). The other two ways need none."
)
COMPILER_FAILED = "The compiler could not do it here. The other two ways go on without it."


def quick(program: ExampleProgram, device: str) -> Iterator[Measured]:
    """Time the ways that need no compiler, in a second or two."""
    functions, problem = uncompiled(program)
    if problem is not None:
        yield WayFailure(Way.TRACED, problem)
    for size in SIZES:
        yield from timings(functions, program.inputs[0], size, device)


def slow(program: ExampleProgram, device: str, folder: Path) -> Iterator[Measured]:
    """Compile for each size, and time all ways again; the compiler writes into `folder`."""
    torch.compiler.reset()
    functions, _ = uncompiled(program)
    functions[Way.COMPILED] = torch.compile(load(program))
    for size in SIZES:
        try:
            yield compiling(functions[Way.COMPILED], program.inputs[0], size, device, folder)
        except Exception as error:  # compilers raise errors of any type; the other ways worked
            yield WayFailure(Way.COMPILED, why_not(error))
            return
        yield from timings(functions, program.inputs[0], size, device)


def uncompiled(program: ExampleProgram) -> tuple[dict[Way, Function], ExplainedError | None]:
    """Return the program itself and its traced graph, and the error if tracing failed."""
    functions = {Way.EAGER: load(program)}
    try:
        functions[Way.TRACED] = symbolic_trace(program, program.inputs[0])
    except Exception as error:  # tracing raises any error that the program makes with a Proxy
        return functions, explain_tracing(error)
    return functions, None


def compiling(
    function: Function, given: ProgramInput, size: int, device: str, folder: Path
) -> CompileTime:
    """Return the time of the first call, which compiles; raises the compiler's errors."""
    before = set(folder.rglob("*.py"))
    values = arguments(given, device, size)
    set_mode(function, given)
    seconds = _round(function, values, device, calls=1)
    texts = [file.read_text("utf-8") for file in sorted({*folder.rglob("*.py")} - before)]
    kernels = tuple(name for text in texts for name in KERNEL.findall(text))
    return CompileTime(size, seconds, kernels)


def timings(
    functions: Mapping[Way, Function], given: ProgramInput, size: int, device: str
) -> list[CallTiming]:
    """Time the ways in turn, so that other load on the machine affects all of them equally."""
    values = arguments(given, device, size)
    rounds: dict[Way, list[float]] = {way: [] for way in functions}
    gc.collect()
    gc.disable()  # no garbage collector in the middle of a round
    try:
        calls = {}
        for way, function in functions.items():
            function(*values)  # the first call is a warm-up and is not counted
            calls[way] = max(1, int(ROUND_SECONDS / _round(function, values, device, 3)))
        for _ in range(ROUNDS):
            for way, function in functions.items():
                rounds[way].append(_round(function, values, device, calls[way]))
    finally:
        gc.enable()
    return [
        CallTiming(way, size, *(1e6 * pick(seconds) for pick in (median, min, max)))
        for way, seconds in rounds.items()
    ]


def synchronize(device: str) -> None:
    """Wait until the device has finished all queued operations: a GPU runs asynchronously."""
    if device != "cpu":
        torch.accelerator.synchronize(device)


def why_not(error: Exception) -> ExplainedError:
    """Return the compiler's error with advice."""
    text = str(error)
    if "Python.h" in text:
        words = NO_HEADERS
    elif "No working C++ compiler" in text or "C compiler" in text:
        words = NO_COMPILER
    else:
        words = NO_TRITON if "riton" in text else COMPILER_FAILED
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return ExplainedError(type(error).__name__, first, words)


def _round(function: Function, values: tuple[Any, ...], device: str, calls: int) -> float:
    synchronize(device)
    began = time.perf_counter()
    for _ in range(calls):
        function(*values)
    synchronize(device)
    return (time.perf_counter() - began) / calls
