"""Devices: which is chosen, and that asking for them never hangs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine import device
from engine.device import Device, Devices, cpu, memory, probe, probe_here

CPU = Device("cpu", "some processor")
TWO_GPUS = Devices((CPU, Device("cuda:0", "NVIDIA H200"), Device("cuda:1", "NVIDIA T4")))
SICK = Devices((CPU,), ("CUDA gave no answer within 30 s",))


@pytest.mark.parametrize(
    ("found", "wanted", "chosen", "why"),
    [
        (TWO_GPUS, "auto", "cuda:0", ""),
        (TWO_GPUS, "cuda", "cuda:0", ""),
        (TWO_GPUS, "cuda:1", "cuda:1", ""),
        (TWO_GPUS, "cpu", "cpu", ""),
        (Devices((CPU, Device("mps", "Apple GPU"))), "auto", "mps", ""),
        (Devices((CPU,)), "auto", "cpu", ""),
        (SICK, "auto", "cpu", "CUDA gave no answer within 30 s"),
        (SICK, "cpu", "cpu", ""),
        (Devices((CPU, Device("cuda:1", "T4")), ("cuda:0 is ill",)), "auto", "cuda:1", ""),
    ],
)
def test_choose(found: Devices, wanted: str, chosen: str, why: str) -> None:
    choice, reason = found.choose(wanted)
    assert (choice.name, reason) == (chosen, why)


@pytest.mark.parametrize("wanted", ["cuda:2", "gpu", "", "mps", "CUDA:x"])
def test_a_device_that_is_not_there_is_refused_with_a_list_of_those_that_are(wanted: str) -> None:
    with pytest.raises(ValueError, match="there are: auto, cpu, cuda:0, cuda:1") as refusal:
        TWO_GPUS.choose(wanted)
    assert repr(wanted) in str(refusal.value)
    with pytest.raises(ValueError, match="CUDA gave no answer within 30 s"):
        SICK.choose("cuda")


def test_the_cpu_is_always_first_and_has_a_name() -> None:
    found = probe_here()
    assert found.working[0] == cpu()
    assert cpu().name == "cpu"
    assert "core" in cpu().title


def test_the_memory_of_the_cpu_is_what_the_kernel_tells() -> None:
    seen = memory("cpu")
    if not Path("/proc/meminfo").exists():
        assert seen is None
        return
    total = next(
        int(line.split()[1])
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal:")
    )
    assert seen is not None
    assert seen.total == total * 1024
    assert 0 < seen.used < seen.total


def answer_with(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the driver seem to be there, and this Python script be the process that asks it."""
    monkeypatch.setattr(device, "_nvidia_driver", lambda: True)
    monkeypatch.setattr(device, "COMMAND", (sys.executable, "-c", script))


def ANSWER(**found: object) -> str:  # noqa: N802
    return f"print({json.dumps(found)!r})"


def test_what_the_other_process_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    working = [["cpu", "some processor"], ["cuda:0", "NVIDIA H200"], ["cuda:1", "NVIDIA T4"]]
    answer_with(monkeypatch, "print('a driver warns');" + ANSWER(working=working, problems=[]))
    assert probe() == TWO_GPUS


HANGING = "import time; print('hm', flush=True); time.sleep(600)"


def watched(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[str]]:
    """Every process that is started from now on."""
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_a_driver_that_hangs_is_given_up_and_its_process_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer_with(monkeypatch, HANGING)
    started = watched(monkeypatch)
    began = time.monotonic()
    found = probe(seconds=0.5)
    assert time.monotonic() - began < 300  # and not the ten minutes that it hangs
    assert found.problems == ("CUDA gave no answer within 0.5 s",)
    assert found.working == (cpu(),)
    assert [child.poll() is not None for child in started] == [True]


def test_asking_ends_when_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, HANGING)
    started = watched(monkeypatch)
    looks = iter([False, False, True])
    began = time.monotonic()
    assert probe(seconds=500, stop=lambda: next(looks)).working == (cpu(),)
    assert time.monotonic() - began < 300
    assert [child.poll() is not None for child in started] == [True]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("print('no json')", ""),
        ("", ""),
        ("print('[]')", ""),
        ("print('3')", ""),
        ("print('{}')", ""),
        (ANSWER(working=3, problems=[]), ""),
        (ANSWER(working=[["cpu"]], problems=[]), ""),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)))", ""),
        ("import sys; print('first', file=sys.stderr); sys.exit('libcuda is broken')", "libcuda"),
        ("import os; os.kill(os.getpid(), 11)", "-11"),
    ],
)
def test_whatever_else_it_says_is_a_problem_in_words(
    monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    answer_with(monkeypatch, script)
    found = probe()
    assert found.working == (cpu(),)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("asking CUDA failed: ")
    assert words in found.problems[0]
    assert "\n" not in found.problems[0]


def test_a_process_that_cannot_be_started_is_a_problem_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "_nvidia_driver", lambda: True)
    monkeypatch.setattr(device, "COMMAND", ("/nowhere/python",))
    assert "/nowhere/python" in probe().problems[0]


def test_the_real_process_answers_from_any_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "__init__.py").touch()
    (tmp_path / "engine" / "device.py").write_text("print('an engine of the learner')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(device, "_nvidia_driver", lambda: True)
    found = probe(seconds=120)
    assert found.working == probe_here().working
    assert "asking CUDA failed" not in str(found.problems)
