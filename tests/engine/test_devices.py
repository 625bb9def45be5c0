"""Devices: which is chosen, and that asking for them never hangs."""

from __future__ import annotations

import json
import re
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
        (TWO_GPUS, " Cuda:1 ", "cuda:1", ""),
        (TWO_GPUS, "CUDA", "cuda:0", ""),
        (TWO_GPUS, "CPU", "cpu", ""),
        (TWO_GPUS, "Auto", "cuda:0", ""),
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


def test_why_a_device_is_not_there_is_said_and_who_says_more() -> None:
    none = Devices((CPU,), no_cuda="there is no NVIDIA GPU, and no driver for one")
    for wanted in ("cuda", "CUDA:1", " cuda:0 "):
        with pytest.raises(ValueError, match="there is no NVIDIA GPU, and no driver for one"):
            none.choose(wanted)
    for wanted in ("cpu:0", "", "xyz"):
        with pytest.raises(ValueError, match="here; there are: auto, cpu; "):
            none.choose(wanted)
    with pytest.raises(ValueError, match=r"this machine has cuda:0, cuda:1; .*dltui doctor"):
        TWO_GPUS.choose("cuda:7")
    with pytest.raises(ValueError, match="MPS needs a Mac"):
        TWO_GPUS.choose("mps")
    assert none.choose("auto") == (CPU, "")  # nothing is wrong


class Machine:
    """What the parts say that a CUDA device needs, as on some machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pci: Path) -> None:
        import torch

        self._patch = monkeypatch
        monkeypatch.setattr(device, "PCI", pci)
        monkeypatch.setattr(device, "_nvidia_driver", lambda: False)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
        monkeypatch.setattr(torch.version, "cuda", "13.0")
        monkeypatch.setattr(torch.version, "hip", None)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        self._pci, self._torch = pci, torch

    def add_card(self, vendor: str = "0x10de", kind: str = "0x030200") -> None:
        card = self._pci / vendor
        card.mkdir(parents=True)
        (card / "vendor").write_text(f"{vendor}\n")
        (card / "class").write_text(f"{kind}\n")

    def add_driver(self, complaint: str = "") -> None:
        def init() -> None:
            if complaint:
                raise RuntimeError(complaint)

        self._patch.setattr(device, "_nvidia_driver", lambda: True)
        self._patch.setattr(self._torch.cuda, "init", init)

    def build_for_the_cpu(self) -> None:
        self._patch.setattr(self._torch.version, "cuda", None)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path)


def test_without_a_card_and_a_driver(machine: Machine) -> None:
    machine.add_card(vendor="0x8086", kind="0x030000")
    found = probe_here()
    assert found.no_cuda == "there is no NVIDIA GPU, and no driver for one"
    assert found.problems == ()


def test_a_card_without_a_driver(machine: Machine) -> None:
    machine.add_card()
    assert probe_here().no_cuda == "there is an NVIDIA GPU, but no driver for it"
    machine.build_for_the_cpu()
    words = r"there is an NVIDIA GPU, .* and this PyTorch \(.*\) is built for the CPU"
    assert re.fullmatch(words, probe_here().no_cuda)


def test_a_pytorch_that_is_built_for_the_cpu(machine: Machine) -> None:
    machine.add_driver()
    machine.build_for_the_cpu()
    (problem,) = probe_here().problems
    assert problem.startswith("there is an NVIDIA driver, but this PyTorch (")
    assert problem.endswith(") is built for the CPU")


@pytest.mark.parametrize("value", ["", "-1", " "])
def test_a_variable_that_hides_every_card(
    value: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add_driver()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    (problem,) = probe_here().problems
    hides = f"CUDA_VISIBLE_DEVICES is {value!r}, which hides every GPU"
    assert problem == f"{hides}: unset CUDA_VISIBLE_DEVICES"


def test_a_driver_that_is_too_old_says_so_itself(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.add_driver("The NVIDIA driver on your system is too old (found 11040).\nMore.")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    (problem,) = probe_here().problems
    assert problem.endswith(": The NVIDIA driver on your system is too old (found 11040).")
    assert "(CUDA_VISIBLE_DEVICES is '7')" in problem
    with pytest.raises(ValueError, match="too old"):
        probe_here().choose("cuda")


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
    answer_with(monkeypatch, ANSWER(working=[["cpu", "x"]], problems=[], no_cuda="no card"))
    assert probe().no_cuda == "no card"


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
