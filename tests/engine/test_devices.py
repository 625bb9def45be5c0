"""The choice of devices, and probing them without hanging."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from engine import device
from engine.device import Device, Devices, cpu, memory, probe, probe_here

CPU = Device("cpu", "some processor")
TWO_GPUS = Devices((CPU, Device("cuda:0", "NVIDIA H200"), Device("cuda:1", "NVIDIA T4")))
SICK = Devices((CPU,), ("CUDA gave no answer within 30 s",))
NONE = Devices((CPU,), no_cuda="there is no NVIDIA GPU, and no driver for one")
MPS = Devices((CPU, Device("mps", "Apple GPU")))
CHOSEN = [
    (TWO_GPUS, "auto", "cuda:0", ""),
    (TWO_GPUS, "cuda", "cuda:0", ""),
    (TWO_GPUS, "cuda:1", "cuda:1", ""),
    (TWO_GPUS, " Cuda:1 ", "cuda:1", ""),
    (TWO_GPUS, "CUDA", "cuda:0", ""),
    (TWO_GPUS, "CPU", "cpu", ""),
    (TWO_GPUS, "Auto", "cuda:0", ""),
    (TWO_GPUS, "cpu", "cpu", ""),
    (MPS, "auto", "mps", ""),
    (NONE, "auto", "cpu", ""),  # not a problem
    (SICK, "auto", "cpu", "CUDA gave no answer within 30 s"),
    (SICK, "cpu", "cpu", ""),
    (Devices((CPU, Device("cuda:1", "T4")), ("cuda:0 is ill",)), "auto", "cuda:1", ""),
]
REFUSED = [
    *((TWO_GPUS, wanted, "there are: auto, cpu, cuda:0, cuda:1") for wanted in ("cuda:2", "gpu")),
    *((TWO_GPUS, wanted, "there are: auto, cpu, cuda:0, cuda:1") for wanted in ("", "CUDA:x")),
    (SICK, "cuda", "CUDA gave no answer within 30 s"),
    *((NONE, wanted, NONE.no_cuda) for wanted in ("cuda", "CUDA:1", " cuda:0 ")),
    *((NONE, wanted, "here; there are: auto, cpu; ") for wanted in ("cpu:0", "", "xyz")),
    (TWO_GPUS, "cuda:7", r"this machine has cuda:0, cuda:1; .*dltui doctor"),
    (TWO_GPUS, "mps", "MPS needs a Mac.*there are: auto, cpu, cuda:0, cuda:1"),
]


def test_which_is_chosen_and_why_a_device_is_not_there() -> None:
    for found, wanted, chosen, why in CHOSEN:
        choice, reason = found.choose(wanted)
        assert (choice.name, reason) == (chosen, why), wanted
    for found, wanted, words in REFUSED:
        with pytest.raises(ValueError, match=words) as refusal:
            found.choose(wanted)
        assert repr(wanted) in str(refusal.value)


def test_the_cpu_is_always_first_has_a_name_and_the_memory_that_the_kernel_tells() -> None:
    assert probe_here().working[0] == cpu()
    assert cpu().name == "cpu"
    assert "core" in cpu().title
    seen, meminfo = memory("cpu"), Path("/proc/meminfo")
    if not meminfo.exists():
        assert seen is None
        return
    (total,) = re.findall(r"MemTotal: +(\d+)", meminfo.read_text())
    assert seen is not None
    assert seen.total == int(total) * 1024
    assert 0 < seen.used < seen.total


class Machine:
    """Fakes everything that a CUDA device needs on a machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pci: Path) -> None:
        self.patch, self._pci = monkeypatch, pci
        monkeypatch.setattr(device, "PCI", pci)
        monkeypatch.setattr(device, "_nvidia_driver", lambda: False)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
        monkeypatch.setattr(torch.version, "cuda", "13.0")
        monkeypatch.setattr(torch.version, "hip", None)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def add_card(self, vendor: str = "0x10de", kind: str = "0x030200") -> None:
        card = self._pci / vendor
        card.mkdir(parents=True)
        (card / "vendor").write_text(f"{vendor}\n")
        (card / "class").write_text(f"{kind}\n")

    def add_driver(self, complaint: str = "") -> None:
        def init() -> None:
            if complaint:
                raise RuntimeError(complaint)

        self.patch.setattr(device, "_nvidia_driver", lambda: True)
        self.patch.setattr(torch.cuda, "init", init)

    def build_for_the_cpu(self) -> None:
        self.patch.setattr(torch.version, "cuda", None)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path)


def test_without_a_driver(machine: Machine) -> None:
    machine.add_card(vendor="0x8086", kind="0x030000")
    found = probe_here()
    assert found.no_cuda == "there is no NVIDIA GPU, and no driver for one"
    assert found.problems == ()
    machine.add_card()
    assert probe_here().no_cuda == "there is an NVIDIA GPU, but no driver for it"
    machine.build_for_the_cpu()
    words = r"there is an NVIDIA GPU, .* and this PyTorch \(.*\) is built for the CPU"
    assert re.fullmatch(words, probe_here().no_cuda)
    machine.add_driver()
    (problem,) = probe_here().problems
    assert problem.startswith("there is an NVIDIA driver, but this PyTorch (")
    assert problem.endswith(") is built for the CPU")


def test_a_variable_that_hides_every_card_and_a_driver_that_is_too_old(machine: Machine) -> None:
    machine.add_driver("The NVIDIA driver on your system is too old (found 11040).\nMore.")
    for value in ("", "-1", " "):
        machine.patch.setenv("CUDA_VISIBLE_DEVICES", value)
        hides = f"CUDA_VISIBLE_DEVICES is {value!r}, which hides every GPU"
        assert probe_here().problems == (f"{hides}: unset CUDA_VISIBLE_DEVICES",)
    machine.patch.setenv("CUDA_VISIBLE_DEVICES", "7")
    (problem,) = probe_here().problems
    assert problem.endswith(": The NVIDIA driver on your system is too old (found 11040).")
    assert "(CUDA_VISIBLE_DEVICES is '7')" in problem
    with pytest.raises(ValueError, match="too old"):
        probe_here().choose("cuda")


def answer_with(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Simulate an installed driver, and run this Python script as the probing process."""
    monkeypatch.setattr(device, "_nvidia_driver", lambda: True)
    monkeypatch.setattr(device, "COMMAND", (sys.executable, "-c", script))


def answer(**found: object) -> str:
    return f"print({json.dumps(found)!r})"


def test_a_driver_that_hangs_is_given_up_and_its_process_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer_with(monkeypatch, "import time; print('hm', flush=True); time.sleep(600)")
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    began = time.monotonic()
    found, looks = probe(seconds=0.5), iter([False, False, True])
    assert found.problems == ("CUDA gave no answer within 0.5 s",)
    assert found.working == (cpu(),)
    assert probe(seconds=500, stop=lambda: next(looks)).working == (cpu(),)
    assert time.monotonic() - began < 300  # less than the ten minutes that it hangs
    assert [child.poll() is not None for child in started] == [True, True]


TOLD = [
    ("print('no json')", ""),
    ("", ""),
    ("print('[]')", ""),
    ("print('3')", ""),
    ("print('{}')", ""),
    (answer(working=3, problems=[]), ""),
    (answer(working=[["cpu"]], problems=[]), ""),
    ("import sys; sys.stdout.buffer.write(bytes(range(256)))", ""),
    ("import sys; print('first', file=sys.stderr); sys.exit('libcuda is broken')", "libcuda"),
    ("import os; os.kill(os.getpid(), 11)", "-11"),
]


def test_what_the_other_process_finds_and_whatever_else_it_says_is_a_problem_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    working = [["cpu", "some processor"], ["cuda:0", "NVIDIA H200"], ["cuda:1", "NVIDIA T4"]]
    answer_with(monkeypatch, "print('a driver warns');" + answer(working=working, problems=[]))
    assert probe() == TWO_GPUS
    answer_with(monkeypatch, answer(working=[["cpu", "x"]], problems=[], no_cuda="no card"))
    assert probe().no_cuda == "no card"
    for script, words in TOLD:
        answer_with(monkeypatch, script)
        found = probe()
        assert found.working == (cpu(),)
        (problem,) = found.problems
        assert problem.startswith("asking CUDA failed: ")
        assert words in problem
        assert "\n" not in problem
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
