"""The background import of PyTorch: completed, or aborted within a module."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import engine.device
import engine.run
from engine.device import Device, Devices
from tests.tui.conftest import PATIENCE
from tui.environment import EnvironmentLoader
from tui.labs.lab import Environment

CPU = Device("cpu", "the processor")

SLOW = """
import builtins
builtins.slow_begun.set()
builtins.slow_gate.wait(60)
import slow_after
"""


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Create a module whose import waits at a gate, and then imports another one."""
    (tmp_path / "slow_before.py").write_text(SLOW)
    (tmp_path / "slow_after.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    begun, gate = threading.Event(), threading.Event()
    monkeypatch.setattr("builtins.slow_begun", begun, raising=False)
    monkeypatch.setattr("builtins.slow_gate", gate, raising=False)
    monkeypatch.setattr(engine.run, "warm_up", lambda: importlib.import_module("slow_before"))
    yield begun, gate
    gate.set()
    for name in ("slow_before", "slow_after"):
        sys.modules.pop(name, None)


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    """No thread and no import hook remains after a test."""
    before = list(sys.meta_path)
    yield
    setting_up = [thread for thread in threading.enumerate() if thread.name == "setting up"]
    for thread in setting_up:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert sys.meta_path == before


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch):
    """Return a function that sets the result of the probe."""

    def find(*working: Device, problems: tuple[str, ...] = ()) -> None:
        devices = Devices(working or (CPU,), problems)
        monkeypatch.setattr(engine.device, "probe", lambda **_: devices)

    find()
    return find


def set_up(wanted: str = "auto") -> Environment:
    environments: list[Environment] = []
    setting_up = EnvironmentLoader(wanted, environments.append)
    setting_up.start()
    setting_up._thread.join(PATIENCE)
    setting_up.close()
    (environment,) = environments
    return environment


def test_it_ends_with_an_environment_and_remarks_on_missing_devices(found) -> None:
    gpu = Device("cuda:0", "a fast one")
    found(CPU, gpu)
    assert set_up() == Environment(gpu, (CPU, gpu))
    assert set_up("cpu") == Environment(CPU, (CPU, gpu))
    found(CPU, problems=("cuda:0 does not work: the fan fell off",))
    environment = set_up()
    assert environment.device is CPU
    assert "the fan fell off" in environment.remark
    found(CPU, Device("mps", "Apple GPU"))
    environment = set_up("cuda:7")
    assert environment.device is CPU
    assert "cuda:7" in environment.remark
    assert "auto, cpu, mps" in environment.remark


@pytest.mark.usefixtures("found")
def test_done_is_called_in_the_thread_and_once() -> None:
    callers: list[str] = []
    EnvironmentLoader("cpu", print).close()  # before the start
    setting_up = EnvironmentLoader("cpu", lambda _: callers.append(threading.current_thread().name))
    setting_up.start()
    setting_up.start()  # a second start does nothing
    setting_up._thread.join(PATIENCE)
    setting_up.start()
    setting_up.close()
    setting_up.close()
    assert callers == ["setting up"]


GIVEN_UP = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""`SystemExit` ends a thread silently, but pytest reports it."""


@GIVEN_UP
def test_closing_in_the_middle_of_an_import_gives_it_up(slow, tmp_path: Path) -> None:
    begun, gate = slow
    environments: list[Environment] = []
    setting_up = EnvironmentLoader("cpu", environments.append)
    setting_up.start()
    assert begun.wait(PATIENCE)
    closing = threading.Thread(target=setting_up.close)
    closing.start()
    assert setting_up._given_up.wait(PATIENCE)
    # The imports of other threads go on.
    assert any(finder is setting_up for finder in sys.meta_path)
    (tmp_path / "slow_beside.py").write_text("value = 42")
    assert importlib.import_module("slow_beside").value == 42
    del sys.modules["slow_beside"]
    gate.set()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    setting_up._thread.join(PATIENCE)
    assert environments == []
    assert "slow_after" not in sys.modules
    assert "slow_before" not in sys.modules  # no half-imported module remains


def test_torch_itself_is_given_up() -> None:
    """In a new process, because torch is imported here: quitting like a learner."""
    script = """
import sys, threading
from tui.environment import EnvironmentLoader
setting_up = EnvironmentLoader("cpu", lambda environment: print("done"))
class Begun(list):
    def find_spec(self, name, path=None, target=None):
        if name == "torch": begun.set()
begun = threading.Event()
sys.meta_path.insert(0, Begun())
setting_up.start()
begun.wait(60)
setting_up.close()
print("torch.optim" in sys.modules)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert ended.stdout == "False\n"
    assert ended.stderr == ""


def test_a_pytorch_that_is_broken_is_said_and_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down() -> None:
        raise OSError("libcudart.so: cannot open shared object file")

    monkeypatch.setattr(engine.run, "warm_up", break_down)
    expected: list[str] = []
    setting_up = EnvironmentLoader("cpu", lambda _: expected.append("done"), expected.append)
    setting_up.start()
    setting_up._thread.join()
    assert expected == ["OSError: libcudart.so: cannot open shared object file"]
    assert setting_up not in sys.meta_path
