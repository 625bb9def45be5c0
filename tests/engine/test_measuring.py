"""Measurements in child processes: their results, and that no process is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest
import torch

import engine.child
import engine.throughput.child
from engine.child import DONE, ChildProcess, from_line, python, to_line
from engine.programs import find, measuring
from engine.programs.measuring import ProgramMeasurement
from engine.programs.results import (
    SIZES,
    CallTiming,
    CompiledProgram,
    CompileTime,
    ExplainedError,
    Way,
    WayFailure,
)
from engine.programs.timing import ROUNDS, quick, timings, why_not
from engine.programs.ways import watch
from engine.throughput import LoaderTiming, Throughput, plan
from tests.engine.conftest import until
from tests.processes import alive, lose_directory

COMPILER = shutil.which(os.environ.get("CXX", "g++"))
TIMING = CallTiming(Way.EAGER, 4, 9.5, 9.25, 12.0)
SLEEP = "import time; time.sleep(600)"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which measurements create their folders."""
    monkeypatch.setattr(measuring.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def started(monkeypatch: pytest.MonkeyPatch, script: str, limit: float = 60) -> ProgramMeasurement:
    """Start a measurement that runs this Python script as its process."""
    monkeypatch.setattr(measuring, "COMMAND", (sys.executable, "-c", script))
    measured = ProgramMeasurement("smooth", limit=limit)
    measured.start()
    return measured


def finish(measured: ProgramMeasurement | LoaderTiming) -> None:
    until(lambda: (measured.poll(), measured.ended)[1])


def failure_of(measured: ProgramMeasurement) -> str:
    (failure,) = measured.results
    assert isinstance(failure, WayFailure)
    assert failure.problem.message == measured.failure
    return failure.problem.message


# The process.


def test_a_child_sends_lines_and_ends_and_its_last_error_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "print('é one'); print('two', flush=True); raise ValueError('no such luck')"
    child, lines = ChildProcess((sys.executable, "-c", code)), []
    child.start()
    until(lambda: (lines.extend(child.lines()), child.ended)[1])
    assert lines == ["é one", "two"]
    assert child.last_error() == "ValueError: no such luck"
    child.close()
    assert child.lines() == []
    (tmp_path / "engine").mkdir()  # must not be imported from the current folder
    (tmp_path / "engine" / "__init__.py").write_text("raise SystemExit('the wrong engine')")
    monkeypatch.chdir(tmp_path)
    child = ChildProcess(python("engine.child"))
    child.start()
    until(lambda: (child.lines(), child.ended)[1])
    assert child.last_error() == "it printed no message"
    child.close()


FAMILY = """
import os, subprocess, sys, time
from engine.child import end_with_parent, own_output
end_with_parent()
output = own_output()
print("this is no line of ours", flush=True)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
there = int(os.path.isdir(os.getcwd()))
os.write(output, f"{os.getpid()} {grandchild.pid} {there}\\n".encode())
time.sleep(600)
"""


@pytest.mark.parametrize("how", ["close", "the parent goes"])
def test_everything_that_it_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    lose_directory(tmp_path, monkeypatch)  # the process starts in one that exists
    child, lines = ChildProcess((sys.executable, "-c", FAMILY)), []
    child.start()
    until(lambda: lines.extend(child.lines()) or lines)
    *family, there = [int(word) for word in lines[0].split()]
    assert there
    assert all(map(alive, family))
    if how == "close":
        child.close()
    else:
        assert child._process is not None
        assert child._process.stdin is not None
        child._process.stdin.close()  # as the kernel does when a process dies
    until(lambda: not any(map(alive, family)))
    child.close()


# Results of a measurement.


def test_a_line_is_read_as_it_was_written() -> None:
    for result in (
        TIMING,
        CompileTime(4, 2.5, ("cpp_fused_exp_mul_0",)),
        WayFailure(Way.COMPILED, ExplainedError("InductorError", "no\ncompiler", "Install: é")),
        *(watch(find(name)) for name in ("smooth", "branch")),
    ):
        assert "\n" not in to_line(result)
        assert from_line(to_line(result)) == result


def test_results_come_one_by_one_and_polling_never_waits(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    measured = started(monkeypatch, f"print({to_line(TIMING)!r}, flush=True); {SLEEP}")
    began = time.monotonic()
    measured.poll()
    assert time.monotonic() - began < 10  # the limit would be 600
    until(lambda: measured.poll() or measured.results)
    assert measured.results == (TIMING,)
    assert not measured.poll()
    assert not measured.ended
    for _ in range(2):  # a second call does no harm
        measured.close()
        assert list(folders.iterdir()) == []


def test_a_complete_measurement_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    long = CompileTime(4, 1.0, tuple(f"kernel_{i}" for i in range(20_000)))
    lines = [to_line(TIMING), to_line(long), DONE]
    assert len(lines[1]) > 2 * 65536  # arrives in several pieces
    (folders / "lines").write_text("\n".join(lines))
    script = f"print(open({str(folders / 'lines')!r}).read(), flush=True); {SLEEP}"
    measured = started(monkeypatch, script)
    finish(measured)
    assert measured.results == (TIMING, long)
    assert (measured.failure, 0 < measured.seconds < 60) == ("", True)
    (folders / "lines").unlink()
    assert list(folders.iterdir()) == []


WRONG = [
    (SLEEP, "no end after 0.3 s, so it was given up"),
    ("import sys; sys.exit('no such device')", "it ended too early: no such device"),
    ("import os; os.kill(os.getpid(), 11)", "it printed no message"),
    (f"print({to_line(TIMING)[:-8]!r}, flush=True); {SLEEP}", "cannot be read"),
    ("print('no line of ours')", "cannot be read"),
    ("import sys; sys.stdout.buffer.write(bytes(range(256)))", "cannot be read"),
]


def test_whatever_goes_wrong_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    for script, words in WRONG:
        measured = started(monkeypatch, script, limit=0.3 if script == SLEEP else 60)
        finish(measured)
        assert words in failure_of(measured)
        assert list(folders.iterdir()) == []
    never = ProgramMeasurement("smooth")
    assert (never.poll(), never.seconds) == (False, 0)
    never.close()
    assert never.ended

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(engine.child.subprocess, "Popen", refuse)
    measured, loader = ProgramMeasurement("smooth"), LoaderTiming(1)
    for each in (measured, loader):
        each.start()
        assert "no more processes" in each.failure
        assert each.ended
        assert each.poll()  # there is a result to show
    assert "no more processes" in failure_of(measured)
    assert list(folders.iterdir()) == []


def test_a_measurement_of_the_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    results = [Throughput(*each, samples=100.0) for each in plan()]
    assert len(results) == 16
    for lines, failure in (
        ([*map(to_line, results), DONE], ""),
        (map(to_line, results[:2]), "it ended too early: it printed no message"),
        (["nonsense"], "cannot be read"),
    ):
        script = f"print({chr(10).join(lines)!r})"
        monkeypatch.setattr(engine.throughput, "COMMAND", (sys.executable, "-c", script))
        timing = LoaderTiming(1)
        timing.start()
        finish(timing)
        assert failure in timing.failure
        assert bool(timing.failure) == bool(failure)
        assert timing.results in (tuple(results), tuple(results[:2]), ())
    monkeypatch.setattr(engine.throughput, "COMMAND", (sys.executable, "-c", SLEEP))
    timing = LoaderTiming(1)
    timing.limit = 0.0
    timing.start()
    finish(timing)
    assert timing.failure == "it was given up after 0 s, with 0 of 16 measurements"


# Real measurements.


def test_timings_are_those_of_the_calls() -> None:
    calls, pause = 0, 0.002

    def slow(x: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        time.sleep(pause)
        return x

    (found,) = timings({Way.EAGER: slow}, find("smooth").inputs[0], 4, "cpu")
    assert found.low >= 1e6 * pause
    assert found.low <= found.microseconds <= found.high
    assert calls >= ROUNDS
    refused, *rest = quick(find("halve"), "cpu")  # cannot be traced
    assert isinstance(refused, WayFailure)
    assert [(each.way, each.size) for each in rest] == [(Way.EAGER, size) for size in SIZES]


def test_each_failure_of_a_compiler_has_its_advice() -> None:
    for message, advice in (
        ("No working C++ compiler found in torch._inductor.config.cpp.cxx: (None, 'g++')", "g++"),
        ("\nfatal error: Python.h: No such file or directory", "python3-dev"),
        ("RuntimeError: Failed to find C compiler. Please specify via CC", "g++"),
        ("Cannot find a working triton installation.", "triton"),
        ("segmentation fault", "could not"),
        ("", "could not"),
    ):
        problem = why_not(RuntimeError(message))
        assert advice in problem.explanation
        assert "\n" not in problem.message
        assert problem.message in message


def test_the_first_measurements_of_the_loader_are_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.throughput.child, "SECONDS", 0.1)
    threads = torch.get_num_threads()
    results = list(islice(engine.throughput.child.measure(3), 4))
    torch.set_num_threads(threads)
    assert [(r.workers, r.batch_size, r.slow) for r in results] == list(plan()[:4])
    one, batch, large, slow = (result.samples for result in results)
    assert one < batch  # a batch shares the loader's own overhead
    assert 0 < slow <= 1000  # samples of a millisecond each
    assert large > slow


@pytest.mark.slow
def test_the_real_process_measures_a_loader() -> None:
    timing = LoaderTiming(3)
    timing.start()
    until(lambda: timing.poll() and len(timing.results) >= 4)
    timing.close()
    assert not timing.failure


def test_the_real_process_dies_with_whoever_started_it(folders: Path) -> None:
    script = """
import sys, tempfile, time
from engine.programs.measuring import ProgramMeasurement
tempfile.tempdir = sys.argv[1]
measured = ProgramMeasurement("smooth")
measured.start()
while not measured.poll():
    time.sleep(0.05)
print(measured._child.pid, flush=True)
time.sleep(600)
"""
    command = [sys.executable, "-c", script, str(folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
    until(lambda: not alive(child))
    until(lambda: list(folders.iterdir()) == [])


@pytest.mark.slow
def test_without_a_compiler_the_other_ways_go_on(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    monkeypatch.setenv("CXX", "/nowhere/g++")
    measured = ProgramMeasurement("centre")
    measured.start()
    finish(measured)
    *before, last = measured.results
    assert isinstance(last, WayFailure)
    assert last.way is Way.COMPILED
    assert "/nowhere/g++" in last.problem.message
    assert "Install" in last.problem.explanation
    timed = {(each.way, each.size) for each in before if isinstance(each, CallTiming)}
    assert timed == {(way, n) for way in (Way.EAGER, Way.TRACED) for n in SIZES}
    assert sum(isinstance(each, CompiledProgram) for each in before) == 1
    assert list(folders.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(COMPILER is None, reason="torch.compile needs a C++ compiler")
def test_all_three_ways_are_compiled_and_timed(folders: Path) -> None:
    measured = ProgramMeasurement("smooth")
    measured.start()
    finish(measured)
    assert not measured.failure
    assert not [each for each in measured.results if isinstance(each, WayFailure)]
    compiled = [each for each in measured.results if isinstance(each, CompileTime)]
    assert [each.size for each in compiled] == list(SIZES)
    for each in compiled:
        assert len(each.kernels) == 1  # all eight operations in one loop
        assert "exp" in each.kernels[0]
        assert "sin" in each.kernels[0]
        assert 0.05 < each.seconds < measured.seconds
    timed = {(t.way, t.size): t for t in measured.results if isinstance(t, CallTiming)}
    assert set(timed) == {(way, n) for way in Way for n in SIZES}
    for way in Way:
        assert 0.1 < timed[way, 4].microseconds < timed[way, 1_000_000].microseconds
    assert list(folders.iterdir()) == []
