"""What Linux says of a running process: its processor time and its memory; knows no figure."""

from __future__ import annotations

from pathlib import Path


def thread_seconds(process: int, thread: int) -> float:
    """Seconds of processor time of one thread; the main thread has the process's own number."""
    ran = Path(f"/proc/{process}/task/{thread}/schedstat").read_text().split()[0]
    return int(ran) / 1e9


def seconds(process: int) -> float:
    """Seconds of processor time of all threads that are alive."""
    tasks = Path(f"/proc/{process}/task")
    return sum(thread_seconds(process, int(thread.name)) for thread in tasks.iterdir())


def resident_megabytes(process: int) -> float:
    """Memory that is in RAM, in 10⁶ bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"no VmRSS for process {process}")
