"""Detection of the compute devices that work; torch is imported only on demand."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.directory import leave_lost_directory
from engine.frame import Memory

PROBE_SECONDS = 30.0
"""The seconds after which a CUDA driver without an answer counts as broken."""
PCI = Path("/sys/bus/pci/devices")

HIDDEN, CPU_BUILD = "which hides every GPU", "is built for the CPU"
"""Phrases in two of the reasons, by which a caller can distinguish them."""

COMMAND = (sys.executable, "-P", "-m", "engine.device")
"""The process that probes CUDA; -P, because the current directory may contain another `engine`."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that works: a tensor was created on it and read back."""

    name: str  # the name in torch: `cpu`, `cuda:0`, `mps`
    title: str  # the product name: `NVIDIA H200`


@dataclass(frozen=True, slots=True)
class Devices:
    """The result of a probe."""

    working: tuple[Device, ...]  # the CPU always first
    problems: tuple[str, ...] = ()  # why devices do not work, in sentences
    no_cuda: str = ""
    """The reason why there is no CUDA device, even if nothing is wrong; empty if one works."""

    def choose(self, wanted: str = "auto") -> tuple[Device, str]:
        """Return the device to use, and the reason for it (empty if it is obvious).

        `auto` selects the first accelerator that works, otherwise the CPU. Case and surrounding
        spaces do not matter.

        Raises:
            ValueError: the device does not work; the message says why and lists those that do.
        """
        given, wanted = wanted, normal_name(wanted)
        accelerators = [device for device in self.working if device.name != "cpu"]
        if wanted == "auto":
            if accelerators:
                return accelerators[0], ""
            return self.working[0], "; ".join(self.problems)
        for device in self.working:
            if wanted in (device.name, device.name.removesuffix(":0")):
                return device, ""
        names = ", ".join(device.name for device in self.working)
        why = self.why_not(wanted)
        raise ValueError(
            f"no device {given!r} here{f': {why}' if why else ''}; "
            f"there are: auto, {names}; dltui doctor says more"
        )

    def why_not(self, wanted: str) -> str:
        """Return the reason why the device of that name does not work; empty if it is unknown."""
        if wanted == "mps":
            return "MPS needs a Mac with Apple silicon, and a PyTorch built for it"
        if not wanted.startswith(("cuda", "gpu", "nvidia")):
            return ""
        cuda = [device.name for device in self.working if device.name.startswith("cuda")]
        if cuda and not self.problems:
            return f"this machine has {', '.join(cuda)}" if wanted.startswith("cuda:") else ""
        return "; ".join(filter(None, (*self.problems, self.no_cuda)))


def normal_name(name: str) -> str:
    """Return a device name as torch writes it: `" Cuda:0"` becomes `cuda:0`."""
    return name.strip().lower()


def cpu() -> Device:
    """Return the CPU, without importing torch."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Device("cpu", f"{_cpu_model()}, {cores} core{'' if cores == 1 else 's'}")


def probe(seconds: float = PROBE_SECONDS, stop: Callable[[], bool] = lambda: False) -> Devices:
    """Find the devices that work, without ever hanging.

    `torch.cuda.is_available()` can hang on a node with a broken driver. If there is an NVIDIA
    driver, a child process asks first; it is killed after `seconds`, or when `stop`, called ten
    times a second, returns True.
    """
    if not _nvidia_driver():
        return probe_here()
    try:
        answer = _ask(seconds, stop)
        found = json.loads(answer.splitlines()[-1])  # a driver may print something first
        working = tuple(Device(str(name), str(title)) for name, title in found["working"])
        return Devices(working, tuple(map(str, found["problems"])), str(found.get("no_cuda", "")))
    except TimeoutError:
        return Devices((cpu(),), (f"CUDA gave no answer within {seconds:g} s",))
    except (OSError, LookupError, TypeError, ValueError) as error:
        return Devices((cpu(),), (f"asking CUDA failed: {error}",))


def _ask(seconds: float, stop: Callable[[], bool]) -> str:
    """Return the output of the child process; raises `TimeoutError` if it does not end in time."""
    deadline = time.monotonic() + seconds
    leave_lost_directory()  # PyTorch cannot be imported there
    child = subprocess.Popen(
        COMMAND,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    while time.monotonic() < deadline and not stop():
        with suppress(subprocess.TimeoutExpired):
            answer, complaint = child.communicate(timeout=0.1)
            if child.returncode != 0:
                last = complaint.strip().splitlines()[-1:] or [f"exit status {child.returncode}"]
                raise OSError(last[0])
            return answer
    child.kill()
    # A process inside a broken driver may survive the kill; do not wait longer for it.
    with suppress(subprocess.TimeoutExpired):
        child.communicate(timeout=1)
    raise TimeoutError


def probe_here() -> Devices:
    """Find the devices that work, in this process; hangs if a CUDA driver hangs."""
    import torch

    working, problems = [cpu()], []
    names = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        names.append("mps")
    for name in names:
        try:
            if torch.ones(2, device=name).sum().item() != 2:
                raise RuntimeError("1 + 1 did not make 2")
            title = torch.cuda.get_device_name(name) if name != "mps" else "Apple GPU"
            working.append(Device(name, title))
        except Exception as error:  # drivers raise errors of any type; the CPU still works
            problems.append(f"{name} does not work: {str(error).splitlines()[0]}")
    no_cuda = "" if any(name.startswith("cuda") for name in names) else _why_no_cuda()
    if no_cuda and _nvidia_driver():
        problems.append(no_cuda)  # with a driver installed, CUDA is expected to work
        no_cuda = ""
    return Devices(tuple(working), tuple(problems), no_cuda)


def _why_no_cuda() -> str:
    """Return the reason why torch finds no CUDA device: the first one that applies."""
    import torch

    if torch.version.hip:
        return f"this PyTorch is built for AMD GPUs (ROCm {torch.version.hip}), and finds none"
    build = "" if torch.version.cuda else f"this PyTorch ({torch.__version__}) {CPU_BUILD}"
    if not _nvidia_driver():
        found = "there is no NVIDIA GPU, and no driver for one"
        if _nvidia_card():
            found = "there is an NVIDIA GPU, but no driver for it"
        return f"{found}, and {build}" if build else found
    if build:
        return f"there is an NVIDIA driver, but {build}"
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip() in ("", "-1", "NoDevFiles"):
        hides = f"CUDA_VISIBLE_DEVICES is {visible!r}, {HIDDEN}"
        return f"{hides}: unset CUDA_VISIBLE_DEVICES"
    try:
        torch.cuda.init()
        why = "it finds no card"
    except Exception as error:  # drivers raise errors of any type
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    also = f" (CUDA_VISIBLE_DEVICES is {visible!r})" if visible is not None else ""
    return f"there is an NVIDIA driver, but PyTorch finds no CUDA device{also}: {why}"


def _nvidia_card() -> bool:
    """Whether the PCI bus lists an NVIDIA display controller; False if there is no list."""
    for folder in PCI.glob("*"):
        with suppress(OSError):
            vendor, kind = ((folder / name).read_text().strip() for name in ("vendor", "class"))
            if vendor == "0x10de" and kind.startswith("0x03"):
                return True
    return False


def memory(name: str) -> Memory | None:
    """Return the memory in use and in total, over all processes; None if it is unknown."""
    if name.startswith("cuda"):
        import torch

        free, total = torch.cuda.mem_get_info(name)
        return Memory(total - free, total)
    if name == "mps":
        import torch

        total = torch.mps.recommended_max_memory()
        return Memory(torch.mps.driver_allocated_memory(), total)
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    kibibytes = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()}
    total = kibibytes["MemTotal"] * 1024
    return Memory(total - kibibytes.get("MemAvailable", 0) * 1024, total)


def _nvidia_driver() -> bool:
    return any(Path(node).exists() for node in ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"))


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].split("@")[0].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    here = probe_here()
    names = [(device.name, device.title) for device in here.working]
    print(json.dumps({"working": names, "problems": here.problems, "no_cuda": here.no_cuda}))
