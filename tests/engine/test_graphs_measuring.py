"""The process that measures: what it brings, and that nothing is ever left of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.programs import measuring
from engine.programs.catalog import find
from engine.programs.compiled import watch
from engine.programs.lines import DONE, from_line, to_line
from engine.programs.measuring import Measuring
from engine.programs.sights import Compiled, Compiling, Failure, Problem, Timing, Way
from tests.engine.conftest import until
from tests.processes import alive

COMPILER = shutil.which(os.environ.get("CXX", "g++"))
TIMING = Timing(Way.EAGER, 4, 9.5, 9.25, 12.0)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the folders of measurements are made."""
    monkeypatch.setattr(measuring.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def played(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let this Python script be the process that measures."""
    monkeypatch.setattr(measuring, "COMMAND", (sys.executable, "-c", script))


def finish(measured: Measuring) -> None:
    until(lambda: (measured.poll(), measured.ended)[1])


@pytest.mark.parametrize(
    "result",
    [
        TIMING,
        Compiling(4, 2.5, ("cpp_fused_exp_mul_0",)),
        Failure(Way.COMPILED, Problem("InductorError", "no compiler", "Install one: é")),
    ],
)
def test_a_line_is_read_as_it_was_written(result: Timing | Compiling | Failure) -> None:
    assert "\n" not in to_line(result)
    assert from_line(to_line(result)) == result


@pytest.mark.parametrize("name", ["smooth", "branch", "loop"])
def test_graphs_survive_the_line(name: str) -> None:
    compiled = watch(find(name))
    assert from_line(to_line(compiled)) == compiled


def test_results_come_one_by_one_and_polling_never_waits(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    script = f"import time; print({to_line(TIMING)!r}, flush=True); time.sleep(600)"
    played(monkeypatch, script)
    measured = Measuring("smooth")
    measured.start()
    began = time.monotonic()
    measured.poll()
    assert time.monotonic() - began < 1
    until(measured.poll)
    assert measured.results == (TIMING,)
    assert measured.poll() == ()
    assert not measured.ended
    measured.close()
    assert list(folders.iterdir()) == []


def test_the_end_is_told_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    played(monkeypatch, f"print({to_line(TIMING)!r}); print({DONE!r}); import time; time.sleep(99)")
    measured = Measuring("smooth")
    measured.start()
    finish(measured)
    assert measured.results == (TIMING,)
    assert 0 < measured.seconds < 60
    assert list(folders.iterdir()) == []


def test_a_long_line_in_pieces_is_one_result(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    line = to_line(Compiling(4, 1.0, tuple(f"kernel_{i}" for i in range(20_000))))
    assert len(line) > 2 * 65536
    # A command line has no room for so long a script: the process reads it from a file.
    (folders / "script.py").write_text(f"print({line!r}); print({DONE!r})")
    monkeypatch.setattr(measuring, "COMMAND", (sys.executable, str(folders / "script.py")))
    measured = Measuring("smooth")
    measured.start()
    finish(measured)
    assert [to_line(result) for result in measured.results] == [line]


def test_its_compilers_end_with_it(monkeypatch: pytest.MonkeyPatch, folders: Path) -> None:
    script = """
import subprocess, sys, time
compiler = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[-1] + "/pid", "w").write(f"{compiler.pid} ")
time.sleep(600)
"""
    played(monkeypatch, script)
    measured = Measuring("smooth")
    measured.start()
    (folder,) = folders.iterdir()
    until(lambda: (folder / "pid").exists() and (folder / "pid").read_text().endswith(" "))
    compiler = int((folder / "pid").read_text())
    assert alive(compiler)
    measured.close()
    until(lambda: not alive(compiler))
    assert list(folders.iterdir()) == []
    measured.close()  # again does no harm


def test_what_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, folders: Path) -> None:
    played(monkeypatch, "import time; time.sleep(600)")
    measured = Measuring("smooth", seconds=0.3)
    measured.start()
    finish(measured)
    (failure,) = measured.results
    assert isinstance(failure, Failure)
    assert failure.problem.message == "no end after 0.3 s, so it was given up"
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys; sys.exit('no such device')", "no such device"),
        ("import os; os.kill(os.getpid(), 11)", "it said nothing"),
        ("print('no json', flush=True)", "cannot be read"),
        ("print('[]')", "cannot be read"),
        ("""print('{"kind": "Surprise"}')""", "cannot be read"),
        ("""print('{"kind": "Timing"}')""", "cannot be read"),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)))", "cannot be read"),
    ],
)
def test_whatever_else_happens_is_a_problem_in_words(
    monkeypatch: pytest.MonkeyPatch, folders: Path, script: str, words: str
) -> None:
    played(monkeypatch, script)
    measured = Measuring("smooth")
    measured.start()
    finish(measured)
    (failure,) = measured.results
    assert isinstance(failure, Failure)
    assert words in failure.problem.message
    assert list(folders.iterdir()) == []


def test_a_process_that_cannot_be_started_is_a_problem_in_words(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    monkeypatch.setattr(measuring, "COMMAND", ("/nowhere/python",))
    measured = Measuring("smooth")
    measured.start()
    (failure,) = measured.results
    assert isinstance(failure, Failure)
    assert "/nowhere/python" in failure.problem.message
    assert measured.ended
    assert list(folders.iterdir()) == []


def test_one_that_was_never_started_can_be_closed() -> None:
    measured = Measuring("smooth")
    assert measured.poll() == ()
    assert measured.seconds == 0
    measured.close()
    assert measured.ended


def test_the_real_process_dies_with_whoever_started_it(folders: Path) -> None:
    script = """
import sys, tempfile, time
from engine.programs.measuring import Measuring
tempfile.tempdir = sys.argv[1]
measured = Measuring("smooth")
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


def test_without_a_compiler_the_other_ways_go_on(
    monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    monkeypatch.setenv("CXX", "/nowhere/g++")
    measured = Measuring("centre")
    measured.start()
    finish(measured)
    *before, last = measured.results
    assert isinstance(last, Failure)
    assert last.way is Way.COMPILED
    assert "/nowhere/g++" in last.problem.message
    assert "Install" in last.problem.explanation
    timed = {(each.way, each.size) for each in before if isinstance(each, Timing)}
    assert timed == {(way, n) for way in (Way.EAGER, Way.TRACED) for n in (4, 1_000_000)}
    assert sum(isinstance(each, Compiled) for each in before) == 1
    assert list(folders.iterdir()) == []


@pytest.mark.skipif(COMPILER is None, reason="torch.compile needs a C++ compiler")
def test_all_three_ways_are_compiled_and_timed(folders: Path) -> None:
    measured = Measuring("smooth")
    measured.start()
    finish(measured)
    assert not [each for each in measured.results if isinstance(each, Failure)]
    compiled = [each for each in measured.results if isinstance(each, Compiling)]
    assert [each.size for each in compiled] == [4, 1_000_000]
    for each in compiled:
        assert len(each.kernels) == 1  # all eight operations in one loop
        assert "exp" in each.kernels[0]
        assert "sin" in each.kernels[0]
        assert 0.05 < each.seconds < measured.seconds
    timed = {(each.way, each.size): each for each in measured.results if isinstance(each, Timing)}
    assert set(timed) == {(way, n) for way in Way for n in (4, 1_000_000)}
    for way in Way:
        assert 0.1 < timed[way, 4].microseconds < timed[way, 1_000_000].microseconds
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize("module", ["catalog", "sights", "lines", "measuring", "measure"])
def test_a_screen_imports_nothing_heavy(module: str) -> None:
    script = f"""
import sys
import engine.programs.{module}
heavy = {{"torch", "numpy", "textual", "rich"}} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
