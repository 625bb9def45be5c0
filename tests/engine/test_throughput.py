"""The loader timed in a process of its own: what comes, and that nothing of it is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import child as children
from engine.child import Child, python
from engine.throughput import Throughput, plan
from engine.throughput import timing as throughput_timing
from engine.throughput.timing import Timing
from tests.engine.conftest import until
from tests.processes import alive


def module(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> str:
    """A module of the test's own for a child to run; gives its name."""
    (folder / "a_child_of_a_test.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return "a_child_of_a_test"


def test_a_child_says_lines_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; print('é one'); print('two', sys.argv[1], flush=True)"
    child, said = Child(python(module(tmp_path, monkeypatch, code), "three")), []
    child.start()

    def ended() -> bool:
        said.extend(child.lines())
        return child.ended

    until(ended)
    assert said == ["é one", "two three"]
    child.close()
    assert child.lines() == []


def test_last_words_are_the_last_line_of_the_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child(python(module(tmp_path, monkeypatch, "raise ValueError('no such luck')")))
    child.start()
    until(lambda: child.lines() or child.ended)
    assert child.last_words() == "ValueError: no such luck"
    child.close()


FAMILY = """
import os, subprocess, sys, time
from engine.child import end_with_parent, own_output
end_with_parent()
answers = own_output()
print("this is no answer", flush=True)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
os.write(answers, f"{os.getpid()} {grandchild.pid}\\n".encode())
time.sleep(600)
"""


@pytest.mark.parametrize("how", ["close", "the parent goes"])
def test_all_that_it_started_ends_with_it(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, said = Child(python(module(tmp_path, monkeypatch, FAMILY))), []
    child.start()
    until(lambda: said.extend(child.lines()) or said)
    family = [int(pid) for pid in said[0].split()]
    assert all(alive(pid) for pid in family)
    if how == "close":
        child.close()
    else:
        assert child._process is not None
        assert child._process.stdin is not None
        child._process.stdin.close()  # as the kernel does it when a process dies
    until(lambda: not any(alive(pid) for pid in family))
    child.close()


def test_the_first_measurements_are_real() -> None:
    timing = Timing(3)
    timing.start()
    until(lambda: timing.poll() and len(timing.results) >= 4)
    timing.close()
    assert not timing.failure
    assert [(r.workers, r.batch_size, r.slow) for r in timing.results[:4]] == list(plan()[:4])
    one, batch, large, slow = (result.samples for result in timing.results[:4])
    assert one < batch  # the loader's own work is shared by a batch
    assert 0 < slow <= 1000  # of a millisecond each
    assert large > slow
    assert timing.ended


def results(count: int) -> list[str]:
    every = [Throughput(*each, samples=100.0) for each in plan()]
    fields = ("workers", "batch_size", "slow", "samples")
    return [json.dumps({name: getattr(one, name) for name in fields}) for one in every[:count]]


@pytest.mark.parametrize(
    ("lines", "failure"),
    [
        (results(16), ""),
        (results(2), "it ended too early: it said nothing"),
        (["nonsense"], "cannot be read"),
        (['{"workers": 1}'], "cannot be read"),
    ],
)
def test_what_comes_of_it(
    lines: list[str], failure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "\n".join(lines)
    name = module(tmp_path, monkeypatch, f"print({said!r})")
    monkeypatch.setattr(throughput_timing, "COMMAND", python(name))
    timing = Timing(1)
    timing.start()
    until(lambda: timing.poll() and timing.ended)
    assert failure in timing.failure
    assert bool(timing.failure) == bool(failure)
    assert len(timing.results) == (len(lines) if lines[0].startswith('{"workers": 0') else 0)


def test_where_no_process_can_be_started_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(children.subprocess, "Popen", refuse)
    timing = Timing(1)
    timing.start()
    assert "no more processes" in timing.failure
    assert timing.ended
    timing.close()


def test_one_that_goes_on_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = module(tmp_path, monkeypatch, "import time; time.sleep(600)")
    monkeypatch.setattr(throughput_timing, "COMMAND", python(name))
    monkeypatch.setattr(throughput_timing, "LIMIT", 0.0)
    timing = Timing(1)
    timing.start()
    assert timing.poll()
    assert timing.ended
    assert timing.failure == "it was given up after 0 s, with 0 of 16 measurements"
    assert timing.poll()
    assert timing.failure.startswith("it was given up")
